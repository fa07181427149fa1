//! `psephos reward status`: pools, sealed notes, claims, and what the amounts reveal.

use psephos_client::reward::{self, RewardStatus};
use psephos_protocol::identifiers::PollId;
use psephos_state::FundingStatus;
use serde_json::json;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

/// Runs the command.
pub(super) async fn run(session: &Session, poll: Option<PollId>) -> Result<(), Failure> {
    let state = session.read_state().await?;
    let polls: Vec<PollId> = match poll {
        Some(poll) => vec![poll],
        None => state.rewards.keys().copied().collect(),
    };
    let mut rewards = Vec::new();
    for poll in polls {
        rewards.push(reward::reward_status(&state, poll)?);
    }
    session.output().print_result(&json!({ "rewards": rewards }), || match rewards.is_empty() {
        true => "There are no rewards.".into(),
        false => rewards.iter().map(format_status).collect::<Vec<_>>().join("\n\n"),
    })
}

fn format_status(status: &RewardStatus) -> String {
    let mut table = Table::new(&[">chamber", ">ballots", ">sealed", ">claims"]);
    for chamber in &status.chambers {
        table.add_row(
            [chamber.chamber.get(), chamber.ballots as u64, chamber.sealed as u64, chamber.claims as u64]
                .map(|number| number.to_string()),
        );
    }
    let funding = match status.funding {
        FundingStatus::Pending => "owed only if the pool holds the worst case when the poll opens",
        FundingStatus::Owed => "owed since the poll opened",
        FundingStatus::Void => "void: the poll pays nothing",
    };
    let mut out = format!(
        "Reward of poll {}: {}\n  {funding}\n  funded {}, paid {}, withdrawn {}, pool {}; worst case {}\n",
        status.poll, status.stage, status.funded, status.paid, status.withdrawn, status.pool, status.worst_case
    );
    if let Some(option) = status.ratified {
        out.push_str(&format!("  option {} earns the bonus\n", u64::from(option) + 1));
    }
    out.push_str(&table.render());
    for chamber in &status.chambers {
        for warning in &chamber.warnings {
            out.push_str(&format!("\n  chamber {}: {warning}", chamber.chamber));
        }
    }
    out
}
