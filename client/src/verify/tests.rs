use std::cell::Cell;
use std::collections::BTreeSet;

use psephos_protocol::{Fr, elements::Nullifier, fingerprint::PollFingerprint, rule::RuleKind};
use psephos_prover::Proof;
use psephos_state::{Ballot, ProofData, U256};
use psephos_submission::proofs::{proof_from_words, proof_to_words};

use super::ballots::BallotVerifier;
use super::*;
use crate::test_state::{CHAMBER, CLOSES, OPENS, POLL, cast_vote, chamber_mut, open_poll_state, poll_mut};

fn state_with_ballot() -> ChainState {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    cast_vote(&mut state, 1, &[1, 0, 0], false);
    state
}

#[test]
fn ballots_outside_their_times_fail_the_schedule() {
    let state = state_with_ballot();
    let check_at = |time: Option<u64>| {
        let block = |time| (1, BlockEvidence { time, transactions: Vec::new() });
        schedule::check_schedule(state.poll(POLL).unwrap(), &time.map(block).into_iter().collect())
    };
    assert!(check_at(Some(OPENS)).passed() && check_at(Some(CLOSES - 1)).passed());
    for time in [None, Some(OPENS - 1), Some(CLOSES)] {
        assert_eq!(check_at(time).failures.len(), 1, "{time:?}");
    }
}

#[test]
fn context_depends_on_the_fingerprint() {
    let state = state_with_ballot();
    let frozen = state.opened_chamber(POLL, CHAMBER).unwrap().1.ctx;
    assert_eq!(recompute_context(&state, POLL, CHAMBER), Ok(frozen));
    let mut other = state.clone();
    poll_mut(&mut other).fingerprint = Some(PollFingerprint::from_bytes([8; 32]));
    assert!(recompute_context(&other, POLL, CHAMBER).is_ok_and(|ctx| ctx != frozen));
    let mut none = state.clone();
    poll_mut(&mut none).fingerprint = None;
    assert!(recompute_context(&none, POLL, CHAMBER).is_err());
}

#[test]
fn missing_opening_event_is_found() {
    let mut state = state_with_ballot();
    assert!(check_events(&state, POLL).passed());
    poll_mut(&mut state).opened = false;
    assert!(!check_events(&state, POLL).passed());
    poll_mut(&mut state).opened = true;
    chamber_mut(&mut state).frozen = None;
    assert!(!check_events(&state, POLL).passed());
}

#[test]
fn more_ballots_than_members_are_found() {
    let mut state = state_with_ballot();
    let ballot: Ballot = state.polls[&POLL].chambers[&CHAMBER].ballots[0].clone();
    for number in 2..4u64 {
        chamber_mut(&mut state).latest.insert(Nullifier::from_u64(number), 0);
    }
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    assert!(check_ballot_count(listed, frozen).is_err());
    assert!(find_invalid_replacements(&state.polls[&POLL], listed).is_empty());
    chamber_mut(&mut state).ballots.push(Ballot { previous: [7; 32], ..ballot });
    assert_eq!(find_invalid_replacements(&state.polls[&POLL], &state.polls[&POLL].chambers[&CHAMBER]).len(), 1);
}

/// Takes all proofs but these, and counts how often it is asked.
#[derive(Default)]
struct CountingVerifier {
    refused: BTreeSet<[u8; 256]>,
    alone: Cell<usize>,
    batches: Cell<usize>,
    searches: Cell<usize>,
}

impl CountingVerifier {
    fn accepts(&self, proof: &Proof) -> bool {
        !self.refused.contains(&proof.to_bytes())
    }
}

impl BallotVerifier for CountingVerifier {
    fn is_valid(&self, proof: &Proof, _: &[Fr]) -> bool {
        self.alone.set(self.alone.get() + 1);
        self.accepts(proof)
    }

    fn are_valid(&self, items: &[(Proof, Vec<Fr>)]) -> bool {
        self.batches.set(self.batches.get() + 1);
        items.iter().all(|(proof, _)| self.accepts(proof))
    }

