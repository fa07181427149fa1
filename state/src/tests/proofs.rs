//! Where proofs are found, and that nothing else is taken for one.

use alloy_primitives::{U256, Uint};
use alloy_sol_types::SolCall;
use psephos_protocol::statement::ballot::PostedBallot;

use super::story::{Story, ballot};
use crate::{
    bindings::IPolls::{BallotsForwarded, castBatchCall, castCall, replaceCall},
    calls::load_proof,
    poll::{Ballot, ProofData},
    proofs::BallotCall,
    record::{BallotRecord, ReplacedBallot, Replacement},
};

fn proof(number: u64) -> [U256; 8] {
    [U256::from(number); 8]
}

fn record(posted: &PostedBallot, number: u64) -> Vec<u8> {
    BallotRecord { proof: proof(number), posted: posted.clone() }.to_bytes()
}

fn replacement(posted: &PostedBallot, old: &PostedBallot, number: u64) -> Vec<u8> {
    Replacement {
        record: BallotRecord { proof: proof(number), posted: posted.clone() },
        old: ReplacedBallot::from_posted(old, [0; 32]),
    }
    .to_bytes()
}

/// Returns the proof of a ballot in a transaction with this calldata.
fn found(posted: &PostedBallot, to_contract: bool, data: &[u8]) -> ProofData {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll().cast(posted, [0; 32]);
    let mut cast: Ballot = story.poll_chamber().ballots[0].clone();
    load_proof(&mut cast, to_contract.then(|| BallotCall::decode(data)).flatten().as_ref(), 3);
    cast.proof
}

#[test]
fn calldata_of_a_direct_call_holds_the_proofs() {
    let (poll, chamber) = (U256::from(1), Uint::ZERO);
    let (posted, other) = (ballot(1, 1, [1, 0, 0]), ballot(2, 1, [1, 0, 0]));
    let cast = castCall { poll, chamber, record: record(&posted, 3).into() }.abi_encode();
    assert_eq!(found(&posted, true, &cast), ProofData::Found(vec![proof(3)]));
    let replace = replaceCall { poll, chamber, replacement: replacement(&posted, &other, 4).into() }.abi_encode();
    assert_eq!(found(&posted, true, &replace), ProofData::Found(vec![proof(4)]));
    let records = [record(&other, 5), record(&posted, 6), record(&posted, 7), record(&posted, 6)].concat();
    let replacements = replacement(&posted, &other, 8).into();
    let batch = castBatchCall { poll, chamber, records: records.into(), replacements }.abi_encode();
    assert_eq!(found(&posted, true, &batch), ProofData::Found(vec![proof(6), proof(7), proof(8)]));
}

/// Words in front of a call, in it, or in a transaction to another contract: none of it is what the contract was called
/// with.
#[test]
fn decoys_are_not_taken_for_proofs() {
    let (posted, other) = (ballot(1, 1, [1, 0, 0]), ballot(2, 1, [1, 0, 0]));
    let call =
        |record: Vec<u8>| castCall { poll: U256::from(1), chamber: U256::ZERO, record: record.into() }.abi_encode();
    let cast = call(record(&posted, 3));
    let missing = |data: &[u8], to_contract| matches!(found(&posted, to_contract, data), ProofData::Missing(_));
    assert!(missing(&cast, false), "someone else's transaction to another contract");
    assert!(missing(&[&[0][..], &cast].concat(), true), "a call that does not begin where calldata does");
    assert!(missing(&call(record(&other, 3)), true), "another ballot");
    assert!(missing(&call([vec![0], record(&posted, 3)].concat()), true), "no whole number of records");
    assert!(missing(&cast[..cast.len() - 40], true) && missing(&[], true), "cut");
    // Behind the call, where the contract does not look.
    let behind = [&call(record(&posted, 3))[..], &record(&posted, 4)].concat();
    assert_eq!(found(&posted, true, &behind), ProofData::Found(vec![proof(3)]));
}

#[test]
fn forwarded_proofs_are_read_from_their_event() {
    let (first, second, third) = (ballot(1, 1, [1, 0, 0]), ballot(2, 1, [1, 0, 0]), ballot(1, 2, [0, 1, 0]));
    let (poll, chamber) = (U256::from(1), U256::ZERO);
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).enrol(2, 1, 10).poll();
    story.cast(&first, [0; 32]);
    let records = record(&first, 1).into();
    story.polls(&BallotsForwarded { poll, chamber, records, replacements: Vec::new().into() });
    // A second call in the same transaction: its ballots are its own, whatever its arguments are.
    story.cast(&second, [0; 32]).cast(&third, first.fingerprint([0; 32]));
    let records = [record(&first, 9), record(&second, 2)].concat().into();
    let replacements = replacement(&third, &first, 3).into();
    story.polls(&BallotsForwarded { poll, chamber, records, replacements });
    let proofs: Vec<_> = story.poll_chamber().ballots.iter().map(|ballot| ballot.proof.clone()).collect();
    assert_eq!(proofs, [1, 2, 3].map(|number| ProofData::Found(vec![proof(number)])));
    assert!(story.findings().is_empty());
}
