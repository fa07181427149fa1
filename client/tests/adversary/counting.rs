//! Attempts to vote too late and to open too early, too little, or with other keys.

use alloy::primitives::U256;
use psephos_chain::NodeSource;
use psephos_client::{
    ChainState, ClientError, Silent, relayer, tally,
    trustee::{self, Caution, Done, Journal, Opening, Refusal, Task},
    verify::{self, CheckName},
    voter,
};
use psephos_protocol::{Fr, Point, identifiers::ChamberId, statement::dealing::EncryptedShare};
use psephos_state::{Deployment, bindings::IPolls::postShareCall, words};

use crate::{
    house::{Trustee, refusal, submission},
    scene::{FOR, Scene},
};

pub(crate) async fn deadline(scene: &Scene) {
    let house = &scene.house;
    let replay = scene.replay().await;
    let early = open(scene, &replay, &house.trustees[0], scene.chambers[0], 0).await;
    assert!(matches!(early, Err(ClientError::Refused(trustee::Refusal::NotClosed { .. }))));

    let late = scene.ballot(2, scene.polls[0], &FOR, false).await;
    house.close().await;
    assert_eq!(refusal(&house.relay(&[submission("late", &late)]).await, 0), relayer::Refusal::Closed);
    assert_eq!(voter::submit(&house.relayer, &late).await.unwrap_err().revert_name(), Some("WrongState"));
    let error = scene.refuses(2, scene.polls[0], &FOR, false).await;
    assert!(matches!(error, ClientError::WrongState { .. }), "{error}");
}

pub(crate) async fn counting(scene: &Scene) {
    let house = &scene.house;
    let [poll, _] = scene.polls;
    let [chamber, small] = scene.chambers;
    let [first, second, third] = &house.trustees[..] else { unreachable!() };
    let replay = scene.replay().await;
    let swapped = Trustee { account: first.account.clone(), secret: second.secret.clone() };
    refuses(&open(scene, &replay, &swapped, chamber, 0).await, |r| matches!(r, Refusal::OtherKeys { .. }));
    refuses(&open(scene, &replay, first, small, 0).await, |r| matches!(r, Refusal::TooFewBallots { .. }));
    refuses(&open(scene, &replay, first, chamber, 1 << 40).await, |r| matches!(r, Refusal::NotDeep { .. }));
    let stranger = Trustee { account: house.relayer.clone(), secret: first.secret.clone() };
    let error = open(scene, &replay, &stranger, chamber, 0).await.unwrap_err();
    assert!(matches!(error, ClientError::NotTrustee { .. }), "{error}");
    let mut other = replay.clone();
    other.deployment.verifiers.decryption = other.deployment.verifiers.ballot8;
    let error = open(scene, &other, first, chamber, 0).await.unwrap_err();
    assert!(matches!(error, ClientError::OtherVerifier { .. }), "{error}");
    lies_about_dealings(scene, &replay).await;
    let unopened = tally::tally(&house.source(), &house.relayer, poll, &Silent).await.unwrap();
    assert!(unopened.is_empty(), "without a share nothing is counted, and nothing fails");

    // One share of two.
    assert!(matches!(open(scene, &replay, third, chamber, 0).await.unwrap(), Opening::Posted(_)));
    let again = scene.replay().await;
    refuses(&open(scene, &again, third, chamber, 0).await, |r| matches!(r, Refusal::AlreadyPosted { .. }));
    let error = tally::solve(&again, poll, chamber, |_, _| ()).unwrap_err();
    assert!(matches!(error, ClientError::SharesMissing { posted: 1, needed: 2, .. }), "{error}");
    assert!(tally::tally(&house.source(), &house.relayer, poll, &Silent).await.unwrap().is_empty());
    wrong_share(scene, second, chamber).await;

    // A trustee that did not deal and one that did; the third is not asked any more.
    assert!(matches!(open(scene, &again, first, chamber, 0).await.unwrap(), Opening::Posted(_)));
    let enough = scene.replay().await;
    assert!(matches!(open(scene, &enough, second, chamber, 0).await.unwrap(), Opening::Enough));
    assert_eq!(next(scene, second).await, Task::Tally { poll, chamber });
    assert!(tally::tally(&house.source(), &house.relayer, poll, &Silent).await.unwrap().is_empty(), "counted");
    let listed = scene.replay().await.poll(poll).unwrap().chambers[&chamber].clone();
    assert_eq!(listed.tally.unwrap().totals, [12, 0, 0], "Alice's 5 and, after the replacement, Bob's 7");
    assert_eq!(next(scene, second).await, Task::End { poll });
    let due = trustee::due(&scene.replay().await, second.account.sender().unwrap(), &second.secret.public(), None);
    let concerns = |task: &Task| match task {
        Task::Open { poll: of, .. } | Task::Tally { poll: of, .. } | Task::End { poll: of } => *of == poll,
        _ => false,
    };
    assert!(!due.iter().any(concerns), "{due:?}");

    let check = async |deployment: &Deployment| {
        let connection = house.chain.connection();
        let source = NodeSource::new(connection.clone(), deployment.clone());
        verify::verify(&source, connection, &house.circuits, poll, &Silent).await.unwrap()
    };
    let report = check(&house.deployment).await;
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    assert_eq!(report.state, "decided");
    let mut swapped = house.deployment.clone();
    swapped.verifiers.ballot3 = swapped.verifiers.decryption;
    let failed: Vec<_> = check(&swapped).await.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Verifiers]);
}

