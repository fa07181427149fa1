//! A trustee's share, with the proof from its transaction.

use alloy::sol_types::SolCall;
use psephos_chain::{
    Connection, Replay, U256,
    bindings::IPolls::postShareCall,
    replay::{Poll, Share},
    words,
};
use psephos_protocol::{
    Fr, Point,
    committee::KeyVector,
    constants::COMMITTEE_KEYS,
    encryption::Ciphertext,
    statement::decryption::{Instance, Posted},
};

use super::{Check, CheckName};
use crate::{
    error::ClientError,
    keys::{Circuits, words_proof},
};

/// Nothing to check in a chamber without a share: totals without one are checked against the total itself.
pub(super) async fn check(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    poll: &Poll,
    id: u64,
) -> Result<Option<Check>, ClientError> {
    let Some(chamber) = poll.chambers.get(&id) else { return Ok(None) };
    let (Some(frozen), [_, ..]) = (&chamber.frozen, chamber.shares.as_slice()) else { return Ok(None) };
    let committee = replay.committees.get(&poll.parameters.committee).and_then(|committee| committee.keys.as_ref());
    let total = chamber.encrypted_total(poll.size());
    let mut failures = Vec::new();
    for share in &chamber.shares {
        let Some(keys) = committee else {
            failures.push("there are no keys that it could be of".into());
            continue;
        };
        let (target, data) = connection.calldata(share.transaction).await?;
        if target != Some(replay.deployment.polls) {
            failures.push(format!(
                "transaction {} went through another contract: its proof cannot be read",
                share.transaction
            ));
            continue;
        }
        let verifier = circuits.decryption_verifier()?;
        let outcome = read(&data, share).and_then(|call| {
            let inputs = inputs(&call, share, keys, frozen.ctx, &total)?;
            let proof = words_proof(&call.proof).map_err(|error| error.to_string())?;
            verifier.verify(&proof, &inputs).map_err(|error| error.to_string())
        });
        failures.extend(outcome.err());
    }
    Ok(Some(Check::new(CheckName::Share, Some(id), chamber.shares.len(), failures)))
}

fn read(data: &[u8], share: &Share) -> Result<postShareCall, String> {
    let call = postShareCall::abi_decode_validate(data)
        .map_err(|error| format!("its transaction does not decode: {error}"))?;
    let posted: Vec<U256> = words::from_points(&share.points);
    match call.share == posted {
        true => Ok(call),
        false => Err("the event's share is not that of the transaction".into()),
    }
}

/// The public inputs as the contract computes them, from the total that we have summed up ourselves.
fn inputs(
    call: &postShareCall,
    share: &Share,
    keys: &KeyVector,
    ctx: Fr,
    total: &Ciphertext,
) -> Result<[Fr; 3], String> {
    let h = words::to_field(call.h).map_err(|error| error.to_string())?;
    let size = total.size();
    if share.points.len() != size {
        return Err(format!("a share of {} points for a total of {size}", share.points.len()));
    }
    let fill = |used: &[Point], filler: Point| -> [Point; COMMITTEE_KEYS] {
        std::array::from_fn(|index| used.get(index).copied().unwrap_or(filler))
    };
    let keys = fill(&keys.keys()[..size], Point::generator());
    let posted = Posted { h, keys, share: fill(&share.points, total.c) };
    Ok(Instance::of(&posted, ctx, &total.c).to_inputs())
}
