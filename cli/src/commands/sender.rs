//! `psephos sender`: the accounts that pay for transactions.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::Account;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::Purpose;
use crate::session::Session;

/// What to do with sending accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes an account and keeps its key in a new encrypted file
    New {
        /// The file
        #[arg(long, value_name = "FILE", default_value = "account.key")]
        out: PathBuf,
    },
    /// Prints the address of the account that would send
    Show,
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::New { out } => {
            files::must_be_new(&out)?;
            let passphrase = session.passphrase(&out, Purpose::Create)?;
            let address = Account::create(&out, passphrase.as_bytes())?.address();
            session.output().remark("It has no funds yet: send some to its address.");
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
