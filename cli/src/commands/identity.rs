//! `psephos identity`: the secrets of voters.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::voter;
use psephos_protocol::field;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::secrets::PassphrasePurpose;
use crate::session::Session;

/// Subcommands of `identity`.
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Generate an identity and write its seed to a new encrypted file
    New {
        /// Identity file to write
        #[arg(long, value_name = "FILE", default_value = "me.identity")]
        out: PathBuf,
    },
    /// Show the public identity commitment of a file; needs no passphrase
    Show {
        /// Identity file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
    },
    /// Check that an identity file decrypts with its passphrase
    Check {
        /// Identity file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: IdentityCommand) -> Result<u8, Failure> {
    match command {
        IdentityCommand::New { out } => {
            files::ensure_absent(&out)?;
            let passphrase = session.read_passphrase(&out, PassphrasePurpose::Encrypt)?;
            let id = field::to_hex(&voter::create_identity(&out, passphrase.as_bytes())?.value());
            session.output().print_remark(
                "Back up the file and the passphrase, in different places: without both you cannot vote.",
            );
            session.output().print_result(&json!({ "file": out, "id": id }), || {
                format!("Identity {id}\nwritten to {}", out.display())
            })?;
        }
        IdentityCommand::Show { identity } => {
            let id = field::to_hex(&voter::inspect_identity(&identity)?.value());
            session.output().print_result(&json!({ "file": identity, "id": id }), || id.clone())?;
        }
        IdentityCommand::Check { identity } => {
            let passphrase = session.read_passphrase(&identity, PassphrasePurpose::Decrypt)?;
            let id = field::to_hex(&voter::open_identity(&identity, passphrase.as_bytes())?.commitment().value());
            session.output().print_result(&json!({ "file": identity, "id": id, "decrypted": true }), || {
                format!("Identity {id}\nfile and passphrase are valid")
            })?;
        }
    }
    Ok(OK)
}
