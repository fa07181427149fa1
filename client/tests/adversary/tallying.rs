//! Attacks that vote too late, or decrypt too early, with too few ballots, or with other keys.

use alloy::primitives::U256;
use psephos_chain::NodeSource;
use psephos_client::{
    ChainError, ChainState, NodeSet, Silent, StateError, SubmissionError, relayer,
    relayer::Submission,
    tally::{self, TallyError},
    trustee::{self, DecryptionOutcome, Journal, Precautions, Refusal, Task, TaskOutcome, TrusteeError},
    verify::{self, CheckName},
    voter::{self, VoterError},
};
use psephos_protocol::{Fr, Point, identifiers::ChamberId, statement::dealing::EncryptedShare};
use psephos_state::{
    Deployment,
    bindings::IPolls::{ChamberShare, postSharesCall},
    words,
};
use psephos_testkit::Trustee;

use crate::scenario::{FOR, Scenario, refusal_of};

pub(crate) async fn refuse_late_ballots_and_early_decryption(scenario: &Scenario) {
    let local = &scenario.local;
    let state = scenario.read_state().await;
    let early = post_share(scenario, &state, &local.trustees[0], scenario.chambers[0], 0).await;
    assert!(matches!(early, Err(TrusteeError::Refused(trustee::Refusal::NotClosed { .. }))));

    let late = scenario.prove_ballot(2, scenario.polls[0], &FOR, false).await;
    local.advance_past_close().await;
    assert_eq!(refusal_of(&local.relay_packages(&[Submission::new("late", &late)]).await, 0), relayer::Refusal::Closed);
    assert_eq!(voter::submit_ballot(&local.relayer, &late).await.unwrap_err().revert_name(), Some("WrongState"));
    let error = scenario.refused_vote(2, scenario.polls[0], &FOR, false).await;
    assert!(matches!(error, VoterError::Chain(ChainError::State(StateError::WrongPollState { .. }))), "{error}");
}

pub(crate) async fn refuse_invalid_shares_and_tally(scenario: &Scenario) {
    let local = &scenario.local;
    let [poll, _] = scenario.polls;
    let [chamber, small] = scenario.chambers;
    let [first, second, third] = &local.trustees[..] else { unreachable!() };
    let state = scenario.read_state().await;
    let swapped = Trustee { account: first.account.clone(), secret: second.secret.clone() };
    assert_refused(&post_share(scenario, &state, &swapped, chamber, 0).await, |r| {
        matches!(r, Refusal::UnregisteredKey { .. })
    });
    assert_refused(&post_share(scenario, &state, first, small, 0).await, |r| {
        matches!(r, Refusal::TooFewBallots { .. })
    });
    assert_refused(&post_share(scenario, &state, first, chamber, 1 << 40).await, |r| {
        matches!(r, Refusal::NotConfirmed { .. })
    });
    let stranger = Trustee { account: local.relayer.clone(), secret: first.secret.clone() };
    let error = post_share(scenario, &state, &stranger, chamber, 0).await.unwrap_err();
    assert!(matches!(error, TrusteeError::NotTrustee { .. }), "{error}");
    let mut other = state.clone();
    other.deployment.verifiers.decryption = other.deployment.verifiers.ballot8;
    let error = post_share(scenario, &other, first, chamber, 0).await.unwrap_err();
    assert!(matches!(error, TrusteeError::Submission(SubmissionError::OtherVerifier { .. })), "{error}");
    refuse_false_dealings(scenario, &state).await;
    let unopened = tally::tally_poll(&local.source(), &local.relayer, poll, &Silent).await.unwrap();
    assert!(unopened.is_empty(), "without a share there is no tally, and no error");

    // One share of two.
    assert!(matches!(post_share(scenario, &state, third, chamber, 0).await.unwrap(), DecryptionOutcome::Posted(_)));
    let again = scenario.read_state().await;
    assert_refused(&post_share(scenario, &again, third, chamber, 0).await, |r| {
        matches!(r, Refusal::AlreadyPosted { .. })
    });
    let error = tally::find_totals(&again, poll, chamber, |_, _| ()).unwrap_err();
    assert!(matches!(error, TallyError::SharesMissing { posted: 1, needed: 2, .. }), "{error}");
    assert!(tally::tally_poll(&local.source(), &local.relayer, poll, &Silent).await.unwrap().is_empty());
    post_wrong_share(scenario, second, chamber).await;

    // One trustee that did not deal and one that did; the third share is not needed any more.
    assert!(matches!(post_share(scenario, &again, first, chamber, 0).await.unwrap(), DecryptionOutcome::Posted(_)));
    let enough = scenario.read_state().await;
    assert!(matches!(
        post_share(scenario, &enough, second, chamber, 0).await.unwrap(),
        DecryptionOutcome::ThresholdReached
    ));
    assert_eq!(perform_first_task(scenario, second).await, Task::Tally { poll, chamber });
    assert!(tally::tally_poll(&local.source(), &local.relayer, poll, &Silent).await.unwrap().is_empty(), "counted");
    let listed = scenario.read_state().await.poll(poll).unwrap().chambers[&chamber].clone();
    assert_eq!(
        listed.tally.unwrap().exact_totals(),
        Some(&[12, 0, 0][..]),
        "Alice's 5 and Bob's 7, from his replacement"
    );
    assert_eq!(perform_first_task(scenario, second).await, Task::End { poll });
    let due = trustee::due_tasks(
        &scenario.read_state().await,
        second.account.sender().unwrap(),
        &second.secret.transport_key(),
        None,
    );
    let concerns = |task: &Task| match task {
        Task::Decrypt { poll: of } | Task::Tally { poll: of, .. } | Task::End { poll: of } => *of == poll,
        _ => false,
    };
    assert!(!due.iter().any(concerns), "{due:?}");

    let check = async |deployment: &Deployment| {
        let connection = local.chain.connection();
        let source = NodeSource::new(connection.clone(), deployment.clone());
        verify::verify_poll(&source, connection, &local.circuits, poll, &Silent).await.unwrap()
    };
    let report = check(&local.deployment).await;
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    assert_eq!(report.state, "decided");
    let mut swapped = local.deployment.clone();
    swapped.verifiers.ballot3 = swapped.verifiers.decryption;
    let failed: Vec<_> = check(&swapped).await.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Code, CheckName::Verifiers]);
}

