//! `psephos sender`: the accounts that send transactions and pay for them.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::Account;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::Purpose;
use crate::session::Session;

/// Subcommands of `sender`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate an account and write its key to a new encrypted file
    New {
        /// Key file to write
        #[arg(long, value_name = "FILE", default_value = "account.key")]
        out: PathBuf,
    },
    /// Show the address of the account that sends transactions
    Show,
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::New { out } => {
            files::must_be_new(&out)?;
            let passphrase = session.passphrase(&out, Purpose::Create)?;
            let address = Account::create_file(&out, passphrase.as_bytes())?.address();
            session.output().remark("The account has no funds yet: send some to its address before you use it.");
            session.output().result(&json!({ "file": out, "address": address }), || {
                format!("Account {address}\nwritten to {}", out.display())
            })?;
        }
        Command::Show => {
            let address = session.account()?.address();
            session.output().result(&json!({ "address": address }), || address.to_string())?;
        }
    }
    Ok(OK)
}
