//! The committee's keys: as registered, with a proof that their secrets are known.

use alloy::sol_types::SolCall;
use psephos_chain::{
    Connection, Replay, U256,
    bindings::ICommittee::{keysHashCall, registerCall},
    replay::{Committee, Poll, Registration},
    words,
};
use psephos_protocol::{
    Point,
    context::possession_context,
    statement::decryption::{Instance, Posted},
};

use super::{Check, CheckName};
use crate::{
    error::ClientError,
    keys::{Circuits, words_proof},
};

pub(super) async fn keys(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    poll: &Poll,
) -> Result<Check, ClientError> {
    let id = poll.parameters.committee;
    let Some(committee) = replay.committees.get(&id) else {
        let failure = format!("committee {id} was never created");
        return Ok(Check::one(CheckName::CommitteeKeys, None, Err(failure)));
    };
    let mut failures = Vec::new();
    for registration in &committee.registered {
        if let Err(reason) = possession(connection, replay, circuits, id, registration).await? {
            failures.push(format!("trustee {}: {reason}", registration.trustee));
        }
    }
    failures.extend(in_use(connection, replay, committee, id, poll.size()).await?.err());
    Ok(Check::new(CheckName::CommitteeKeys, None, committee.registered.len() + 1, failures))
}

/// The registered keys' proof of possession, from the transaction that registered them.
async fn possession(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    committee: u64,
    registration: &Registration,
) -> Result<Result<(), String>, ClientError> {
    let contract = replay.deployment.committee;
    let (target, data) = connection.calldata(registration.transaction).await?;
    if target != Some(contract) {
        return Ok(Err("registered through another contract: the proof of possession cannot be read".into()));
    }
    let Ok(call) = registerCall::abi_decode_validate(&data) else {
        return Ok(Err("the registering transaction does not decode".into()));
    };
    if call.keys.as_slice() != words::from_points(registration.keys.keys()) {
        return Ok(Err("the event's keys are not those of the transaction".into()));
    }
    let trustee = registration.trustee.into_array();
    let ctx = possession_context(replay.deployment.chain_id, contract.into_array(), committee, trustee);
    let keys = *registration.keys.keys();
    let h = match words::to_field(call.h) {
        Ok(h) => h,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let instance = Instance::of(&Posted { h, keys, share: keys }, ctx, &Point::generator());
    let verifier = circuits.decryption_verifier()?;
    Ok(words_proof(&call.proof)
        .map_err(|error| error.to_string())
        .and_then(|proof| verifier.verify(&proof, &instance.to_inputs()).map_err(|error| error.to_string())))
}

/// With one trustee its keys are the committee's; their hash is what polls use.
async fn in_use(
    connection: &Connection,
    replay: &Replay,
    committee: &Committee,
    id: u64,
    size: usize,
) -> Result<Result<(), String>, ClientError> {
    let [registration] = committee.registered.as_slice() else {
        return Ok(Err(format!("{} trustees are registered, not one", committee.registered.len())));
    };
    if committee.keys.as_ref() != Some(&registration.keys) {
        return Ok(Err("the committee's keys are not those of its trustee".into()));
    }
    if !committee.trustees.contains(&registration.trustee) {
        return Ok(Err(format!("{} is not a trustee of the committee", registration.trustee)));
    }
    let call = keysHashCall { committee: U256::from(id), size: U256::from(size) };
    let hash = connection.call(replay.deployment.committee, &call).await?;
    match hash == words::from_field(&registration.keys.hash(size)) {
        true => Ok(Ok(())),
        false => Ok(Err("the contract's hash of the keys is not the hash of the keys".into())),
    }
}
