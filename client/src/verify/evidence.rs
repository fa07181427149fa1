//! The evidence about a poll: state from its events, blocks, and the contracts' views.

mod gather;
pub(super) mod parts;

pub use gather::gather_evidence;

use std::collections::BTreeMap;

use psephos_chain::{Address, B256, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    CallEvidence, ChainState,
    bindings::{
        ICommittee::{self, CommitteeView},
        IFeePot::PotView,
        IPolls::{self, ChamberView, PollView},
        IRewards,
    },
    fees::FeeBooks,
};

/// Everything that the verification of a poll depends on, besides our own verifying keys.
#[derive(Clone)]
pub struct PollEvidence {
    /// The poll.
    pub poll: PollId,
    /// The state from the chain's events, with the calls of the poll's transactions loaded.
    pub state: ChainState,
    /// The blocks with the poll's ballots, shares, totals, claims and end, as far as the chain has them.
    pub blocks: BTreeMap<u64, BlockEvidence>,
    /// The contracts that the polls depend on.
    pub verifiers: VerifierEvidence,
    /// The reason why a contract is not the one that this program was built with; none if all are.
    pub other_code: Option<String>,
    /// The committee, as its contract answers; none if it does not exist or the poll was not opened.
    pub committee: Option<CommitteeView>,
    /// The opened chambers, as the contract answers.
    pub chambers: BTreeMap<ChamberId, ChamberView>,
    /// The slots of the ballots that count by their nullifiers, as the contract answers, by chamber.
    pub slots: BTreeMap<ChamberId, BTreeMap<U256, U256>>,
    /// The members of the poll's chambers today, as the registry answers; those that it does not know are absent.
    pub members: BTreeMap<ChamberId, BTreeMap<Address, (U256, U256, U256)>>,
    /// Name and policy of each chamber, as the registry answers.
    pub names: BTreeMap<ChamberId, (String, Address)>,
    /// The poll, as the contract answers.
    pub view: PollView,
    /// The poll's reward; none if it has none.
    pub reward: Option<RewardEvidence>,
    /// The fee pots; none if the deployment has none.
    pub pot: Option<PotEvidence>,
}

/// A block.
#[derive(Clone, Debug)]
pub struct BlockEvidence {
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// The hashes of its transactions, in order.
    pub transactions: Vec<B256>,
}

/// A circuit, the reason why its deployed verifier is not that of our key, and the circuit's hash as the verifier
/// answers, or the reason why it does not answer.
pub type VerifierAnswer = (Name, Option<String>, Result<B256, String>);

/// The dependencies of the deployed contracts, and the answers of the deployed verifiers.
#[derive(Clone)]
pub struct VerifierEvidence {
    /// The dependencies of the polls contract.
    pub polls: IPolls::immutableDependenciesReturn,
    /// The dependencies of the committee contract.
    pub committee: ICommittee::immutableDependenciesReturn,
    /// The dependencies of the rewards contract.
    pub rewards: IRewards::immutableDependenciesReturn,
    /// One for each circuit that the poll needs.
    pub answers: Vec<VerifierAnswer>,
}

/// The contract's views of a poll's reward.
#[derive(Clone)]
pub struct RewardEvidence {
    /// The chambers that are paid.
    pub chambers: BTreeMap<ChamberId, IRewards::ChamberView>,
    /// The reward.
    pub view: IRewards::RewardView,
    /// Whether the reward is owed, and the worst case of the frozen census.
    pub funding: IRewards::fundingReturn,
    /// The contract's balance of the token, for the pools of all polls.
    pub held: U256,
}

/// The books of all fee pots, and what the contract answers about the poll's.
#[derive(Clone)]
pub struct PotEvidence {
    /// The books, or the reason why the events are not the contract's.
    pub books: Result<FeeBooks, String>,
    /// The poll's pot; its fee is 0 if there is none.
    pub view: PotView,
    /// Whether the transaction that created the poll's pot says what its event says; none if there is no pot.
    pub creation: Option<CallEvidence>,
    /// The relayers of the books, each with whether it may earn from the poll's pot, and its credit in wei.
    pub relayers: BTreeMap<Address, (bool, U256)>,
}
