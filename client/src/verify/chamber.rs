//! The checks of one chamber: census, ballot rule, context, ballots, encrypted total; then its shares, totals and
//! choice.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::{
    Fr,
    elements::{Element, Nullifier},
    field,
    identifiers::{ChamberId, PollId},
    statement::ballot::{Instance, Witness},
};
use psephos_prover::{Proof, VerifyingKey};
use psephos_state::{
    Ballot, ChainState, FrozenChamber, Poll, PollChamber, ProofData, U256, bindings::IPolls::ChamberView, words,
};
use psephos_submission::proofs::proof_from_words;
use rand::rngs::OsRng;

use super::{Check, CheckName, VerifyError, decision, recompute_context, share};
use crate::{KeyRing, parameters::ballot_parameters};

/// Checks a chamber against the contract's view of it.
pub(super) fn check_chamber(
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    id: ChamberId,
    view: &ChamberView,
) -> Result<Vec<Check>, VerifyError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, id)?;
    let unproved =
        find_unproved_ballots(circuits.verifying_key_for::<Witness>(Some(entry.circuit_size()))?, listed, frozen);
    let single = |name, outcome| Check::single(name, Some(id), outcome);

    let mut checks = vec![
        Check::new(
            CheckName::Census,
            Some(id),
            frozen.chamber.members.len(),
            check_census(frozen, view).err().into_iter().collect(),
        ),
        single(CheckName::Rule, check_rule(entry, listed, frozen)),
        single(CheckName::Context, check_context(state, poll, id, frozen, view)),
        Check::new(CheckName::BallotProofs, Some(id), listed.ballots.len(), unproved),
        Check::new(CheckName::Replacements, Some(id), listed.ballots.len(), find_invalid_replacements(listed)),
        single(
            CheckName::BallotCount,
            check_ballot_count(listed, frozen).and_then(|()| compare_ballot_count(listed, view)),
        ),
        single(CheckName::EncryptedTotal, check_total(entry, listed, view)),
    ];
    checks.extend(share::check_shares(state, circuits, entry, id)?);
    checks.extend(decision::check_totals(state, entry, id, listed));
    checks.extend(decision::check_choice(entry, id, listed, view));
    Ok(checks)
}

fn check_census(frozen: &FrozenChamber, view: &ChamberView) -> Result<(), String> {
    let rebuilt = frozen.chamber.census.root();
    require_equal("the root rebuilt from events", &rebuilt, "the root that was frozen", &frozen.root)?;
    let members = frozen.chamber.members.len();
    match words::from_field(&rebuilt) == view.root {
        true if usize::try_from(view.members) == Ok(members) => Ok(()),
        true => Err(format!("the contract answers with {} members, the events give {members}", view.members)),
        false => Err(format!("the contract answers with root {}", view.root)),
    }
}

fn check_rule(poll: &Poll, chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let packed = ballot_parameters(poll, chamber).map_err(|error| error.to_string())?.pack_u64();
    match U256::from(packed) == frozen.packed_rule {
        true => Ok(()),
        false => Err(format!("the rule of the poll is {packed:#x}, the rule in force is {:#x}", frozen.packed_rule)),
    }
}

fn check_context(
    state: &ChainState,
    poll: PollId,
    id: ChamberId,
    frozen: &FrozenChamber,
    view: &ChamberView,
) -> Result<(), String> {
    let computed = recompute_context(state, poll, id).map_err(|error| error.to_string())?;
    require_equal("the context of the events", &computed, "the context in force", &frozen.ctx)?;
    match words::from_field(&computed) == view.ctx {
        true => Ok(()),
        false => Err(format!("the contract answers with context {}", view.ctx)),
    }
}

/// What the check of ballots needs of a verifying key.
pub(crate) trait BallotVerifier {
    /// Whether this is a proof for these inputs.
    fn is_valid(&self, proof: &Proof, inputs: &[Fr]) -> bool;
    /// Whether all of them are proofs for their inputs.
    fn are_valid(&self, items: &[(Proof, Vec<Fr>)]) -> bool;
    /// Returns the positions of those that are not, without verifying each.
    fn find_invalid(&self, items: &[(Proof, Vec<Fr>)]) -> Vec<usize>;
}

