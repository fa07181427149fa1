//! One chamber: census, rule, context, ballots, encrypted total; then its share, totals and choice.

use std::collections::BTreeMap;

use psephos_chain::{Connection, U256};
use psephos_protocol::{
    Fr, field,
    statement::ballot::{Instance, Witness},
};
use psephos_prover::Proof;
use psephos_state::{
    Ballot, ChainState, FrozenChamber, Poll, PollChamber, ProofData,
    bindings::IPolls::{ChamberView, chamberCall},
    words,
};
use psephos_submission::proofs::proof_from_words;
use rand::rngs::OsRng;

use super::{Check, CheckName, decision, recompute_context, share};
use crate::{
    KeyRing,
    error::ClientError,
    voter::{opened_chamber, parameters},
};

pub(super) async fn checks(
    connection: &Connection,
    replay: &ChainState,
    circuits: &KeyRing,
    poll: u64,
    id: u64,
) -> Result<Vec<Check>, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, id)?;
    let call = chamberCall { id: U256::from(poll), chamberId: U256::from(id) };
    let view = connection.call(replay.deployment.polls, &call).await?;
    let one = |name, outcome| Check::one(name, Some(id), outcome);

    let mut checks = vec![
        Check::new(
            CheckName::Census,
            Some(id),
            frozen.chamber.members.len(),
            census(frozen, &view).err().into_iter().collect(),
        ),
        one(CheckName::Rule, rule(entry, listed, frozen)),
        one(CheckName::Context, context(replay, poll, id, frozen, &view)),
        Check::new(CheckName::BallotProofs, Some(id), listed.ballots.len(), unproved(circuits, entry, listed, frozen)?),
        Check::new(CheckName::Replacements, Some(id), listed.ballots.len(), replacements(listed)),
        one(CheckName::BallotCount, count(listed, frozen).and_then(|()| same_count(listed, &view))),
        one(CheckName::EncryptedTotal, total(entry, listed, &view)),
    ];
    checks.extend(share::check(replay, circuits, entry, id)?);
    checks.extend(decision::totals(replay, entry, id, listed));
    checks.extend(decision::choice(id, listed, &view));
    Ok(checks)
}

fn census(frozen: &FrozenChamber, view: &ChamberView) -> Result<(), String> {
    let rebuilt = frozen.chamber.census.root();
    same("the root rebuilt from events", &rebuilt, "the root that was frozen", &frozen.root)?;
    match words::from_field(&rebuilt) == view.root {
        true => Ok(()),
        false => Err(format!("the contract answers with another root, {}", view.root)),
    }
}

fn rule(poll: &Poll, chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let packed = parameters(poll, chamber).map_err(|error| error.to_string())?.packed_u64();
    match U256::from(packed) == frozen.packed_rule {
        true => Ok(()),
        false => Err(format!("the poll's rule is {packed:#x}, the one in force is {:#x}", frozen.packed_rule)),
    }
}

fn context(replay: &ChainState, poll: u64, id: u64, frozen: &FrozenChamber, view: &ChamberView) -> Result<(), String> {
    let computed = recompute_context(replay, poll, id).map_err(|error| error.to_string())?;
    same("the context of the events", &computed, "the context in force", &frozen.ctx)?;
    match words::from_field(&computed) == view.ctx {
        true => Ok(()),
        false => Err(format!("the contract answers with another context, {}", view.ctx)),
    }
}

/// Every ballot without a proof that holds, replaced ones included: each was believed when it came.
pub(crate) fn unproved(
    circuits: &KeyRing,
    poll: &Poll,
    chamber: &PollChamber,
    frozen: &FrozenChamber,
) -> Result<Vec<String>, ClientError> {
    let verifier = circuits.verifying_key_for::<Witness>(Some(poll.circuit_size()))?;
    let mut found = Vec::new();
    let mut items: Vec<(Proof, Vec<Fr>)> = Vec::new();
    let mut ballots: Vec<(&Ballot, &[[U256; 8]])> = Vec::new();
    for ballot in &chamber.ballots {
        let reason = match &ballot.proof {
            ProofData::Found(candidates) => {
                ballots.push((ballot, candidates));
                continue;
            }
            ProofData::Missing(reason) => reason.clone(),
            ProofData::NotLoaded => "its proof was not looked up".into(),
        };
        found.push(unproved_ballot(ballot, &reason));
    }
    // Nearly always the first candidate is the proof, and all of them hold together.
    let inputs = |ballot: &Ballot| Instance::of(&ballot.posted, frozen.ctx, ballot.previous).to_inputs().to_vec();
    for (ballot, candidates) in &ballots {
        items.extend(
            candidates.first().and_then(|words| proof_from_words(words).ok()).map(|proof| (proof, inputs(ballot))),
        );
    }
    if items.len() == ballots.len() && verifier.verify_batch(&items, &mut OsRng).is_ok() {
        return Ok(found);
    }
    for (ballot, candidates) in ballots {
        let inputs = inputs(ballot);
        let holds = |words| proof_from_words(words).is_ok_and(|proof| verifier.verify(&proof, &inputs).is_ok());
        if !candidates.iter().any(holds) {
            found.push(unproved_ballot(ballot, "its proof does not hold"));
        }
    }
    Ok(found)
}

fn unproved_ballot(ballot: &Ballot, reason: &str) -> String {
    format!("ballot {} in {}: {reason}", field::to_hex(&ballot.posted.nullifier), ballot.transaction)
}

/// `previous` of every ballot is what the nullifier's slot held: nothing else was replaced.
pub(crate) fn replacements(chamber: &PollChamber) -> Vec<String> {
    let mut slots: BTreeMap<Fr, [u8; 32]> = BTreeMap::new();
    let mut failures = Vec::new();
    for ballot in &chamber.ballots {
        let before = slots.insert(ballot.posted.nullifier, ballot.posted.fingerprint()).unwrap_or_default();
        if before != ballot.previous {
            let name = field::to_hex(&ballot.posted.nullifier);
            failures.push(format!("ballot {name} in {} does not follow on the one before it", ballot.transaction));
        }
    }
    failures
}

/// A nullifier counts once, so there are no more of them than members.
pub(crate) fn count(chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let (ballots, members) = (chamber.latest.len(), frozen.chamber.members.len());
    match ballots <= members {
        true => Ok(()),
        false => Err(format!("{ballots} ballots of {members} members")),
    }
}

fn same_count(chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let ballots = chamber.latest.len();
    match view.ballots as usize == ballots {
        true => Ok(()),
        false => Err(format!("the contract counts {} ballots, the events {ballots}", view.ballots)),
    }
}

fn total(poll: &Poll, chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let sum: Vec<U256> =
        chamber.encrypted_total(poll.circuit_size()).coordinates().iter().map(words::from_field).collect();
    match sum == view.total {
        true => Ok(()),
        false => Err("the contract's encrypted total is not the sum of the ballots that count".into()),
    }
}

fn same(left: &str, a: &Fr, right: &str, b: &Fr) -> Result<(), String> {
    match a == b {
        true => Ok(()),
        false => Err(format!("{left} is {}, {right} is {}", field::to_hex(a), field::to_hex(b))),
    }
}
