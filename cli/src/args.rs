//! The command line, as it is written.
//!
//! Nothing here is looked up or checked against a file or a chain: commands do that when they run.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::global_options::GlobalOptions;

/// Anonymous voting and rewards for DAOs: hidden voters, encrypted ballots, a tally that the chain verifies
#[derive(Parser)]
#[command(name = "psephos", version, after_help = EXIT_CODES)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) globals: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: RootCommand,
}

const EXIT_CODES: &str = "Exit codes:
  0  success
  1  a check failed, or only a part of the work was done
  2  wrong usage, or an invalid file
  3  the node or a service is unreachable, or the chain, a contract or a relayer refused
  4  a secret is missing, wrong or damaged
  5  this machine cannot do it: a file cannot be written, a key file is damaged

Secrets are never arguments: a passphrase comes from --passphrase-file, PSEPHOS_PASSPHRASE or a prompt.";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum RootCommand {
    /// Run a whole election on a local chain and write a report
    Demo(commands::demo::Demo),
    /// Manage identities, the secrets of voters
    #[command(subcommand)]
    Identity(commands::identity::IdentityCommand),
    /// Manage the encrypted key files of accounts that send transactions
    #[command(subcommand)]
    Sender(commands::sender::SenderCommand),
    /// Deploy the contracts
    Deploy(commands::deploy::DeployArgs),
    /// Show and transfer the ownership of the contracts
    #[command(subcommand)]
    Ownership(commands::ownership::OwnershipCommand),
    /// Manage chambers, the classes of stakeholders
    #[command(subcommand)]
    Chamber(commands::chamber::ChamberCommand),
    /// Manage committees of trustees
    #[command(subcommand)]
    Committee(commands::committee::CommitteeCommand),
    /// Enrol in a chamber with an identity
    Enrol(commands::enrol::EnrolArgs),
    /// Create, open and show polls, and manage their fee pots
    #[command(subcommand)]
    Poll(commands::poll::PollCommand),
    /// Prove a ballot and write it to a package for a relayer, or check whether a ballot counts
    Vote(Box<commands::vote::VoteArgs>),
    /// Verify ballot packages and send them to the chain in batches
    Relay(commands::relay::RelayArgs),
    /// Manage rewards: policies, pools, sealing and claims
    #[command(subcommand)]
    Reward(commands::reward::RewardCommand),
    /// Take part in committees: transport keys, dealings, decryption shares
    #[command(subcommand)]
    Trustee(commands::trustee::TrusteeCommand),
    /// Compute totals from decryption shares, submit them and finalise the poll
    Tally(commands::tally::TallyArgs),
    /// Verify a whole poll again from chain data alone
    Verify(commands::verify::VerifyArgs),
    /// List, export and inspect the circuits' keys
    #[command(subcommand)]
    Keys(commands::keys::KeysCommand),
    /// Run a trusted setup ceremony
    #[command(subcommand)]
    Ceremony(commands::ceremony::CeremonyCommand),
    /// Run the prover, relayer and indexer services
    Serve(commands::serve::ServeArgs),
    /// Run a prover worker for a service on another machine
    Worker(commands::serve::WorkerArgs),
    /// Print the completions of a shell (bash, zsh, fish, elvish, PowerShell)
    Completions(commands::documentation::CompletionsArgs),
    /// Write manual pages of all commands
    Man(commands::documentation::ManArgs),
    /// Check files of voters and weights
    #[command(subcommand)]
    Electorate(commands::electorate::Command),
    /// Make agendas and axes, hold sheet polls on them, and enact, show and check charters
    #[command(subcommand)]
    Charter(commands::charter::CharterCommand),
}

#[cfg(test)]
mod documented;
