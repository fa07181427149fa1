//! What is written down: accepted ballots and claims, and the transactions that carry them.

use psephos_chain::{
    B256,
    transaction::{PreparedCall, SignedTransaction},
};
use psephos_exchange::{
    ClaimPackage, Package,
    ballot::Contents,
    relay::{Kind, Receipt, Stage, Standing},
};
use serde::{Deserialize, Serialize};

/// A ballot or a claim that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// What was promised. The same ballot gets the same receipt for ever.
    pub(crate) receipt: Receipt,
    /// When it came, in seconds since 1970. It stays here: a receipt says it roughly, or whoever saw a voter come could find its ballot by asking for receipts.
    #[serde(default)]
    pub(crate) arrived: u64,
    /// The package, until it is on the chain to stay.
    pub(crate) json: Option<String>,
    /// Where it is.
    pub(crate) state: State,
}

/// Where an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// In no transaction.
    Waiting,
    /// In the transaction of this number, which is written down.
    Sent { nonce: u64 },
    /// On the chain, whoever sent it.
    Included { transaction: B256, block: u64 },
    /// On the chain to stay.
    Final { transaction: B256, block: u64 },
    /// It can never be on the chain, as of this block.
    Refused { reason: String, block: u64 },
    /// The same, to stay.
    Dropped { reason: String, block: u64 },
}

impl State {
    /// Whether nothing will change it any more.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Final { .. } | Self::Dropped { .. })
    }

    /// Whether it is still to come to the chain.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sent { .. })
    }
}

impl Item {
    /// What is said of it.
    pub(crate) fn standing(&self) -> Standing {
        let (stage, transaction, block, reason) = match &self.state {
            State::Waiting => (Stage::Waiting, None, None, None),
            State::Sent { .. } => (Stage::Sent, None, None, None),
            State::Included { transaction, block } => (Stage::Included, Some(*transaction), Some(*block), None),
            State::Final { transaction, block } => (Stage::Final, Some(*transaction), Some(*block), None),
            State::Refused { reason, block } | State::Dropped { reason, block } => {
                (Stage::Refused, None, Some(*block), Some(reason.clone()))
            }
        };
        let Receipt { id, kind, poll, chamber, .. } = self.receipt;
        Standing { id, kind, poll, chamber, stage, transaction, block, reason }
    }
}

/// What an item's package holds, decoded once.
#[derive(Debug)]
pub(crate) enum Work {
    Ballot { package: Box<Package>, contents: Box<Contents> },
    Claim { package: Box<ClaimPackage> },
}

impl Work {
    /// Reads what was written; `None` if it is damaged.
    pub(crate) fn read(item: &Item) -> Option<Self> {
        let json = item.json.as_ref()?.as_bytes();
        match item.receipt.kind {
            Kind::Ballot => {
                let package = Package::parse(json).ok()?;
                let contents = package.contents().ok()?;
                Some(Self::Ballot { package: Box::new(package), contents: Box::new(contents) })
            }
            Kind::Claim => Some(Self::Claim { package: Box::new(ClaimPackage::parse(json).ok()?) }),
        }
    }
}

/// A transaction under a number of the account. However many versions of it were signed, one at most is ever mined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transaction {
    /// Its number.
    pub(crate) nonce: u64,
    /// What it carries.
    pub(crate) items: Vec<B256>,
    /// The call.
    pub(crate) prepared: PreparedCall,
    /// Every version that was signed, the dearest last.
    pub(crate) versions: Vec<SignedTransaction>,
    /// When the last of them was sent, in seconds since 1970.
    pub(crate) sent_at: u64,
    /// The block that has it.
    pub(crate) mined: Option<Block>,
}

/// The block of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Block {
    pub(crate) number: u64,
    pub(crate) hash: B256,
    pub(crate) success: bool,
}
