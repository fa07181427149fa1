//! Ballots of a poll with a fee pot are cast through it, and the relayer is credited for them.

use psephos_service::relayer::RelayerSettings;
use psephos_state::{
    U96, U256,
    bindings::IFeePot::{createCall, creditOfCall},
};
use psephos_wire::relay::SubmissionStage;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

#[tokio::test(flavor = "multi_thread")]
async fn fee_pot_pays_for_first_ballots_until_it_is_empty() {
    let system = LocalSystem::new(4).await;
    let pot = system.deployment.fee_pot.unwrap();
    let [paid, unpaid] = [system.open_poll().await, system.open_poll().await];
    let fee = 1_000_000_000_000_000u64;
    let call =
        createCall { poll: U256::from(paid.get()), fee: U96::from(fee), relayers: vec![system.signer.address()] };
    system.dao.send_with_value(pot, &call, U256::from(2 * fee)).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let settings = RelayerSettings { batch: 1, ..quick_settings() };
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), settings).await;
    let packages = [system.prove_ballots(paid, 0..4).await, system.prove_ballots(unpaid, 0..1).await].concat();
    let first = harness.submit_ballot(&packages[0]).await.unwrap();
    harness.wait_for_stage(first.id, SubmissionStage::Final).await;
    // The pot's balance is fetched after the status of the ballots was updated.
    let left = async || harness.relayer_info().await.pots.iter().map(|pot| (pot.poll, pot.balance)).collect::<Vec<_>>();
    for _ in 0..100 {
        if left().await == [(paid, U256::from(fee))] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(left().await, [(paid, U256::from(fee))]);
    for package in &packages[1..] {
        let receipt = harness.submit_ballot(package).await.unwrap();
        harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    }
    system.assert_included_once(&packages).await;
    let credit = system.dao.call(pot, &creditOfCall { relayer: system.signer.address() }).await.unwrap();
    assert_eq!(credit, U256::from(2 * fee), "two ballots; the others were cast without the pot");
    harness.shut_down().await;
}
