//! Five people, two chambers, two polls.

use alloy::{
    hex,
    primitives::{Bytes, U256},
};
use psephos_chain::ChainError;
use psephos_chain::StateSource;
use psephos_client::{ClientError, Package, operator, voter};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    ChainState,
    bindings::IPolls::{castBatchCall, chamberCall},
};

use crate::house::{House, Member};

pub(crate) const FOR: [u64; 3] = [1, 0, 0];
pub(crate) const AGAINST: [u64; 3] = [0, 1, 0];

pub(crate) struct Scene {
    pub(crate) house: House,
    /// Members of the first chamber; the first of them is in the second chamber too.
    pub(crate) members: Vec<Member>,
    pub(crate) chambers: [ChamberId; 2],
    /// Two polls over both chambers.
    pub(crate) polls: [PollId; 2],
}

impl Scene {
    pub(crate) async fn replay(&self) -> ChainState {
        psephos_chain::read_state(self.house.chain.connection(), &self.house.deployment).await.unwrap()
    }

    pub(crate) async fn ballot(&self, member: usize, poll: PollId, choice: &[u64], replace: bool) -> Package {
        let replay = self.replay().await;
        let identity = &self.members[member].identity;
        let vote = voter::prepare(&replay, identity, poll, self.chambers[0], choice, replace).unwrap();
        voter::prove(&self.house.circuits, vote).unwrap()
    }

    pub(crate) async fn refuses(&self, member: usize, poll: PollId, choice: &[u64], replace: bool) -> ClientError {
        let replay = self.replay().await;
        let vote = voter::prepare(&replay, &self.members[member].identity, poll, self.chambers[0], choice, replace);
        vote.err().expect("refused")
    }

    /// Ballots that count in the first chamber of the first poll, as the contract says.
    pub(crate) async fn ballots(&self) -> u32 {
        let call = chamberCall { id: U256::from(self.polls[0].get()), chamberId: U256::from(self.chambers[0].get()) };
        self.house.dao.call(self.house.deployment.polls, &call).await.unwrap().ballots
    }

    pub(crate) fn batch(&self, records: &[&Package]) -> castBatchCall {
        let bytes: Vec<u8> = records.iter().flat_map(|package| hex::decode(&package.record).unwrap()).collect();
        castBatchCall {
            poll: U256::from(self.polls[0].get()),
            chamber: U256::from(self.chambers[0].get()),
            records: bytes.into(),
            replacements: Bytes::new(),
        }
    }
}

pub(crate) async fn open() -> Scene {
    let house = House::new().await;
    let mut members = Vec::new();
    for _ in 0..5 {
        members.push(house.member().await);
    }
    let [alice, bob, carol, removed, _late] = &members[..] else { unreachable!() };
    let first =
        house.chamber(&house.deployment, "Researchers", &[(alice, 5), (bob, 7), (carol, 1), (removed, 9)]).await;
    let second = house.chamber(&house.deployment, "Public", &[(alice, 5)]).await;
    let state = house.source().read_state().await.unwrap();
    operator::remove_member(&house.dao, &state, first, removed.address()).await.unwrap();
    let chambers = [first, second];
    let polls = [house.poll(&house.deployment, &chambers, 2).await, house.poll(&house.deployment, &chambers, 2).await];
    // Too late for the polls that are open: their censuses are frozen.
    house.admit(&house.deployment, first, &members[4], 3).await;
    Scene { house, members, chambers, polls }
}

pub(crate) fn revert(error: &ChainError) -> &str {
    match error {
        ChainError::Reverted(revert) => &revert.name,
        other => panic!("expected a revert, got {other}"),
    }
}
