//! The command line, as it is written. Nothing here is looked up or checked against a file or a chain: that comes after.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use psephos_circuits::catalogue::{Name, UnknownCircuit};

use crate::commands;

/// Anonymous voting for DAOs: hidden voters, encrypted ballots, a tally that the chain checks.
#[derive(Debug, Parser)]
#[command(name = "psephos", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 done; 1 what was checked is false, or not all was done; 2 usage or a bad file; \
3 no chain, or it refused; 4 a secret is missing or wrong; 5 this machine cannot.
No secret is ever an argument: passphrases come from --passphrase-file, PSEPHOS_PASSPHRASE or a prompt.";

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Globals {
    /// One JSON object on standard output; everything else on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress and no remarks (warnings stay)
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// The file with the contracts' addresses
    #[arg(long, global = true, value_name = "FILE", env = "PSEPHOS_DEPLOYMENT", default_value = "deployment.json")]
    pub(crate) deployment: PathBuf,
    /// The address of a node of the chain
    #[arg(long, global = true, value_name = "URL", env = "PSEPHOS_RPC", default_value = "http://127.0.0.1:8545")]
    pub(crate) rpc: String,
    /// The address of an index, which spares reading the chain's events: what it says is checked against the node of --rpc
    #[arg(long, global = true, value_name = "URL", env = "PSEPHOS_INDEX")]
    pub(crate) index: Option<String>,
    /// A folder with a ceremony's keys and their manifest; else development keys are made and kept there
    #[arg(long, global = true, value_name = "DIR", env = "PSEPHOS_KEYS")]
    pub(crate) key_folder: Option<PathBuf>,
    /// Memory that proving may take, in MiB, at least 64: above that it goes to tables, which pay when many proofs are made with one key
    #[arg(long, global = true, value_name = "MIB", env = "PSEPHOS_MEMORY", default_value_t = 64, hide_default_value = true,
        value_parser = clap::value_parser!(u32).range(64..))]
    pub(crate) memory: u32,
    /// A file with the passphrase of the secret files
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The encrypted file of the account that sends transactions (or PSEPHOS_SENDER_KEY holds its key)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) sender: Option<PathBuf>,
}

/// The name of a circuit of this version.
pub(crate) fn circuit_name() -> impl TypedValueParser<Value = Name> {
    let names = PossibleValuesParser::new(Name::ALL.map(Name::as_str));
    names.try_map(|text| text.parse::<Name>().map_err(|error: UnknownCircuit| error))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A whole election on a local chain, with a report
    Demo(commands::demo::Demo),
    /// Identities: the secrets that voters vote with
    #[command(subcommand)]
    Identity(commands::identity::Command),
    /// Encrypted files of the accounts that send transactions
    #[command(subcommand)]
    Sender(commands::sender::Command),
    /// Puts the contracts on a chain
    Deploy(commands::deploy::Deploy),
    /// Chambers of stakeholders
    #[command(subcommand)]
    Chamber(commands::chamber::Command),
    /// Committees of trustees
    #[command(subcommand)]
    Committee(commands::committee::Command),
    /// Enters a chamber with an identity
    Enrol(commands::enrol::Enrol),
    /// Polls
    #[command(subcommand)]
    Poll(commands::poll::Command),
    /// Proves a ballot and writes it as a package for a relayer
    Vote(commands::vote::Vote),
    /// Checks ballot packages and sends them in batches
    Relay(commands::relay::Relay),
    /// Rewards for ballots: set, fund, seal, claim
    #[command(subcommand)]
    Reward(commands::reward::Command),
    /// A trustee's keys and shares
    #[command(subcommand)]
    Trustee(commands::trustee::Command),
    /// Searches for the opened totals, submits them and finalises the poll
    Tally(commands::tally::Tally),
    /// Re-checks a whole poll from chain data alone
    Verify(commands::verify::Verify),
    /// The circuits' keys and their exports
    #[command(subcommand)]
    Keys(commands::keys::Command),
    /// Ceremonies that make keys which nobody can forge with
    #[command(subcommand)]
    Ceremony(commands::ceremony::Command),
    /// Proves for wallets, relays their ballots, tells what the chain holds
    Serve(commands::serve::Serve),
    /// Proves for a service on another machine
    Worker(commands::serve::Worker),
    /// Files of voters and weights
    #[command(subcommand)]
    Electorate(commands::electorate::Command),
}
