//! The committee's keys: registered with possession, dealt with proofs, summed up and hashed.

use psephos_chain::{Connection, U256};
use psephos_protocol::{
    committee::Possession,
    scalar,
    statement::dealing::{Instance, Posted, Witness},
};
use psephos_state::{
    ChainState, Committee, Dealing, Poll, Registration,
    bindings::ICommittee::{CommitteeView, committeeCall},
    words,
};
use psephos_submission::proofs::proof_from_words;

use super::{Check, CheckName};
use crate::{KeyRing, error::ClientError, trustee::trustee_context};

pub(super) async fn checks(
    connection: &Connection,
    replay: &ChainState,
    circuits: &KeyRing,
    poll: &Poll,
) -> Result<Vec<Check>, ClientError> {
    let id = poll.parameters.committee;
    let Some(committee) = replay.committees.get(&id) else {
        let failure = format!("committee {id} was never created");
        return Ok(vec![Check::one(CheckName::CommitteeKeys, None, Err(failure))]);
    };
    let unpossessed = |one: &Registration| {
        possession(replay, id, one).err().map(|reason| format!("trustee {}: {reason}", one.trustee))
    };
    let registrations = committee.registrations.iter().filter_map(unpossessed).collect();
    let mut dealings = unproved_dealings(replay, circuits, id)?;
    if committee.dealings.len() as u64 != committee.threshold {
        dealings.push(format!("{} dealings for a threshold of {}", committee.dealings.len(), committee.threshold));
    }
    let view = connection.call(replay.deployment.committee, &committeeCall { id: U256::from(id) }).await?;
    Ok(vec![
        Check::new(CheckName::Registrations, None, committee.registrations.len(), registrations),
        Check::new(CheckName::Dealings, None, committee.dealings.len(), dealings),
        Check::one(CheckName::CommitteeKeys, None, keys(committee, &view)),
    ])
}

/// A transport key's proof of possession.
fn possession(replay: &ChainState, committee: u64, registration: &Registration) -> Result<(), String> {
    let challenge = u128::try_from(registration.challenge).map_err(|_| "a challenge of more than 128 bits")?;
    let response =
        scalar::from_bytes(&registration.response.to_be_bytes()).map_err(|error| format!("the response: {error}"))?;
    let ctx = trustee_context(replay, committee, registration.trustee);
    Possession { challenge, response }.verify(&registration.key, ctx).map_err(|error| error.to_string())
}

/// Every dealing of a committee whose proof does not hold.
pub(crate) fn unproved_dealings(replay: &ChainState, circuits: &KeyRing, id: u64) -> Result<Vec<String>, ClientError> {
    let committee = replay.committee(id)?;
    let recipients = committee.recipients()?;
    let verifier = circuits.verifying_key_for::<Witness>(Some(recipients.capacity()))?;
    let holds = |dealing: &Dealing| {
        let posted = Posted {
            h: dealing.h,
            ephemeral: dealing.ephemeral,
            commitments: dealing.commitments.clone(),
            shares: dealing.shares.clone(),
        };
        let ctx = trustee_context(replay, id, dealing.trustee);
        let instance = Instance::of(&posted, ctx, &recipients).map_err(|error| error.to_string())?;
        let proof = proof_from_words(&dealing.proof).map_err(|error| error.to_string())?;
        verifier.verify(&proof, &instance.to_inputs()).map_err(|error| error.to_string())
    };
    let unproved = |dealing: &Dealing| {
        let reason: Option<String> = holds(dealing).err();
        reason.map(|reason| format!("the dealing of {}: {reason}", dealing.trustee))
    };
    Ok(committee.dealings.iter().filter_map(unproved).collect())
}

/// The keys are the sums of the dealings, and the contract answers with their hashes and with those of the commitments.
fn keys(committee: &Committee, view: &CommitteeView) -> Result<(), String> {
    let sums = committee.commitments().ok_or("there are too few dealings for any keys")?;
    let keys = sums.keys().map_err(|error| error.to_string())?;
    if committee.keys.as_ref() != Some(&keys) {
        return Err("the committee's keys are not the sums of its dealings".into());
    }
    if [view.hash3, view.hash8] != [3, 8].map(|size| words::from_field(&keys.hash(size))) {
        return Err("the contract's hashes of the keys are not the hashes of the keys".into());
    }
    let kept = |index: u64| {
        view.verificationKeys.get(index as usize).is_some_and(|hash| hash.0 == sums.verification_key_at(index + 1))
    };
    match committee.registrations.iter().find(|registration| !kept(registration.index)) {
        None => Ok(()),
        Some(other) => Err(format!("the contract has other keys of {} than the dealings give", other.trustee)),
    }
}
