//! `psephos identity`: the seeds of voters, and the identities that follow from them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use psephos_chain::Address;
use psephos_client::address::parse_address;
use psephos_client::voter::{self, VoterSeed};
use psephos_client::{ChainState, Deployment};
use psephos_protocol::field;
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::secrets::{PassphrasePurpose, PassphraseSource};
use crate::session::Session;

/// Subcommands of `identity`.
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Generate a seed, from which the identities of all your accounts follow, and write it to a new encrypted file
    New {
        /// Identity file to write
        #[arg(long, value_name = "FILE", default_value = "me.identity")]
        out: PathBuf,
    },
    /// Show the public identity commitment of an account in the deployment, or the memberships of all accounts that are
    /// enrolled with identities of this file
    Show {
        /// Identity file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
        /// Account to derive the identity of; needs no node (default: find the accounts that are enrolled)
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        account: Option<Address>,
    },
    /// Check that an identity file decrypts with its passphrase
    Check {
        /// Identity file
        #[arg(value_name = "FILE")]
        identity: PathBuf,
    },
    /// Write a new identity file from a backup: the same seed, encrypted afresh
    Restore {
        /// Identity file that was backed up
        #[arg(value_name = "FILE")]
        backup: PathBuf,
        /// Identity file to write
        #[arg(long, value_name = "FILE", default_value = "me.identity")]
        out: PathBuf,
        /// File with the passphrase of the new file (default: the backup's passphrase)
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
}

/// The options that name the identity to vote or claim with.
#[derive(Debug, Args)]
pub(crate) struct IdentityArgs {
    /// Identity file
    #[arg(long, value_name = "FILE", default_value = "me.identity")]
    pub(crate) identity: PathBuf,
    /// Account that is enrolled; needed only if several accounts in the chamber have identities of the file, or to make
    /// the search in a large chamber faster
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    pub(crate) account: Option<Address>,
}

impl IdentityArgs {
    /// Decrypts the identity file.
    pub(crate) fn open_seed(&self, session: &Session) -> Result<VoterSeed, Failure> {
        open_seed(session, &self.identity)
    }

    /// Finds the identity of the account, or of the only account of the seed, in an opened chamber.
    pub(crate) fn find_identity(
        &self,
        state: &ChainState,
        seed: &VoterSeed,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<voter::AccountIdentity, Failure> {
        Ok(tokio::task::block_in_place(|| voter::find_identity(state, seed, poll, chamber, self.account))?)
    }
}

/// Decrypts an identity file.
pub(crate) fn open_seed(session: &Session, path: &Path) -> Result<VoterSeed, Failure> {
    let passphrase = session.read_passphrase(path, PassphrasePurpose::Decrypt)?;
    Ok(VoterSeed::open_file(path, &passphrase)?)
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: IdentityCommand) -> Result<u8, Failure> {
    match command {
        IdentityCommand::New { out } => {
            create_seed(session, &out)?;
            let shown = json!({ "file": files::shown(&out) });
            session.output().print_result(&shown, || format!("Seed\nwritten to {}", out.display()))?;
        }
        IdentityCommand::Show { identity, account: Some(account) } => show_account(session, &identity, account)?,
        IdentityCommand::Show { identity, account: None } => show_memberships(session, &identity).await?,
        IdentityCommand::Check { identity } => {
            open_seed(session, &identity)?;
            session.output().print_result(&json!({ "file": files::shown(&identity), "decrypted": true }), || {
                format!("{}: file and passphrase are valid", identity.display())
            })?;
        }
        IdentityCommand::Restore { backup, out, new_passphrase_file } => {
            restore_seed(session, &backup, &out, new_passphrase_file)?;
        }
    }
    Ok(OK)
}

/// Creates an identity file, and says what its owner must know.
pub(super) fn create_seed(session: &Session, out: &Path) -> Result<(), Failure> {
    files::ensure_absent(out)?;
    let passphrase = session.read_passphrase(out, PassphrasePurpose::Encrypt)?;
    VoterSeed::create_file(out, &passphrase)?;
    let output = session.output();
    output.print_remark(
        "Back up the file and the passphrase, in different places: without both you cannot vote. This one backup is for \
         all your accounts and every DAO.",
    );
    output.print_remark(
        "Each account has an identity of its own in each deployment: identities do not show which accounts are yours. \
         One account has the same identity in all chambers of a deployment, which shows nothing that the account does \
         not show.",
    );
    Ok(())
}

fn show_account(session: &Session, path: &Path, account: Address) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let own = open_seed(session, path)?.derive_identity(&deployment, account).map_err(voter::VoterError::from)?;
    let id = field::to_hex(&own.identity.commitment().value());
    let Deployment { chain_id, registry, .. } = deployment;
    let shown =
        json!({ "file": files::shown(path), "chain_id": chain_id, "registry": registry, "account": account, "id": id });
    session.output().print_result(&shown, || id.clone())
}

async fn show_memberships(session: &Session, path: &Path) -> Result<(), Failure> {
    let seed = open_seed(session, path)?;
    let state = session.read_state().await?;
    let found = tokio::task::block_in_place(|| voter::list_memberships(&state, &seed));
    let found = found.map_err(voter::VoterError::from)?;
    let rows = found.iter().map(|one| {
        let id = field::to_hex(&one.id.value());
        json!({ "chamber": one.chamber, "account": one.account, "id": id, "weight": one.weight })
    });
    let shown = json!({ "file": files::shown(path), "memberships": rows.collect::<Vec<_>>() });
    session.output().print_result(&shown, || {
        let lines = found.iter().map(|one| {
            let (id, weight) = (field::to_hex(&one.id.value()), thousands(one.weight.get()));
            format!("Chamber {}: account {}, weight {weight}, identity {id}", one.chamber, one.account)
        });
        match found.is_empty() {
            true => "No member of this deployment has an identity of this file.".into(),
            false => lines.collect::<Vec<_>>().join("\n"),
        }
    })
}

fn restore_seed(session: &Session, backup: &Path, out: &Path, new_passphrase: Option<PathBuf>) -> Result<(), Failure> {
    files::ensure_absent(out)?;
    let passphrase = session.read_passphrase(backup, PassphrasePurpose::Decrypt)?;
    let seed = VoterSeed::open_file(backup, &passphrase)?;
    let passphrase = match new_passphrase {
        None => passphrase,
        Some(file) => PassphraseSource::new(Some(file)).read_passphrase(
            &out.display().to_string(),
            PassphrasePurpose::Encrypt,
            session.output(),
        )?,
    };
    seed.write_file(out, &passphrase)?;
    session.output().print_remark("`psephos identity show FILE` lists the accounts that are enrolled with it.");
    session.output().print_result(&json!({ "file": files::shown(out), "backup": backup }), || {
        format!("Seed of {}\nwritten to {}", backup.display(), out.display())
    })
}
