//! What a trustee has opened: one total a context, for ever.

use std::path::{Path, PathBuf};

use psephos_protocol::{Point, elements::Context, field};

use super::Refusal;
use crate::{error::ClientError, files};

/// Remembers the total that was opened for each context, in a folder beside the keys.
///
/// Two shares for two totals of one chamber give away their difference: after a reorganisation that dropped a ballot, or from a node that
/// shows one set of ballots now and another later, that would be a single vote.
pub struct Journal(Option<PathBuf>);

impl Journal {
    /// Beside the file of the keys: a folder of its name with `.opened`.
    pub fn beside(keys: &Path) -> Journal {
        let mut name = keys.as_os_str().to_owned();
        name.push(".opened");
        Journal(Some(name.into()))
    }

    /// Remembers nothing: for keys that do not outlive the process.
    pub fn forgetful() -> Journal {
        Journal(None)
    }

    /// Notes that `c` is opened for `ctx`, before any share of it is made. Noting the same again is fine.
    ///
    /// # Errors
    /// [`Refusal::OpenedAnother`], `File`.
    pub(super) fn note(&self, ctx: &Context, c: &Point) -> Result<(), ClientError> {
        let Some(folder) = &self.0 else { return Ok(()) };
        files::create_folder(folder)?;
        let path = folder.join(format!("{}.txt", ctx.to_hex()));
        let contents = format!("{} {}\n", field::to_hex(&c.x()), field::to_hex(&c.y()));
        match files::write_new(&path, &contents) {
            Ok(()) => Ok(()),
            Err(files::FileError::Exists { .. }) if files::read_text(&path, 1_024)? == contents => Ok(()),
            Err(files::FileError::Exists { .. }) => Err(Refusal::OpenedAnother { journal: path }.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_total_a_context() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::beside(&folder.path().join("trustee.keys"));
        let (ctx, c) = (Context::from_u64(5), Point::generator());
        journal.note(&ctx, &c).unwrap();
        journal.note(&ctx, &c).unwrap();
        journal.note(&Context::from_u64(6), &Point::generator().mul_u64(2)).unwrap();
        let other = journal.note(&ctx, &Point::generator().mul_u64(3)).unwrap_err();
        assert!(matches!(other, ClientError::Refused(Refusal::OpenedAnother { .. })), "{other}");
        assert!(Journal::forgetful().note(&ctx, &c).is_ok());
    }
}
