//! `psephos ownership`: the account that owns the contracts, and its transfer to another one.

use clap::Subcommand;
use psephos_chain::Address;
use psephos_chain::plan::StepResult;
use psephos_client::address::parse_address;
use psephos_client::operator::export::Proposal;
use psephos_client::operator::ownership::{self, Ownership};
use psephos_client::operator::{Call, describe_calls};
use serde_json::{Value, json};

use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::plan::{PlanArgs, transactions_json};
use crate::session::Session;
use crate::table::Table;

/// Subcommands of `ownership`.
#[derive(Debug, Subcommand)]
pub(crate) enum OwnershipCommand {
    /// Show the owner of each contract, and the account to which it is offered
    Show,
    /// Offer all contracts to a new owner, which then accepts them; to the present owner: withdraw offers
    Transfer {
        /// The new owner
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        to: Address,
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Accept all contracts that are offered to the account
    Accept {
        /// The account that accepts, if the calls are exported (default: the one to which the contracts are offered)
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        account: Option<Address>,
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        export: ExportArgs,
    },
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: OwnershipCommand) -> Result<u8, Failure> {
    match command {
        OwnershipCommand::Show => {
            let deployment = session.read_deployment()?;
            let connection = session.connect_node(&deployment).await?;
            let ownerships = ownership::read_ownership(&connection, &deployment).await?;
            session.output().print_result(&show_json(&ownerships), || show_table(&ownerships))?;
        }
        OwnershipCommand::Transfer { to, plan, export } => transfer(session, to, plan, export).await?,
        OwnershipCommand::Accept { account, plan, export } => accept(session, account, plan, export).await?,
    }
    Ok(OK)
}

async fn transfer(session: &Session, to: Address, plan: PlanArgs, export: ExportArgs) -> Result<(), Failure> {
    let dao = Dao::connect(session, export).await?;
    let before = ownership::read_ownership(&dao.connection, &dao.deployment).await?;
    let calls = ownership::transfer_calls(&before, to);
    if let Some(sender) = dao.connection.sender() {
        ownership::check_owner(&before, &calls, sender)?;
        list_calls(session, &calls);
    }
    if dao.is_export() && !calls.is_empty() {
        dao.execute(&calls).await?;
        return Ok(());
    }
    let steps = ownership::transfer_steps(&before, to);
    let Some(sent) = dao.run_steps(plan, "ownership transfer", &to.to_string(), steps).await? else { return Ok(()) };
    let after = ownership::read_ownership(&dao.connection, &dao.deployment).await?;
    let acceptance = ownership::acceptance_calls(&after, to);
    let proposal = Proposal::new(dao.deployment.chain_id, to, &acceptance);
    let mut shown = show_sent(&after, &sent);
    shown["acceptance"] = json!((!acceptance.is_empty()).then_some(&proposal));
    session.output().print_result(&shown, || match acceptance.is_empty() {
        true => format!("All contracts belong to {to}, and none is offered to another account"),
        false => format!(
            "All contracts are offered to {to}, which must accept them by these calls (`psephos ownership accept`):\n{:#}",
            json!(proposal)
        ),
    })
}

async fn accept(
    session: &Session,
    account: Option<Address>,
    plan: PlanArgs,
    export: ExportArgs,
) -> Result<(), Failure> {
    let dao = Dao::connect(session, export).await?;
    let before = ownership::read_ownership(&dao.connection, &dao.deployment).await?;
    let account = match dao.connection.sender() {
        Some(sender) if account.is_some_and(|account| account != sender) => {
            return Err(Failure::invalid_input(
                format!("the sending account is {sender}: it cannot accept for another one"),
                "send from the account that accepts, or export its calls with --calldata or --safe-batch FILE",
            ));
        }
        Some(sender) => sender,
        None => account.or_else(|| offered_account(&before)).ok_or_else(|| {
            Failure::invalid_input(
                "the contracts are not offered to one account",
                "name the account that accepts with --account ADDRESS; `psephos ownership show` shows the offers",
            )
        })?,
    };
    let calls = ownership::acceptance_calls(&before, account);
    if !dao.is_unchecked() {
        ownership::check_offered(&before, account)?;
    }
    if !dao.is_export() {
        list_calls(session, &calls);
    }
    if dao.is_export() && !calls.is_empty() {
        dao.execute_as(Some(account), &calls).await?;
        return Ok(());
    }
    let steps = ownership::acceptance_steps(&before, account);
    let Some(sent) = dao.run_steps(plan, "ownership accept", "", steps).await? else { return Ok(()) };
    let after = ownership::read_ownership(&dao.connection, &dao.deployment).await?;
    session.output().print_result(&show_sent(&after, &sent), || format!("All contracts belong to {account}"))
}

/// Returns the account to which contracts are offered, if it is one.
fn offered_account(ownerships: &[Ownership]) -> Option<Address> {
    let mut offers = ownerships.iter().filter_map(|entry| entry.pending_owner);
    let first = offers.next()?;
    offers.all(|other| other == first).then_some(first)
}

/// Lists the calls before the first is sent.
fn list_calls(session: &Session, calls: &[Call]) {
    if !calls.is_empty() {
        session.output().print_remark(&describe_calls(calls));
    }
}

fn show_json(ownerships: &[Ownership]) -> Value {
    let owner = ownerships.first().map(|entry| entry.owner);
    let common = owner.filter(|owner| ownerships.iter().all(|entry| entry.owner == *owner));
    json!({ "owner": common, "contracts": ownerships })
}

fn show_sent(ownerships: &[Ownership], sent: &[StepResult]) -> Value {
    let mut shown = show_json(ownerships);
    shown["transactions"] = transactions_json(sent);
    shown
}

fn show_table(ownerships: &[Ownership]) -> String {
    let mut table = Table::new(&["contract", "address", "owner", "offered to"]);
    for entry in ownerships {
        let offered = entry.pending_owner.map_or_else(String::new, |account| account.to_string());
        table.add_row([entry.contract.to_string(), entry.address.to_string(), entry.owner.to_string(), offered]);
    }
    format!("{}\nThe fee pots obey the owner of the polls contract.", table.render())
}
