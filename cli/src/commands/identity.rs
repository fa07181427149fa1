//! `psephos identity`: the secrets that voters vote with.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::voter;
use psephos_protocol::field;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::Purpose;
use crate::session::Session;

/// What to do with identities.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes an identity and keeps it in a new encrypted file
    New {
        /// The file
        #[arg(long, value_name = "FILE", default_value = "me.identity")]
        out: PathBuf,
    },
    /// Prints the public commitment of an identity file; needs no passphrase
    Show {
        /// The file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
    },
    /// Opens an identity file, to see that file and passphrase are good
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::New { out } => {
            files::must_be_new(&out)?;
            let passphrase = session.passphrase(&out, Purpose::Create)?;
            let id = field::to_hex(&voter::create_identity(&out, passphrase.as_bytes())?.value());
            session
                .output()
                .remark("Keep copies of the file and of the passphrase apart: without both there is no vote.");
            session
                .output()
                .result(&json!({ "file": out, "id": id }), || format!("Identity {id}\nwritten to {}", out.display()))?;
        }
        Command::Show { identity } => {
            let id = field::to_hex(&voter::inspect_identity(&identity)?.value());
            session.output().result(&json!({ "file": identity, "id": id }), || id.clone())?;
        }
        Command::Check { identity } => {
            let passphrase = session.passphrase(&identity, Purpose::Open)?;
            let id = field::to_hex(&voter::open_identity(&identity, passphrase.as_bytes())?.commitment().value());
            session.output().result(&json!({ "file": identity, "id": id, "opened": true }), || {
                format!("Identity {id}\nfile and passphrase are good")
            })?;
        }
    }
    Ok(OK)
}
