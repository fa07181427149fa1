//! `psephos deploy`: deployment of the contracts, once for a DAO.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::deploy::{Installation, PlannedDeployment};
use psephos_chain::deployment_file::{read_deployment, write_deployment};
use psephos_chain::{Address, B256, Connection, chains};
use psephos_circuits::catalogue::Name;
use psephos_client::address::parse_address;
use psephos_state::{Deployment, PollBounds};
use psephos_submission::verifiers::{DeployableKeys, run_deployment};
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::files;
use crate::format::thousands;
use crate::plan::{PlanArgs, ShownPlan, Teller, journal_beside, warn_of_unpriced};
use crate::session::Session;
use crate::table::Table;

/// Arguments of `deploy`.
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// File to write the contracts' addresses to; the journal of an unfinished deployment is beside it
    #[arg(long, value_name = "FILE", default_value = "deployment.json")]
    out: PathBuf,
    /// Account that owns the contracts from the start: the DAO's timelock or Safe (default: the sender)
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    owner: Option<Address>,
    /// Number of 32 bytes, in hexadecimal, from which the contracts' addresses follow; a dry run shows one (default:
    /// random)
    #[arg(long, value_name = "HEX")]
    salt: Option<B256>,
    /// Deploy on a chain that is not in the table of chains: what its transactions are like is not known
    #[arg(long)]
    unlisted_chain: bool,
    #[command(flatten)]
    plan: PlanArgs,
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
    /// Least number of voters in each camp of a sheet poll, below which no answer of a camp is decrypted
    #[arg(long, value_name = "COUNT", default_value_t = PollBounds::default().least_camp, value_parser = clap::value_parser!(u32).range(1..))]
    least_camp: u32,
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
            least_camp: args.least_camp,
            min_casting_time: args.min_casting_time,
            min_tally_time: args.min_tally_time,
            max_duration: args.max_poll_time,
        }
    }
}

/// Deploys the contracts for their owner, or continues where an earlier run stopped.
pub(crate) async fn run(session: &Session, args: DeployArgs) -> Result<u8, Failure> {
    let journal = journal_beside(&args.out);
    if !journal.exists() {
        files::ensure_absent(&args.out)?;
    }
    let account = session.open_account().await?;
    let connection = Connection::connect(session.rpc()?).await?.with_wallet(account.wallet());
    chains::require_suitable(&connection, args.unlisted_chain).await?;
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
    let keys = DeployableKeys::load(&circuits, connection.chain_id())?;
    let new = keys.new_deployment(Some(owner), args.bounds.into(), args.salt);
    if !args.plan.dry_run {
        create_folder(&args.out)?;
    }
    let mut plan = PlannedDeployment::prepare(&connection, new, args.plan.open_journal(&journal)?).await?;
    let (price, contracts) = plan.price().await?;
    warn_of_unpriced(session.output(), connection.chain_id());
    let remark = Some(format!("These are the addresses with --salt {}", plan.salt()));
    if !args.plan.confirm(session.output(), &ShownPlan { price, contracts, remark })? {
        return Ok(OK);
    }
    let installation = run_deployment(&circuits, &connection, &mut plan, &Teller(session.output())).await?;
    keep_addresses(&installation.deployment, &args.out)?;
    plan.finish()?;
    print_installation(session, &args.out, owner, &installation)?;
    Ok(OK)
}

/// Creates the folder of the output, as every command does that writes a file.
fn create_folder(out: &Path) -> Result<(), Failure> {
    match out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| Failure::unwritable_file(folder, &error)),
        None => Ok(()),
    }
}

/// Writes the addresses. A file that is there is of the run that the journal is of, or it is not replaced.
fn keep_addresses(deployment: &Deployment, out: &Path) -> Result<(), Failure> {
    if out.exists() && read_deployment(out).is_ok_and(|there| there == *deployment) {
        return Ok(());
    }
    files::ensure_absent(out)?;
    write_deployment(deployment, out).map_err(|error| {
        Failure::machine_failure(
            error.to_string(),
            "all contracts are deployed, and their addresses follow from the journal beside it: once the file can be \
             written, the same command writes it and sends nothing",
        )
    })
}

fn print_installation(
    session: &Session,
    out: &Path,
    owner: Address,
    installation: &Installation,
) -> Result<(), Failure> {
    let contracts: Vec<Value> = installation
        .contracts
        .iter()
        .map(|contract| {
            let (hash, gas) = contract.transaction.as_ref().map(|mined| (mined.hash, mined.gas)).unzip();
            let (name, address, size) = (&contract.name, contract.address, contract.size);
            json!({ "name": name, "address": address, "transaction": hash, "gas": gas, "size": size })
        })
        .collect();
    let shown = json!({ "file": files::shown(out), "owner": owner, "deployment": installation.deployment, "contracts": contracts });
    session.output().print_result(&shown, || {
        let mut table = Table::new(&["contract", "address", ">gas", ">bytes"]);
        for contract in &installation.contracts {
            let gas = contract.transaction.as_ref().map_or_else(String::new, |mined| thousands(mined.gas));
            table.add_row([contract.name.clone(), contract.address.to_string(), gas, thousands(contract.size as u64)]);
        }
        format!("{}\nThe owner is {owner}\nAddresses written to {}", table.render(), out.display())
    })
}
