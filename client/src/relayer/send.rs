//! Sends batches of ballots and confirms each ballot by its event.

use std::collections::BTreeMap;

use alloy::sol_types::SolEvent;
use psephos_chain::{ChainError, Connection, Sent, StateSource, U256};
use psephos_state::{
    Deployment,
    bindings::IPolls::{BallotCast, castBatchCall},
    words,
};
use psephos_submission::schedule::{BallotQueue, ScheduledBallot, find_on_chain};

use super::{PackageOutcome, Refusal, RelayReport, RelayerError, TransactionReport};
use crate::progress::{Observer, Phase};

/// Sends the queues, `batch` ballots per transaction.
pub(super) async fn send_queues(
    source: &dyn StateSource,
    connection: &Connection,
    queues: Vec<BallotQueue>,
    batch: usize,
    report: &mut RelayReport,
    observer: &dyn Observer,
) -> Result<(), RelayerError> {
    let deployment = source.deployment();
    for queue in queues {
        for part in queue.ballots.chunks(batch) {
            let call = build_batch(&queue, part);
            match connection.send_call(deployment.polls, &call).await {
                Ok(sent) => confirm_batch(deployment, &queue, part, &sent, report),
                // Nothing has been spent: fail at once. Later, the report of the transactions that were sent is worth
                // more.
                Err(error @ (ChainError::Unfunded { .. } | ChainError::NoSender)) if report.transactions.is_empty() => {
                    return Err(error.into());
                }
                Err(error) => part.iter().for_each(|item| record_failure(item, &error, report)),
            }
            observer.advance(Phase::Relay, part.len() as u64);
        }
        explain_failures(source, &queue, report).await?;
    }
    Ok(())
}

fn build_batch(queue: &BallotQueue, part: &[ScheduledBallot]) -> castBatchCall {
    let bytes = |replacements: bool| {
        let chosen = part.iter().filter(|item| item.contents.old.is_some() == replacements);
        chosen.flat_map(|item| item.contents.to_bytes()).collect::<Vec<u8>>().into()
    };
    castBatchCall {
        poll: U256::from(queue.poll.get()),
        chamber: U256::from(queue.chamber.get()),
        records: bytes(false),
        replacements: bytes(true),
    }
}

/// Settles each item of a batch: a ballot was accepted only if an event contains it.
fn confirm_batch(
    deployment: &Deployment,
    queue: &BallotQueue,
    part: &[ScheduledBallot],
    sent: &Sent,
    report: &mut RelayReport,
) {
    let logs = sent.logs.iter().filter(|log| log.address() == deployment.polls);
    let mut cast: BTreeMap<(U256, Vec<u8>), usize> = BTreeMap::new();
    for event in logs.filter_map(|log| BallotCast::decode_log(&log.inner).ok()) {
        *cast.entry((event.nullifier, event.record.to_vec())).or_default() += 1;
    }
    for item in part {
        let posted = &item.contents.record.posted;
        let key = (words::from_field(&posted.nullifier), posted.to_bytes());
        match cast.get_mut(&key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                report.set_outcome(item.index, PackageOutcome::Accepted { transaction: sent.hash });
            }
            _ => report
                .set_outcome(item.index, PackageOutcome::Failed { message: "the contract skipped this ballot".into() }),
        }
    }
    let replacements = part.iter().filter(|item| item.contents.old.is_some()).count();
    report.transactions.push(TransactionReport {
        hash: sent.hash,
        poll: queue.poll,
        chamber: queue.chamber,
        ballots: part.len() - replacements,
        replacements,
        gas: sent.gas,
    });
}

fn record_failure(item: &ScheduledBallot, error: &ChainError, report: &mut RelayReport) {
    match error {
        ChainError::Reverted(revert) if revert.name == "WrongState" => {
            report.refuse(item.index, Refusal::Closed, "the poll closed before the ballot could be sent");
        }
        other => report.set_outcome(item.index, PackageOutcome::Failed { message: other.to_string() }),
    }
}

/// Explains failures by the state after the batch: someone else may have sent a ballot meanwhile, and then it counts.
async fn explain_failures(
    source: &dyn StateSource,
    queue: &BallotQueue,
    report: &mut RelayReport,
) -> Result<(), RelayerError> {
    let has_failed = |item: &&ScheduledBallot| {
        let outcome = report.packages.get(item.index).map(|package| &package.outcome);
        matches!(outcome, Some(PackageOutcome::Failed { .. }))
    };
    let unexplained: Vec<&ScheduledBallot> = queue.ballots.iter().filter(has_failed).collect();
    if unexplained.is_empty() {
        return Ok(());
    }
    let state = source.read_state().await?;
    let Some(listed) = state.polls.get(&queue.poll).and_then(|poll| poll.chambers.get(&queue.chamber)) else {
        return Ok(());
    };
    for item in unexplained {
        if let Some(outcome) = find_on_chain(listed, &item.contents) {
            report.set_outcome(item.index, outcome);
        } else if listed.counted_fingerprint(&item.contents.record.posted.nullifier) != item.contents.previous() {
            report.refuse(item.index, Refusal::AlreadyCast, "another ballot of this voter was cast first");
        }
    }
    Ok(())
}
