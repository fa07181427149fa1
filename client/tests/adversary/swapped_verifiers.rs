//! A deployment file that names another contract in place of a verifier: nothing is proved for it, and nothing sent.

use psephos_chain::{NodeSet, NodeSource};
use psephos_circuits::catalogue::Name;
use psephos_client::{Silent, relayer, relayer::RelayConfig, reward, trustee};
use psephos_protocol::{committee::TransportSecret, identifiers::PollId, identity::Seed};
use psephos_state::{ChainState, Deployment};
use psephos_testkit::Trustee;
use rand::rngs::OsRng;

use crate::scenario::Scenario;

/// Asserts that the first cause is the swapped verifier of the expected circuit.
fn assert_refused<T, E: std::error::Error>(outcome: Result<T, E>, expected: Name) {
    let error = outcome.err().expect("the swapped verifier is refused").to_string();
    let refusal = format!(" is not the verifier of our {expected} key: ");
    assert!(error.contains(&refusal), "{expected}: {error}");
}

fn swap_verifier(deployment: &Deployment, circuit: Name) -> Deployment {
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

pub(crate) async fn refuse_swapped_verifiers(scenario: &Scenario) {
    let local = &scenario.local;
    let (circuits, deployment) = (&local.circuits, &local.deployment);
    let state_with = async |circuit: Option<Name>| {
        let mut state: ChainState = scenario.read_state().await;
        state.deployment = circuit.map_or_else(|| deployment.clone(), |circuit| swap_verifier(deployment, circuit));
        state
    };
    let ballots = NodeSource::new(local.relayer.clone(), swap_verifier(deployment, Name::Ballot3));
    let config = RelayConfig { batch: 1, ..RelayConfig::default() };
    let relayed =
        relayer::relay_ballots(&ballots, &NodeSet::single(local.relayer.clone()), circuits, &[], config, &Silent).await;
    assert_refused(relayed, Name::Ballot3);
    let claims = state_with(Some(Name::Claim8)).await;
    let fee = psephos_chain::U256::ZERO;
    assert_refused(reward::relay_claims(&local.relayer, &claims, circuits, &[], fee, &Silent).await, Name::Claim8);
    assert_refused(
        reward::seal_notes(&local.relayer, &state_with(Some(Name::Notes)).await, circuits, PollId::new(1), &Silent)
            .await,
        Name::Notes,
    );

    // A committee during key generation, with transport keys of its own.
    let committee = local.create_committee(deployment).await;
    let secret = || TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
    let trustees: Vec<Trustee> =
        local.trustees.iter().map(|one| Trustee { account: one.account.clone(), secret: secret() }).collect();
    for Trustee { account, secret } in &trustees {
        trustee::register_key(account, &state_with(None).await, secret, committee).await.unwrap();
    }
    let dealing = state_with(Some(Name::Dealing5)).await;
    assert_refused(trustee::post_dealing(&trustees[0].account, &dealing, circuits, committee).await, Name::Dealing5);
    for Trustee { account, .. } in &trustees[..2] {
        trustee::post_dealing(account, &state_with(None).await, circuits, committee).await.unwrap();
    }
    let keys = state_with(Some(Name::CommitteeKeys)).await;
    assert_refused(trustee::finalise_committee(&local.dao, &keys, circuits, committee).await, Name::CommitteeKeys);
    trustee::finalise_committee(&local.dao, &state_with(None).await, circuits, committee).await.unwrap();
}