async fn post_share(
    scenario: &Scenario,
    state: &ChainState,
    trustee: &Trustee,
    chamber: ChamberId,
    confirmations: u64,
) -> Result<DecryptionOutcome, TrusteeError> {
    let source = scenario.local.source();
    let nodes = NodeSet::single(trustee.account.clone());
    let caution =
        Precautions { journal: &Journal::disabled(), confirmations, proofs: &source, nodes: &nodes, clock: None };
    let (circuits, poll) = (&scenario.local.circuits, scenario.polls[0]);
    trustee::decrypt_total(&trustee.account, state, circuits, &trustee.secret, poll, chamber, caution).await
}

/// Performs the first task that is due for a trustee, twice: the second time it has been done already, which is no
/// failure.
async fn perform_first_task(scenario: &Scenario, trustee: &Trustee) -> Task {
    let (state, circuits) = (scenario.read_state().await, &scenario.local.circuits);
    let due = trustee::due_tasks(&state, trustee.account.sender().unwrap(), &trustee.secret.transport_key(), None);
    for again in [false, true] {
        let source = scenario.local.source();
        let nodes = NodeSet::single(trustee.account.clone());
        let caution = Precautions {
            journal: &Journal::disabled(),
            confirmations: 0,
            proofs: &source,
            nodes: &nodes,
            clock: None,
        };
        let done =
            trustee::perform_task(&trustee.account, &state, circuits, &trustee.secret, due[0], caution).await.unwrap();
        assert_eq!(matches!(done, TaskOutcome::NoOp), again);
    }
    due[0]
}

fn assert_refused(outcome: &Result<DecryptionOutcome, TrusteeError>, expected: impl Fn(&Refusal) -> bool) {
    match outcome {
        Err(TrusteeError::Refused(refusal)) if expected(refusal) => {}
        other => panic!("unexpected outcome: {other:?}"),
    }
}

/// A node that shows other dealings than the proved ones receives no share.
async fn refuse_false_dealings(scenario: &Scenario, state: &ChainState) {
    let (trustee, chamber) = (&scenario.local.trustees[0], scenario.chambers[0]);
    let falsify = |change: &dyn Fn(&mut psephos_state::Dealing)| {
        let mut state = state.clone();
        let committee = state.committees.get_mut(&scenario.local.committee).unwrap();
        change(&mut committee.dealings[1]);
        state
    };
    // An encrypted share that does not match the commitments.
    let changed_words = |dealing: &mut psephos_state::Dealing| {
        let mut words = *dealing.shares[0].words();
        words[3] += Fr::from(1u64);
        dealing.shares[0] = EncryptedShare::new(words);
    };
    let spoilt = falsify(&changed_words);
    assert_refused(&post_share(scenario, &spoilt, trustee, chamber, 0).await, |r| {
        matches!(r, Refusal::InvalidDealing { .. })
    });
    // Other recipients' encrypted shares, which do not concern this trustee but are not the proved ones.
    let others = falsify(&|dealing| dealing.shares.swap(1, 2));
    assert_refused(&post_share(scenario, &others, trustee, chamber, 0).await, |r| {
        matches!(r, Refusal::UnprovedDealing { .. })
    });
    let ephemeral = falsify(&|dealing| dealing.ephemeral = dealing.ephemeral + Point::generator());
    assert_refused(&post_share(scenario, &ephemeral, trustee, chamber, 0).await, |r| {
        matches!(r, Refusal::InvalidDealing { .. })
    });
    // One dealing fewer: the keys are not those that the ballots were encrypted to.
    let mut fewer = state.clone();
    fewer.committees.get_mut(&scenario.local.committee).unwrap().dealings.pop();
    assert!(post_share(scenario, &fewer, trustee, chamber, 0).await.is_err());
}

/// A share with an invalid proof does not count, and an event names its trustee, which can still post a valid one.
async fn post_wrong_share(scenario: &Scenario, trustee: &Trustee, chamber: ChamberId) {
    let local = &scenario.local;
    let state = scenario.read_state().await;
    let (account, poll) = (trustee.account.sender().unwrap(), scenario.polls[0]);
    let entry = state.committee(local.committee).unwrap();
    let index = entry.trustee_index(account).unwrap();
    let commitments = entry.commitments().unwrap();
    let share = ChamberShare {
        chamber: U256::from(chamber.get()),
        share: words::from_points(&[Point::generator(); 3]),
        h: U256::from(1),
        proof: [U256::from(1); 8],
    };
    let call = postSharesCall {
        poll: U256::from(poll.get()),
        index: U256::from(index),
        keys: words::from_points(&commitments.evaluate_at(index + 1)[..3]),
        otherKeysHash: commitments.key_hashes_at(index + 1)[1].into(),
        shares: vec![share],
    };
    trustee.account.send_call(local.deployment.polls, &call).await.unwrap();
    let read = scenario.read_state().await;
    let listed = &read.poll(poll).unwrap().chambers[&chamber];
    assert_eq!((listed.refusals.len(), listed.refusals[0].trustee, listed.shares.len()), (1, account, 1));
}
