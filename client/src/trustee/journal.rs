//! The journal of decrypted totals: one total per context, for ever.

use std::path::{Path, PathBuf};

use psephos_protocol::{Point, elements::Context, field};

use super::{Refusal, TrusteeError};
use crate::files;

/// Records the total that was decrypted for each context, in a folder beside the key file.
///
/// Two shares for two totals of one chamber reveal their difference: after a reorganisation that dropped a ballot, or
/// from a node that shows one set of ballots now and another later, that would be a single vote.
pub struct Journal(Option<PathBuf>);

impl Journal {
    /// Returns the journal beside a key file: a folder of its name with `.opened` appended.
    pub fn beside(keys: &Path) -> Journal {
        let mut name = keys.as_os_str().to_owned();
        name.push(".opened");
        Journal(Some(name.into()))
    }

    /// Returns a journal that records nothing, for keys that do not outlive the process.
    pub fn disabled() -> Journal {
        Journal(None)
    }

    /// Records that `c` is decrypted for `ctx`, before any share of it is computed. Recording the same again is fine.
    ///
    /// # Errors
    /// Returns [`Refusal::OtherTotalDecrypted`], or `File`.
    pub(super) fn record(&self, ctx: &Context, c: &Point) -> Result<(), TrusteeError> {
        self.record_as(format!("{}.txt", ctx.to_hex()), c)
    }

    /// Records that `c` is decrypted for a block of a sheet poll's chamber: each block has a total of its own.
    ///
    /// # Errors
    /// As [`Journal::record`].
    pub(crate) fn record_block(&self, ctx: &Context, block: usize, c: &Point) -> Result<(), TrusteeError> {
        self.record_as(format!("{}-{block}.txt", ctx.to_hex()), c)
    }

    fn record_as(&self, name: String, c: &Point) -> Result<(), TrusteeError> {
        let Some(folder) = &self.0 else { return Ok(()) };
        files::create_folder(folder)?;
        let path = folder.join(name);
        let contents = format!("{} {}\n", field::to_hex(&c.x()), field::to_hex(&c.y()));
        match files::write_new(&path, &contents) {
            Ok(()) => Ok(()),
            Err(files::FileError::Exists { .. }) if files::read_text(&path, 1_024)? == contents => Ok(()),
            Err(files::FileError::Exists { .. }) => Err(Refusal::OtherTotalDecrypted { journal: path }.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_total_of_a_context_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::beside(&folder.path().join("trustee.keys"));
        let (ctx, c) = (Context::from_u64(5), Point::generator());
        journal.record(&ctx, &c).unwrap();
        journal.record(&ctx, &c).unwrap();
        journal.record(&Context::from_u64(6), &Point::generator().mul_u64(2)).unwrap();
        let other = journal.record(&ctx, &Point::generator().mul_u64(3)).unwrap_err();
        assert!(matches!(other, TrusteeError::Refused(Refusal::OtherTotalDecrypted { .. })), "{other}");
        journal.record_block(&ctx, 0, &Point::generator().mul_u64(3)).unwrap();
        journal.record_block(&ctx, 1, &c).unwrap();
        assert!(journal.record_block(&ctx, 1, &Point::generator().mul_u64(3)).is_err());
        assert!(Journal::disabled().record(&ctx, &c).is_ok());
    }
}
