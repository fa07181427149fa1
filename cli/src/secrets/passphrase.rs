//! Where the passphrase of an encrypted file comes from.
//!
//! A command may open two files: that of an identity or a transport key, and that of the account that sends. One
//! passphrase may be for both; the account's file may have one of its own, which is looked for first.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::read::{SecretFile, prompt_secret, read_secret_file, read_variable};
use crate::failure::Failure;
use crate::output::Output;

/// The environment variable for the passphrase.
const PASSPHRASE_VARIABLE: &str = "PSEPHOS_PASSPHRASE";
/// The environment variable for the passphrase of the file of the account that sends.
const SENDER_PASSPHRASE_VARIABLE: &str = "PSEPHOS_SENDER_PASSPHRASE";

/// The purpose of a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PassphrasePurpose {
    /// Decrypt an existing file.
    Decrypt,
    /// Encrypt a new file: the prompt asks twice.
    Encrypt,
}

/// The source of passphrases: the first of some places that has one, else a prompt.
#[derive(Clone, Debug)]
pub(crate) struct PassphraseSource {
    places: Vec<Place>,
}

/// Where a passphrase may be. An option comes before its variable.
#[derive(Clone, Debug)]
struct Place {
    file: Option<PathBuf>,
    option: &'static str,
    variable: &'static str,
}

impl PassphraseSource {
    /// Creates a source: `file` if there is one, else the environment, else a prompt.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { places: vec![Place { file, option: "--passphrase-file", variable: PASSPHRASE_VARIABLE }] }
    }

    /// Returns the source for the file of the account that sends: a passphrase of its own, else this source.
    pub(crate) fn for_sender(&self, file: Option<PathBuf>) -> Self {
        let own = Place { file, option: "--sender-passphrase-file", variable: SENDER_PASSPHRASE_VARIABLE };
        Self { places: [own].into_iter().chain(self.places.clone()).collect() }
    }

    /// Returns the passphrase for `what`.
    pub(crate) fn read_passphrase(
        &self,
        what: &str,
        purpose: PassphrasePurpose,
        output: Output,
    ) -> Result<Zeroizing<String>, Failure> {
        let passphrase = match self.find_passphrase(output)? {
            Some(passphrase) => passphrase,
            None => self.prompt_passphrase(what, purpose)?,
        };
        if passphrase.is_empty() {
            return Err(Failure::secret_failure("the passphrase is empty", "choose a passphrase of several words"));
        }
        Ok(passphrase)
    }

    fn find_passphrase(&self, output: Output) -> Result<Option<Zeroizing<String>>, Failure> {
        for place in &self.places {
            if let Some(file) = &place.file {
                return read_passphrase_file(file, place.option, output).map(Some);
            }
            if let Some(passphrase) = read_variable(place.variable)? {
                return Ok(Some(passphrase));
            }
        }
        Ok(None)
    }

    fn prompt_passphrase(&self, what: &str, purpose: PassphrasePurpose) -> Result<Zeroizing<String>, Failure> {
        let places = self.places.iter().map(|place| {
            let Place { option, variable, .. } = place;
            format!("name a file with {option} FILE, or set {variable}")
        });
        let hint = places.collect::<Vec<_>>().join("; else ");
        let passphrase = prompt_secret(&format!("passphrase for {what}"), &format!("Passphrase for {what}: "), &hint)?;
        if purpose == PassphrasePurpose::Encrypt {
            let repeated = prompt_secret("passphrase", "Repeat the passphrase: ", &hint)?;
            if *repeated != *passphrase {
                return Err(Failure::secret_failure("the two passphrases differ", "run the command again"));
            }
        }
        Ok(passphrase)
    }
}

fn read_passphrase_file(path: &Path, option: &'static str, output: Output) -> Result<Zeroizing<String>, Failure> {
    let text = read_secret_file(SecretFile { what: "passphrase", option }, path, output)?;
    // Editors end a file with a line break, which is not part of the passphrase.
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(passphrases: &PassphraseSource) -> Result<String, Failure> {
        let output = Output::new(false, true);
        passphrases.read_passphrase("a test", PassphrasePurpose::Decrypt, output).map(|found| found.as_str().to_owned())
    }

    fn file_of(passphrase: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), passphrase).expect("written");
        file
    }

    #[test]
    fn trailing_line_break_is_not_part_of_the_passphrase() {
        let file = file_of("correct horse \r\n");
        let found = read(&PassphraseSource::new(Some(file.path().to_owned()))).map_err(|failure| failure.message());
        assert_eq!(found.expect("a passphrase"), "correct horse ");
    }

    #[test]
    fn passphrase_of_the_sender_is_its_own_before_the_common_one() {
        let (common, own) = (file_of("common"), file_of("own"));
        let passphrases = PassphraseSource::new(Some(common.path().to_owned()));
        for (file, expected) in [(None, "common"), (Some(own.path().to_owned()), "own")] {
            let found = read(&passphrases.for_sender(file)).map_err(|failure| failure.message());
            assert_eq!(found.expect("a passphrase"), expected);
        }
        assert_eq!(read(&passphrases).map_err(|failure| failure.message()).expect("a passphrase"), "common");
    }

    #[test]
    fn missing_passphrase_file_is_reported_by_name() {
        for (source, option) in [
            (PassphraseSource::new(Some("/nonexistent/pass".into())), "--passphrase-file"),
            (PassphraseSource::new(None).for_sender(Some("/nonexistent/pass".into())), "--sender-passphrase-file"),
        ] {
            let failure = read(&source).map(drop).expect_err("missing file");
            assert!(failure.message().contains("/nonexistent/pass"), "{}", failure.message());
            assert!(failure.hint().expect("a hint").contains(option), "{:?}", failure.hint());
            assert_eq!(failure.exit_code(), 4);
        }
    }
}
