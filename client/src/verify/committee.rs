//! The committee's keys: registered with possession, dealt with proofs, summed up and hashed.

use psephos_chain::{
    ChainError, Connection, Replay, U256,
    bindings::ICommittee::{CommitteeView, committeeCall, dealCall, registerCall},
    calls,
    replay::{Committee, Dealing, Poll, Registration},
    words,
};
use psephos_protocol::{
    committee::{Possession, Recipients},
    scalar,
    statement::dealing::{Instance, Posted},
};

use super::{Check, CheckName, Unproved};
use crate::{
    error::ClientError,
    keys::{Circuits, words_proof},
    trustee::trustee_context,
};

pub(super) async fn checks(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    poll: &Poll,
) -> Result<Vec<Check>, ClientError> {
    let id = poll.parameters.committee;
    let Some(committee) = replay.committees.get(&id) else {
        let failure = format!("committee {id} was never created");
        return Ok(vec![Check::one(CheckName::CommitteeKeys, None, Err(failure))]);
    };
    let mut registrations = Vec::new();
    for registration in &committee.registered {
        if let Err(reason) = possession(connection, replay, id, registration).await? {
            registrations.push(format!("trustee {}: {reason}", registration.trustee));
        }
    }
    let mut dealings: Vec<String> =
        unproved_dealings(connection, replay, circuits, id).await?.iter().map(ToString::to_string).collect();
    if committee.dealings.len() as u64 != committee.threshold {
        dealings.push(format!("{} dealings for a threshold of {}", committee.dealings.len(), committee.threshold));
    }
    let view = connection.call(replay.deployment.committee, &committeeCall { id: U256::from(id) }).await?;
    Ok(vec![
        Check::new(CheckName::Registrations, None, committee.registered.len(), registrations),
        Check::new(CheckName::Dealings, None, committee.dealings.len(), dealings),
        Check::one(CheckName::CommitteeKeys, None, keys(committee, &view)),
    ])
}

/// A transport key's proof of possession, from the transaction that registered it.
async fn possession(
    connection: &Connection,
    replay: &Replay,
    committee: u64,
    registration: &Registration,
) -> Result<Result<(), String>, ClientError> {
    let (_, data) = connection.calldata(registration.transaction).await?;
    let call = calls::find::<registerCall>(&data, |call| {
        call.committee == U256::from(committee) && call.index == U256::from(registration.index)
    });
    let Some(call) = call else {
        return Ok(Err("another contract registered it: the proof of possession cannot be read".into()));
    };
    let (Ok(challenge), Ok(response)) =
        (u128::try_from(call.challenge), scalar::from_bytes(&call.response.to_be_bytes()))
    else {
        return Ok(Err("the proof of possession is not canonical".into()));
    };
    let ctx = trustee_context(replay, committee, registration.trustee);
    let holds = Possession { challenge, response }.verify(&registration.key, ctx);
    Ok(holds.map_err(|error| error.to_string()))
}

/// Every dealing of a committee without a proof that holds.
pub(crate) async fn unproved_dealings(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    id: u64,
) -> Result<Vec<Unproved>, ClientError> {
    let committee = replay.committee(id)?;
    let recipients = committee.recipients()?;
    let mut found = Vec::new();
    for dealing in &committee.dealings {
        let unproved =
            |unread, reason| Unproved { unread, text: format!("the dealing of {}: {reason}", dealing.trustee) };
        match dealt(connection, id, dealing).await? {
            None => found.push(unproved(true, "another contract made it up, and its proof cannot be read".to_owned())),
            Some(call) => {
                let outcome = holds(replay, circuits, id, dealing, &recipients, &call)?;
                found.extend(outcome.err().map(|reason| unproved(false, reason)));
            }
        }
    }
    Ok(found)
}

/// The call that made a dealing: it carries what the event says.
async fn dealt(connection: &Connection, committee: u64, dealing: &Dealing) -> Result<Option<dealCall>, ChainError> {
    let (_, data) = connection.calldata(dealing.transaction).await?;
    let commitments = words::from_points(dealing.commitments.points());
    Ok(calls::find::<dealCall>(&data, |call| {
        call.committee == U256::from(committee)
            && call.index == U256::from(dealing.index)
            && call.commitments == commitments
    }))
}

fn holds(
    replay: &Replay,
    circuits: &Circuits,
    committee: u64,
    dealing: &Dealing,
    recipients: &Recipients,
    call: &dealCall,
) -> Result<Result<(), String>, ClientError> {
    let verifier = circuits.dealing_verifier(recipients.capacity())?;
    let check = || {
        let posted = Posted {
            h: words::to_field(call.h).map_err(|error| error.to_string())?,
            ephemeral: dealing.ephemeral,
            commitments: dealing.commitments.clone(),
            shares: dealing.shares.clone(),
        };
        let ctx = trustee_context(replay, committee, dealing.trustee);
        let instance = Instance::of(&posted, ctx, recipients).map_err(|error| error.to_string())?;
        let proof = words_proof(&call.proof).map_err(|error| error.to_string())?;
        verifier.verify(&proof, &instance.to_inputs()).map_err(|error| error.to_string())
    };
    Ok(check())
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
    match committee.registered.iter().find(|registration| !kept(registration.index)) {
        None => Ok(()),
        Some(other) => Err(format!("the contract has other keys of {} than the dealings give", other.trustee)),
    }
}
