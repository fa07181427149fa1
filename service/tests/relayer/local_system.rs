//! A small system on a local chain: a DAO, its committee, a chamber of voters, polls.

use std::ops::Deref;

use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{NodeSet, U256, local};
use psephos_client::{
    Silent, tally,
    trustee::{self, DecryptionOutcome, Journal, Precautions},
    verify, voter,
};
use psephos_protocol::{
    identifiers::{ChamberId, PollId},
    rule::{Rule, RuleKind},
};
use psephos_state::ChainState;
use psephos_testkit::{CommitteeSize, FUNDS, LocalDeployment, Member};
pub(crate) use psephos_testkit::{HOUR, create_funded_account as actor};
use psephos_wire::Package;

pub(crate) struct LocalSystem {
    pub(crate) local: LocalDeployment,
    pub(crate) signer: PrivateKeySigner,
    pub(crate) voters: Vec<Member>,
    pub(crate) chamber: ChamberId,
}

impl Deref for LocalSystem {
    type Target = LocalDeployment;
    fn deref(&self) -> &LocalDeployment {
        &self.local
    }
}

impl LocalSystem {
    /// Creates a system with a chamber of `voters` members and a funded relayer account.
    pub(crate) async fn new(voters: usize) -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 2, threshold: 2 }).await;
        let mut members = Vec::new();
        for _ in 0..voters {
            members.push(local.create_member().await);
        }
        let weighted: Vec<_> = members.iter().map(|member| (member, 1)).collect();
        let chamber = local.create_chamber(&local.deployment, "Researchers", &weighted).await;
        let system = Self { local, signer: PrivateKeySigner::random(), voters: members, chamber };
        system.fund_relayer(FUNDS).await;
        system
    }

    pub(crate) async fn fund_relayer(&self, wei: u128) {
        local::fund_account(self.chain.connection(), self.signer.address(), U256::from(wei)).await.unwrap();
    }

    /// Creates and opens a poll with three options that closes in an hour.
    pub(crate) async fn open_poll(&self) -> PollId {
        self.local.open_poll(&self.deployment, &[self.chamber], 1).await
    }

    /// Opens such a poll that is masked.
    pub(crate) async fn open_masked_poll(&self) -> PollId {
        let rule = Rule { masked: true, ..Rule::new(RuleKind::Plurality, 0) };
        let poll = self.local.create_poll_under(rule, &self.deployment, &[self.chamber], 1).await;
        psephos_client::operator::open_poll(&self.local.dao, &self.deployment, poll).await.unwrap();
        poll
    }

    /// Closes the polls, decrypts a poll's total as careful trustees do, and returns the totals, once all of it
    /// verifies.
    pub(crate) async fn close_and_tally(&self, poll: PollId) -> Vec<u64> {
        self.local.advance_past_close().await;
        let folder = tempfile::tempdir().unwrap();
        let source = self.local.source();
        for (index, trustee) in self.local.trustees.iter().enumerate() {
            let journal = Journal::beside(&folder.path().join(format!("trustee-{index}.keys")));
            let nodes = NodeSet::single(trustee.account.clone());
            let caution =
                Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
            let state = self.read_chain_state().await;
            let (account, circuits, secret) = (&trustee.account, &self.local.circuits, &trustee.secret);
            let decrypted =
                trustee::decrypt_total(account, &state, circuits, secret, poll, self.chamber, caution).await.unwrap();
            assert!(matches!(decrypted, DecryptionOutcome::Posted(_)));
        }
        tally::tally_poll(&source, &self.local.relayer, poll, &Silent).await.unwrap();
        let report =
            verify::verify_poll(&source, self.chain.connection(), &self.local.circuits, poll, &Silent).await.unwrap();
        assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
        self.read_chain_state().await.polls[&poll].chambers[&self.chamber]
            .tally
            .clone()
            .unwrap()
            .exact_totals()
            .unwrap()
            .to_vec()
    }

    pub(crate) async fn create_poll(&self) -> PollId {
        self.local.create_poll(&self.deployment, &[self.chamber], 1).await
    }

    pub(crate) async fn read_chain_state(&self) -> ChainState {
        self.read_state().await
    }

    /// Returns a voter's ballot package.
    pub(crate) async fn prove_ballot(&self, poll: PollId, voter: usize, option: usize, replace: bool) -> Package {
        let chain_state = self.read_chain_state().await;
        self.prove_choice(&chain_state, poll, voter, option, replace)
    }

    pub(crate) fn prove_choice(
        &self,
        chain_state: &ChainState,
        poll: PollId,
        voter: usize,
        option: usize,
        replace: bool,
    ) -> Package {
        let choice = voter::single_choice(3, option);
        self.local.prove_ballot(chain_state, self.voters[voter].voter(), (poll, self.chamber), &choice, replace)
    }

    /// Proves the ballots of all these voters on two threads.
    pub(crate) async fn prove_ballots(&self, poll: PollId, voters: std::ops::Range<usize>) -> Vec<Package> {
        let chain_state = self.read_chain_state().await;
        let prove = |voter: usize| self.prove_choice(&chain_state, poll, voter, voter % 3, false);
        let start = voters.start;
        let (first, second): (Vec<_>, Vec<_>) = voters.partition(|voter| (voter - start).is_multiple_of(2));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.into_iter().map(prove).collect::<Vec<_>>());
            let mut all: Vec<_> = first.into_iter().map(prove).collect();
            // Restore the order of the voters.
            for (index, package) in other.join().unwrap().into_iter().enumerate() {
                all.insert(2 * index + 1, package);
            }
            all
        })
    }

    /// Returns how often this ballot is on chain, and how many ballots were skipped in its chamber.
    pub(crate) async fn times(&self, package: &Package) -> (usize, usize) {
        let chain_state = self.read_chain_state().await;
        count_inclusions_in(&chain_state, package)
    }

    pub(crate) async fn assert_included_once(&self, packages: &[Package]) {
        let chain_state = self.read_chain_state().await;
        for package in packages {
            assert_eq!(count_inclusions_in(&chain_state, package), (1, 0), "each ballot once, and none skipped");
        }
        assert!(chain_state.findings.is_empty());
    }
}

pub(crate) fn count_inclusions_in(chain_state: &ChainState, package: &Package) -> (usize, usize) {
    let listed = &chain_state.polls[&package.poll].chambers[&package.chamber];
    let posted = package.contents().unwrap().record.posted;
    (listed.ballots.iter().filter(|ballot| ballot.posted == posted).count(), listed.skips.len())
}
