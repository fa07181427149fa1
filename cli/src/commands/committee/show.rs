//! `psephos committee show`: the trustees of a committee, and what its keys still open.

use psephos_client::ChainState;
use psephos_protocol::identifiers::{CommitteeId, PollId};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::format::plural;
use crate::session::Session;
use crate::table::Table;
use crate::times::format_time;

/// Runs the command.
pub(super) async fn run(session: &Session, id: CommitteeId) -> Result<(), Failure> {
    let state = session.read_state().await?;
    let committee = state.committee(id)?;
    let life = state.committee_life(id)?;
    let (phase, threshold) = (committee.status(state.time), committee.threshold);
    let mut table = Table::new(&["trustee", "registered", "dealt", "key destroyed, as it states"]);
    let mut trustees = Vec::new();
    for (account, index) in committee.trustees.iter().zip(0..) {
        let registered = committee.registration(index).is_some();
        let (dealt, retired) = (committee.dealing(index).is_some(), committee.retired_trustees.contains(account));
        let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
        table.add_row([account.to_string(), yes(registered), yes(dealt), yes(retired)]);
        trustees.push(json!({ "account": account, "registered": registered, "dealt": dealt, "retired": retired }));
    }
    let (keys, text) = describe_keys(&state, id)?;
    let shown = json!({
        "committee": id, "phase": phase, "threshold": threshold, "replaces": committee.replaces,
        "registration_deadline": committee.registration_deadline, "dealing_deadline": committee.dealing_deadline,
        "trustees": trustees, "keys": keys,
    });
    session.output().print_result(&shown, || {
        let trustees = plural(committee.trustees.len() as u64, "trustee");
        let mut shown = format!("Committee {id}: {phase}; {threshold} of {trustees} decrypt a total\n  {text}\n");
        if !life.pending.is_empty() {
            shown.push_str(&format!("  its keys are needed until the end of {}\n", name_polls(&life.pending)));
        }
        format!("{shown}\n{}", table.render())
    })
}

/// Returns what hangs on a committee's keys and how much of its life is left, as JSON and in one line.
pub(crate) fn describe_keys(state: &ChainState, id: CommitteeId) -> Result<(Value, String), Failure> {
    let committee = state.committee(id)?;
    let life = state.committee_life(id)?;
    let retired = committee.retired_trustees.len();
    let json = json!({
        "polls": life.polls, "exposed_polls": life.exposed, "pending_polls": life.pending, "sheets": life.sheets,
        "pending_sheets": life.pending_sheets,
        "max_polls": life.lifetime.max_polls, "polls_left": life.polls_left(), "expires_at": life.lifetime.expires_at,
        "end_of_life": life.end, "retired_trustees": committee.retired_trustees,
    });
    // The keys are gone once fewer are left than decrypt.
    let left = committee.registrations.len().saturating_sub(retired) as u64;
    let exposed = match (life.exposed.len() as u64, left < committee.threshold) {
        (0, _) => "no poll hangs on its keys".to_owned(),
        (exposed, false) => format!(
            "{} {} on its keys: {} of its trustees' key files open all their ballots",
            plural(exposed, "poll"),
            if exposed == 1 { "hangs" } else { "hang" },
            committee.threshold
        ),
        (exposed, true) => format!(
            "{} hung on its keys; fewer than {} trustees have theirs, as the others state: if it is true, no one opens a ballot \
             any more",
            plural(exposed, "poll"),
            committee.threshold
        ),
    };
    let (polls, until) = (life.polls_left(), format_time(life.lifetime.expires_at));
    let rest = match life.end {
        None => format!("{} of {} left, tallied until {until}", polls, plural(life.lifetime.max_polls.into(), "poll")),
        Some(end) => format!("its life is over: {end}"),
    };
    let stated = match retired {
        0 => String::new(),
        retired => format!("; {} destroyed its key, as stated", plural(retired as u64, "trustee")),
    };
    Ok((json, format!("{exposed}; {rest}{stated}")))
}

/// Returns the numbers of polls in one phrase.
pub(crate) fn name_polls(polls: &[PollId]) -> String {
    let numbers: Vec<String> = polls.iter().map(PollId::to_string).collect();
    format!("{} {}", if polls.len() == 1 { "poll" } else { "polls" }, numbers.join(", "))
}
