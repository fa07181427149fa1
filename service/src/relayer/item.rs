//! The relayer's stored records: accepted ballots and claims, and the transactions that carry them.

use psephos_chain::{
    B256,
    transaction::{PreparedCall, SignedTransaction},
};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_wire::{
    ClaimPackage, Package,
    ballot::Contents,
    relay::{Receipt, SubmissionKind, SubmissionStage, SubmissionStatus},
};
use serde::{Deserialize, Serialize};

use super::masker::UpdatedContent;

/// An accepted ballot or claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RelayItem {
    /// The receipt, which is the promise. The same ballot gets the same receipt forever.
    pub(crate) receipt: Receipt,
    /// The time of arrival, in seconds since 1970. It is not published: a receipt contains a rounded time, or anyone
    /// who observed a voter's request could find its ballot by asking for receipts.
    /// 0 for updates of masked polls: a time would tell those of voters from masks, which are made when they are sent.
    #[serde(default)]
    pub(crate) arrived: u64,
    /// What it updates, if it is an update of a masked poll.
    #[serde(default)]
    pub(crate) update: Option<UpdatedContent>,
    /// The package, until its inclusion is final.
    pub(crate) json: Option<String>,
    /// The status.
    pub(crate) state: ItemStatus,
}

/// The status of an accepted item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemStatus {
    /// In no transaction.
    Waiting,
    /// In the transaction with this nonce, which is stored.
    Sent { nonce: u64 },
    /// Included on chain, by any sender.
    Included { transaction: B256, block: u64 },
    /// Included on chain, final.
    Final { transaction: B256, block: u64 },
    /// Rejected as of this block: it can never be included.
    Refused { reason: String, block: u64 },
    /// Rejected, final.
    Dropped { reason: String, block: u64 },
    /// An update that is not sent, because another one of its slot was kept. No one learns of it until the slot is
    /// updated.
    SetAside,
}

impl ItemStatus {
    /// Returns whether the status is final.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Final { .. } | Self::Dropped { .. } | Self::SetAside)
    }

    /// Returns whether the item is still to be included.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sent { .. })
    }
}

impl RelayItem {
    /// Returns the public status, as endpoints report it.
    pub(crate) fn public_status(&self) -> SubmissionStatus {
        let (stage, transaction, block, reason) = match &self.state {
            ItemStatus::Waiting | ItemStatus::SetAside => (SubmissionStage::Waiting, None, None, None),
            ItemStatus::Sent { .. } => (SubmissionStage::Sent, None, None, None),
            ItemStatus::Included { transaction, block } => {
                (SubmissionStage::Included, Some(*transaction), Some(*block), None)
            }
            ItemStatus::Final { transaction, block } => {
                (SubmissionStage::Final, Some(*transaction), Some(*block), None)
            }
            ItemStatus::Refused { reason, block } | ItemStatus::Dropped { reason, block } => {
                (SubmissionStage::Refused, None, Some(*block), Some(reason.clone()))
            }
        };
        let Receipt { id, kind, poll, chamber, .. } = self.receipt;
        SubmissionStatus { id, kind, poll, chamber, stage, transaction, block, reason }
    }
}

/// An item's package, decoded once.
#[derive(Debug)]
pub(crate) enum DecodedPackage {
    Ballot { package: Box<Package>, contents: Box<Contents> },
    Claim { package: Box<ClaimPackage> },
}

impl DecodedPackage {
    /// Returns the poll and the chamber that it is for.
    pub(crate) fn place(&self) -> (PollId, ChamberId) {
        match self {
            Self::Ballot { package, .. } => (package.poll, package.chamber),
            Self::Claim { package } => (package.poll, package.chamber),
        }
    }

    /// Decodes the stored package; returns `None` if it is damaged.
    pub(crate) fn decode_item(item: &RelayItem) -> Option<Self> {
        let json = item.json.as_ref()?.as_bytes();
        match item.receipt.kind {
            SubmissionKind::Ballot => {
                let package = Package::parse(json).ok()?;
                let contents = package.contents().ok()?;
                Some(Self::Ballot { package: Box::new(package), contents: Box::new(contents) })
            }
            SubmissionKind::Claim => Some(Self::Claim { package: Box::new(ClaimPackage::parse(json).ok()?) }),
        }
    }
}

/// A transaction with a nonce of the account. However many versions of it were signed, at most one is ever mined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingTransaction {
    /// The nonce.
    pub(crate) nonce: u64,
    /// The ids of the items that it carries.
    pub(crate) items: Vec<B256>,
    /// The call.
    pub(crate) prepared: PreparedCall,
    /// The signed versions: fee-bumped replacements, highest fee last.
    pub(crate) versions: Vec<SignedTransaction>,
    /// When the last version was sent, in seconds since 1970.
    pub(crate) sent_at: u64,
    /// The block that includes it.
    pub(crate) mined: Option<InclusionBlock>,
}

/// A block that includes a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InclusionBlock {
    pub(crate) number: u64,
    pub(crate) hash: B256,
    pub(crate) success: bool,
}
