//! A small system on a local chain: a DAO, its committee, a chamber of voters, polls.

use std::ops::Deref;

use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{Replay, U256, local};
use psephos_client::voter;
use psephos_exchange::Package;
use psephos_protocol::identity::Identity;
use psephos_testkit::{CommitteeSize, FUNDS, LocalDeployment};
pub(crate) use psephos_testkit::{HOUR, create_funded_account as actor};

pub(crate) struct House {
    pub(crate) local: LocalDeployment,
    pub(crate) signer: PrivateKeySigner,
    pub(crate) voters: Vec<Identity>,
    pub(crate) chamber: u64,
}

impl Deref for House {
    type Target = LocalDeployment;
    fn deref(&self) -> &LocalDeployment {
        &self.local
    }
}

impl House {
    /// A chamber with this many voters, and a relayer's account with funds.
    pub(crate) async fn new(voters: usize) -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 2, threshold: 2 }).await;
        let mut members = Vec::new();
        for _ in 0..voters {
            members.push(local.create_member().await);
        }
        let weighted: Vec<_> = members.iter().map(|member| (member, 1)).collect();
        let chamber = local.create_chamber(&local.deployment, "Researchers", &weighted).await;
        let voters = members.into_iter().map(|member| member.identity).collect();
        let house = Self { local, signer: PrivateKeySigner::random(), voters, chamber };
        house.fund(FUNDS).await;
        house
    }

    pub(crate) async fn fund(&self, wei: u128) {
        local::fund(self.chain.connection(), self.signer.address(), U256::from(wei)).await.unwrap();
    }

    /// An open poll of three options; closes in an hour.
    pub(crate) async fn poll(&self) -> u64 {
        self.open_poll(&self.deployment, &[self.chamber], 1).await
    }

    pub(crate) async fn created_poll(&self) -> u64 {
        self.create_poll(&self.deployment, &[self.chamber], 1).await
    }

    pub(crate) async fn replay(&self) -> Replay {
        self.read_state().await
    }

    /// A voter's ballot.
    pub(crate) async fn ballot(&self, poll: u64, voter: usize, option: usize, replace: bool) -> Package {
        let replay = self.replay().await;
        self.prove(&replay, poll, voter, option, replace)
    }

    pub(crate) fn prove(&self, replay: &Replay, poll: u64, voter: usize, option: usize, replace: bool) -> Package {
        let choice = voter::single(3, option);
        self.prove_ballot(replay, &self.voters[voter], [poll, self.chamber], &choice, replace)
    }

    /// The ballots of all these voters, on all cores.
    pub(crate) async fn ballots(&self, poll: u64, voters: std::ops::Range<usize>) -> Vec<Package> {
        let replay = self.replay().await;
        let prove = |voter: usize| self.prove(&replay, poll, voter, voter % 3, false);
        let start = voters.start;
        let (first, second): (Vec<_>, Vec<_>) = voters.partition(|voter| (voter - start).is_multiple_of(2));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.into_iter().map(prove).collect::<Vec<_>>());
            let mut all: Vec<_> = first.into_iter().map(prove).collect();
            // Back in the order of the voters.
            for (place, package) in other.join().unwrap().into_iter().enumerate() {
                all.insert(2 * place + 1, package);
            }
            all
        })
    }

    /// How often the chain has this ballot, and how many it skipped in its chamber.
    pub(crate) async fn times(&self, package: &Package) -> (usize, usize) {
        let replay = self.replay().await;
        times(&replay, package)
    }

    pub(crate) async fn assert_once(&self, packages: &[Package]) {
        let replay = self.replay().await;
        for package in packages {
            assert_eq!(times(&replay, package), (1, 0), "each ballot once, and none skipped");
        }
        assert!(replay.findings.is_empty());
    }
}

pub(crate) fn times(replay: &Replay, package: &Package) -> (usize, usize) {
    let listed = &replay.polls[&package.poll].chambers[&package.chamber];
    let posted = package.contents().unwrap().record.posted;
    (listed.ballots.iter().filter(|ballot| ballot.posted == posted).count(), listed.skipped)
}
