//! A committee takes shape: its trustees register and deal, anyone finalises.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr, Point,
    committee::{Commitments, TransportSecret},
    context,
    identifiers::CommitteeId,
    statement::{committee_keys, dealing},
};
use psephos_state::{
    ChainState, Committee, CommitteeStatus, Dealing,
    bindings::ICommittee::{dealCall, finaliseCall, gatherCall, registerCall},
    words,
};
use rand::rngs::OsRng;

use super::tasks::serving;
use crate::{
    error::ClientError,
    keys::{Circuits, dealings_of, proof_words},
};

/// Words of commitments in one transaction at most: nodes take transactions of up to 128 KiB.
const MOST_WORDS: usize = 3_600;

/// Registers a transport key with a proof that its secret is known, from the trustee's account. A key serves one committee: who destroys it when that
/// is retired has closed its ballots for good.
///
/// # Errors
/// `NotTrustee`, `WrongPhase`, `KeyInUse`; `Chain`: `NoSender`, `UnknownCommittee`, `Reverted` with `AlreadyRegistered`, ..
pub async fn register(
    connection: &Connection,
    replay: &ChainState,
    secret: &TransportSecret,
    committee: CommitteeId,
) -> Result<Sent, ClientError> {
    let (entry, account, index) = place(connection, replay, committee)?;
    in_phase(entry, replay, committee, CommitteeStatus::Registering, "registering")?;
    if let Some(other) = serving(replay, &secret.public()).filter(|other| *other != committee) {
        return Err(ClientError::KeyInUse { committee: other });
    }
    let possession = secret.prove_possession(trustee_context(replay, committee, account), &mut OsRng);
    let call = registerCall {
        committee: U256::from(committee.get()),
        index: U256::from(index),
        point: coordinates(&secret.registration_point()),
        challenge: U256::from(possession.challenge),
        response: U256::from_be_bytes(psephos_protocol::scalar::to_bytes(&possession.response)),
    };
    Ok(connection.send_call(replay.deployment.committee, &call).await?)
}

/// Deals to all registered trustees, with secrets that are drawn here and forgotten.
///
/// # Errors
/// `NotTrustee`, `WrongPhase`, `Prove`, `Key`; `Chain`: `Reverted` with `NotRegistered`, `AlreadyDealt`, `WrongStatus` if others were faster, ..
pub async fn deal(
    connection: &Connection,
    replay: &ChainState,
    circuits: &Circuits,
    committee: CommitteeId,
) -> Result<Sent, ClientError> {
    let (entry, account, index) = place(connection, replay, committee)?;
    in_phase(entry, replay, committee, CommitteeStatus::Dealing, "dealing")?;
    let recipients = entry.recipients()?;
    circuits.guard(connection, &replay.deployment, &[dealings_of(recipients.capacity())]).await?;
    let ctx = trustee_context(replay, committee, account);
    let (instance, witness, posted) = dealing::build(ctx, recipients, &mut OsRng);
    let proof = circuits.prove_dealing(replay.deployment.chain_id, instance, witness)?;
    let call = dealCall {
        committee: U256::from(committee.get()),
        index: U256::from(index),
        ephemeral: coordinates(&posted.ephemeral),
        commitments: words::from_points(posted.commitments.points()),
        shares: posted.shares.iter().flat_map(|share| share.words()).map(words::from_field).collect(),
        h: words::from_field(&posted.h),
        proof: proof_words(&proof),
    };
    Ok(connection.send_call(replay.deployment.committee, &call).await?)
}

/// Finalises a committee that has enough dealings, in several transactions where one would be too large. Anyone may.
///
/// # Errors
/// `WrongPhase`, `Prove`, `Key`, `Committee`; `Chain`.
pub async fn finalise(
    connection: &Connection,
    replay: &ChainState,
    circuits: &Circuits,
    committee: CommitteeId,
) -> Result<Sent, ClientError> {
    let entry = replay.committee(committee)?;
    in_phase(entry, replay, committee, CommitteeStatus::Dealing, "dealing")?;
    let Some(all) = entry.commitments() else {
        let actual = entry.status(replay.time);
        return Err(ClientError::WrongPhase { committee, actual, needed: "dealt by as many as its threshold" });
    };
    circuits.guard(connection, &replay.deployment, &[Name::CommitteeKeys]).await?;
    let keys = all.keys()?;
    let (hash3, hash8) = (keys.hash(3), committee_keys::Instance::of(&keys).h);
    let proof = circuits.prove_committee_keys(replay.deployment.chain_id, keys)?;

    let at_once = (MOST_WORDS / words_of(&all)).max(1);
    let (mut done, mut rest) = entry.dealings.split_at(entry.gathered.min(entry.dealings.len()));
    while rest.len() > at_once {
        let (next, after) = rest.split_at(at_once);
        let call =
            gatherCall { committee: U256::from(committee.get()), sums: sums(done)?, commitments: commitments(next) };
        connection.send_call(replay.deployment.committee, &call).await?;
        done = &entry.dealings[..done.len() + next.len()];
        rest = after;
    }
    let call = finaliseCall {
        committee: U256::from(committee.get()),
        sums: sums(done)?,
        commitments: commitments(rest),
        hash3: words::from_field(&hash3),
        hash8: words::from_field(&hash8),
        proof: proof_words(&proof),
    };
    Ok(connection.send_call(replay.deployment.committee, &call).await?)
}

fn words_of(commitments: &Commitments) -> usize {
    2 * commitments.points().len()
}

fn commitments(dealings: &[Dealing]) -> Vec<U256> {
    dealings.iter().flat_map(|dealing| words::from_points(dealing.commitments.points())).collect()
}

/// The sums of these dealings; nothing for none.
fn sums(dealings: &[Dealing]) -> Result<Vec<U256>, ClientError> {
    let sums = Commitments::sum(dealings.iter().map(|dealing| &dealing.commitments));
    let sums = sums.map_err(|error| ClientError::Inconsistent(error.to_string()))?;
    Ok(sums.map(|sums| words::from_points(sums.points())).unwrap_or_default())
}

/// The context of a trustee of a committee of this deployment.
pub(crate) fn trustee_context(replay: &ChainState, committee: CommitteeId, trustee: Address) -> Fr {
    let deployment = &replay.deployment;
    context::trustee_context(
        deployment.chain_id,
        deployment.committee.into_array(),
        committee.get(),
        trustee.into_array(),
    )
}

/// The committee, who we are, and our index in it.
fn place<'a>(
    connection: &Connection,
    replay: &'a ChainState,
    committee: CommitteeId,
) -> Result<(&'a Committee, Address, u64), ClientError> {
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let entry = replay.committee(committee)?;
    let index = entry.trustee_index(account).ok_or(ClientError::NotTrustee { committee, account })?;
    Ok((entry, account, index))
}

fn in_phase(
    entry: &Committee,
    replay: &ChainState,
    committee: CommitteeId,
    expected: CommitteeStatus,
    needed: &'static str,
) -> Result<(), ClientError> {
    let actual = entry.status(replay.time);
    match actual == expected {
        true => Ok(()),
        false => Err(ClientError::WrongPhase { committee, actual, needed }),
    }
}

fn coordinates(point: &Point) -> [U256; 2] {
    [words::from_field(&point.x()), words::from_field(&point.y())]
}
