//! What the calldata of a poll's transactions confirms, and what contradicts it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use psephos_protocol::{Point, identifiers::PollId};

use super::story::{Story, deployment};
use crate::{
    bindings::IPolls::{ChamberShare, SharePosted, ShareRefused, postSharesCall},
    transaction::{CallEvidence, TransactionCall},
    words,
};

const TRUSTEE: Address = Address::repeat_byte(6);
/// The transaction of all events of a story.
const TRANSACTION: B256 = B256::repeat_byte(8);

fn points() -> Vec<U256> {
    words::from_points(&[Point::generator(); 3])
}

fn share(h: u64) -> ChamberShare {
    ChamberShare { chamber: U256::ZERO, share: points(), h: U256::from(h), proof: [U256::from(6); 8] }
}

/// Returns a transaction in which an account posts shares as trustee 2.
fn posting(from: Address, shares: Vec<ChamberShare>) -> TransactionCall {
    let (poll, index, keys) = (U256::from(1), U256::from(2), Vec::new());
    let data = postSharesCall { poll, index, keys, otherKeysHash: B256::ZERO, shares }.abi_encode().into();
    TransactionCall { from, to: Some(deployment().polls), data }
}

/// Returns the story of a share that was accepted, and perhaps of one that was refused, with these calls loaded.
fn load(accepted: bool, refused: usize, call: Option<TransactionCall>) -> Story {
    let (poll, chamber, index) = (U256::from(1), U256::ZERO, U256::from(2));
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).poll();
    for _ in 0..refused {
        story.polls(&ShareRefused { poll, chamber, trustee: TRUSTEE, index });
    }
    if accepted {
        let ChamberShare { share, h, proof, .. } = share(5);
        story.polls(&SharePosted { poll, chamber, trustee: TRUSTEE, index, share, h, proof });
    }
    assert_eq!(story.0.transactions_to_load(PollId::new(1)).unwrap(), [TRANSACTION].into());
    let calls: BTreeMap<_, _> = call.map(|call| (TRANSACTION, call)).into_iter().collect();
    story.0.load_calls(PollId::new(1), &calls).unwrap();
    assert!(story.0.transactions_to_load(PollId::new(1)).unwrap().is_empty());
    story
}

fn is_contradicted(call: &CallEvidence) -> bool {
    matches!(call, CallEvidence::Contradicted(_))
}

#[test]
fn share_is_confirmed_by_its_own_call_only() {
    let evidence = |call| load(true, 0, call).poll_chamber().shares[0].call.clone();
    assert_eq!(evidence(Some(posting(TRUSTEE, vec![share(5)]))), CallEvidence::Confirmed);
    assert!(is_contradicted(&evidence(Some(posting(TRUSTEE, vec![share(4)])))), "another share");
    assert!(is_contradicted(&evidence(Some(posting(TRUSTEE, Vec::new())))), "no share");
    assert!(is_contradicted(&evidence(None)), "a transaction that no one knows");
    let forwarded = TransactionCall { to: Some(Address::repeat_byte(7)), ..posting(TRUSTEE, vec![share(5)]) };
    assert_eq!(evidence(Some(forwarded)), CallEvidence::Forwarded);
}

#[test]
fn refusal_is_confirmed_only_if_its_trustee_sent_the_share() {
    let story = load(false, 1, Some(posting(TRUSTEE, vec![share(5)])));
    let refusal = &story.poll_chamber().refusals[0];
    assert_eq!((&refusal.call, refusal.shares.len()), (&CallEvidence::Confirmed, 1));
    assert_eq!(refusal.read_share(&refusal.shares[0]).unwrap().points.len(), 3);
    let story = load(false, 1, Some(posting(Address::ZERO, vec![share(5)])));
    let refusal = &story.poll_chamber().refusals[0];
    assert!(is_contradicted(&refusal.call) && refusal.shares.is_empty(), "someone else sent it");
}

/// An event that is left out, or told twice, is found by the call that posted the shares.
#[test]
fn each_share_of_a_call_leads_to_one_event() {
    let call = || Some(posting(TRUSTEE, vec![share(4), share(5)]));
    let both = load(true, 1, call());
    assert_eq!(both.poll_chamber().shares[0].call, CallEvidence::Confirmed);
    assert_eq!(both.poll_chamber().refusals[0].call, CallEvidence::Confirmed);
    for (accepted, refused) in [(true, 0), (false, 1), (true, 2)] {
        let story = load(accepted, refused, call());
        let chamber = story.poll_chamber();
        let shares = chamber.shares.iter().map(|share| &share.call);
        let mut all = shares.chain(chamber.refusals.iter().map(|refusal| &refusal.call));
        assert!(all.all(is_contradicted), "{accepted} {refused}");
    }
}
