//! A claim that pays the relayer is sent once; one that does not is rejected.

use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{Address, U256, local};
use psephos_client::{
    Silent,
    keys::{load_claim_keys, load_sealing_keys},
    reward::{self, NewReward, Payout},
    tally, voter,
};
use psephos_protocol::{identifiers::PollId, reward::PolicyTerms};
use psephos_service::relayer::{CrashPoint, RelayerSettings};
use psephos_state::ChamberPolicy;
use psephos_wire::{
    ClaimPackage,
    relay::{Receipt, SubmissionKind, SubmissionStage},
};

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::{HOUR, LocalSystem, actor},
};

const UNIT: u128 = 1_000_000_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn claims_are_paid_once_with_the_relayers_fee() {
    let system = LocalSystem::new(2).await;
    let poll = paid_poll(&system).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let settings = RelayerSettings { min_fee: U256::from(UNIT), ..quick_settings() };
    let relayer = system.signer.address();
    let fee = U256::from(UNIT);

    // Stop right after the first claim was sent.
    let stop = std::sync::Arc::new(|step| step == CrashPoint::TransactionSent);
    let mut harness = RelayerHarness::start_with_probe(&system, &file, settings.clone(), Some(stop)).await;
    let first = prove_claim(&system, poll, 0, Some(relayer), fee).await;
    let receipt = submit_claim(&harness, &first).await.unwrap();
    assert_eq!(receipt.kind, SubmissionKind::Claim);
    receipt.verify().unwrap();
    assert!(harness.wait_until_stopped().await.is_err());
    harness.cut_power().await;

    let harness = RelayerHarness::start_relayer(&system, &file, settings).await;
    assert_eq!(wait_for_end(&harness, receipt.id).await, SubmissionStage::Final);
    assert_eq!(submit_claim(&harness, &first).await.unwrap(), receipt, "the same receipt");
    let balance = system.chain.connection().read_balance(first.recipient).await.unwrap();
    assert_eq!(balance, U256::from(9 * UNIT), "ten units less the fee");

    for (payee, fee, code) in
        [(None, U256::ZERO, "fee"), (Some(relayer), U256::from(1), "fee"), (Some(Address::repeat_byte(9)), fee, "fee")]
    {
        let other = prove_claim(&system, poll, 1, payee, fee).await;
        assert_eq!(submit_claim(&harness, &other).await.unwrap_err(), (422, code.into()));
    }
    let second = prove_claim(&system, poll, 1, Some(relayer), fee).await;
    let changed = ClaimPackage { recipient: Address::repeat_byte(7), ..second.clone() };
    assert_eq!(submit_claim(&harness, &changed).await.unwrap_err(), (422, "invalid_proof".into()));
    let receipt = submit_claim(&harness, &second).await.unwrap();
    assert_eq!(wait_for_end(&harness, receipt.id).await, SubmissionStage::Final);
    // Another claim for a ballot that was paid.
    let again = ClaimPackage { recipient: Address::repeat_byte(7), ..second };
    assert_eq!(submit_claim(&harness, &again).await.unwrap_err(), (409, "already_paid".into()));
    assert_eq!(system.read_chain_state().await.rewards[&poll].claims.len(), 2);
    harness.shut_down().await;
}

/// Creates a poll with two voters that has ended, with its claims open.
async fn paid_poll(system: &LocalSystem) -> PollId {
    load_sealing_keys(&system.circuits, &Silent).unwrap();
    load_claim_keys(&system.circuits, 3, &Silent).unwrap();
    let poll = system.create_poll().await;
    let now = system.dao.newest_time().await.unwrap();
    let new = NewReward {
        poll,
        token: None,
        unit: UNIT,
        ratification_deadline: None,
        claim_deadline: now + 100 * 24 * HOUR,
        chambers: vec![ChamberPolicy {
            chamber: system.chamber,
            terms: PolicyTerms { base: 10, ..PolicyTerms::default() },
        }],
    };
    reward::create_reward(&system.dao, &system.deployment, &new).await.unwrap();
    reward::fund_reward(&system.dao, &system.deployment, None, poll, U256::from(100 * UNIT)).await.unwrap();
    psephos_client::operator::open_poll(&system.dao, &system.deployment, poll).await.unwrap();
    let sender = actor(system.chain.connection()).await;
    for package in system.prove_ballots(poll, 0..2).await {
        voter::submit_ballot(&sender, &package).await.unwrap();
    }
    local::advance_time(system.chain.connection(), now + 2 * HOUR + 60).await.unwrap();
    tally::finalise_poll(&system.dao, &system.deployment, poll).await.unwrap();
    reward::seal_notes(&system.dao, &system.read_chain_state().await, &system.circuits, poll, &Silent).await.unwrap();
    reward::open_claims(&system.dao, &system.deployment, poll).await.unwrap();
    poll
}

async fn prove_claim(
    system: &LocalSystem,
    poll: PollId,
    voter: usize,
    relayer: Option<Address>,
    fee: U256,
) -> ClaimPackage {
    let payout = Payout { recipient: PrivateKeySigner::random().address(), relayer, fee };
    let chain_state = system.read_chain_state().await;
    let claiming =
        reward::prepare_claim(&chain_state, system.voters[voter].voter(), poll, system.chamber, payout, &|_, _| ())
            .unwrap();
    reward::prove_claim(&chain_state, &system.circuits, claiming).unwrap()
}

async fn submit_claim(harness: &RelayerHarness, claim: &ClaimPackage) -> Result<Receipt, (u16, String)> {
    let taken = harness.relayer.accept_claim(claim.to_json().as_bytes()).await;
    taken.map_err(|problem| (problem.status, problem.code))
}

async fn wait_for_end(harness: &RelayerHarness, id: psephos_chain::B256) -> SubmissionStage {
    for _ in 0..1_500 {
        let stage = harness.relayer.submission_status(SubmissionKind::Claim, &id).unwrap().stage;
        if matches!(stage, SubmissionStage::Final | SubmissionStage::Refused) {
            return stage;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the claim was neither paid nor rejected");
}
