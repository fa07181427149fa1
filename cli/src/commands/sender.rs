//! `psephos sender`: the accounts that send transactions and pay for them.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::Account;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::PassphrasePurpose;
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
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: SenderCommand) -> Result<u8, Failure> {
    match command {
        SenderCommand::New { out } => {
            files::ensure_absent(&out)?;
            let passphrase = session.read_passphrase(&out, PassphrasePurpose::Encrypt)?;
            let address = Account::create_file(&out, &passphrase)?.address();
            session.output().print_remark("The account has no funds yet: send some to its address before you use it.");
            session.output().print_result(&json!({ "file": files::shown(out), "address": address }), || {
                format!("Account {address}\nwritten to {}", out.display())
            })?;
        }
        SenderCommand::Show => {
            let address = session.open_account()?.address();
            session.output().print_result(&json!({ "address": address }), || address.to_string())?;
        }
    }
    Ok(OK)
}