    fn find_invalid(&self, items: &[(Proof, Vec<Fr>)]) -> Vec<usize> {
        self.searches.set(self.searches.get() + 1);
        (0..items.len()).filter(|position| !self.accepts(&items[*position].0)).collect()
    }
}

/// Returns the words of different proofs: a point of the vectors' proofs for each of A, B and C.
pub(in crate::verify) fn different_proofs() -> Vec<[U256; 8]> {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../vectors/groth16.json")).unwrap();
    let read = |case: &serde_json::Value| -> Option<Proof> {
        let words = case["words"].as_array()?.iter().map(|word| word.as_str()?.parse().ok());
        proof_from_words(&words.collect::<Option<Vec<U256>>>()?.try_into().ok()?).ok()
    };
    let proofs: Vec<Proof> = vectors["proofs"].as_array().unwrap().iter().filter_map(read).collect();
    let points: Vec<_> = proofs.iter().map(Proof::points).collect();
    let mut all = BTreeSet::new();
    for (a, _, _) in &points {
        for (_, b, _) in &points {
            all.extend(points.iter().map(|(_, _, c)| Proof::from_points(*a, *b, *c).unwrap().to_bytes()));
        }
    }
    all.iter().map(|bytes| proof_to_words(&Proof::from_bytes(bytes).unwrap())).collect()
}

/// One false proof among decoys must not make every trustee verify all of them one by one.
#[test]
fn false_proofs_among_many_are_named_by_one_batch_and_one_search() {
    let proofs = different_proofs();
    assert!(proofs.len() >= 8);
    let mut state = state_with_ballot();
    let ballot: Ballot = state.polls[&POLL].chambers[&CHAMBER].ballots[0].clone();
    let bytes = |words: &[U256; 8]| proof_from_words(words).unwrap().to_bytes();
    let (good, bad, other) = (proofs[0], proofs[1], proofs[2]);
    let verifier = CountingVerifier { refused: [bytes(&bad)].into(), ..Default::default() };
    let infinity = [U256::ZERO; 8];
    let number_of = |position: usize| Nullifier::from_u64(1000 + position as u64);
    let found = |candidates: &[[U256; 8]]| ProofData::Found(candidates.to_vec());
    chamber_mut(&mut state).ballots = (0..300)
        .map(|position| {
            let mut ballot = ballot.clone();
            ballot.posted.nullifier = number_of(position);
            ballot.proof = match position {
                7 | 150 | 299 => found(&[bad]),
                // The second candidate is the proof; neither is; the first is no proof at all.
                20 => found(&[bad, other]),
                21 => found(&[bad, bad]),
                22 => found(&[infinity]),
                23 => ProofData::Missing("it is in no calldata".into()),
                _ => found(&[good]),
            };
            ballot
        })
        .collect();
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    let verifiers = BallotVerifiers { ballots: &verifier, updates: None };
    let mut unproved = find_unproved_ballots(&verifiers, listed, frozen);
    unproved.sort();
    let mut expected: Vec<String> =
        [7, 21, 22, 23, 150, 299].map(|position| format!("ballot {} in ", number_of(position).to_hex())).to_vec();
    expected.sort();
    assert_eq!(unproved.len(), expected.len(), "{unproved:#?}");
    for (reason, name) in unproved.iter().zip(&expected) {
        assert!(reason.starts_with(name), "{reason} is not about {name}");
    }
    // Alone only the further candidates of two ballots.
    assert_eq!((verifier.batches.get(), verifier.searches.get(), verifier.alone.get()), (1, 1, 2));
}

#[test]
fn valid_proofs_are_verified_in_one_batch() {
    let mut state = state_with_ballot();
    let proof = different_proofs()[0];
    chamber_mut(&mut state).ballots.iter_mut().for_each(|ballot| ballot.proof = ProofData::Found(vec![proof]));
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    let verifier = CountingVerifier::default();
    let verifiers = BallotVerifiers { ballots: &verifier, updates: None };
    assert!(find_unproved_ballots(&verifiers, listed, frozen).is_empty());
    assert_eq!((verifier.batches.get(), verifier.searches.get(), verifier.alone.get()), (1, 0, 0));
}
