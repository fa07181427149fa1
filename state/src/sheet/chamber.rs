//! One chamber of a sheet poll: its sheets, the shares that decrypt its blocks, and its totals.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, U256};
use psephos_protocol::{
    Point,
    constants::{BLOCK_CELLS, RECORD_PROOF_WORDS},
    elements::{CensusRoot, Context, Nullifier, StatementHash},
    sheet::{CellTotals, Counters, EncryptedSheet, Turnout},
    statement::sheet::PostedSheet,
};

use super::SheetChamberRule;
use crate::{
    chamber::Chamber,
    error::StateError,
    log::EventPosition,
    poll::{BallotBatch, ProofData, SkippedBallot},
};

/// One chamber of one sheet poll.
#[derive(Clone, Debug)]
pub struct SheetChamber {
    /// Its minimum of sheets and least camp.
    pub rule: SheetChamberRule,
    /// What was fixed when the sheet poll was opened.
    pub frozen: Option<FrozenSheetChamber>,
    /// All sheets in order, including replaced ones.
    pub sheets: Vec<CastSheet>,
    /// For each nullifier, the index in `sheets` of the sheet that counts.
    pub latest: BTreeMap<Nullifier, usize>,
    /// The skipped sheets, in order.
    pub skips: Vec<SkippedBallot>,
    /// The calls that brought the sheets, as far as they are known.
    pub batches: Vec<BallotBatch>,
    /// The decryption shares of all blocks, in order.
    pub shares: Vec<BlockShare>,
    /// The shares that were refused because their proofs do not hold.
    pub refusals: Vec<RefusedBlockShare>,
    /// By block, trustees without a share, if the poll ended before the block was tallied.
    pub missing_trustees: BTreeMap<usize, Vec<Address>>,
    /// The turnout, once tallied.
    pub turnout: Option<TurnoutTally>,
    /// By block, from 1, the totals of its cells, once tallied.
    pub blocks: BTreeMap<usize, BlockTally>,
}

/// What the contract fixed when a sheet poll was opened, and the chamber at that moment as the events say.
#[derive(Clone, Debug)]
pub struct FrozenSheetChamber {
    /// The census root in force.
    pub root: CensusRoot,
    /// The context in force.
    pub ctx: Context,
    /// Members and census at that moment.
    pub chamber: Arc<Chamber>,
}

/// A sheet that the contract accepted.
#[derive(Clone, Debug)]
pub struct CastSheet {
    /// The posted part of its record: everything but the proof.
    pub posted: PostedSheet,
    /// The fingerprint of the sheet that it replaces, or zeros.
    pub previous: [u8; 32],
    /// Where it was cast.
    pub position: EventPosition,
    /// The ordinal of its nullifier: the number of nullifiers that had cast before it.
    pub ordinal: usize,
    /// Whether a later sheet of the same nullifier counts instead.
    pub replaced: bool,
    /// Its proof.
    pub proof: ProofData,
}

/// A trustee's decryption share of one block.
#[derive(Clone, Debug)]
pub struct BlockShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// The block: 0 is the turnout's.
    pub block: usize,
    /// The points `E_1, ..`: three of the turnout, eight of other blocks.
    pub points: Vec<Point>,
    /// The hash `h`.
    pub h: StatementHash,
    /// The proof as the contract accepted it.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// Where it was posted.
    pub position: EventPosition,
}

/// A decryption share of a block that the contract refused because its proof does not hold.
#[derive(Clone, Debug)]
pub struct RefusedBlockShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// The block.
    pub block: usize,
    /// Where it was refused.
    pub position: EventPosition,
}

/// A chamber's turnout as the contract says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnoutTally {
    /// The number of sheets of the lower and of the upper camp.
    pub turnout: Turnout,
    /// Bit `i` is set if the share of the trustee with index `i` was used.
    pub trustees: u64,
    /// Where it was tallied.
    pub position: EventPosition,
    /// Whether the contract says that a camp is too small: then no cell is ever decrypted.
    pub too_small: bool,
}

