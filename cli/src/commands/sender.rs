//! `psephos sender`: the accounts that send transactions and pay for them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use psephos_client::Account;
use psephos_client::secret_file::SecretFileError;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::{PassphrasePurpose, PassphraseSource};
use crate::session::Session;

/// Subcommands of `sender`.
#[derive(Debug, Subcommand)]
pub(crate) enum SenderCommand {
    /// Generate an account and write its key to a new encrypted file
    New {
        /// Key file to write
        #[arg(long, value_name = "FILE", default_value = "account.key")]
        out: PathBuf,
    },
    /// Show the address of the account that sends transactions
    Show,
    /// Write the key of the account that sends, such as that of an Ethereum keystore or a mnemonic phrase, to a new
    /// encrypted key file
    Import {
        /// Key file to write
        #[arg(long, value_name = "FILE", default_value = "account.key")]
        out: PathBuf,
        #[command(flatten)]
        new: NewPassphraseArgs,
    },
    /// Write the key of the account that sends to a new Ethereum keystore (JSON, version 3), which other wallets open
    Export {
        /// Ethereum keystore to write
        #[arg(long, value_name = "FILE", default_value = "account.json")]
        out: PathBuf,
        #[command(flatten)]
        new: NewPassphraseArgs,
    },
}

/// The option for the passphrase of a file that is written.
#[derive(Debug, Args)]
pub(crate) struct NewPassphraseArgs {
    /// File with the passphrase of the new file (default: as for the file of --sender)
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: SenderCommand) -> Result<u8, Failure> {
    match command {
        SenderCommand::New { out } => {
            files::ensure_absent(&out)?;
            let passphrase = session.read_sender_passphrase(&out, PassphrasePurpose::Encrypt)?;
            let address = Account::create_file(&out, &passphrase)?.address();
            session.output().print_remark("The account has no funds yet: send some to its address before you use it.");
            session.output().print_result(&json!({ "file": files::shown(&out), "address": address }), || {
                format!("Account {address}\nwritten to {}", out.display())
            })?;
        }
        SenderCommand::Show => {
            let address = session.open_account().await?.address();
            session.output().print_result(&json!({ "address": address }), || address.to_string())?;
        }
        SenderCommand::Import { out, new } => copy_key(session, &out, new, Account::write_file).await?,
        SenderCommand::Export { out, new } => copy_key(session, &out, new, Account::write_ethereum_keystore).await?,
    }
    Ok(OK)
}

/// Writes the key of the account that sends to a new file.
async fn copy_key(
    session: &Session,
    out: &Path,
    new: NewPassphraseArgs,
    write: impl FnOnce(&Account, &Path, &str) -> Result<(), SecretFileError>,
) -> Result<(), Failure> {
    files::ensure_absent(out)?;
    let account = session.open_account().await?;
    let passphrase = match new.new_passphrase_file {
        None => session.read_sender_passphrase(out, PassphrasePurpose::Encrypt)?,
        Some(file) => PassphraseSource::new(Some(file)).read_passphrase(
            &out.display().to_string(),
            PassphrasePurpose::Encrypt,
            session.output(),
        )?,
    };
    tokio::task::block_in_place(|| write(&account, out, &passphrase))?;
    let address = account.address();
    session.output().print_remark("The key is in one more file now: remove the other one if you do not need it.");
    session.output().print_result(&json!({ "file": files::shown(out), "address": address }), || {
        format!("Account {address}\nwritten to {}", out.display())
    })
}
