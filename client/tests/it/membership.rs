//! Membership against people who want to disturb it: copies of an identity, and removals between other changes.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_chain::{ChainError, U256};
use psephos_client::{
    operator,
    voter::{self, Voter, VoterError},
};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{ChainState, bindings::IStakeholderRegistry::censusCall, words};
use psephos_testkit::{CommitteeSize, LocalDeployment, Member};

const FOR: [u64; 3] = [1, 0, 0];

async fn enrol(local: &LocalDeployment, chamber: ChamberId, account: &Member, identity: &Member) -> Result<(), String> {
    let id = identity.identity.commitment();
    let enrolled = voter::enrol_identity(&account.account, &local.deployment, chamber, &id).await;
    enrolled.map(drop).map_err(|error| error.revert_name().unwrap().to_owned())
}

/// Returns the name of the contract's error.
fn reverted<T>(result: Result<T, ChainError>) -> String {
    result.err().unwrap().revert_name().unwrap().to_owned()
}

/// A member with a weight of its own sends each commitment of another one before it does, as a look at pending
/// transactions allows. The other enrols, rotates and votes with its own leaf.
#[tokio::test(flavor = "multi_thread")]
async fn copied_identity_harms_only_its_copier() {
    let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
    let deployment = &local.deployment;
    let [victim, copier, newer] =
        [local.create_member().await, local.create_member().await, local.create_member().await];
    let chamber = operator::create_chamber(&local.dao, deployment, "Researchers").await.unwrap();
    let weights = [(victim.address(), 5), (copier.address(), 1_000)];
    operator::set_weights(&local.dao, deployment, chamber, &weights).await.unwrap();
    enrol(&local, chamber, &copier, &victim).await.unwrap();
    enrol(&local, chamber, &victim, &victim).await.unwrap();

    let poll = local.open_poll(deployment, &[chamber], 1).await;
    let id = newer.identity.commitment();
    for member in [&copier, &victim] {
        voter::rotate_identity(&member.account, &local.read_state().await, chamber, &id).await.unwrap();
    }
    let later = local.open_poll(deployment, &[chamber], 1).await;

    let state = local.read_state().await;
    assert!(state.findings.is_empty(), "{:?}", state.findings);
    assert_eq!(state.chambers[&chamber].total_weight().get(), 1_005, "both leaves count");
    let rotated = Voter { account: victim.address(), identity: &newer.identity };
    for (poll, voter, old) in [(poll, victim.voter(), rotated), (later, rotated, victim.voter())] {
        let package = local.prove_ballot(&state, voter, (poll, chamber), &FOR, false);
        voter::submit_ballot(&local.relayer, &package).await.unwrap();
        let cast = local.read_state().await;
        let recovered = voter::recover_ballot(&cast, voter, poll, chamber, |_, _| ()).unwrap();
        assert_eq!(recovered.opening.weight.get(), 5, "its own weight, not the copier's");
        let error = voter::prepare_ballot(&state, old, poll, chamber, &FOR, false).err().unwrap();
        assert!(matches!(error, VoterError::OtherIdentity { account, .. } if account == victim.address()), "{error}");
        // The copier cannot vote with what it copied: it has no secret of it.
        let error = voter::prepare_ballot(&state, copier.voter(), poll, chamber, &FOR, false).err().unwrap();
        assert!(matches!(error, VoterError::OtherIdentity { account, .. } if account == copier.address()), "{error}");
    }
}

/// The mark needs no siblings. Those of the purge are the Rust census's, and of a state that is newer than the last
/// purge.
#[tokio::test(flavor = "multi_thread")]
async fn marked_members_are_purged_by_anyone_and_nothing_else_happens_before() {
    let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
    let deployment = &local.deployment;
    let mut members = Vec::new();
    for _ in 0..7 {
        members.push(local.create_member().await);
    }
    let enrolled: Vec<_> = members[..6].iter().map(|member| (member, 2)).collect();
    let chamber = local.create_chamber(deployment, "Researchers", &enrolled).await;
    operator::set_weights(&local.dao, deployment, chamber, &[(members[6].address(), 2)]).await.unwrap();
    let poll = local.create_poll(deployment, &[chamber], 1).await;
    let [first, second] = [members[1].address(), members[4].address()];
    let stranger = &members[0].account;

    let unmarked = local.read_state().await;
    assert_eq!(reverted(operator::purge_member(stranger, &unmarked, chamber, first).await), "RemovalNotMarked");
    let refused = operator::mark_removal(stranger, deployment, chamber, first).await;
    assert_eq!(reverted(refused), "OwnableUnauthorizedAccount");
    for account in [first, second] {
        operator::mark_removal(&local.dao, deployment, chamber, account).await.unwrap();
    }
    assert_eq!(reverted(operator::mark_removal(&local.dao, deployment, chamber, first).await), "RemovalAlreadyMarked");
    assert_eq!(enrol(&local, chamber, &members[6], &members[6]).await.unwrap_err(), "RemovalPending");
    let marked = local.read_state().await;
    let id = members[6].identity.commitment();
    let rotated = voter::rotate_identity(&members[1].account, &marked, chamber, &id).await;
    assert_eq!(reverted(rotated), "RemovalPending");
    assert_eq!(reverted(operator::open_poll(&local.dao, deployment, poll).await), "RemovalPending");
    assert_eq!(marked.chambers[&chamber].marked.iter().copied().collect::<Vec<_>>(), {
        let mut both = [first, second];
        both.sort();
        both
    });

    operator::purge_member(stranger, &marked, chamber, first).await.unwrap();
    assert_eq!(reverted(operator::purge_member(stranger, &marked, chamber, second).await), "WrongSiblings");
    operator::purge_member(stranger, &local.read_state().await, chamber, second).await.unwrap();
    assert_eq!(reverted(operator::purge_member(stranger, &marked, chamber, second).await), "NotEnrolled");
    assert_same_census(&local, &local.read_state().await, chamber).await;
    operator::open_poll(&local.dao, deployment, poll).await.unwrap();
    enrol(&local, chamber, &members[6], &members[6]).await.unwrap();
    assert_same_census(&local, &local.read_state().await, chamber).await;
}

async fn assert_same_census(local: &LocalDeployment, state: &ChainState, chamber: ChamberId) {
    assert!(state.findings.is_empty(), "{:?}", state.findings);
    let (call, entry) = (censusCall { chamber: U256::from(chamber.get()) }, &state.chambers[&chamber]);
    let census = local.dao.call(local.deployment.registry, &call).await.unwrap();
    assert_eq!(census.root, words::from_field(&entry.census.root()));
    let counts = [entry.members.len() as u64, entry.total_weight().get()].map(U256::from);
    assert_eq!([census.members, census.totalWeight], counts);
}
