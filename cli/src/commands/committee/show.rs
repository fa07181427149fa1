//! `psephos committee show`: the trustees of a committee, and what its keys still open.

use psephos_client::ChainState;
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{CommitteeLife, lifetime::name_polls};
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
        if life.needs_keys() {
            let pending = name_polls(&life.pending, &life.pending_sheets);
            shown.push_str(&format!("  its keys are needed until the end of {pending}\n"));
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
        "polls": life.polls, "exposed_polls": life.exposed, "pending_polls": life.pending,
        "sheets": life.sheets, "exposed_sheets": life.exposed_sheets, "pending_sheets": life.pending_sheets,
        "max_polls": life.lifetime.max_polls, "polls_left": life.polls_left(), "sheets_left": life.sheets_left(),
        "expires_at": life.lifetime.expires_at,
        "end_of_life": life.end, "retired_trustees": committee.retired_trustees,
    });
    // The keys are gone once fewer are left than decrypt.
    let left = committee.registrations.len().saturating_sub(retired) as u64;
    let exposed = match (count_exposed(&life), left < committee.threshold) {
        (None, _) => "no poll hangs on its keys".to_owned(),
        (Some((exposed, is_one)), false) => format!(
            "{exposed} {} on its keys: {} of its trustees' key files open all their ballots",
            if is_one { "hangs" } else { "hang" },
            committee.threshold
        ),
        (Some((exposed, _)), true) => format!(
            "{exposed} hung on its keys; fewer than {} trustees have theirs, as the others state: if it is true, no one opens a \
             ballot any more",
            committee.threshold
        ),
    };
    let (polls, until) = (life.polls_left(), format_time(life.lifetime.expires_at));
    let rest = match life.end {
        None => format!(
            "{polls} of {} and {} of as many sheet polls left, tallied until {until}",
            plural(life.lifetime.max_polls.into(), "poll"),
            life.sheets_left()
        ),
        Some(end) => format!("its life is over: {end}"),
    };
    let stated = match retired {
        0 => String::new(),
        retired => format!("; {} destroyed its key, as stated", plural(retired as u64, "trustee")),
    };
    Ok((json, format!("{exposed}; {rest}{stated}")))
}

/// Returns how many polls and sheet polls hang on a committee's keys, and whether that is one; `None` if none does.
fn count_exposed(life: &CommitteeLife) -> Option<(String, bool)> {
    let counts = [(life.exposed.len() as u64, "poll"), (life.exposed_sheets.len() as u64, "sheet poll")];
    let named: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| plural(*count, noun)).collect();
    (!named.is_empty()).then(|| (named.join(" and "), counts.iter().map(|(count, _)| count).sum::<u64>() == 1))
}
