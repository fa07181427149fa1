//! Ballots of a poll that has a pot are cast through it, and the relayer is credited for them.

use psephos_exchange::relay::Stage;
use psephos_service::relayer::Settings;
use psephos_state::{
    U96, U256,
    bindings::IFeePot::{creditOfCall, openCall},
};

use crate::{
    desk::{Desk, quick},
    house::House,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_pot_pays_for_first_ballots_until_it_is_empty() {
    let house = House::new(4).await;
    let pot = house.deployment.fee_pot.unwrap();
    let [paid, unpaid] = [house.poll().await, house.poll().await];
    let fee = 1_000_000_000_000_000u64;
    let call = openCall { poll: U256::from(paid.get()), fee: U96::from(fee), relayers: vec![house.signer.address()] };
    house.dao.send_with_value(pot, &call, U256::from(2 * fee)).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { batch: 1, ..quick() };
    let desk = Desk::open(&house, &folder.path().join("relayer"), settings).await;
    let packages = [house.ballots(paid, 0..4).await, house.ballots(unpaid, 0..1).await].concat();
    let first = desk.submit(&packages[0]).await.unwrap();
    desk.reaches(first.id, Stage::Final).await;
    // What is left is looked up after what became of the ballots was.
    let left = async || desk.info().await.pots.iter().map(|pot| (pot.poll, pot.left)).collect::<Vec<_>>();
    for _ in 0..100 {
        if left().await == [(paid, U256::from(fee))] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(left().await, [(paid, U256::from(fee))]);
    for package in &packages[1..] {
        let receipt = desk.submit(package).await.unwrap();
        desk.reaches(receipt.id, Stage::Final).await;
    }
    house.assert_once(&packages).await;
    let credit = house.dao.call(pot, &creditOfCall { relayer: house.signer.address() }).await.unwrap();
    assert_eq!(credit, U256::from(2 * fee), "two ballots; the others were cast without it");
    desk.close().await;
}
