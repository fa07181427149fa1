//! What a reader of a page should know although no check fails.

use psephos_state::{Deployment, Poll, deployment::LOCAL_CHAIN_ID};

use crate::{format::format_time, poll::PollReport};

/// Lists the warnings about a poll, one sentence each.
pub(crate) fn list_warnings(deployment: &Deployment, poll: &Poll, report: &PollReport) -> Vec<String> {
    let mut warnings = Vec::new();
    if deployment.keys.is_none() {
        warnings.push(
            "The deployment names no manifest of a ceremony: its keys are development keys, whose secrets are public. \
             Anyone can forge proofs under them."
                .into(),
        );
    }
    if deployment.chain_id == LOCAL_CHAIN_ID {
        warnings.push("The chain is a local development chain.".into());
    }
    if let Some(problem) = &report.text_problem {
        warnings.push(format!("The poll's own text is not shown, and its options are numbered instead: {problem}."));
    }
    if !report.is_final() {
        let time = format_time(report.time);
        warnings
            .push(format!("The poll has not ended: this page shows it as it was at {time}, and may be out of date."));
    }
    for (id, chamber) in &poll.chambers {
        let name = report.chamber_name(*id);
        for refusal in &chamber.refusals {
            warnings.push(format!("{name}: a decryption share of {} was refused.", refusal.trustee));
        }
        for trustee in &chamber.missing_trustees {
            warnings.push(format!("{name}: trustee {trustee} is named for want of its decryption share."));
        }
        for teller in &chamber.silent_tellers {
            warnings.push(format!("{name}: the teller {teller} could have tallied it, and did not."));
        }
        let totals = chamber.tally.iter().filter_map(|tally| tally.exact_totals()).flatten();
        if totals.filter(|total| **total > 0).count() == 1 {
            warnings.push(format!("{name}: the total is unanimous, which shows every vote in it."));
        }
    }
    warnings
}
