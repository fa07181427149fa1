//! `psephos chamber`: classes of stakeholders, and the accounts that may enrol in them.

mod classes;
mod removal;
mod show;

use psephos_protocol::identifiers::ChamberId;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use psephos_client::operator::{self, CreatedChamber, PlannedChamber};
use serde_json::json;

use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::format::{plural, thousands};
use crate::member_list;
use crate::plan::{PlanArgs, ShownPlan, Teller, journal_of, transactions_json};
use crate::session::Session;
use crate::table::Table;

/// Subcommands of `chamber`.
#[derive(Debug, Subcommand)]
pub(crate) enum ChamberCommand {
    /// List the chambers
    List,
    /// Create a chamber and set the accounts that may enrol in it; run again to continue where it stopped
    Create {
        /// Name of the chamber
        #[arg(long)]
        name: String,
        /// CSV file of the accounts that may enrol, with the columns account,weight; the weights are at most 4311810305
        /// together
        #[arg(long, value_name = "FILE")]
        members: Option<PathBuf>,
        #[command(flatten)]
        classes: classes::ClassArgs,
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Set the accounts that may enrol in a chamber, and their weights; run again to continue where it stopped
    Allow {
        /// Chamber number
        #[arg(long, value_name = "N")]
        chamber: ChamberId,
        /// CSV file with the columns account,weight; weight 0 removes an account from the list
        #[arg(value_name = "FILE")]
        members: PathBuf,
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Show a chamber's census and the marks that stand in it, or where an account is a member
    Show(show::ShowArgs),
    /// Mark a member for removal; the chamber takes nothing, and no poll opens with it, before the member is purged
    Mark(removal::MarkArgs),
    /// Purge members that are marked for removal; anyone may. Open polls keep their frozen census
    Purge(removal::PurgeArgs),
    /// Mark a member for removal and purge it; run again to continue where it stopped
    Remove(removal::MemberArgs),
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: ChamberCommand) -> Result<u8, Failure> {
    match command {
        ChamberCommand::List => list_chambers(session).await?,
        ChamberCommand::Create { name, members, classes, plan, export } => {
            create_chamber(session, &name, members, &classes, plan, export).await?;
        }
        ChamberCommand::Allow { chamber, members, plan, export } => {
            allow_accounts(session, chamber, &members, plan, export).await?;
        }
        ChamberCommand::Show(args) => return show::run(session, args).await,
        ChamberCommand::Mark(args) => removal::mark(session, args).await?,
        ChamberCommand::Purge(args) => removal::purge(session, args).await?,
        ChamberCommand::Remove(args) => removal::remove(session, args).await?,
    }
    Ok(OK)
}

async fn allow_accounts(
    session: &Session,
    chamber: ChamberId,
    members: &Path,
    plan: PlanArgs,
    export: ExportArgs,
) -> Result<(), Failure> {
    let weights = member_list::read_members(members, member_list::ZeroWeight::Allowed)?;
    let dao = Dao::connect(session, export).await?;
    // A list of a chamber that does not exist would be paid for, and serve nothing.
    if !dao.is_unchecked() {
        dao.read_state().await?.registered_chamber(chamber)?;
    }
    if dao.is_export() {
        dao.execute(&operator::set_weights_calls(&dao.deployment, chamber, &weights)).await?;
        return Ok(());
    }
    let inputs = operator::hash_list(&dao.deployment, &chamber.to_string(), &weights);
    let steps = operator::set_weights_steps(&dao.deployment, chamber, &weights);
    let Some(results) = dao.run_steps(plan, "chamber allow", &inputs.to_string(), steps).await? else { return Ok(()) };
    let transactions = transactions_json(&results);
    let shown = json!({ "chamber": chamber, "accounts": weights.len(), "transactions": transactions });
    session
        .output()
        .print_result(&shown, || format!("Chamber {chamber}: {} may enrol", plural(weights.len() as u64, "account")))
}

async fn create_chamber(
    session: &Session,
    name: &str,
    members: Option<PathBuf>,
    classes: &classes::ClassArgs,
    plan: PlanArgs,
    export: ExportArgs,
) -> Result<(), Failure> {
    // The file is read first, so that no chamber is created for an invalid list.
    let weights = members
        .map(|path| member_list::read_members(&path, member_list::ZeroWeight::Rejected))
        .transpose()?
        .unwrap_or_default();
    let (weights, rounded) = classes.round(session.output(), weights)?;
    let dao = Dao::connect(session, export).await?;
    classes::warn_of_exposure(session.output(), &weights);
    if !weights.is_empty() && weights.len() < 10 {
        session.output().print_warning(
            "a chamber of fewer than ten members hides its voters poorly: consider merging it with another",
        );
    }
    if dao.is_export() {
        let chamber = operator::next_chamber(&dao.connection, &dao.deployment).await?;
        dao.execute(&operator::new_chamber_calls(&dao.deployment, name, chamber, &weights)).await?;
        return Ok(());
    }
    let inputs = operator::hash_list(&dao.deployment, name, &weights);
    let journal = plan.open_journal(&journal_of(session.deployment_path(), "chamber create", inputs))?;
    let planned = PlannedChamber::prepare(&dao.connection, &dao.deployment, name, &weights, journal).await?;
    if !plan.confirm(session.output(), &ShownPlan::of_calls(planned.price().await?))? {
        return Ok(());
    }
    let CreatedChamber { chamber, steps } = planned.run(&Teller(session.output())).await?;
    let transactions = transactions_json(&steps);
    let mut shown =
        json!({ "chamber": chamber, "name": name, "accounts": weights.len(), "transactions": transactions });
    if !rounded.is_null() {
        shown["rounded"] = rounded;
    }
    session.output().print_result(&shown, || {
        format!("Chamber {chamber}: {name}, {} may enrol", plural(weights.len() as u64, "account"))
    })
}

async fn list_chambers(session: &Session) -> Result<(), Failure> {
    let state = session.read_state().await?;
    let mut table = Table::new(&[">chamber", "name", ">members", ">weight"]);
    let mut entries = Vec::new();
    for (id, chamber) in &state.chambers {
        let (members, weight) = (chamber.members.len() as u64, chamber.total_weight());
        table.add_row([id.to_string(), chamber.name.clone(), thousands(members), thousands(weight.get())]);
        entries.push(json!({ "chamber": id, "name": chamber.name, "members": members, "total_weight": weight }));
    }
    session.output().print_result(&json!({ "chambers": entries }), || match table.is_empty() {
        true => "There are no chambers yet.".into(),
        false => table.render(),
    })
}