impl BallotVerifier for VerifyingKey {
    fn is_valid(&self, proof: &Proof, inputs: &[Fr]) -> bool {
        self.verify(proof, inputs).is_ok()
    }

    fn are_valid(&self, items: &[(Proof, Vec<Fr>)]) -> bool {
        self.verify_batch(items, &mut OsRng).is_ok()
    }

    fn find_invalid(&self, items: &[(Proof, Vec<Fr>)]) -> Vec<usize> {
        VerifyingKey::find_invalid(self, items, &mut OsRng)
    }
}

/// Returns every ballot without a valid proof, replaced ones included: each was accepted when it was cast.
pub(crate) fn find_unproved_ballots(
    verifier: &impl BallotVerifier,
    chamber: &PollChamber,
    frozen: &FrozenChamber,
) -> Vec<String> {
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
            ProofData::NotLoaded => "its proof was not loaded".into(),
        };
        found.push(describe_unproved(ballot, &reason));
    }
    // Nearly always the first candidate is the proof, and all of them are valid in one batch.
    let inputs =
        |ballot: &Ballot| Instance::from_posted(&ballot.posted, frozen.ctx, ballot.previous).to_inputs().to_vec();
    let mut unproved: BTreeSet<usize> = BTreeSet::new();
    let mut positions = Vec::new();
    for (position, (ballot, candidates)) in ballots.iter().enumerate() {
        match candidates.first().map(proof_from_words) {
            Some(Ok(proof)) => {
                items.push((proof, inputs(ballot)));
                positions.push(position);
            }
            _ => {
                unproved.insert(position);
            }
        }
    }
    // One false proof does not make everyone verify all others one by one: the batch is bisected.
    if !verifier.are_valid(&items) {
        unproved.extend(verifier.find_invalid(&items).into_iter().map(|item| positions[item]));
    }
    for (ballot, candidates) in unproved.into_iter().map(|position| ballots[position]) {
        let inputs = inputs(ballot);
        let is_valid = |words| proof_from_words(words).is_ok_and(|proof| verifier.is_valid(&proof, &inputs));
        if !candidates.iter().skip(1).any(is_valid) {
            found.push(describe_unproved(ballot, "its proof is invalid"));
        }
    }
    found
}

fn describe_unproved(ballot: &Ballot, reason: &str) -> String {
    format!("ballot {} in {}: {reason}", ballot.posted.nullifier.to_hex(), ballot.transaction)
}

/// Returns every ballot whose `previous` is not the fingerprint that the nullifier's slot held: it replaced something
/// else.
pub(crate) fn find_invalid_replacements(chamber: &PollChamber) -> Vec<String> {
    let mut slots: BTreeMap<Nullifier, [u8; 32]> = BTreeMap::new();
    let mut failures = Vec::new();
    for ballot in &chamber.ballots {
        let before = slots.insert(ballot.posted.nullifier, ballot.posted.fingerprint()).unwrap_or_default();
        if before != ballot.previous {
            let name = ballot.posted.nullifier.to_hex();
            failures.push(format!("ballot {name} in {} does not replace the one before it", ballot.transaction));
        }
    }
    failures
}

/// Checks that there are no more ballots than members: a nullifier counts once.
pub(crate) fn check_ballot_count(chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let (ballots, members) = (chamber.latest.len(), frozen.chamber.members.len());
    match ballots <= members {
        true => Ok(()),
        false => Err(format!("there are {ballots} ballots, but only {members} members")),
    }
}

fn compare_ballot_count(chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let ballots = chamber.latest.len();
    match view.ballots as usize == ballots {
        true => Ok(()),
        false => Err(format!("the contract counts {} ballots, the events {ballots}", view.ballots)),
    }
}

fn check_total(poll: &Poll, chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let sum: Vec<U256> =
        chamber.encrypted_total(poll.circuit_size()).coordinates().iter().map(words::from_field).collect();
    match sum == view.total {
        true => Ok(()),
        false => Err("the contract's encrypted total is not the sum of the ballots that count".into()),
    }
}

fn require_equal<E: Element + PartialEq>(left: &str, a: &E, right: &str, b: &E) -> Result<(), String> {
    match a == b {
        true => Ok(()),
        false => Err(format!("{left} is {}, {right} is {}", field::to_hex(&a.to_fr()), field::to_hex(&b.to_fr()))),
    }
}
