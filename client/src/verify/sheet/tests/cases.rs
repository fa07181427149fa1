//! Versions of the charter, small camps, and blame.

use alloy::sol_types::SolCall;
use psephos_state::{
    CharterStage,
    bindings::ISheets::{BlockSharesMissing, postSharesCall},
    sheet::RefusedBlockShare,
};

use super::{
    fixture::{PROOF, REFUSED},
    *,
};

#[test]
fn every_change_of_a_version_is_noticed() {
    let honest = honest_evidence(Story::enacted());
    use CheckName as Name;
    require_noticed(
        &honest,
        &[
            (Name::Charter, "another hash", |evidence| version_mut(evidence).charter_hash = B256::repeat_byte(9)),
            (Name::Charter, "another root", |evidence| version_mut(evidence).root = B256::repeat_byte(9)),
            (Name::Charter, "another text", |evidence| version_mut(evidence).texts[4] = "Another".into()),
            (Name::Charter, "another principle", |evidence| version_mut(evidence).adopted = 3),
            (Name::Charter, "another parent", |evidence| version_mut(evidence).parent = B256::repeat_byte(9)),
            (Name::Charter, "another model", |evidence| version_mut(evidence).model_hash = B256::ZERO),
            (Name::Charter, "another stage", |evidence| version_mut(evidence).stage = CharterStage::Paused),
            (Name::Charter, "another expiry", |evidence| version_mut(evidence).expires_at = 20),
            (Name::Charter, "no version by the contract", |evidence| evidence.charter.versions.clear()),
            (Name::Charter, "no version of the sheet poll", |evidence| evidence.charter.version_of = U256::ZERO),
            (Name::Charter, "no event", |evidence| evidence.state.charters.clear()),
            (Name::Charter, "enacted before the end", |evidence| sheet_mut(evidence).ended = None),
            (Name::Live, "another version in force", |evidence| evidence.charter.live.0 = U256::from(2)),
            (Name::Live, "another hash in force", |evidence| evidence.charter.live.1 = B256::ZERO),
            (Name::Live, "a stage that was left out", |evidence| version_mut(evidence).stage = CharterStage::Shadow),
            (Name::Positions, "a version before the end", |evidence| version_mut(evidence).position = at(25)),
        ],
    );
}

#[test]
fn nothing_is_decrypted_of_a_camp_that_is_too_small() {
    let mut story = Story::with_turnout(3, 1);
    story.end(26, State::Finished);
    let honest = honest_evidence(story);
    assert_eq!(failed(&honest), BTreeSet::new());
    require_noticed(
        &honest,
        &[(CheckName::Camps, "not called too small", |evidence| {
            chamber_mut(evidence).turnout.as_mut().unwrap().too_small = false;
        })],
    );
    let mut story = Story::with_turnout(3, 1);
    story.post_shares(23, &[1]);
    assert!(failed(&honest_evidence(story)).contains("Camps"));
}

#[test]
fn trustees_without_shares_are_named_after_the_deadline() {
    let mut story = Story::with_turnout(2, 2);
    story.post_shares(23, &[1]);
    story.sheets(
        31,
        &[&BlockSharesMissing {
            sheet: U256::from(1),
            chamber: U256::ZERO,
            blockIndex: U256::from(2),
            trustees: vec![TRUSTEE],
        }],
    );
    story.end(31, State::Undecided);
    let honest = honest_evidence(story);
    assert_eq!(failed(&honest), BTreeSet::new());
    require_noticed(
        &honest,
        &[
            (CheckName::Missing, "no one named", |evidence| chamber_mut(evidence).missing_trustees.clear()),
            (CheckName::Outcome, "undecided before the deadline", |evidence| {
                sheet_mut(evidence).parameters.tally_deadline = 32;
            }),
        ],
    );
}

#[test]
fn refused_share_with_a_valid_proof_is_found() {
    let refuse = |proof: [U256; 8]| {
        let mut evidence = honest_evidence(Story::enacted());
        let listed = chamber_mut(&mut evidence);
        // The trustee sent this share of block 2, and the contract is said to have refused it.
        let share = listed.shares.pop().unwrap();
        let (trustee, index, block, position) = (share.trustee, share.index, share.block, share.position);
        listed.refusals.push(RefusedBlockShare { trustee, index, block, position });
        let call = evidence.calls.get_mut(&position.transaction).unwrap();
        let mut decoded = postSharesCall::abi_decode(&call.data).unwrap();
        decoded.shares.last_mut().unwrap().proof = proof;
        call.data = decoded.abi_encode().into();
        failed(&evidence)
    };
    assert!(refuse(proof(PROOF)).contains("Refusals"));
    assert!(!refuse(proof(REFUSED)).contains("Refusals"));
}
