//! `psephos deploy`: deployment of the contracts, once for a DAO.

use std::path::PathBuf;

use clap::Args;
use psephos_chain::{Address, Connection};
use psephos_circuits::catalogue::Name;
use psephos_client::address::parse_address;
use psephos_state::PollBounds;
use psephos_submission::verifiers::deploy_system;
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::session::Session;
use crate::table::Table;

/// Arguments of `deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// File to write the contracts' addresses to
    #[arg(long, value_name = "FILE", default_value = "deployment.json")]
    out: PathBuf,
    /// Account that owns the contracts from the start: the DAO's timelock or Safe (default: the sender)
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    owner: Option<Address>,
    #[command(flatten)]
    bounds: BoundArgs,
}

/// The bounds of all polls, which hold for good.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bounds of all polls")]
struct BoundArgs {
    /// Least minimum of ballots of a chamber, below which no total is decrypted
    #[arg(long, value_name = "COUNT", default_value_t = PollBounds::default().min_ballots, value_parser = clap::value_parser!(u32).range(1..))]
    min_ballots: u32,
    /// Least time from opening to the close, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PollBounds::default().min_casting_time)]
    min_casting_time: u64,
    /// Least time from the close to the tally deadline, in seconds; trustees wait for finality before they decrypt
    #[arg(long, value_name = "SECONDS", default_value_t = PollBounds::default().min_tally_time)]
    min_tally_time: u64,
    /// Greatest time from creation to the tally deadline, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = PollBounds::default().max_duration)]
    max_poll_time: u64,
}

impl From<BoundArgs> for PollBounds {
    fn from(args: BoundArgs) -> Self {
        Self {
            min_ballots: args.min_ballots,
            min_casting_time: args.min_casting_time,
            min_tally_time: args.min_tally_time,
            max_duration: args.max_poll_time,
        }
    }
}

/// Deploys the contracts for their owner.
pub(crate) async fn run(session: &Session, args: DeployArgs) -> Result<u8, Failure> {
    files::ensure_absent(&args.out)?;
    let account = session.open_account()?;
    let connection = Connection::connect(session.rpc()).await?.with_wallet(account.wallet());
    let owner = args.owner.unwrap_or(account.address());
    if owner != account.address() && connection.read_code(owner).await?.is_empty() {
        session.output().print_warning(&format!(
            "there is no contract at the owner's address {owner} on chain {}: a Safe or timelock must be deployed on this \
             chain to own something, and an ordinary account must have a key; it cannot be changed without the owner",
            connection.chain_id()
        ));
    }
    let circuits = session.open_circuits()?;
    tokio::task::block_in_place(|| circuits.verifying_key(Name::CommitteeKeys))?;
    let installation = deploy_system(&circuits, &connection, Some(owner), args.bounds.into()).await?;
    psephos_chain::deployment_file::write_deployment(&installation.deployment, &args.out)?;
    let contracts: Vec<Value> = installation
        .contracts
        .iter()
        .map(|contract| json!({ "name": contract.name, "address": contract.address, "gas": contract.gas, "size": contract.size }))
        .collect();
    let shown =
        json!({ "file": args.out, "owner": owner, "deployment": installation.deployment, "contracts": contracts });
    session.output().print_result(&shown, || {
        let mut table = Table::new(&["contract", "address", ">gas", ">bytes"]);
        for contract in &installation.contracts {
            let (gas, size) = (thousands(contract.gas), thousands(contract.size as u64));
            table.add_row([contract.name.clone(), contract.address.to_string(), gas, size]);
        }
        format!("{}\nThe owner is {owner}\nAddresses written to {}", table.render(), args.out.display())
    })?;
    Ok(OK)
}
