//! `psephos committee list`: all committees, and how far their key generation and their life have gone.

use serde_json::json;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::times::format_time;

/// Runs the command.
pub(super) async fn run(session: &Session) -> Result<(), Failure> {
    let state = session.read_state().await?;
    let mut table = Table::new(&[
        ">committee",
        "phase",
        ">threshold",
        ">trustees",
        ">registered",
        ">dealt",
        "replaces",
        ">polls",
        ">sheet polls",
        "life ends",
    ]);
    let mut entries = Vec::new();
    for (id, committee) in &state.committees {
        let phase = committee.status(state.time);
        let life = state.committee_life(*id)?;
        let (registered, dealt) = (committee.registrations.len(), committee.dealings.len());
        table.add_row([
            id.to_string(),
            phase.to_string(),
            committee.threshold.to_string(),
            committee.trustees.len().to_string(),
            registered.to_string(),
            dealt.to_string(),
            committee.replaces.map(|old| old.to_string()).unwrap_or_default(),
            format!("{} of {}", life.polls.len(), life.lifetime.max_polls),
            format!("{} of {}", life.sheets.len(), life.lifetime.max_polls),
            match life.end {
                None => format_time(life.lifetime.expires_at),
                Some(end) => format!("over: {end}"),
            },
        ]);
        let trustees = committee.trustees.iter().zip(0..).map(|(account, index)| {
            json!({
                "account": account, "registered": committee.registration(index).is_some(),
                "dealt": committee.dealing(index).is_some(),
            })
        });
        entries.push(json!({
            "committee": id, "phase": phase, "threshold": committee.threshold, "replaces": committee.replaces,
            "registration_deadline": committee.registration_deadline, "dealing_deadline": committee.dealing_deadline,
            "trustees": trustees.collect::<Vec<_>>(), "polls": life.polls.len(), "sheets": life.sheets.len(),
            "max_polls": life.lifetime.max_polls, "expires_at": life.lifetime.expires_at, "end_of_life": life.end,
        }));
    }
    session.output().print_result(&json!({ "committees": entries }), || match table.is_empty() {
        true => "There are no committees yet.".into(),
        false => table.render(),
    })
}
