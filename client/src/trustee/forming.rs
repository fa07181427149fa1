//! Distributed key generation: the trustees of a committee register and deal, and anyone finalises the committee.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Point,
    committee::{PolynomialCommitments, TransportSecret},
    context,
    elements::TrusteeContext,
    identifiers::CommitteeId,
    statement::{committee_keys, dealing},
};
use psephos_state::{
    ChainState, Committee, CommitteeStatus, Dealing, StateError,
    bindings::ICommittee::{dealCall, finaliseCall, gatherCall, registerCall},
    words,
};
use psephos_submission::{proofs::proof_to_words, verifiers::check_contracts};
use psephos_wire::proof::Statement;
use rand::rngs::OsRng;

use super::{TrusteeError, tasks::committee_of_key};
use crate::{KeyRing, parameters::inconsistent, progress::Observer, remote::TwoProvers};

/// Maximum number of words of commitments in one transaction: nodes accept transactions of up to 128 KiB.
const MAX_WORDS: usize = 3_600;

/// Registers a transport key with a proof of possession, from the trustee's account. A key serves one committee: once a
/// trustee destroys it after the committee is retired, that committee's ballots stay encrypted for good.
///
/// # Errors
/// Returns `NotTrustee`, `WrongPhase`, `KeyInUse`, or `Chain`: `NoSender`, `UnknownCommittee`, `Reverted` with
/// `AlreadyRegistered`, ..
pub async fn register_key(
    connection: &Connection,
    state: &ChainState,
    secret: &TransportSecret,
    committee: CommitteeId,
) -> Result<Sent, TrusteeError> {
    let (entry, account, index) = find_trustee(connection, state, committee)?;
    require_phase(entry, state, committee, CommitteeStatus::Registering, "registering")?;
    if let Some(other) = committee_of_key(state, &secret.transport_key()).filter(|other| *other != committee) {
        return Err(TrusteeError::KeyInUse { committee: other });
    }
    let possession = secret.prove_possession(trustee_context(state, committee, account), &mut OsRng);
    let call = registerCall {
        committee: U256::from(committee.get()),
        index: U256::from(index),
        point: to_coordinates(&secret.registration_point()),
        challenge: U256::from(possession.challenge),
        response: U256::from_be_bytes(psephos_protocol::scalar::to_bytes(&possession.response)),
    };
    Ok(connection.send_call(state.deployment.committee, &call).await?)
}

/// Deals to all registered trustees. The secrets of the dealing are drawn here and dropped.
///
/// # Errors
/// Returns `NotTrustee`, `WrongPhase`, `Keys`, or `Chain`: `Reverted` with `NotRegistered`, `AlreadyDealt`,
/// `WrongStatus` if others were faster, ..
pub async fn post_dealing(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    committee: CommitteeId,
) -> Result<Sent, TrusteeError> {
    post_dealing_proved_by(connection, state, circuits, committee, None).await
}

/// [`post_dealing`], with the proof made by two services, if there are some. Each alone learns nothing; both together
/// learn everything that is dealt. One service alone is never asked: it would learn it.
///
/// # Errors
/// As [`post_dealing`], and `Remote`.
pub async fn post_dealing_proved_by(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    committee: CommitteeId,
    provers: Option<(&TwoProvers, &dyn Observer)>,
) -> Result<Sent, TrusteeError> {
    let (entry, account, index) = find_trustee(connection, state, committee)?;
    require_phase(entry, state, committee, CommitteeStatus::Dealing, "dealing")?;
    let recipients = entry.recipients()?;
    check_contracts(
        circuits,
        connection,
        &state.deployment,
        &[Name::for_statement::<dealing::Witness>(Some(recipients.capacity()))?],
    )
    .await?;
    let ctx = trustee_context(state, committee, account);
    let (instance, witness, posted) = dealing::build_dealing(ctx, recipients, &mut OsRng);
    let chain_id = state.deployment.chain_id;
    let proof = match provers {
        None => circuits.prove(chain_id, instance, witness)?,
        Some((provers, observer)) => {
            let statement = Statement::Dealing(instance, witness);
            provers.prove_statement(circuits, chain_id, statement, observer).await?
        }
    };
    let call = dealCall {
        committee: U256::from(committee.get()),
        index: U256::from(index),
        ephemeral: to_coordinates(&posted.ephemeral),
        commitments: words::from_points(posted.commitments.points()),
        shares: posted.shares.iter().flat_map(|share| share.words()).map(words::from_field).collect(),
        h: words::from_field(&posted.h),
        proof: proof_to_words(&proof),
    };
    Ok(connection.send_call(state.deployment.committee, &call).await?)
}

