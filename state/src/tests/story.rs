//! Events as the contracts would emit them, one after another.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEvent;
use psephos_protocol::{
    Scalar,
    census::hash_leaf,
    committee::{KeyVector, PolynomialCommitments, Polynomials, Recipients, TransportSecret},
    elements::{CensusLeaf, NoteCommitment, Nullifier, StatementHash, TrusteeContext},
    encryption::encrypt_values,
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::{Identity, IdentityCommitment, Seed},
    statement::{ballot::PostedBallot, dealing},
    testing,
};
use rand::{SeedableRng, rngs::StdRng};

use crate::{
    bindings::{
        ICommittee::{self, CommitteeCreated, Dealt, TrusteeRegistered},
        IPolls::{self, BallotCast, ChamberOpened, PollCreated, PollOpened},
        IStakeholderRegistry::{ChamberCreated, Enrolled, RemovalMarked, Removed},
    },
    chain_state::ChainState,
    deployment::{Deployment, placeholder},
    fingerprint::PollContent,
    log::Log,
    poll::PollChamber,
    words,
};

pub(super) fn deployment() -> Deployment {
    placeholder(Address::repeat_byte)
}

pub(super) fn log(contract: Address, event: &impl SolEvent) -> Log {
    let (data, transaction) = (event.encode_log_data(), B256::repeat_byte(8));
    Log { address: contract, data, block: 9, transaction, ..Log::default() }
}

/// The account that creates polls.
pub(super) const CREATOR: Address = Address::repeat_byte(0xda);

/// A state under construction, and the logs that were applied.
pub(super) struct Story(pub(super) ChainState, pub(super) Vec<Log>);

impl Story {
    pub(super) fn new() -> Self {
        Self(ChainState::empty(deployment()), Vec::new())
    }

    fn apply(&mut self, log: Log) -> &mut Self {
        self.0.apply_log(&log);
        self.1.push(log);
        self
    }

    pub(super) fn registry(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().registry, event))
    }

    pub(super) fn committee(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().committee, event))
    }

    pub(super) fn rewards(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().rewards, event))
    }

    pub(super) fn polls(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().polls, event))
    }

    pub(super) fn sheets(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().sheets.sheets, event))
    }

    pub(super) fn charters(&mut self, event: &impl SolEvent) -> &mut Self {
        self.apply(log(deployment().sheets.charters, event))
    }

    pub(super) fn chamber(&mut self) -> &mut Self {
        self.registry(&ChamberCreated { chamber: U256::ZERO, name: "Public".into(), policy: deployment().policy })
    }

    pub(super) fn enrol(&mut self, member: u8, index: u64, weight: u64) -> &mut Self {
        self.registry(&Enrolled {
            chamber: U256::ZERO,
            subject: Address::repeat_byte(member),
            index: U256::from(index),
            id: words::from_field(&id(member).value()),
            weight: U256::from(weight),
        })
    }

    /// Marks a member for removal and purges it.
    pub(super) fn remove(&mut self, member: u8, index: u64) -> &mut Self {
        let (chamber, subject) = (U256::ZERO, Address::repeat_byte(member));
        self.registry(&RemovalMarked { chamber, subject });
        self.registry(&Removed { chamber, subject, index: U256::from(index) })
    }

    pub(super) fn poll(&mut self) -> &mut Self {
        let mut created = poll_created(1, poll_parameters(&[0]));
        created.fingerprint = self.fingerprint(1, &created.parameters);
        let root = words::from_field(&self.0.chambers[&ChamberId::new(0)].census.root());
        self.polls(&created);
        self.polls(&ChamberOpened {
            poll: U256::from(1),
            chamber: U256::ZERO,
            root,
            ctx: U256::from(77),
            packedRule: U256::ZERO,
        });
        self.polls(&PollOpened { poll: U256::from(1) })
    }

    /// Returns the fingerprint of a poll; zeros if its committee has no keys.
    pub(super) fn fingerprint(&self, poll: u64, parameters: &IPolls::PollParameters) -> B256 {
        let committee = self.0.committees.get(&CommitteeId::new(parameters.committee));
        let Some(keys) = committee.and_then(|committee| committee.keys.as_ref()) else { return B256::ZERO };
        let deployment = deployment();
        let content = PollContent::new(deployment.chain_id, deployment.polls, CREATOR, parameters);
        B256::from(content.fingerprint(PollId::new(poll), parameters, keys.hash_keys(3)).to_bytes())
    }

    pub(super) fn cast(&mut self, posted: &PostedBallot, previous: [u8; 32]) -> &mut Self {
        self.polls(&BallotCast {
            poll: U256::from(1),
            chamber: U256::ZERO,
            nullifier: words::from_field(&posted.nullifier),
            previous: B256::from(previous),
            record: posted.to_bytes().into(),
        })
    }

    /// Creates committee 0, whose trustees register until 100 and deal until 200.
    pub(super) fn create_committee(&mut self, trustees: u8, threshold: u64) -> &mut Self {
        let trustees = (0..trustees).map(Address::repeat_byte).collect();
        self.committee(&CommitteeCreated {
            committee: U256::ZERO,
            trustees,
            threshold: U256::from(threshold),
            registrationDeadline: 100,
            dealingDeadline: 200,
            lifetime: ICommittee::Lifetime { expiresAt: 1_000, maxPolls: 2 },
        })
    }

    pub(super) fn register(&mut self, index: u8) -> &mut Self {
        let key = transport(index).transport_key();
        let key = words::from_points(&[*key.point()]).try_into().unwrap();
        let (committee, trustee) = (U256::ZERO, Address::repeat_byte(index));
        let (challenge, response) = (U256::from(1), U256::from(2));
        self.committee(&TrusteeRegistered { committee, trustee, index: U256::from(index), key, challenge, response })
    }

    /// Applies a dealing of this trustee to all that have registered; returns its commitments.
    pub(super) fn deal(&mut self, index: u8) -> PolynomialCommitments {
        let recipients = self.0.committees[&CommitteeId::new(0)].recipients().unwrap();
        let posted = dealing(&recipients, index.into());
        self.committee(&dealt(&posted, index));
        posted.commitments
    }

    pub(super) fn poll_chamber(&self) -> &PollChamber {
        &self.0.polls[&PollId::new(1)].chambers[&ChamberId::new(0)]
    }

    pub(super) fn findings(&self) -> Vec<&str> {
        self.0.findings.iter().map(|finding| finding.description.as_str()).collect()
    }
}

