//! Sheet polls, their chambers and the sheets cast in them, rebuilt from events (specification, section 7, *Sheets*).

mod abi;
mod calls;
mod chamber;
mod fingerprint;
mod poll;
pub mod record;

pub use chamber::{
    BlockShare, BlockTally, CastSheet, FrozenSheetChamber, RefusedBlockShare, SheetChamber, TurnoutTally,
};
pub use fingerprint::SheetContent;
pub use poll::{AdoptionTerms, SheetChamberRule, SheetParameters, SheetPoll, SheetState};
