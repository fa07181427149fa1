//! A claim that pays the relayer is sent once; one that does not is refused.

use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{Address, U256, local};
use psephos_client::{
    Silent,
    reward::{self, NewPolicy, NewReward, Payout},
    tally, voter,
};
use psephos_exchange::{
    ClaimPackage,
    relay::{Kind, Receipt, Stage},
};
use psephos_protocol::identifiers::PollId;
use psephos_protocol::reward::Terms;
use psephos_service::relayer::{Settings, Step};

use crate::{
    desk::{Desk, quick},
    house::{HOUR, House, actor},
};

const UNIT: u128 = 1_000_000_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_paid_once_and_pay_the_relayer() {
    let house = House::new(2).await;
    let poll = paid_poll(&house).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let settings = Settings { least_fee: U256::from(UNIT), ..quick() };
    let relayer = house.signer.address();
    let fee = U256::from(UNIT);

    // Stopped right after the first claim was sent.
    let stop = std::sync::Arc::new(|step| step == Step::Sent);
    let mut desk = Desk::probed(&house, &file, settings.clone(), Some(stop)).await;
    let first = claim(&house, poll, 0, Some(relayer), fee).await;
    let receipt = submit(&desk, &first).await.unwrap();
    assert_eq!(receipt.kind, Kind::Claim);
    receipt.verify().unwrap();
    assert!(desk.ended().await.is_err());
    desk.cut().await;

    let desk = Desk::open(&house, &file, settings).await;
    assert_eq!(reaches(&desk, receipt.id).await, Stage::Final);
    assert_eq!(submit(&desk, &first).await.unwrap(), receipt, "the same receipt");
    let balance = house.chain.connection().read_balance(first.recipient).await.unwrap();
    assert_eq!(balance, U256::from(9 * UNIT), "ten units less the fee");

    for (payee, fee, code) in
        [(None, U256::ZERO, "fee"), (Some(relayer), U256::from(1), "fee"), (Some(Address::repeat_byte(9)), fee, "fee")]
    {
        let other = claim(&house, poll, 1, payee, fee).await;
        assert_eq!(submit(&desk, &other).await.unwrap_err(), (422, code.into()));
    }
    let second = claim(&house, poll, 1, Some(relayer), fee).await;
    let changed = ClaimPackage { recipient: Address::repeat_byte(7), ..second.clone() };
    assert_eq!(submit(&desk, &changed).await.unwrap_err(), (422, "invalid_proof".into()));
    let receipt = submit(&desk, &second).await.unwrap();
    assert_eq!(reaches(&desk, receipt.id).await, Stage::Final);
    // Another claim of a ballot that was paid.
    let again = ClaimPackage { recipient: Address::repeat_byte(7), ..second };
    assert_eq!(submit(&desk, &again).await.unwrap_err(), (409, "already_paid".into()));
    assert_eq!(house.replay().await.rewards[&poll].claims.len(), 2);
    desk.close().await;
}

/// A poll of two voters that has ended, whose claims are open.
async fn paid_poll(house: &House) -> PollId {
    house.circuits.prepare_sealing(&Silent).unwrap();
    house.circuits.prepare_claims(3, &Silent).unwrap();
    let poll = house.created_poll().await;
    let now = house.dao.newest_time().await.unwrap();
    let new = NewReward {
        poll,
        token: None,
        unit: UNIT,
        ratification_deadline: None,
        claim_deadline: now + 100 * 24 * HOUR,
        chambers: vec![NewPolicy { chamber: house.chamber, terms: Terms { base: 10, ..Terms::default() } }],
    };
    reward::create(&house.dao, &house.deployment, &new).await.unwrap();
    reward::fund(&house.dao, &house.deployment, None, poll, U256::from(100 * UNIT)).await.unwrap();
    psephos_client::operator::open_poll(&house.dao, &house.deployment, poll).await.unwrap();
    let sender = actor(house.chain.connection()).await;
    for package in house.ballots(poll, 0..2).await {
        voter::submit(&sender, &package).await.unwrap();
    }
    local::advance_time(house.chain.connection(), now + 2 * HOUR + 60).await.unwrap();
    tally::finalise(&house.dao, &house.deployment, poll).await.unwrap();
    reward::seal(&house.dao, &house.replay().await, &house.circuits, poll, &Silent).await.unwrap();
    reward::open_claims(&house.dao, &house.deployment, poll).await.unwrap();
    poll
}

async fn claim(house: &House, poll: PollId, voter: usize, relayer: Option<Address>, fee: U256) -> ClaimPackage {
    let payout = Payout { recipient: PrivateKeySigner::random().address(), relayer, fee };
    let replay = house.replay().await;
    let claiming = reward::prepare(&replay, &house.voters[voter], poll, house.chamber, payout, &|_, _| ()).unwrap();
    reward::prove(&replay, &house.circuits, claiming).unwrap()
}

async fn submit(desk: &Desk, claim: &ClaimPackage) -> Result<Receipt, (u16, String)> {
    let taken = desk.relayer.accept_claim(claim.to_json().as_bytes()).await;
    taken.map_err(|problem| (problem.status, problem.code))
}

async fn reaches(desk: &Desk, id: psephos_chain::B256) -> Stage {
    for _ in 0..1_500 {
        let stage = desk.relayer.standing(Kind::Claim, &id).unwrap().stage;
        if matches!(stage, Stage::Final | Stage::Refused) {
            return stage;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("neither paid nor refused");
}
