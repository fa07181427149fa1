//! Attempts to vote too late and to open too early, too little, or with other keys.

use psephos_client::{
    ClientError, Silent,
    relayer::Refusal,
    tally,
    trustee::{self, Caution, Journal, Unread},
    verify::{self, CheckName},
    voter,
};
use psephos_protocol::{committee::TrusteeSecret, identity::Seed};

use crate::{
    house::{refusal, submission},
    scene::{FOR, Scene},
};

pub(crate) async fn deadline(scene: &Scene) {
    let house = &scene.house;
    let replay = scene.replay().await;
    let early = trustee::open(
        &house.trustee,
        &replay,
        &house.circuits,
        &house.secret,
        scene.polls[0],
        scene.chambers[0],
        Caution { journal: &Journal::forgetful(), unread: Unread::Refuse },
    )
    .await;
    assert!(matches!(early, Err(ClientError::Refused(trustee::Refusal::NotClosed { .. }))));

    let late = scene.ballot(2, scene.polls[0], &FOR, false).await;
    house.close().await;
    assert_eq!(refusal(&house.relay(&[submission("late", &late)]).await, 0), Refusal::Closed);
    assert_eq!(voter::submit(&house.relayer, &late).await.unwrap_err().revert_name(), Some("WrongState"));
    let error = scene.refuses(2, scene.polls[0], &FOR, false).await;
    assert!(matches!(error, ClientError::WrongState { .. }), "{error}");
}

pub(crate) async fn counting(scene: &Scene) {
    let house = &scene.house;
    let [poll, _] = scene.polls;
    let [chamber, small] = scene.chambers;
    let replay = scene.replay().await;
    let open = async |secret: &TrusteeSecret, chamber| {
        trustee::open(
            &house.trustee,
            &replay,
            &house.circuits,
            secret,
            poll,
            chamber,
            Caution { journal: &Journal::forgetful(), unread: Unread::Refuse },
        )
        .await
    };
    let other = TrusteeSecret::from_seed(&Seed::from_bytes([1; 32])).unwrap();
    assert!(matches!(open(&other, chamber).await, Err(ClientError::Refused(trustee::Refusal::OtherKeys { .. }))));
    assert!(matches!(
        open(&house.secret, small).await,
        Err(ClientError::Refused(trustee::Refusal::TooFewBallots { .. }))
    ));
    let unopened = tally::tally(&house.relayer, &house.deployment, poll, &Silent).await.unwrap();
    assert!(unopened.is_empty(), "without a share nothing is counted, and nothing fails");

    open(&house.secret, chamber).await.unwrap();
    let counted = tally::tally(&house.relayer, &house.deployment, poll, &Silent).await.unwrap();
    assert_eq!(counted[0].totals, [12, 0, 0], "Alice's 5 and, after the replacement, Bob's 7");
    tally::finalise(&house.relayer, &house.deployment, poll).await.unwrap();

    let check = async |deployment| {
        verify::verify(house.chain.connection(), deployment, &house.circuits, poll, &Silent).await.unwrap()
    };
    let report = check(&house.deployment).await;
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    assert_eq!(report.state, "decided");
    let mut swapped = house.deployment.clone();
    swapped.verifiers.ballot3 = swapped.verifiers.decryption;
    let failed: Vec<_> = check(&swapped).await.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Verifiers]);
}