async fn open(
    scene: &Scene,
    replay: &ChainState,
    trustee: &Trustee,
    chamber: ChamberId,
    confirmations: u64,
) -> Result<Opening, ClientError> {
    let source = scene.house.source();
    let caution = Caution { journal: &Journal::forgetful(), confirmations, proofs: &source, clock: None };
    let (circuits, poll) = (&scene.house.circuits, scene.polls[0]);
    trustee::open(&trustee.account, replay, circuits, &trustee.secret, poll, chamber, caution).await
}

/// Does the first thing that is due for a trustee; then it comes too late for doing it again, which is no failure.
async fn next(scene: &Scene, trustee: &Trustee) -> Task {
    let (replay, circuits) = (scene.replay().await, &scene.house.circuits);
    let due = trustee::due(&replay, trustee.account.sender().unwrap(), &trustee.secret.public(), None);
    for again in [false, true] {
        let source = scene.house.source();
        let caution = Caution { journal: &Journal::forgetful(), confirmations: 0, proofs: &source, clock: None };
        let done =
            trustee::perform(&trustee.account, &replay, circuits, &trustee.secret, due[0], caution).await.unwrap();
        assert_eq!(matches!(done, Done::Needless), again);
    }
    due[0]
}

fn refuses(outcome: &Result<Opening, ClientError>, expected: impl Fn(&Refusal) -> bool) {
    match outcome {
        Err(ClientError::Refused(refusal)) if expected(refusal) => {}
        other => panic!("another outcome: {other:?}"),
    }
}

/// A node that shows other dealings than those that were proved gets no share.
async fn lies_about_dealings(scene: &Scene, replay: &ChainState) {
    let (trustee, chamber) = (&scene.house.trustees[0], scene.chambers[0]);
    let lie = |change: &dyn Fn(&mut psephos_state::Dealing)| {
        let mut replay = replay.clone();
        let committee = replay.committees.get_mut(&scene.house.committee).unwrap();
        change(&mut committee.dealings[1]);
        replay
    };
    // Words that hide something else than the commitments say.
    let words = |dealing: &mut psephos_state::Dealing| {
        let mut words = *dealing.shares[0].words();
        words[3] += Fr::from(1u64);
        dealing.shares[0] = EncryptedShare::new(words);
    };
    let spoilt = lie(&words);
    refuses(&open(scene, &spoilt, trustee, chamber, 0).await, |r| matches!(r, Refusal::BadDealing { .. }));
    // Another recipient's words, which do not concern this trustee, and which nobody has proved.
    let others = lie(&|dealing| dealing.shares.swap(1, 2));
    refuses(&open(scene, &others, trustee, chamber, 0).await, |r| matches!(r, Refusal::UnprovedDealing { .. }));
    let ephemeral = lie(&|dealing| dealing.ephemeral = dealing.ephemeral + Point::generator());
    refuses(&open(scene, &ephemeral, trustee, chamber, 0).await, |r| matches!(r, Refusal::BadDealing { .. }));
    // A dealing less: the keys are not those that the ballots were encrypted to.
    let mut fewer = replay.clone();
    fewer.committees.get_mut(&scene.house.committee).unwrap().dealings.pop();
    assert!(open(scene, &fewer, trustee, chamber, 0).await.is_err());
}

/// A share that is not proved is not taken, and everybody can read whose it was. The trustee can still post a right one.
async fn wrong_share(scene: &Scene, trustee: &Trustee, chamber: ChamberId) {
    let house = &scene.house;
    let replay = scene.replay().await;
    let (account, poll) = (trustee.account.sender().unwrap(), scene.polls[0]);
    let entry = replay.committee(house.committee).unwrap();
    let index = entry.trustee_index(account).unwrap();
    let commitments = entry.commitments().unwrap();
    let call = postShareCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        index: U256::from(index),
        share: words::from_points(&[Point::generator(); 3]),
        keys: words::from_points(&commitments.at(index + 1)[..3]),
        others: commitments.key_hashes_at(index + 1)[1].into(),
        h: U256::from(1),
        proof: [U256::from(1); 8],
    };
    trustee.account.send_call(house.deployment.polls, &call).await.unwrap();
    let read = scene.replay().await;
    let listed = &read.poll(poll).unwrap().chambers[&chamber];
    assert_eq!((&listed.rejected_trustees[..], listed.shares.len()), (&[account][..], 1));
}
