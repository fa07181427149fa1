//! A sheet poll: what it was created with, and how far it is.

use std::{collections::BTreeMap, fmt};

use alloy_primitives::{Address, B256};
use psephos_protocol::{
    constants::BLOCK_CELLS,
    fingerprint::{ContentHash, PollFingerprint},
    identifiers::{ChamberId, CommitteeId},
    sheet::{Form, FormKind},
};
use serde::{Deserialize, Serialize};

use super::SheetChamber;
use crate::{error::StateError, log::EventPosition, poll::Cancellation};

/// A sheet poll.
#[derive(Clone, Debug)]
pub struct SheetPoll {
    /// The parameters it was created with.
    pub parameters: SheetParameters,
    /// The account that created it.
    pub creator: Address,
    /// The hash of its content, computed from its parameters.
    pub content: ContentHash,
    /// Its fingerprint, computed from its parameters and its committee's keys; `None` if the committee had none when it
    /// was created, which the contract does not allow.
    pub fingerprint: Option<PollFingerprint>,
    /// Its chambers.
    pub chambers: BTreeMap<ChamberId, SheetChamber>,
    /// Whether it was opened.
    pub opened: bool,
    /// The state in which it ended, and where; none if it has not.
    pub ended: Option<(SheetState, EventPosition)>,
}

/// The parameters of a sheet poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetParameters {
    /// The reference to the proposal that it is about.
    pub proposal: B256,
    /// Its question and the texts of its cells, as its creator published them.
    pub metadata: String,
    /// The hash of the cells' texts ([`psephos_protocol::sheet::hash_agenda`]).
    pub agenda: [u8; 32],
    /// Its form; why there is none if the contract's words are not those of a form, which the contract does not allow.
    pub form: Result<Form, String>,
    /// The number of cells, 16 or 40.
    pub size: usize,
    /// The rules of its chambers, in the order in which they were listed.
    pub chambers: Vec<SheetChamberRule>,
    /// How statements are adopted; `None` without a rule of adoption.
    pub adoption: Option<AdoptionTerms>,
    /// The committee under whose keys sheets are encrypted.
    pub committee: CommitteeId,
    /// Who may cancel it, and until when; `None` if it cannot be cancelled.
    pub cancellation: Option<Cancellation>,
    /// The first second in which it may be opened, since 1970.
    pub opens_at: u64,
    /// The first second in which no sheet is accepted any more, since 1970.
    pub closes_at: u64,
    /// The last second in which decryption shares and totals are accepted, since 1970.
    pub tally_deadline: u64,
}

/// A chamber's part in a sheet poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetChamberRule {
    /// Its id in the registry.
    pub chamber: ChamberId,
    /// The minimum of sheets: totals of fewer are never decrypted.
    pub min_ballots: u32,
    /// With camps, the least size of a camp: the answers of a smaller one are never decrypted. 0 without camps.
    pub least_camp: u32,
}

/// How statements are adopted across chambers and camps (`Adoption.sol`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdoptionTerms {
    /// The least product of the agreement's shares, in basis points (1/10,000).
    pub theta: u16,
    /// The least number of answers in each camp of each required chamber.
    pub quorum: u32,
    /// Bit `i`: the chamber at place `i` of the list must agree.
    pub required: u16,
}

/// The state of a sheet poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// Not opened yet.
    Created,
    /// Takes sheets.
    Open,
    /// Takes no more sheets; is being tallied.
    Closed,
    /// Every chamber is settled: tallied, with a camp that was too small, or with too few sheets.
    Finished,
    /// The tally did not come in time.
    Undecided,
    /// Its canceller ended it.
    Cancelled,
}

impl fmt::Display for SheetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Finished => "finished",
            Self::Undecided => "undecided",
            Self::Cancelled => "cancelled",
        })
    }
}

impl SheetPoll {
    /// Returns its state at a time, in seconds since 1970.
    pub fn state_at(&self, time: u64) -> SheetState {
        match self.ended {
            Some((state, _)) => state,
            None if !self.opened => SheetState::Created,
            None if time < self.parameters.closes_at => SheetState::Open,
            None => SheetState::Closed,
        }
    }

    /// Returns its form.
    ///
    /// # Errors
    /// `Inconsistent` if the contract's words are not those of a form: no client takes part in it.
    pub fn form(&self) -> Result<&Form, StateError> {
        self.parameters.form.as_ref().map_err(|reason| StateError::Inconsistent(reason.clone()))
    }

    /// Returns its fingerprint, as computed here.
    ///
    /// # Errors
    /// `Inconsistent` if its committee had no keys when it was created.
    pub fn require_fingerprint(&self) -> Result<PollFingerprint, StateError> {
        let missing = || format!("committee {} had no keys when its sheet poll was created", self.parameters.committee);
        self.fingerprint.ok_or_else(|| StateError::Inconsistent(missing()))
    }

    /// Whether its voters are counted in two camps.
    pub fn has_camps(&self) -> bool {
        self.parameters.form.as_ref().is_ok_and(|form| form.axis().is_some())
    }

    /// Whether its cells are statements.
    pub fn has_statements(&self) -> bool {
        self.parameters.form.as_ref().is_ok_and(|form| matches!(form.kind(), FormKind::Statements { .. }))
    }

    /// Returns the number of blocks that hold used cells, without the turnout's.
    pub fn used_blocks(&self) -> usize {
        self.parameters.form.as_ref().map_or(0, |form| form.count().div_ceil(BLOCK_CELLS))
    }

    /// Returns the number of used cells of a block; 0 for the turnout's and for blocks that hold none.
    pub fn cells_of(&self, block: usize) -> usize {
        let cells = self.parameters.form.as_ref().map_or(0, |form| form.count());
        block
            .checked_sub(1)
            .map_or(0, |before| cells.saturating_sub(before.saturating_mul(BLOCK_CELLS)).min(BLOCK_CELLS))
    }

    /// Returns a chamber of it.
    ///
    /// # Errors
    /// `UnknownSheetChamber` if it has no such chamber.
    pub fn chamber(&self, chamber: ChamberId) -> Result<&SheetChamber, StateError> {
        let chambers = || self.chambers.keys().copied().collect();
        self.chambers.get(&chamber).ok_or_else(|| StateError::UnknownSheetChamber { chamber, chambers: chambers() })
    }
}
