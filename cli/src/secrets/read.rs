//! Reading one secret: from a file, the environment or the terminal.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output::Output;

/// The maximum size of a file with a passphrase, a phrase or a token, in bytes.
const MAX_BYTES: usize = 4096;

/// A kind of file that holds one secret as text.
#[derive(Clone, Copy, Debug)]
pub(super) struct SecretFile {
    /// What it holds.
    pub(super) what: &'static str,
    /// The option that names it.
    pub(super) option: &'static str,
}

/// Returns the value of an environment variable, if it is set and not empty.
pub(crate) fn read_variable(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::secret_failure(format!("{name} is not UTF-8"), "set it to UTF-8 text, or unset it"))
        }
    }
}

/// Reads a file that holds one secret.
pub(super) fn read_secret_file(kind: SecretFile, path: &Path, output: Output) -> Result<Zeroizing<String>, Failure> {
    let SecretFile { what, option } = kind;
    let refuse = |reason: String| {
        Failure::secret_failure(
            format!("{what} file {}: {reason}", path.display()),
            format!("name a file with the {what}: {option} FILE"),
        )
    };
    let file = fs::File::open(path).map_err(|error| refuse(error.to_string()))?;
    let metadata = file.metadata().map_err(|error| refuse(error.to_string()))?;
    warn_if_readable(path, &metadata, output);
    // A pipe does not say its length before it is read. Nor is a copy left behind by a reallocation.
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES + 1));
    file.take(MAX_BYTES as u64 + 1).read_to_string(&mut text).map_err(|error| refuse(error.to_string()))?;
    match text.len() > MAX_BYTES {
        true => Err(refuse(format!("larger than {MAX_BYTES} bytes"))),
        false => Ok(text),
    }
}

/// Asks for a secret on the terminal. Without one, `hint` says what to do instead.
pub(super) fn prompt_secret(what: &str, prompt: &str, hint: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::secret_failure(
            format!("the {what} is missing, and there is no terminal to ask for it"),
            hint,
        ));
    }
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|error| Failure::secret_failure(format!("cannot read the {what} from the terminal: {error}"), hint))
}

#[cfg(unix)]
fn warn_if_readable(path: &Path, metadata: &fs::Metadata, output: Output) {
    use std::os::unix::fs::PermissionsExt;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        output.print_warning(&format!("{} can be read by other users: run `chmod 600` on it", path.display()));
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path, _: &fs::Metadata, _: Output) {}