/// Finalises a committee that has enough dealings, in several transactions where one would be too large. Anyone may.
///
/// # Errors
/// Returns `WrongPhase`, `Keys`, `Committee` or `Chain`.
pub async fn finalise_committee(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    committee: CommitteeId,
) -> Result<Sent, TrusteeError> {
    let entry = state.committee(committee)?;
    require_phase(entry, state, committee, CommitteeStatus::Dealing, "dealing")?;
    let Some(all) = entry.commitments() else {
        let actual = entry.status(state.time);
        return Err(TrusteeError::WrongPhase {
            committee,
            actual,
            needed: "dealt to by as many trustees as its threshold",
        });
    };
    check_contracts(circuits, connection, &state.deployment, &[Name::CommitteeKeys]).await?;
    let keys = all.key_vector()?;
    let instance = committee_keys::Instance::from_keys(&keys);
    let (hash3, hash8) = (keys.hash_keys(3), instance.h);
    let proof = circuits.prove(state.deployment.chain_id, instance, keys)?;

    let per_transaction = (MAX_WORDS / count_words(&all)).max(1);
    let (mut done, mut rest) = entry.dealings.split_at(entry.gathered.min(entry.dealings.len()));
    while rest.len() > per_transaction {
        let (next, after) = rest.split_at(per_transaction);
        let call = gatherCall {
            committee: U256::from(committee.get()),
            sums: sum_words(done)?,
            commitments: commitment_words(next),
        };
        connection.send_call(state.deployment.committee, &call).await?;
        done = &entry.dealings[..done.len() + next.len()];
        rest = after;
    }
    let call = finaliseCall {
        committee: U256::from(committee.get()),
        sums: sum_words(done)?,
        commitments: commitment_words(rest),
        hash3: words::from_field(&hash3),
        hash8: words::from_field(&hash8),
        proof: proof_to_words(&proof),
    };
    Ok(connection.send_call(state.deployment.committee, &call).await?)
}

fn count_words(commitments: &PolynomialCommitments) -> usize {
    2 * commitments.points().len()
}

fn commitment_words(dealings: &[Dealing]) -> Vec<U256> {
    dealings.iter().flat_map(|dealing| words::from_points(dealing.commitments.points())).collect()
}

/// Returns the sums of the commitments of these dealings; no words without dealings.
fn sum_words(dealings: &[Dealing]) -> Result<Vec<U256>, StateError> {
    let sums = PolynomialCommitments::sum_dealings(dealings.iter().map(|dealing| &dealing.commitments));
    let sums = sums.map_err(inconsistent)?;
    Ok(sums.map(|sums| words::from_points(sums.points())).unwrap_or_default())
}

/// Returns the context of a trustee of a committee of this deployment.
pub(crate) fn trustee_context(state: &ChainState, committee: CommitteeId, trustee: Address) -> TrusteeContext {
    let deployment = &state.deployment;
    let (chain_id, contract) = (deployment.chain_id, deployment.committee.into_array());
    context::derive_trustee_context(chain_id, contract, committee, trustee.into_array())
}

/// Returns the committee, the sending account, and its index in the committee.
fn find_trustee<'a>(
    connection: &Connection,
    state: &'a ChainState,
    committee: CommitteeId,
) -> Result<(&'a Committee, Address, u64), TrusteeError> {
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let entry = state.committee(committee)?;
    let index = entry.trustee_index(account).ok_or(TrusteeError::NotTrustee { committee, account })?;
    Ok((entry, account, index))
}

fn require_phase(
    entry: &Committee,
    state: &ChainState,
    committee: CommitteeId,
    expected: CommitteeStatus,
    needed: &'static str,
) -> Result<(), TrusteeError> {
    let actual = entry.status(state.time);
    match actual == expected {
        true => Ok(()),
        false => Err(TrusteeError::WrongPhase { committee, actual, needed }),
    }
}

fn to_coordinates(point: &Point) -> [U256; 2] {
    [words::from_field(&point.x()), words::from_field(&point.y())]
}
