//! Where secrets come from: a prompt, a file or the environment, never an argument.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output::Output;

/// The variable that may hold a passphrase.
pub(crate) const PASSPHRASE: &str = "PSEPHOS_PASSPHRASE";
/// The variable that may hold the sender's private key.
pub(crate) const SENDER_KEY: &str = "PSEPHOS_SENDER_KEY";

/// The variable that may hold a prover's token.
pub(crate) const PROVER_TOKEN: &str = "PSEPHOS_PROVER_TOKEN";

/// No passphrase file is larger than this.
const MAX_PASSPHRASE_FILE: u64 = 4096;

/// What a passphrase is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To open a file that exists.
    Open,
    /// To protect a new file: asked for twice.
    Create,
}

/// How to get a passphrase.
#[derive(Clone, Debug)]
pub(crate) struct Passphrases {
    file: Option<PathBuf>,
}

impl Passphrases {
    /// From `file` if there is one, else from the environment, else from a prompt.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file }
    }

    /// The passphrase for `what`.
    pub(crate) fn get(&self, what: &str, purpose: Purpose, output: Output) -> Result<Zeroizing<String>, Failure> {
        let passphrase = match (&self.file, environment(PASSPHRASE)?) {
            (Some(file), _) => from_file(file, output)?,
            (None, Some(passphrase)) => passphrase,
            (None, None) => prompt(what, purpose)?,
        };
        if passphrase.is_empty() {
            return Err(Failure::secret("the passphrase is empty", "give one of several words"));
        }
        Ok(passphrase)
    }
}

/// The sender's key from the environment, if it is set.
pub(crate) fn sender_key() -> Result<Option<Zeroizing<String>>, Failure> {
    environment(SENDER_KEY)
}

/// The token of a prover, from a file or the environment.
pub(crate) fn prover_token(path: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = path else { return environment(PROVER_TOKEN) };
    let refuse = |reason: String| {
        Failure::secret(format!("token file {}: {reason}", path.display()), "name a file with the token in it")
    };
    let metadata = fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if metadata.len() > MAX_PASSPHRASE_FILE {
        return Err(refuse(format!("larger than {MAX_PASSPHRASE_FILE} bytes")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    Ok(Some(Zeroizing::new(text.trim().to_owned())))
}

fn environment(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(Zeroizing::new(value))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::secret(format!("{name} is not UTF-8"), "set it to plain text, or unset it"))
        }
    }
}

fn from_file(path: &Path, output: Output) -> Result<Zeroizing<String>, Failure> {
    let refuse = |reason: String| {
        Failure::secret(
            format!("passphrase file {}: {reason}", path.display()),
            "name a file with the passphrase in it",
        )
    };
    let metadata = fs::metadata(path).map_err(|error| refuse(error.to_string()))?;
    if metadata.len() > MAX_PASSPHRASE_FILE {
        return Err(refuse(format!("larger than {MAX_PASSPHRASE_FILE} bytes")));
    }
    warn_if_readable(path, &metadata, output);
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?);
    // Editors end a file with a line break that is not part of the passphrase.
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(unix)]
fn warn_if_readable(path: &Path, metadata: &fs::Metadata, output: Output) {
    use std::os::unix::fs::PermissionsExt;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        output.warn(&format!("{} can be read by others: chmod 600 it", path.display()));
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path, _: &fs::Metadata, _: Output) {}

fn prompt(what: &str, purpose: Purpose) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::secret(
            format!("a passphrase for {what} is needed and there is no terminal to ask"),
            format!("give --passphrase-file FILE, or set {PASSPHRASE}"),
        ));
    }
    let ask = |text: String| {
        rpassword::prompt_password(text)
            .map(Zeroizing::new)
            .map_err(|error| Failure::secret(format!("no passphrase was read: {error}"), "use --passphrase-file FILE"))
    };
    let passphrase = ask(format!("Passphrase for {what}: "))?;
    if purpose == Purpose::Create && *ask("The same again: ".into())? != *passphrase {
        return Err(Failure::secret("the two passphrases differ", "run the command again"));
    }
    Ok(passphrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_at_the_end_is_not_part_of_it() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), "correct horse \r\n").expect("written");
        let passphrases = Passphrases::new(Some(file.path().to_owned()));
        let output = Output::new(false, true);
        let found = passphrases.get("a test", Purpose::Open, output).map_err(|failure| failure.what());
        assert_eq!(found.expect("a passphrase").as_str(), "correct horse ");
    }

    #[test]
    fn a_missing_or_huge_file_is_named() {
        let output = Output::new(false, true);
        let missing = Passphrases::new(Some("/nonexistent/pass".into()));
        let failure = missing.get("a test", Purpose::Open, output).map(drop).expect_err("nothing there");
        assert!(failure.what().contains("/nonexistent/pass"), "{}", failure.what());
        assert_eq!(failure.code(), 4);
    }
}
