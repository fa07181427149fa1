//! The checks of a chamber's ballots: each is proved, and each replaces the one before it.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::{
    Fr,
    elements::{Context, Nullifier},
    statement::{ballot, update},
};
use psephos_prover::{KeyRingError, Proof, VerifyingKey};
use psephos_state::{Ballot, FrozenChamber, Poll, PollChamber, ProofData, U256};
use psephos_submission::proofs::{ballot_inputs, proof_from_words};
use rand::rngs::OsRng;

use crate::KeyRing;

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

/// The verifying keys of a poll's ballots.
pub(crate) struct BallotVerifiers<'a, V> {
    /// That of ballots.
    pub(crate) ballots: &'a V,
    /// That of updates, in a masked poll.
    pub(crate) updates: Option<&'a V>,
}

impl<'a> BallotVerifiers<'a, VerifyingKey> {
    /// Loads the keys for a poll.
    pub(crate) fn new(circuits: &'a KeyRing, poll: &Poll) -> Result<Self, KeyRingError> {
        let size = Some(poll.circuit_size());
        let updates = match poll.is_masked() {
            true => Some(circuits.verifying_key_for::<update::Witness>(size)?),
            false => None,
        };
        Ok(Self { ballots: circuits.verifying_key_for::<ballot::Witness>(size)?, updates })
    }
}

/// A ballot with the candidates of its proof and the inputs that the proof is for.
type Candidate<'a> = (&'a Ballot, &'a [[U256; 8]], Vec<Fr>);

/// Returns every ballot without a valid proof, replaced ones included: each was accepted when it was cast.
pub(crate) fn find_unproved_ballots<V: BallotVerifier>(
    verifiers: &BallotVerifiers<'_, V>,
    chamber: &PollChamber,
    frozen: &FrozenChamber,
) -> Vec<String> {
    let (mut found, mut ballots, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    let mut slots: BTreeMap<Nullifier, &Ballot> = BTreeMap::new();
    for ballot in &chamber.ballots {
        let before = slots.insert(ballot.posted.nullifier, ballot);
        let candidates = match &ballot.proof {
            ProofData::Found(candidates) => candidates,
            ProofData::Missing(reason) => {
                found.push(describe_unproved(ballot, reason));
                continue;
            }
            ProofData::NotLoaded => {
                found.push(describe_unproved(ballot, "its proof was not loaded"));
                continue;
            }
        };
        let updated = before.filter(|_| verifiers.updates.is_some());
        let group = if updated.is_some() { &mut updates } else { &mut ballots };
        group.push((ballot, candidates.as_slice(), inputs_of(ballot, updated, frozen.ctx)));
    }
    found.extend(find_invalid_proofs(verifiers.ballots, &ballots));
    if let Some(verifier) = verifiers.updates {
        found.extend(find_invalid_proofs(verifier, &updates));
    }
    found
}

fn inputs_of(ballot: &Ballot, updated: Option<&Ballot>, ctx: Context) -> Vec<Fr> {
    ballot_inputs(&ballot.posted, ballot.previous, updated.map(|old| &old.posted.ciphertext), ctx)
}

/// Returns those of these ballots of which no candidate is a proof. Nearly always the first one is, and all of them are
/// valid in one batch.
fn find_invalid_proofs<V: BallotVerifier>(verifier: &V, ballots: &[Candidate<'_>]) -> Vec<String> {
    let mut items: Vec<(Proof, Vec<Fr>)> = Vec::new();
    let mut unproved: BTreeSet<usize> = BTreeSet::new();
    let mut positions = Vec::new();
    for (position, (_, candidates, inputs)) in ballots.iter().enumerate() {
        match candidates.first().map(proof_from_words) {
            Some(Ok(proof)) => {
                items.push((proof, inputs.clone()));
                positions.push(position);
            }
            _ => {
                unproved.insert(position);
            }
        }
    }
    // One false proof does not make everyone verify all others one by one: the batch is bisected.
    if !items.is_empty() && !verifier.are_valid(&items) {
        unproved.extend(verifier.find_invalid(&items).into_iter().map(|item| positions[item]));
    }
    let mut found = Vec::new();
    for (ballot, candidates, inputs) in unproved.into_iter().map(|position| &ballots[position]) {
        let is_valid = |words| proof_from_words(words).is_ok_and(|proof| verifier.is_valid(&proof, inputs));
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
/// else. In a masked poll also those with another note than the one that they replace.
pub(crate) fn find_invalid_replacements(poll: &Poll, chamber: &PollChamber) -> Vec<String> {
    let mut slots: BTreeMap<Nullifier, &Ballot> = BTreeMap::new();
    let mut failures = Vec::new();
    for ballot in &chamber.ballots {
        let before = slots.insert(ballot.posted.nullifier, ballot);
        let name = ballot.posted.nullifier.to_hex();
        if before.map_or([0; 32], Ballot::fingerprint) != ballot.previous {
            failures.push(format!("ballot {name} in {} does not replace the one before it", ballot.transaction));
        }
        if poll.is_masked() && before.is_some_and(|before| before.posted.note != ballot.posted.note) {
            failures.push(format!("the update of ballot {name} in {} changes its note", ballot.transaction));
        }
    }
    failures
}
