//! Batches on their way: simulated, paid for, sent, and confirmed by events.

use std::collections::BTreeMap;

use alloy::sol_types::SolEvent;
use psephos_chain::{ChainError, Connection, Sent, StateSource, U256};
use psephos_exchange::relay::{Item, Queue, known};
use psephos_state::{
    Deployment,
    bindings::IPolls::{BallotCast, castBatchCall},
    words,
};

use super::{PackageOutcome, Refusal, RelayReport, TransactionReport};
use crate::{
    error::ClientError,
    progress::{Observer, Phase},
};

/// Sends the queues, `batch` ballots a transaction.
pub(super) async fn all(
    source: &dyn StateSource,
    connection: &Connection,
    queues: Vec<Queue>,
    batch: usize,
    report: &mut RelayReport,
    observer: &dyn Observer,
) -> Result<(), ClientError> {
    let deployment = source.deployment();
    for queue in queues {
        for part in queue.items.chunks(batch) {
            let call = call(&queue, part);
            match connection.send_call(deployment.polls, &call).await {
                Ok(sent) => confirm(deployment, &queue, part, &sent, report),
                // Nothing has been spent: say it at once. Later on, what was sent is worth reporting.
                Err(error @ (ChainError::Unfunded { .. } | ChainError::NoSender)) if report.transactions.is_empty() => {
                    return Err(error.into());
                }
                Err(error) => part.iter().for_each(|item| failed(item, &error, report)),
            }
            observer.advance(Phase::Relay, part.len() as u64);
        }
        explain(source, &queue, report).await?;
    }
    Ok(())
}

fn call(queue: &Queue, part: &[Item]) -> castBatchCall {
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

/// What counts is what an event says.
fn confirm(deployment: &Deployment, queue: &Queue, part: &[Item], sent: &Sent, report: &mut RelayReport) {
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
                report.settle(item.index, PackageOutcome::Accepted { transaction: sent.hash });
            }
            _ => report.settle(item.index, PackageOutcome::Failed { message: "the contract skipped it".into() }),
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

fn failed(item: &Item, error: &ChainError, report: &mut RelayReport) {
    match error {
        ChainError::Reverted(revert) if revert.name == "WrongState" => {
            report.refuse(item.index, Refusal::Closed, "the poll closed before it could be sent");
        }
        other => report.settle(item.index, PackageOutcome::Failed { message: other.to_string() }),
    }
}

/// Somebody else may have sent a ballot meanwhile: then it counts, and nothing is wrong.
async fn explain(source: &dyn StateSource, queue: &Queue, report: &mut RelayReport) -> Result<(), ClientError> {
    let open = |item: &&Item| {
        let outcome = report.packages.get(item.index).map(|package| &package.outcome);
        matches!(outcome, Some(PackageOutcome::Failed { .. }))
    };
    let unexplained: Vec<&Item> = queue.items.iter().filter(open).collect();
    if unexplained.is_empty() {
        return Ok(());
    }
    let replay = source.read_state().await?;
    let Some(listed) = replay.polls.get(&queue.poll).and_then(|poll| poll.chambers.get(&queue.chamber)) else {
        return Ok(());
    };
    for item in unexplained {
        if let Some(outcome) = known(listed, &item.contents) {
            report.settle(item.index, outcome);
        } else if listed.counted_fingerprint(&item.contents.record.posted.nullifier) != item.contents.previous() {
            report.refuse(item.index, Refusal::AlreadyCast, "another ballot of this voter came first");
        }
    }
    Ok(())
}
