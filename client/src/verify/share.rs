//! Trustees' shares, with the proofs from their transactions.

use psephos_chain::{
    Connection, Replay, U256,
    bindings::IPolls::postShareCall,
    calls,
    replay::{Poll, Share},
    words,
};
use psephos_protocol::{
    Fr, Point,
    committee::Commitments,
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
    let committee = replay.committees.get(&poll.parameters.committee);
    let total = chamber.encrypted_total(poll.size());
    let mut failures = Vec::new();
    for share in &chamber.shares {
        let of = committee.filter(|committee| committee.index_of(share.trustee) == Some(share.index));
        let Some(commitments) = of.and_then(|committee| committee.commitments()) else {
            failures.push(format!("{} is no trustee of the poll's committee", share.trustee));
            continue;
        };
        let (_, data) = connection.calldata(share.transaction).await?;
        let posted: Vec<U256> = words::from_points(&share.points);
        let call = calls::find::<postShareCall>(&data, |call| {
            call.chamber == U256::from(id) && call.index == U256::from(share.index) && call.share == posted
        });
        let Some(call) = call else {
            failures.push(format!("another contract made up {}: its proof cannot be read", share.transaction));
            continue;
        };
        let verifier = circuits.decryption_verifier()?;
        let outcome = inputs(&call, share, &commitments, frozen.ctx, &total).and_then(|inputs| {
            let proof = words_proof(&call.proof).map_err(|error| error.to_string())?;
            verifier.verify(&proof, &inputs).map_err(|error| error.to_string())
        });
        failures.extend(outcome.err().map(|reason| format!("the share of {}: {reason}", share.trustee)));
    }
    Ok(Some(Check::new(CheckName::Share, Some(id), chamber.shares.len(), failures)))
}

/// The public inputs as the contract computes them, from dealings and total that we have summed up ourselves.
fn inputs(
    call: &postShareCall,
    share: &Share,
    commitments: &Commitments,
    ctx: Fr,
    total: &Ciphertext,
) -> Result<[Fr; 3], String> {
    let h = words::to_field(call.h).map_err(|error| error.to_string())?;
    let size = total.size();
    if share.points.len() != size {
        return Err(format!("{} points for a total of {size}", share.points.len()));
    }
    let fill = |used: &[Point], filler: Point| -> [Point; COMMITTEE_KEYS] {
        std::array::from_fn(|index| used.get(index).copied().unwrap_or(filler))
    };
    let keys = fill(&commitments.at(share.index + 1)[..size], Point::generator());
    let posted = Posted { h, keys, share: fill(&share.points, total.c) };
    Ok(Instance::of(&posted, ctx, &total.c).to_inputs())
}
