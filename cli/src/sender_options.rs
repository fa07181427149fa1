//! The options that say which account sends transactions, and where its key is.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use psephos_chain::Address;
use psephos_client::account::mnemonic::{DEFAULT_PATH, DerivationPath};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::secrets::{MNEMONIC_VARIABLE, SENDER_KEY_VARIABLE, SIGNER_VARIABLE, read_variable};

/// The options, as they are written. Which one is used follows from what is named, first here, then in the environment.
#[derive(Args)]
#[command(next_help_heading = "Account that sends transactions")]
pub(crate) struct SenderOptions {
    /// Encrypted key file of the account: one of `sender new`, or an Ethereum keystore (JSON, version 3) (default: the
    /// key in PSEPHOS_SENDER_KEY)
    #[arg(long, global = true, value_name = "FILE")]
    sender: Option<PathBuf>,
    /// File with the passphrase of the file of --sender, if it is not that of the other files (default:
    /// PSEPHOS_SENDER_PASSPHRASE, else as --passphrase-file)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) sender_passphrase_file: Option<PathBuf>,
    /// File with a mnemonic phrase (BIP-39, English words) whose account sends (default: the phrase in
    /// PSEPHOS_MNEMONIC)
    #[arg(long, global = true, value_name = "FILE")]
    mnemonic_file: Option<PathBuf>,
    /// Ask for a mnemonic phrase on the terminal
    #[arg(long, global = true)]
    ask_mnemonic: bool,
    /// File with the passphrase that extends the mnemonic phrase, which few wallets have: another one gives another
    /// account (default: PSEPHOS_MNEMONIC_PASSPHRASE, else none)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) mnemonic_passphrase_file: Option<PathBuf>,
    /// Derivation path of the account of a mnemonic phrase
    #[arg(long, global = true, value_name = "PATH", default_value = DEFAULT_PATH)]
    pub(crate) derivation_path: DerivationPath,
    /// URL of a signer that holds the account's key (JSON-RPC, as Clef and web3signer): https, or on this machine. It
    /// may hold a token: then it belongs into the variable (default: PSEPHOS_SIGNER_URL)
    #[arg(long, global = true, value_name = "URL")]
    signer_url: Option<String>,
    /// Account of the signer that sends (default: its only one)
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) signer_account: Option<Address>,
    /// Time limit of one request to the signer, in seconds: a person may have to approve it
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    signer_timeout: u64,
}

/// Where the key of the account that sends is.
pub(crate) enum SenderSource {
    /// In an encrypted file.
    File(PathBuf),
    /// In the environment.
    Key(Zeroizing<String>),
    /// It follows from the phrase in a file.
    MnemonicFile(PathBuf),
    /// It follows from a phrase that is asked for.
    AskMnemonic,
    /// It follows from the phrase in the environment.
    Mnemonic(Zeroizing<String>),
    /// The signer at a URL holds it.
    Signer(Zeroizing<String>),
}

impl SenderOptions {
    /// Returns the time limit of a request to a signer.
    pub(crate) fn signer_timeout(&self) -> Duration {
        Duration::from_secs(self.signer_timeout)
    }

    /// Returns the option that names the account, if one does.
    pub(crate) fn named_option(&self) -> Option<&'static str> {
        let named = [
            ("--sender", self.sender.is_some()),
            ("--mnemonic-file", self.mnemonic_file.is_some()),
            ("--ask-mnemonic", self.ask_mnemonic),
            ("--signer-url", self.signer_url.is_some()),
        ];
        named.into_iter().find(|(_, is_named)| *is_named).map(|(option, _)| option)
    }

    /// Returns where the key is: as the options say, else as the environment says, else nowhere.
    pub(crate) fn find_source(&self) -> Result<Option<SenderSource>, Failure> {
        let file = self.sender.clone().map(SenderSource::File);
        let mnemonic_file = self.mnemonic_file.clone().map(SenderSource::MnemonicFile);
        let ask = self.ask_mnemonic.then_some(SenderSource::AskMnemonic);
        let url = self.signer_url.clone().map(Zeroizing::new).map(SenderSource::Signer);
        let named =
            [("--sender", file), ("--mnemonic-file", mnemonic_file), ("--ask-mnemonic", ask), ("--signer-url", url)];
        if let Some(source) = choose_only(named)? {
            return Ok(Some(source));
        }
        choose_only([
            (SENDER_KEY_VARIABLE, read_variable(SENDER_KEY_VARIABLE)?.map(SenderSource::Key)),
            (MNEMONIC_VARIABLE, read_variable(MNEMONIC_VARIABLE)?.map(SenderSource::Mnemonic)),
            (SIGNER_VARIABLE, read_variable(SIGNER_VARIABLE)?.map(SenderSource::Signer)),
        ])
    }
}

/// Returns the only source that is named: which of two would send must not be guessed.
fn choose_only<const N: usize>(
    named: [(&'static str, Option<SenderSource>); N],
) -> Result<Option<SenderSource>, Failure> {
    let mut found = named.into_iter().filter_map(|(name, source)| Some((name, source?)));
    match (found.next(), found.next()) {
        (Some((one, _)), Some((other, _))) => Err(Failure::invalid_input(
            format!("{one} and {other} both name the account that sends"),
            "name one account: leave out the other option, or unset the other variable",
        )),
        (first, _) => Ok(first.map(|(_, source)| source)),
    }
}
