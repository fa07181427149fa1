//! A deployment that names another contract where the verifier of our key should be: nothing is proved for it, and nothing sent.

use psephos_chain::NodeSource;
use psephos_circuits::catalogue::Name;
use psephos_client::{ClientError, Silent, relayer, relayer::RelayConfig, reward, trustee};
use psephos_protocol::{committee::TransportSecret, identifiers::PollId, identity::Seed};
use psephos_state::{ChainState, Deployment};
use rand::rngs::OsRng;

use crate::{house::Trustee, scene::Scene};

fn refuses<T>(outcome: Result<T, ClientError>, expected: Name) {
    match outcome.err() {
        Some(ClientError::OtherVerifier { circuit, .. }) => assert_eq!(circuit, expected),
        other => panic!("{expected}: {other:?}"),
    }
}

fn swapped(deployment: &Deployment, circuit: Name) -> Deployment {
    let mut swapped = deployment.clone();
    let (verifiers, ballots) = (&mut swapped.verifiers, deployment.verifiers.ballot8);
    match circuit {
        Name::Ballot3 => verifiers.ballot3 = ballots,
        Name::Claim8 => verifiers.claim8 = ballots,
        Name::CommitteeKeys => verifiers.committee_keys = ballots,
        Name::Dealing5 => verifiers.dealing5 = ballots,
        Name::Decryption => verifiers.decryption = ballots,
        _ => verifiers.notes = ballots,
    }
    swapped
}

pub(crate) async fn verifiers(scene: &Scene) {
    let house = &scene.house;
    let (circuits, deployment) = (&house.circuits, &house.deployment);
    let seen = async |circuit: Option<Name>| {
        let mut replay: ChainState = scene.replay().await;
        replay.deployment = circuit.map_or_else(|| deployment.clone(), |circuit| swapped(deployment, circuit));
        replay
    };
    let ballots = swapped(deployment, Name::Ballot3);
    let config = RelayConfig { batch: 1 };
    refuses(
        relayer::relay(
            &NodeSource::new(house.relayer.clone(), ballots),
            &house.relayer,
            circuits,
            &[],
            config,
            &Silent,
        )
        .await,
        Name::Ballot3,
    );
    let claims = seen(Some(Name::Claim8)).await;
    let fee = psephos_chain::U256::ZERO;
    refuses(reward::relay(&house.relayer, &claims, circuits, &[], fee, &Silent).await, Name::Claim8);
    refuses(
        reward::seal(&house.relayer, &seen(Some(Name::Notes)).await, circuits, PollId::new(1), &Silent).await,
        Name::Notes,
    );

    // A committee that is being formed, with keys of its own.
    let committee = house.new_committee(deployment).await;
    let secret = || TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
    let trustees: Vec<Trustee> =
        house.trustees.iter().map(|one| Trustee { account: one.account.clone(), secret: secret() }).collect();
    for Trustee { account, secret } in &trustees {
        trustee::register(account, &seen(None).await, secret, committee).await.unwrap();
    }
    let dealing = seen(Some(Name::Dealing5)).await;
    refuses(trustee::deal(&trustees[0].account, &dealing, circuits, committee).await, Name::Dealing5);
    for Trustee { account, .. } in &trustees[..2] {
        trustee::deal(account, &seen(None).await, circuits, committee).await.unwrap();
    }
    let keys = seen(Some(Name::CommitteeKeys)).await;
    refuses(trustee::finalise(&house.dao, &keys, circuits, committee).await, Name::CommitteeKeys);
    trustee::finalise(&house.dao, &seen(None).await, circuits, committee).await.unwrap();
}
