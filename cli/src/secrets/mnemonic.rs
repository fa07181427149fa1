//! Where a mnemonic phrase, and the passphrase that may extend it, come from.

use std::path::Path;

use zeroize::Zeroizing;

use super::read::{SecretFile, prompt_secret, read_secret_file, read_variable};
use crate::failure::Failure;
use crate::output::Output;

const PASSPHRASE_VARIABLE: &str = "PSEPHOS_MNEMONIC_PASSPHRASE";
const PHRASE_FILE: SecretFile = SecretFile { what: "mnemonic phrase", option: "--mnemonic-file" };
const PASSPHRASE_FILE: SecretFile =
    SecretFile { what: "passphrase of the mnemonic phrase", option: "--mnemonic-passphrase-file" };

/// Reads a mnemonic phrase from a file.
pub(crate) fn read_mnemonic_file(path: &Path, output: Output) -> Result<Zeroizing<String>, Failure> {
    read_secret_file(PHRASE_FILE, path, output)
}

/// Asks for a mnemonic phrase on the terminal.
pub(crate) fn prompt_mnemonic() -> Result<Zeroizing<String>, Failure> {
    let hint = "name a file with --mnemonic-file FILE, or set PSEPHOS_MNEMONIC";
    prompt_secret("mnemonic phrase", "Mnemonic phrase (not shown): ", hint)
}

/// Returns the passphrase that extends a mnemonic phrase: of the file, else of the environment, else none.
pub(crate) fn read_mnemonic_passphrase(path: Option<&Path>, output: Output) -> Result<Zeroizing<String>, Failure> {
    let Some(path) = path else { return Ok(read_variable(PASSPHRASE_VARIABLE)?.unwrap_or_default()) };
    let text = read_secret_file(PASSPHRASE_FILE, path, output)?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
