//! Five members, two chambers, two polls.

use alloy::{
    hex,
    primitives::{Address, B256, Bytes, U256},
};
use psephos_chain::ChainError;
use psephos_client::{
    Package,
    relayer::{PackageOutcome, Refusal, RelayReport},
    voter::{self, VoterError},
};
use psephos_protocol::{
    identifiers::{ChamberId, PollId, SheetId},
    sheet::{Form, FormKind},
};
use psephos_state::{
    ChainState,
    bindings::{
        IPolls::{castBatchCall, chamberCall},
        ISheets::{AdoptionRule, SheetChamber, SheetParameters, createCall, openCall},
    },
};
use psephos_testkit::{CommitteeSize, HOUR, LocalDeployment, Member};

pub(crate) const FOR: [u64; 3] = [1, 0, 0];
pub(crate) const AGAINST: [u64; 3] = [0, 1, 0];

pub(crate) struct Scenario {
    pub(crate) local: LocalDeployment,
    /// Members of the first chamber; the first of them is in the second chamber too. The fourth has been removed, and
    /// the fifth enrolled after the polls were opened.
    pub(crate) members: Vec<Member>,
    pub(crate) chambers: [ChamberId; 2],
    /// Two polls over both chambers.
    pub(crate) polls: [PollId; 2],
    /// A sheet poll of nine statements in both chambers, in which no one casts.
    pub(crate) sheet: SheetId,
}

/// Creates a sheet poll and opens it.
async fn open_sheet(local: &LocalDeployment, chambers: [ChamberId; 2]) -> SheetId {
    let now = local.dao.newest_time().await.unwrap();
    let form = Form::new(16, 9, FormKind::Statements { camps: None }).unwrap();
    let parameters = SheetParameters {
        proposal: B256::repeat_byte(3),
        metadata: "Nine statements".into(),
        agenda: B256::repeat_byte(4),
        size: 16,
        form: (&form).into(),
        chambers: chambers.iter().map(|id| SheetChamber { chamber: id.get(), minBallots: 2, leastCamp: 0 }).collect(),
        adoption: AdoptionRule { theta: 8_500, quorum: 1, required: 1 },
        committee: local.committee.get(),
        canceller: Address::ZERO,
        cancelDeadline: 0,
        opensAt: now,
        closesAt: now + HOUR,
        tallyDeadline: now + 2 * HOUR,
    };
    let contract = local.deployment.sheets.sheets;
    local.dao.send_call(contract, &createCall { parameters }).await.unwrap();
    local.dao.send_call(contract, &openCall { sheet: U256::from(1) }).await.unwrap();
    SheetId::new(1)
}

impl Scenario {
    pub(crate) async fn start() -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 3, threshold: 2 }).await;
        let mut members = Vec::new();
        for _ in 0..5 {
            members.push(local.create_member().await);
        }
        let [alice, bob, carol, removed, late] = &members[..] else { unreachable!() };
        let deployment = &local.deployment;
        let weights = [(alice, 5), (bob, 7), (carol, 1), (removed, 9)];
        let first = local.create_chamber(deployment, "Researchers", &weights).await;
        let second = local.create_chamber(deployment, "Public", &[(alice, 5)]).await;
        local.remove_member(deployment, first, removed).await;
        let chambers = [first, second];
        let polls = [local.open_poll(deployment, &chambers, 2).await, local.open_poll(deployment, &chambers, 2).await];
        let sheet = open_sheet(&local, chambers).await;
        // Too late for the polls that are open: their censuses are frozen.
        local.enrol_member(deployment, first, late, 3).await;
        Self { local, members, chambers, polls, sheet }
    }

    pub(crate) async fn read_state(&self) -> ChainState {
        self.local.read_state().await
    }

    /// Proves a member's ballot in the first chamber.
    pub(crate) async fn prove_ballot(&self, member: usize, poll: PollId, choice: &[u64], replace: bool) -> Package {
        let state = self.read_state().await;
        let voter = self.members[member].voter();
        self.local.prove_ballot(&state, voter, (poll, self.chambers[0]), choice, replace)
    }

    /// Returns the error with which the client refuses to make such a ballot.
    pub(crate) async fn refused_vote(&self, member: usize, poll: PollId, choice: &[u64], replace: bool) -> VoterError {
        let state = self.read_state().await;
        let voter = self.members[member].voter();
        let vote = voter::prepare_ballot(&state, voter, poll, self.chambers[0], choice, replace);
        vote.err().expect("the client refuses")
    }

    /// Returns the contract's count of ballots in the first chamber of the first poll.
    pub(crate) async fn counted_ballots(&self) -> u32 {
        let call = chamberCall { id: U256::from(self.polls[0].get()), chamberId: U256::from(self.chambers[0].get()) };
        self.local.dao.call(self.local.deployment.polls, &call).await.unwrap().ballots
    }

    /// Builds a batch for the first chamber of the first poll.
    pub(crate) fn build_batch(&self, records: &[&Package]) -> castBatchCall {
        let bytes: Vec<u8> = records.iter().flat_map(|package| hex::decode(&package.record).unwrap()).collect();
        castBatchCall {
            poll: U256::from(self.polls[0].get()),
            chamber: U256::from(self.chambers[0].get()),
            records: bytes.into(),
            replacements: Bytes::new(),
        }
    }
}

/// Returns the name of the contract's error.
pub(crate) fn revert_name(error: &ChainError) -> &str {
    match error {
        ChainError::Reverted(revert) => &revert.name,
        other => panic!("expected a revert, got {other}"),
    }
}

/// Returns the reason why the relayer refused the package at this position.
pub(crate) fn refusal_of(report: &RelayReport, position: usize) -> Refusal {
    match &report.packages[position].outcome {
        PackageOutcome::Refused { reason, .. } => *reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(crate) fn is_accepted(report: &RelayReport, position: usize) -> bool {
    matches!(report.packages[position].outcome, PackageOutcome::Accepted { .. })
}