/// The totals of a block of cells as the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockTally {
    /// The packed totals of its used cells.
    pub totals: Vec<u64>,
    /// Bit `i` is set if the share of the trustee with index `i` was used.
    pub trustees: u64,
    /// Where it was tallied.
    pub position: EventPosition,
}

impl CastSheet {
    /// Returns its fingerprint, which its slot held once it was accepted.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.posted.fingerprint(self.previous)
    }
}

impl SheetChamber {
    /// Returns a chamber of a sheet poll that has not opened, with this rule.
    pub fn new(rule: SheetChamberRule) -> Self {
        Self {
            rule,
            frozen: None,
            sheets: Vec::new(),
            latest: BTreeMap::new(),
            skips: Vec::new(),
            batches: Vec::new(),
            shares: Vec::new(),
            refusals: Vec::new(),
            missing_trustees: BTreeMap::new(),
            turnout: None,
            blocks: BTreeMap::new(),
        }
    }

    /// Returns the sheets that count.
    pub fn counted_sheets(&self) -> impl Iterator<Item = &CastSheet> {
        self.sheets.iter().filter(|sheet| !sheet.replaced)
    }

    /// Returns the sheet that counts for a nullifier.
    pub fn counted_sheet(&self, nullifier: &Nullifier) -> Option<&CastSheet> {
        self.latest.get(nullifier).and_then(|&index| self.sheets.get(index))
    }

    /// Returns the fingerprint of the sheet that counts for a nullifier; zeros if there is none.
    pub fn counted_fingerprint(&self, nullifier: &Nullifier) -> [u8; 32] {
        self.counted_sheet(nullifier).map_or([0; 32], CastSheet::fingerprint)
    }

    /// Returns the sum of the ciphertexts that count, of sheets of this size.
    pub fn encrypted_total(&self, size: usize) -> EncryptedSheet {
        let counting = self.counted_sheets().map(|sheet| &sheet.posted.ciphertext);
        counting.filter(|sheet| sheet.size() == size).fold(EncryptedSheet::zero(size), |sum, sheet| sum.add(sheet))
    }

    /// Returns the decryption shares of a block.
    pub fn shares_of(&self, block: usize) -> impl Iterator<Item = &BlockShare> {
        self.shares.iter().filter(move |share| share.block == block)
    }

    /// Whether its totals may be decrypted: it was opened and has at least as many sheets as its minimum.
    pub fn has_enough_sheets(&self) -> bool {
        self.frozen.is_some() && self.latest.len() >= self.rule.min_ballots as usize
    }

    /// Returns the blocks that are to be tallied next: the turnout's until it is, then those of cells, unless a camp is
    /// too small.
    pub fn pending_blocks(&self, used_blocks: usize) -> Vec<usize> {
        match self.turnout {
            _ if !self.has_enough_sheets() => Vec::new(),
            None => vec![0],
            Some(turnout) if turnout.too_small => Vec::new(),
            Some(_) => (1..=used_blocks).filter(|block| !self.blocks.contains_key(block)).collect(),
        }
    }

    /// Whether the totals of all its cells are published.
    pub fn is_tallied(&self, used_blocks: usize) -> bool {
        self.turnout.is_some_and(|turnout| !turnout.too_small)
            && (1..=used_blocks).all(|block| self.blocks.contains_key(&block))
    }

    /// Returns the totals of all `count` cells; `None` unless all blocks are tallied.
    ///
    /// # Errors
    /// `Inconsistent` if a total is none that the turnout allows.
    pub fn cell_totals(&self, counters: Counters, count: usize) -> Result<Option<Vec<CellTotals>>, StateError> {
        let (Some(tally), true) = (self.turnout, self.is_tallied(count.div_ceil(BLOCK_CELLS))) else {
            return Ok(None);
        };
        let all = self.blocks.values().flat_map(|block| &block.totals).take(count);
        let split = |total: &u64| counters.split_cell(*total, tally.turnout);
        let cells = all.map(split).collect::<Result<Vec<_>, _>>();
        let cells = cells.map_err(|error| StateError::Inconsistent(error.to_string()))?;
        Ok((cells.len() == count).then_some(cells))
    }
}
