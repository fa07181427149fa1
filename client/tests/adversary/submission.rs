//! Attacks that send a ballot twice, spoilt, out of order, or through another contract.

use alloy::{
    hex,
    primitives::{Bytes, U256},
};
use psephos_client::{
    Package, Silent,
    relayer::{PackageOutcome, Refusal, Submission},
    verify,
    voter::{self, VoterError},
};
use psephos_state::{ProofData, bindings::IPolls::castCall, record::ReplacedBallot};
use psephos_testkit::create_funded_account;

use crate::scenario::{FOR, Scenario, is_accepted, refusal_of, revert_name};

/// Repeated ballots, spoilt proofs and copies in one batch; then the batch once more.
pub(crate) async fn refuse_spoilt_and_repeated_ballots(scenario: &Scenario, alice: &Package, bob: &Package) {
    let local = &scenario.local;
    let mut spoilt = bob.clone();
    spoilt.record.replace_range(2..514, &alice.record[2..514]);
    let error =
        local.relayer.send_call(local.deployment.polls, &scenario.build_batch(&[alice, &spoilt])).await.unwrap_err();
    assert_eq!(revert_name(&error), "InvalidProof");
    assert_eq!(scenario.counted_ballots().await, 0, "the whole batch is reverted");

    let packages =
        [Submission::new("alice", alice), Submission::new("copy", alice), Submission::new("spoilt", &spoilt)];
    let report = local.relay_packages(&packages).await;
    assert!(is_accepted(&report, 0));
    assert_eq!(report.packages[1].outcome, PackageOutcome::Duplicate { of: "alice".into() });
    assert_eq!(refusal_of(&report, 2), Refusal::InvalidProof);
    assert_eq!(scenario.counted_ballots().await, 1);

    // A third party sends Bob's ballot twice in one batch, with Alice's, which counts already: Bob's counts once.
    let stranger = create_funded_account(local.chain.connection()).await;
    stranger.send_call(local.deployment.polls, &scenario.build_batch(&[alice, bob, bob])).await.unwrap();
    assert_eq!(scenario.counted_ballots().await, 2);

    let report = local.relay_packages(&[Submission::new("alice", alice), Submission::new("bob", bob)]).await;
    assert!(report.transactions.is_empty());
    assert!(report.packages.iter().all(|package| package.outcome == PackageOutcome::AlreadyCounted));
    let error = voter::submit_ballot(&stranger, bob).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("AlreadyCast"));
    let state = scenario.read_state().await;
    assert!(
        voter::is_counted(&state, &scenario.members[1].identity, scenario.polls[0], scenario.chambers[0], None)
            .unwrap()
    );
}

pub(crate) async fn refuse_invalid_replacements(scenario: &Scenario, bob: &Package) {
    let local = &scenario.local;
    assert!(matches!(scenario.refused_vote(1, scenario.polls[0], &FOR, false).await, VoterError::AlreadyVoted { .. }));
    assert!(matches!(
        scenario.refused_vote(2, scenario.polls[0], &FOR, true).await,
        VoterError::NothingToReplace { .. }
    ));

    let second = scenario.prove_ballot(1, scenario.polls[0], &FOR, true).await;
    let mut wrong = second.clone();
    wrong.replaces = Some(hex::encode_prefixed(
        ReplacedBallot::from_posted(&second.contents().unwrap().record.posted, [0; 32]).to_bytes(),
    ));
    assert_eq!(refusal_of(&local.relay_packages(&[Submission::new("wrong", &wrong)]).await, 0), Refusal::InvalidProof);
    let error = voter::submit_ballot(&local.relayer, &wrong).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("WrongPrevious"));

    assert!(is_accepted(&local.relay_packages(&[Submission::new("second", &second)]).await, 0));
    assert_eq!(scenario.counted_ballots().await, 2, "a replacement is not another ballot");
    // The older ballot cannot be put back.
    let report = local.relay_packages(&[Submission::new("bob", bob), Submission::new("second", &second)]).await;
    assert_eq!(report.packages[0].outcome, PackageOutcome::Superseded);
    assert_eq!(report.packages[1].outcome, PackageOutcome::AlreadyCounted);
}

/// A ballot that a contract forwards counts, and its proof is found in the forwarded calldata.
pub(crate) async fn count_forwarded_ballot(scenario: &Scenario, ballot: &Package) {
    let local = &scenario.local;
    let mut code = hex!("6029600a5f3960295ff3" "365f5f375f5f365f5f73").to_vec();
    code.extend(local.deployment.polls);
    code.extend(hex!("5af115602557005b5f5ffd"));
    let forwarder = local.relayer.deploy_code(code.into()).await.unwrap().contract.unwrap();
    let record: Bytes = hex::decode(&ballot.record).unwrap().into();
    let call = castCall { poll: U256::from(ballot.poll.get()), chamber: U256::from(ballot.chamber.get()), record };
    local.relayer.send_call(forwarder, &call).await.unwrap();

    let mut state = scenario.read_state().await;
    psephos_chain::load_calls(local.chain.connection(), &mut state, ballot.poll).await.unwrap();
    let cast = &state.poll(ballot.poll).unwrap().chambers[&ballot.chamber].ballots[0];
    assert!(matches!(&cast.proof, ProofData::Found(found) if found.len() == 1));
    let connection = local.chain.connection();
    let report = verify::verify_poll(&local.source(), connection, &local.circuits, ballot.poll, &Silent).await.unwrap();
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
}
