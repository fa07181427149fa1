//! `psephos chamber mark`, `purge` and `remove`: the removal of members.
//!
//! The mark is the owner's call, which a proposal can hold as it is. The purge needs siblings of the current census,
//! and no ownership.

use clap::Args;
use psephos_chain::{Address, Connection, StateSource};
use psephos_client::address::parse_address;
use psephos_client::{Deployment, operator};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::ChainState;
use serde_json::{Value, json};

use crate::dao::{Dao, ExportArgs};
use crate::failure::Failure;
use crate::format::plural;
use crate::session::Session;

/// Arguments of `chamber mark` and `chamber remove`.
#[derive(Debug, Args)]
pub(crate) struct MemberArgs {
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// Account of the member
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    account: Address,
}

/// Arguments of `chamber mark`.
#[derive(Debug, Args)]
pub(crate) struct MarkArgs {
    #[command(flatten)]
    member: MemberArgs,
    #[command(flatten)]
    export: ExportArgs,
}

/// Arguments of `chamber purge`.
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// Account of the member; without it, all that are marked
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    account: Option<Address>,
}

/// A connection that sends, with the deployment and the source of its state.
struct Sender {
    connection: Connection,
    deployment: Deployment,
    source: Box<dyn StateSource>,
}

impl Sender {
    async fn connect(session: &Session) -> Result<Self, Failure> {
        let deployment = session.read_deployment()?;
        let connection = session.connect_sender(&deployment).await?;
        let source = session.source(&connection, &deployment)?;
        Ok(Self { connection, deployment, source })
    }

    /// Marks a member, unless it is marked already. Returns the transaction, if one was sent.
    async fn mark(&self, state: &ChainState, chamber: ChamberId, account: Address) -> Result<Value, Failure> {
        if is_marked(state, chamber, account)? {
            return Ok(Value::Null);
        }
        let sent = operator::mark_removal(&self.connection, &self.deployment, chamber, account).await?;
        Ok(json!(sent.hash))
    }

    /// Purges these members one after another: each purge changes the siblings of the others.
    async fn purge(&self, chamber: ChamberId, accounts: &[Address]) -> Result<Vec<Value>, Failure> {
        let mut purged = Vec::new();
        for &account in accounts {
            let state = self.source.read_state().await?;
            let sent = operator::purge_member(&self.connection, &state, chamber, account).await?;
            purged.push(json!({ "account": account, "transaction": sent.hash }));
        }
        Ok(purged)
    }
}

/// Returns whether a member is marked for removal.
fn is_marked(state: &ChainState, chamber: ChamberId, account: Address) -> Result<bool, Failure> {
    let entry = state.registered_chamber(chamber)?;
    match entry.members.contains_key(&account) {
        true => Ok(entry.marked.contains(&account)),
        false => Err(not_a_member(chamber, account)),
    }
}

/// Runs `chamber mark`.
pub(super) async fn mark(session: &Session, args: MarkArgs) -> Result<(), Failure> {
    let MarkArgs { member: MemberArgs { chamber, account }, export } = args;
    let dao = Dao::connect(session, export).await?;
    let mut calls = Vec::new();
    if !is_marked(&dao.read_state().await?, chamber, account)? {
        calls.push(operator::mark_removal_call(&dao.deployment, chamber, account));
    }
    let Some(sent) = dao.execute(&calls).await? else { return Ok(()) };
    let transaction = sent.first().map_or(Value::Null, |sent| json!(sent.hash));
    let shown = json!({ "chamber": chamber, "account": account, "transaction": transaction });
    session.output().print_result(&shown, || match transaction.is_null() {
        true => format!("{account} is marked for removal from chamber {chamber} already"),
        false => format!("Marked {account} for removal from chamber {chamber}"),
    })?;
    session.output().print_remark(&format!(
        "Anyone can purge it now, with `psephos chamber purge --chamber {chamber}`; until then the chamber takes no \
         enrolment and no poll opens with it."
    ));
    remind_of_list(session, chamber);
    Ok(())
}

/// Runs `chamber purge`.
pub(super) async fn purge(session: &Session, args: PurgeArgs) -> Result<(), Failure> {
    let PurgeArgs { chamber, account } = args;
    let sender = Sender::connect(session).await?;
    let state = sender.source.read_state().await?;
    let entry = state.registered_chamber(chamber)?;
    let accounts: Vec<Address> = match account {
        None => entry.marked.iter().copied().collect(),
        Some(account) if entry.marked.contains(&account) => vec![account],
        Some(account) if entry.members.contains_key(&account) => {
            return Err(Failure::invalid_input(
                format!("{account} is not marked for removal from chamber {chamber}"),
                "the owner marks it first, with `psephos chamber mark`",
            ));
        }
        Some(account) => return Err(not_a_member(chamber, account)),
    };
    let purged = sender.purge(chamber, &accounts).await?;
    session.output().print_result(&json!({ "chamber": chamber, "purged": purged }), || match accounts.len() {
        0 => format!("No member of chamber {chamber} is marked for removal"),
        count => format!("Purged {} from chamber {chamber}", plural(count as u64, "member")),
    })
}

/// Runs `chamber remove`.
pub(super) async fn remove(session: &Session, args: MemberArgs) -> Result<(), Failure> {
    let MemberArgs { chamber, account } = args;
    let sender = Sender::connect(session).await?;
    let mark = sender.mark(&sender.source.read_state().await?, chamber, account).await?;
    let purged = sender.purge(chamber, &[account]).await?;
    let purge = purged.into_iter().next().map(|purged| purged["transaction"].clone());
    let shown = json!({ "chamber": chamber, "account": account, "mark": mark, "purge": purge });
    session.output().print_result(&shown, || format!("Removed {account} from chamber {chamber}"))?;
    remind_of_list(session, chamber);
    Ok(())
}

fn not_a_member(chamber: ChamberId, account: Address) -> Failure {
    Failure::invalid_input(
        format!("{account} is not a member of chamber {chamber}"),
        format!("`psephos chamber show --account {account}` shows where it is a member"),
    )
}

fn remind_of_list(session: &Session, chamber: ChamberId) {
    session.output().print_remark(&format!(
        "An account that stays on the list can enrol again: `psephos chamber allow --chamber {chamber}` with weight 0 \
         takes it off."
    ));
}