/// Returns the parameters of a poll by plurality in these chambers, from 10 to 20.
pub(super) fn poll_parameters(chambers: &[u64]) -> IPolls::PollParameters {
    let rule = |&chamber: &u64| IPolls::ChamberRule {
        chamber,
        weighted: true,
        minBallots: 1,
        thresholdBps: 0,
        quorum: 0,
        step: 1,
    };
    IPolls::PollParameters {
        proposal: B256::ZERO,
        options: 3,
        rule: IPolls::Rule {
            kind: IPolls::Kind::Plurality,
            parameter: 0,
            exact: false,
            choiceInNote: false,
            masked: false,
        },
        decision: IPolls::DecisionKind::Options,
        canceller: Address::ZERO,
        cancelDeadline: 0,
        opensAt: 10,
        closesAt: 20,
        tallyDeadline: 30,
        committee: 0,
        teller: 0,
        chambersRequired: 1,
        chambers: chambers.iter().map(rule).collect(),
        metadata: String::new(),
    }
}

/// Returns the event of a new poll, without its fingerprint.
pub(super) fn poll_created(poll: u64, parameters: IPolls::PollParameters) -> PollCreated {
    let proposal = parameters.proposal;
    PollCreated { poll: U256::from(poll), proposal, creator: CREATOR, fingerprint: B256::ZERO, parameters }
}

pub(super) fn id(member: u8) -> IdentityCommitment {
    Identity::from_seed(&Seed::from_bytes([member; 32])).unwrap().commitment()
}

pub(super) fn leaf_of(member: u8, weight: u64) -> CensusLeaf {
    hash_leaf(&id(member), testing::weight(weight))
}

pub(super) fn keys() -> KeyVector {
    Polynomials::random(1, &mut StdRng::seed_from_u64(42)).commitments().key_vector().unwrap()
}

pub(super) fn transport(index: u8) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([index + 1; 32])).unwrap()
}

pub(super) fn dealing(recipients: &Recipients, seed: u64) -> dealing::PostedDealing {
    dealing::build_dealing(TrusteeContext::from_u64(1), recipients.clone(), &mut StdRng::seed_from_u64(seed)).2
}

pub(super) fn dealt(posted: &dealing::PostedDealing, index: u8) -> Dealt {
    Dealt {
        committee: U256::ZERO,
        trustee: Address::repeat_byte(index),
        index: U256::from(index),
        ephemeral: words::from_points(&[posted.ephemeral]).try_into().unwrap(),
        commitments: words::from_points(posted.commitments.points()),
        shares: posted.shares.iter().flat_map(|share| share.words()).map(words::from_field).collect(),
        h: words::from_field(&posted.h),
        proof: [U256::from(7); 8],
    }
}

pub(super) fn ballot(nullifier: u64, note: u64, votes: [u64; 3]) -> PostedBallot {
    let ciphertext = encrypt_values(&votes, &keys(), &Scalar::from(nullifier * 100 + note));
    let (nullifier, note) = (Nullifier::from_u64(nullifier), NoteCommitment::from_u64(note));
    PostedBallot { h: StatementHash::from_u64(5), nullifier, note, ciphertext }
}
