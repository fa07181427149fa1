//! Ballots of a poll that has a pot are cast through it, and the relayer is credited for them.

use std::path::Path;

use alloy::{primitives::aliases::U96, sol, sol_types::SolValue};
use psephos_chain::{U256, artifact::Artifact};
use psephos_exchange::relay::Stage;
use psephos_service::relayer::Settings;

use crate::{
    desk::{Desk, quick},
    house::House,
};

sol! {
    function open(uint256 poll, uint96 fee, address[] relayers) external payable;
    function creditOf(address relayer) external view returns (uint256);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pot_pays_for_first_ballots_until_it_is_empty() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain/artifacts/FeePot.json");
    let Ok(json) = std::fs::read_to_string(file) else { return };
    let house = House::new(4).await;
    let artifact = Artifact::parse("FeePot", &json).unwrap();
    let code = artifact.link(&Default::default(), &house.deployment.polls.abi_encode()).unwrap();
    let pot = house.dao.deploy(code).await.unwrap().contract.unwrap();
    let [paid, unpaid] = [house.poll().await, house.poll().await];
    let fee = 1_000u64;
    let call = openCall { poll: U256::from(paid), fee: U96::from(fee), relayers: vec![house.signer.address()] };
    house.dao.pay(pot, &call, U256::from(2 * fee)).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { fee_pot: Some(pot), batch: 1, ..quick() };
    let desk = Desk::open(&house, &folder.path().join("relayer"), settings).await;
    let packages = [house.ballots(paid, 0..4).await, house.ballots(unpaid, 0..1).await].concat();
    let first = desk.submit(&packages[0]).await.unwrap();
    desk.reaches(first.id, Stage::Final).await;
    let pots = desk.info().await.pots;
    assert_eq!(pots.iter().map(|pot| (pot.poll, pot.balance)).collect::<Vec<_>>(), [(paid, U256::from(fee))]);
    for package in &packages[1..] {
        let receipt = desk.submit(package).await.unwrap();
        desk.reaches(receipt.id, Stage::Final).await;
    }
    house.assert_once(&packages).await;
    let credit = house.dao.call(pot, &creditOfCall { relayer: house.signer.address() }).await.unwrap();
    assert_eq!(credit, U256::from(2 * fee), "two ballots; the others were cast without it");
    desk.close().await;
}
