//! `psephos trustee status`: the committees of an account, and the tasks that are due. Needs no passphrase if the
//! account is named.

use clap::Args;
use psephos_chain::Address;
use psephos_client::ChainState;
use psephos_client::trustee::{self, Task, TrusteeError};
use psephos_protocol::committee::TransportKey;
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{Committee, Registration};
use serde_json::{Value, json};

use super::KeyFileArgs;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

/// Arguments of `trustee status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Account of the trustee (default: the sender)
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
    #[command(flatten)]
    keys: KeyFileArgs,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: StatusArgs) -> Result<(), Failure> {
    let key = trustee::inspect_key_file(&args.keys.keys)?;
    let account = match args.account {
        Some(account) => account,
        None => session.open_account().await?.address(),
    };
    let state = session.read_state().await?;
    let due = trustee::due_tasks(&state, account, &key, None);
    let mut table = Table::new(&[">committee", "phase", ">registered", ">dealt", ">threshold", "this account"]);
    let mut entries = Vec::new();
    let mut finished = Vec::new();
    for (&id, committee) in state.committees.iter().filter(|(_, committee)| committee.trustee_index(account).is_some())
    {
        let phase = committee.status(state.time);
        let part = describe_progress(&state, id, account, &key)?;
        let life = state.committee_life(id)?;
        let retires = life.end.is_some() && !life.needs_keys() && is_holder(committee, account, &key);
        if retires {
            finished.push(id);
        }
        let trustees = committee.trustees.len();
        table.add_row([
            id.to_string(),
            phase.to_string(),
            format!("{} of {trustees}", committee.registrations.len()),
            committee.dealings.len().to_string(),
            committee.threshold.to_string(),
            part.to_owned(),
        ]);
        entries.push(json!({
            "committee": id, "phase": phase, "trustees": trustees, "registered": committee.registrations.len(),
            "dealt": committee.dealings.len(), "threshold": committee.threshold, "this_account": part,
            "end_of_life": life.end, "may_retire": retires,
        }));
    }
    let tasks: Vec<Value> = due.iter().map(|task| json!({ "task": task, "text": task.to_string() })).collect();
    session.output().print_result(&json!({ "account": account, "committees": entries, "due": tasks }), || {
        let mut text = match table.is_empty() {
            true => format!("{account} is not a trustee of any committee.\n"),
            false => table.render(),
        };
        text.push_str(&format_due(&due));
        for committee in &finished {
            text.push_str(&format!(
                "\nNothing needs the key for committee {committee} any more: `psephos trustee retire` destroys it."
            ));
        }
        text
    })
}

/// Returns whether an account has a key share of a committee by this key.
fn is_holder(committee: &Committee, account: Address, key: &TransportKey) -> bool {
    let is_own = |one: &Registration| one.trustee == account && one.key == *key;
    committee.keys.is_some()
        && committee.registrations.iter().any(is_own)
        && !committee.retired_trustees.contains(&account)
}

fn format_due(due: &[Task]) -> String {
    match due {
        [] => "\nNothing is due.".into(),
        tasks => {
            let lines: Vec<String> = tasks.iter().map(|task| format!("  {task}")).collect();
            format!("\nDue (`psephos trustee watch --once` does it):\n{}", lines.join("\n"))
        }
    }
}

/// Returns what the account has done in a committee.
fn describe_progress(
    state: &ChainState,
    id: CommitteeId,
    account: Address,
    key: &TransportKey,
) -> Result<&'static str, TrusteeError> {
    let committee = state.committee(id)?;
    let index = committee.trustee_index(account).ok_or(TrusteeError::NotTrustee { committee: id, account })?;
    if committee.retired_trustees.contains(&account) {
        return Ok("retired: key destroyed");
    }
    Ok(match (committee.registration(index), committee.dealing(index)) {
        (None, _) if trustee::committee_of_key(state, key).is_some() => {
            "not registered; this key is registered with another committee"
        }
        (None, _) => "not registered",
        (Some(registration), _) if registration.key != *key => "registered with another key",
        (Some(_), None) => "registered",
        (Some(_), Some(_)) => "registered, dealt",
    })
}
