//! A deployment whose contracts emit the events that a test dictates.

use alloy::{
    primitives::{Address, B256, U256},
    providers::ext::AnvilApi,
    sol_types::SolEvent,
};
use psephos_chain::LocalChain;
use psephos_protocol::{
    elements::{NoteCommitment, Nullifier, StatementHash},
    encryption::Ciphertext,
    statement::ballot::PostedBallot,
};
use psephos_state::{
    ChainState, Deployment,
    bindings::{
        IPolls::{BallotCast, ChamberRule, DecisionKind, Kind, PollCreated, PollParameters, Rule},
        IStakeholderRegistry::{ChamberCreated, Enrolled},
    },
    deployment::placeholder,
    words,
};

use crate::emitter;

/// A local chain with an [`emitter`] in place of each contract.
#[derive(Debug)]
pub struct StubDeployment {
    /// The chain.
    pub chain: LocalChain,
    /// The emitters' addresses.
    pub deployment: Deployment,
}

impl StubDeployment {
    /// Starts a chain and puts the emitters on it.
    pub async fn start() -> Self {
        let chain = LocalChain::start().await.unwrap();
        let deployment = stub_addresses();
        for contract in [deployment.registry, deployment.committee, deployment.polls, deployment.rewards] {
            emitter::install(chain.connection(), contract).await;
        }
        Self { chain, deployment }
    }

    /// Makes a contract emit an event, in a block of its own.
    pub async fn emit(&self, contract: Address, event: &impl SolEvent) {
        emitter::emit(self.chain.connection(), contract, &[event.encode_log_data()]).await;
    }

    /// Emits the creation of chamber 0.
    pub async fn create_chamber(&self, name: &str) {
        let (chamber, policy) = (U256::ZERO, self.deployment.policy);
        self.emit(self.deployment.registry, &ChamberCreated { chamber, name: name.into(), policy }).await;
    }

    /// Emits the enrolment in chamber 0 of the member with this index, from the account whose address is the index
    /// plus one.
    pub async fn enrol_member(&self, index: u64, weight: u64) {
        let subject = Address::left_padding_from(&(index + 1).to_be_bytes());
        let (chamber, id, weight) = (U256::ZERO, U256::from(index + 7), U256::from(weight));
        self.emit(self.deployment.registry, &Enrolled { chamber, subject, index: U256::from(index), id, weight }).await;
    }

    /// Emits the creation of poll 1.
    pub async fn create_poll(&self, parameters: PollParameters) {
        let (poll, proposal) = (U256::from(1), parameters.proposal);
        self.emit(
            self.deployment.polls,
            &PollCreated { poll, proposal, creator: self.deployment.polls, fingerprint: B256::ZERO, parameters },
        )
        .await;
    }

    /// Emits a first ballot of this nullifier in chamber 0 of poll 1, with note commitment `nullifier + 1000` and an
    /// encryption of zeros. It has no proof.
    pub async fn cast_ballot(&self, nullifier: u64) {
        let (nullifier, note) = (Nullifier::from_u64(nullifier), NoteCommitment::from_u64(nullifier + 1000));
        let posted = PostedBallot { h: StatementHash::from_u64(1), nullifier, note, ciphertext: Ciphertext::zero(3) };
        let event = BallotCast {
            poll: U256::from(1),
            chamber: U256::ZERO,
            nullifier: words::from_field(&nullifier),
            previous: B256::ZERO,
            record: posted.to_bytes().into(),
        };
        self.emit(self.deployment.polls, &event).await;
    }

    /// Mines empty blocks.
    pub async fn mine_blocks(&self, count: u64) {
        self.chain.connection().provider().anvil_mine(Some(count), None).await.unwrap();
    }

    /// Reads the chain state from all events.
    pub async fn read_state(&self) -> ChainState {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }
}

/// Returns the addresses of a [`StubDeployment`]: as if created by fixed accounts, so that no precompiled contract is
/// there.
pub fn stub_addresses() -> Deployment {
    placeholder(|number| Address::with_last_byte(number).create(9))
}

/// Returns the parameters of a poll of three options by plurality in chamber 0, that opens at second 10 and never
/// closes.
pub fn poll_parameters() -> PollParameters {
    PollParameters {
        proposal: B256::ZERO,
        options: 3,
        rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false, choiceInNote: false, masked: false },
        decision: DecisionKind::Options,
        canceller: Address::ZERO,
        cancelDeadline: 0,
        opensAt: 10,
        closesAt: u64::MAX,
        tallyDeadline: u64::MAX,
        committee: 0,
        teller: 0,
        chambersRequired: 1,
        chambers: vec![ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0, step: 1 }],
        metadata: String::new(),
    }
}
