//! Events of the tally of sheet polls: shares of blocks, turnouts and totals.

use psephos_protocol::{constants::BLOCK_CELLS, sheet::Turnout};

use super::super::context::{InvalidEvent, Outcome, Position};
use crate::{
    bindings::ISheets,
    chain_state::ChainState,
    sheet::{BlockShare, BlockTally, TurnoutTally},
    words,
};

/// The number of points of a share of the turnout: the contract checks it as one of three options.
const TURNOUT_SHARE_POINTS: usize = 3;

impl ChainState {
    pub(super) fn apply_block_share(&mut self, event: ISheets::BlockSharePosted, position: Position) -> Outcome {
        let sheet = words::to_sheet(event.sheet)?;
        let used_blocks = self.sheet_mut(event.sheet)?.used_blocks();
        let block = words::to_u64(event.blockIndex)? as usize;
        let points = words::to_points_from(&event.share, position.source)?;
        let expected = if block == 0 { TURNOUT_SHARE_POINTS } else { BLOCK_CELLS };
        if block > used_blocks || points.len() != expected {
            let what = format!("a share of {} points of block {block} in a sheet poll of {used_blocks}", points.len());
            return Err(InvalidEvent::of_sheet(sheet, what));
        }
        let share = BlockShare {
            trustee: event.trustee,
            index: words::to_u64(event.index)?,
            block,
            points,
            h: words::to_field(event.h)?,
            proof: event.proof,
            position: position.of_event(),
        };
        self.sheet_chamber_mut(event.sheet, event.chamber)?.shares.push(share);
        Ok(())
    }

    pub(super) fn apply_turnout(&mut self, event: &ISheets::TurnoutTallied, position: Position) -> Outcome {
        let sheet = words::to_sheet(event.sheet)?;
        let [lower, upper] = event.turnout.map(u64::from);
        let tally = TurnoutTally {
            turnout: Turnout { lower, upper },
            trustees: words::to_u64(event.trustees)?,
            position: position.of_event(),
            too_small: false,
        };
        match self.sheet_chamber_mut(event.sheet, event.chamber)?.turnout.replace(tally) {
            None => Ok(()),
            Some(_) => Err(InvalidEvent::of_sheet(sheet, "a turnout is tallied twice".into())),
        }
    }

    pub(super) fn apply_small_camp(&mut self, event: &ISheets::CampTooSmall) -> Outcome {
        let sheet = words::to_sheet(event.sheet)?;
        let chamber = self.sheet_chamber_mut(event.sheet, event.chamber)?;
        let unknown = || InvalidEvent::of_sheet(sheet, "a camp is too small before there is a turnout".into());
        chamber.turnout.as_mut().ok_or_else(unknown)?.too_small = true;
        Ok(())
    }

    /// Adds the totals of a block. Those of another number than its cells are left out: they would stand for the
    /// totals of other cells.
    pub(super) fn apply_block_tally(&mut self, event: ISheets::BlockTallied, position: Position) -> Outcome {
        let (sheet, block) = (words::to_sheet(event.sheet)?, words::to_u64(event.blockIndex)? as usize);
        let invalid = |what: String| Err(InvalidEvent::of_sheet(sheet, what));
        let cells = self.sheet_mut(event.sheet)?.cells_of(block);
        let (trustees, position) = (words::to_u64(event.trustees)?, position.of_event());
        let tally = BlockTally { totals: event.totals, trustees, position };
        let chamber = self.sheet_chamber_mut(event.sheet, event.chamber)?;
        let totals = tally.totals.len();
        if cells == 0 || totals != cells {
            return invalid(format!("block {block} has {cells} cells, and {totals} totals"));
        }
        if chamber.turnout.is_none_or(|turnout| turnout.too_small) {
            return invalid(format!("block {block} is tallied without a turnout that allows it"));
        }
        match chamber.blocks.insert(block, tally) {
            None => Ok(()),
            Some(_) => invalid(format!("block {block} is tallied twice")),
        }
    }
}
