//! Sources of secrets: a prompt, a file or the environment, never an argument.

mod mnemonic;
mod passphrase;
mod read;

use std::path::Path;

use zeroize::Zeroizing;

pub(crate) use self::mnemonic::{prompt_mnemonic, read_mnemonic_file, read_mnemonic_passphrase};
pub(crate) use self::passphrase::{PassphrasePurpose, PassphraseSource};
pub(crate) use self::read::read_variable;
use self::read::{SecretFile, read_secret_file};
use crate::failure::Failure;
use crate::output::Output;

/// The environment variable for the sender's private key.
pub(crate) const SENDER_KEY_VARIABLE: &str = "PSEPHOS_SENDER_KEY";
/// The environment variable for the sender's mnemonic phrase.
pub(crate) const MNEMONIC_VARIABLE: &str = "PSEPHOS_MNEMONIC";
/// The environment variable for the URL of a signer.
pub(crate) const SIGNER_VARIABLE: &str = "PSEPHOS_SIGNER_URL";
/// The environment variable for the token of a remote prover.
pub(crate) const PROVER_TOKEN_VARIABLE: &str = "PSEPHOS_PROVER_TOKEN";

const TOKEN_FILE: SecretFile = SecretFile { what: "token", option: "--prover-token-file" };

/// Returns the token of a remote prover, from a file or the environment.
pub(crate) fn read_prover_token(path: Option<&Path>, output: Output) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = path else { return read_variable(PROVER_TOKEN_VARIABLE) };
    let text = read_secret_file(TOKEN_FILE, path, output)?;
    Ok(Some(Zeroizing::new(text.trim().to_owned())))
}
