//! Re-checks a whole poll from chain data alone.
//!
//! Nothing is believed: censuses, contexts, proofs, sums, shares, totals and the decision are computed anew from events and
//! calldata and compared with what the contracts say. What does not hold is a named failure in the report, never a panic.

mod chamber;
mod committee;
mod decision;
mod report;
mod share;

pub(crate) use decision::{chosen, decided};
pub use report::{Check, CheckName, VerifyReport};

use psephos_chain::{Connection, Deployment, Replay, bindings::IGroth16Verifier::circuitHashCall};
use psephos_protocol::{Fr, context};

use crate::{
    error::ClientError,
    keys::Circuits,
    progress::{Observer, Phase},
    voter::{opened_chamber, parameters},
};

/// Re-checks a poll, in whatever state it is.
///
/// # Errors
/// Only if the chain cannot be read or there is no such poll: what does not hold is in the report.
pub async fn verify(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    poll: u64,
    observer: &dyn Observer,
) -> Result<VerifyReport, ClientError> {
    let mut replay = Replay::read(connection, deployment).await?;
    replay.load_proofs(connection, poll).await?;
    let entry = replay.poll(poll)?;
    let opened: Vec<u64> =
        entry.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_some()).map(|(id, _)| *id).collect();
    observer.begin(Phase::Verify, opened.len() as u64 + 1);

    let mut checks = vec![events(&replay, poll)];
    checks.push(verifiers(connection, deployment, circuits, entry.size()).await?);
    if entry.opened {
        checks.push(committee::keys(connection, &replay, circuits, entry).await?);
    }
    observer.advance(Phase::Verify, 1);
    for id in opened {
        checks.extend(chamber::checks(connection, &replay, circuits, poll, id).await?);
        observer.advance(Phase::Verify, 1);
    }
    checks.extend(decision::outcome(entry));
    observer.end(Phase::Verify);
    let state = replay.state(poll)?.to_string();
    Ok(VerifyReport { chain_id: deployment.chain_id, polls: deployment.polls, poll, state, checks })
}

/// The context of a chamber, from the poll's parameters and the events alone.
pub(crate) fn recompute_context(replay: &Replay, poll: u64, chamber: u64) -> Result<Fr, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let keys = replay.committees.get(&entry.parameters.committee).and_then(|committee| committee.keys.as_ref());
    let keys =
        keys.ok_or_else(|| ClientError::Inconsistent("the poll was opened without a committee's keys".into()))?;
    let deployment = &replay.deployment;
    let scope = context::scope(deployment.chain_id, deployment.polls.into_array(), poll, chamber);
    let rule = parameters(entry, listed)?;
    Ok(context::context(scope, frozen.chamber.census.root(), keys.hash(entry.size()), &rule))
}

fn events(replay: &Replay, poll: u64) -> Check {
    let concerned = replay.findings.iter().filter(|finding| finding.poll.is_none_or(|other| other == poll));
    Check::new(CheckName::Events, None, 1, concerned.map(ToString::to_string).collect())
}

async fn verifiers(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    size: usize,
) -> Result<Check, ClientError> {
    let ballots = if size == 3 { deployment.verifiers.ballot3 } else { deployment.verifiers.ballot8 };
    let expected = [
        (ballots, circuits.ballot_verifier(size)?.info()),
        (deployment.verifiers.decryption, circuits.decryption_verifier()?.info()),
    ];
    let count = expected.len();
    let mut failures = Vec::new();
    for (address, info) in expected {
        match connection.call(address, &circuitHashCall {}).await {
            Ok(hash) if hash.0 == info.circuit_hash => {}
            Ok(hash) => {
                failures.push(format!("the verifier at {address} is for circuit {hash}, not for {}", info.circuit))
            }
            Err(error @ psephos_chain::ChainError::NoChain { .. }) => return Err(error.into()),
            Err(error) => failures.push(format!("the verifier at {address} does not answer: {error}")),
        }
    }
    Ok(Check::new(CheckName::Verifiers, None, count, failures))
}
