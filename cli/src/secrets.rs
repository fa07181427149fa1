//! Sources of secrets: a prompt, a file or the environment, never an argument.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output::Output;

/// The environment variable for the passphrase.
pub(crate) const PASSPHRASE_VARIABLE: &str = "PSEPHOS_PASSPHRASE";
/// The environment variable for the sender's private key.
pub(crate) const SENDER_KEY_VARIABLE: &str = "PSEPHOS_SENDER_KEY";
/// The environment variable for the token of a remote prover.
pub(crate) const PROVER_TOKEN_VARIABLE: &str = "PSEPHOS_PROVER_TOKEN";

/// The maximum size of a passphrase or token file, in bytes.
const MAX_SECRET_FILE_BYTES: u64 = 4096;

/// The purpose of a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PassphrasePurpose {
    /// Decrypt an existing file.
    Decrypt,
    /// Encrypt a new file: the prompt asks twice.
    Encrypt,
}

/// The source of passphrases.
#[derive(Clone, Debug)]
pub(crate) struct PassphraseSource {
    file: Option<PathBuf>,
}

impl PassphraseSource {
    /// Creates a source: `file` if there is one, else the environment, else a prompt.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// Returns the passphrase for `what`.
    pub(crate) fn read_passphrase(
        &self,
        what: &str,
        purpose: PassphrasePurpose,
        output: Output,
    ) -> Result<Zeroizing<String>, Failure> {
        let passphrase = match (&self.file, read_variable(PASSPHRASE_VARIABLE)?) {
            (Some(file), _) => read_passphrase_file(file, output)?,
            (None, Some(passphrase)) => passphrase,
            (None, None) => prompt_passphrase(what, purpose)?,
        };
        if passphrase.is_empty() {
            return Err(Failure::secret_failure("the passphrase is empty", "choose a passphrase of several words"));
        }
        Ok(passphrase)
    }
}

/// Returns the sender's private key from the environment, if it is set.
pub(crate) fn read_sender_key() -> Result<Option<Zeroizing<String>>, Failure> {
    read_variable(SENDER_KEY_VARIABLE)
}

/// Returns the token of a remote prover, from a file or the environment.
pub(crate) fn read_prover_token(path: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = path else { return read_variable(PROVER_TOKEN_VARIABLE) };
    let refuse = |reason: String| {
        Failure::secret_failure(
            format!("token file {}: {reason}", path.display()),
            "name a file with the token: --prover-token-file FILE",
        )
    };
    let metadata = fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if metadata.len() > MAX_SECRET_FILE_BYTES {
        return Err(refuse(format!("larger than {MAX_SECRET_FILE_BYTES} bytes")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    Ok(Some(Zeroizing::new(text.trim().to_owned())))
}

fn read_variable(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::secret_failure(format!("{name} is not UTF-8"), "set it to UTF-8 text, or unset it"))
        }
    }
}

fn read_passphrase_file(path: &Path, output: Output) -> Result<Zeroizing<String>, Failure> {
    let refuse = |reason: String| {
        Failure::secret_failure(
            format!("passphrase file {}: {reason}", path.display()),
            "name a file with the passphrase: --passphrase-file FILE",
        )
    };
    let metadata = fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if metadata.len() > MAX_SECRET_FILE_BYTES {
        return Err(refuse(format!("larger than {MAX_SECRET_FILE_BYTES} bytes")));
    }
    warn_if_readable(path, &metadata, output);
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    // Editors end a file with a line break, which is not part of the passphrase.
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
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

fn prompt_passphrase(what: &str, purpose: PassphrasePurpose) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::secret_failure(
            format!("the passphrase for {what} is missing, and there is no terminal to ask for it"),
            format!("name a file with --passphrase-file FILE, or set {PASSPHRASE_VARIABLE}"),
        ));
    }
    let ask = |text: String| {
        rpassword::prompt_password(text).map(Zeroizing::new).map_err(|error| {
            Failure::secret_failure(
                format!("cannot read a passphrase from the terminal: {error}"),
                "use --passphrase-file FILE",
            )
        })
    };
    let passphrase = ask(format!("Passphrase for {what}: "))?;
    if purpose == PassphrasePurpose::Encrypt && *ask("Repeat the passphrase: ".into())? != *passphrase {
        return Err(Failure::secret_failure("the two passphrases differ", "run the command again"));
    }
    Ok(passphrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_line_break_is_not_part_of_the_passphrase() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), "correct horse \r\n").expect("written");
        let passphrases = PassphraseSource::new(Some(file.path().to_owned()));
        let output = Output::new(false, true);
        let found = passphrases
            .read_passphrase("a test", PassphrasePurpose::Decrypt, output)
            .map_err(|failure| failure.message());
        assert_eq!(found.expect("a passphrase").as_str(), "correct horse ");
    }

    #[test]
    fn missing_passphrase_file_is_reported_by_name() {
        let output = Output::new(false, true);
        let missing = PassphraseSource::new(Some("/nonexistent/pass".into()));
        let failure =
            missing.read_passphrase("a test", PassphrasePurpose::Decrypt, output).map(drop).expect_err("missing file");
        assert!(failure.message().contains("/nonexistent/pass"), "{}", failure.message());
        assert_eq!(failure.exit_code(), 4);
    }
}
