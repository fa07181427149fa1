//! The evidence about a sheet poll: state from its events, blocks, calls, and the contracts' views.

use std::collections::BTreeMap;

use psephos_chain::{Address, B256, U256};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{
    ChainState, TransactionCall,
    bindings::{
        IBridging,
        ICharters::{self, Version},
        ICommittee::{self, CommitteeView},
        ISheets::{self, ChamberView, Counters, SheetView},
    },
};

use crate::verify::{BlockEvidence, VerifierAnswer};

/// Everything that the verification of a sheet poll depends on, besides our own verifying keys.
#[derive(Clone)]
pub struct SheetEvidence {
    /// The sheet poll.
    pub sheet: SheetId,
    /// The state from the chain's events, with the proofs of the sheets loaded.
    pub state: ChainState,
    /// The transactions with shares, refused shares, turnouts and totals, as far as the chain has them.
    pub calls: BTreeMap<B256, TransactionCall>,
    /// The blocks with its sheets, shares, totals, end and charters, as far as the chain has them.
    pub blocks: BTreeMap<u64, BlockEvidence>,
    /// The contracts that those of sheets and charters depend on.
    pub verifiers: SheetVerifierEvidence,
    /// The reason why a contract is not the one that this program was built with; none if all are.
    pub other_code: Option<String>,
    /// The committee, as its contract answers; none if it does not exist or the sheet poll was not opened.
    pub committee: Option<CommitteeView>,
    /// The sheet poll, as the contract answers.
    pub view: SheetView,
    /// The chambers in their order, as the contract answers.
    pub chamber_ids: Vec<U256>,
    /// The contract's views of the opened chambers.
    pub chambers: BTreeMap<ChamberId, SheetChamberEvidence>,
    /// Name and policy of each chamber, as the registry answers.
    pub names: BTreeMap<ChamberId, (String, Address)>,
    /// The members of the chambers today, as the registry answers; those that it does not know are absent.
    pub members: BTreeMap<ChamberId, BTreeMap<Address, (U256, U256, U256)>>,
    /// What the contract `Bridging` judges; none if it judges nothing: without a rule of adoption or without totals.
    pub verdict: Option<IBridging::Verdict>,
    /// What the contract of charters answers.
    pub charter: CharterEvidence,
}

/// The contract's views of a chamber of a sheet poll.
#[derive(Clone)]
pub struct SheetChamberEvidence {
    /// The chamber.
    pub view: ChamberView,
    /// The encrypted total of each block, the turnout's first.
    pub totals: Vec<Vec<U256>>,
    /// The slots of the sheets that count, by their nullifiers.
    pub slots: BTreeMap<U256, U256>,
    /// The counters of all used cells; none if it has none.
    pub counters: Option<Vec<Counters>>,
}

/// What the contract of charters answers.
#[derive(Clone)]
pub struct CharterEvidence {
    /// The version that was enacted from the sheet poll; 0 for none.
    pub version_of: U256,
    /// The versions that were enacted from it by the events or by the contract, as far as the contract knows them.
    pub versions: BTreeMap<u64, Version>,
    /// Number and charter hash of the version in force; zeros for none.
    pub live: (U256, B256),
}

/// The dependencies of the deployed contracts, and the answers of the deployed verifiers.
#[derive(Clone)]
pub struct SheetVerifierEvidence {
    /// The dependencies of the contract of sheet polls.
    pub sheets: ISheets::immutableDependenciesReturn,
    /// The dependencies of the committee contract.
    pub committee: ICommittee::immutableDependenciesReturn,
    /// The contract of sheet polls that `Bridging` judges.
    pub bridging: Address,
    /// The dependencies of the contract of charters.
    pub charters: ICharters::immutableDependenciesReturn,
    /// One for each circuit that the sheet poll needs.
    pub answers: Vec<VerifierAnswer>,
}
