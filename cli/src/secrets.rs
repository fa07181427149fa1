//! Sources of secrets: a prompt, a file or the environment, never an argument.

mod mnemonic;
mod passphrase;
mod read;

use std::path::{Path, PathBuf};

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
const TOKENS_FILE: SecretFile = SecretFile { what: "token", option: "--provers-token-file" };

/// Returns the token of a remote prover, from a file or the environment.
pub(crate) fn read_prover_token(path: Option<&Path>, output: Output) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = path else { return read_variable(PROVER_TOKEN_VARIABLE) };
    read_token_file(TOKEN_FILE, path, output).map(Some)
}

/// Returns the tokens of two provers, from two files or the environment: there separated by a comma.
pub(crate) fn read_prover_tokens(paths: &[PathBuf], output: Output) -> Result<[Option<Zeroizing<String>>; 2], Failure> {
    let refuse = |what: String| {
        let hint = "name --provers-token-file FILE twice, in the order of the provers; or set PSEPHOS_PROVER_TOKEN to both \
                    tokens, separated by a comma";
        Failure::secret_failure(what, hint)
    };
    match paths {
        [] => match read_variable(PROVER_TOKEN_VARIABLE)? {
            None => Ok([None, None]),
            Some(both) => {
                let tokens: Vec<&str> = both.split(',').map(str::trim).collect();
                let [one, two] = tokens[..] else {
                    return Err(refuse(format!("{PROVER_TOKEN_VARIABLE} has no token for each of two provers")));
                };
                // An empty one: this prover wants none.
                Ok([one, two].map(|token| (!token.is_empty()).then(|| Zeroizing::new(token.to_owned()))))
            }
        },
        [one, two] => {
            let read = |path: &PathBuf| read_token_file(TOKENS_FILE, path, output).map(Some);
            Ok([read(one)?, read(two)?])
        }
        other => Err(refuse(format!("{} token files are named for two provers", other.len()))),
    }
}

fn read_token_file(kind: SecretFile, path: &Path, output: Output) -> Result<Zeroizing<String>, Failure> {
    let text = read_secret_file(kind, path, output)?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}
