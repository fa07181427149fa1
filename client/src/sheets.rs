//! Sheet polls and charters: what a DAO creates and enacts, what a voter proves, what trustees decrypt, and what anyone
//! tallies.
//!
//! A trustee decrypts a chamber's turnout first; the totals of its statements only once the turnout is final and no
//! camp is too small ([`decrypt_sheet`]).

mod calls;
mod confirm;
mod decrypt;
pub mod error;
mod member;
mod outcome;
mod proofs;
mod prove;
mod relay;
mod reward;
mod tally;

pub use calls::{
    NewSheet, cancel_sheet_call, create_sheet_call, created_sheet, enact_call, enacted_version, open_sheet_call,
    set_stage_call,
};
pub use confirm::{confirm_live_charter, confirm_sheet_context};
pub(crate) use decrypt::block_share_inputs;
pub use decrypt::{SheetDecryption, decrypt_sheet};
pub use error::SheetsError;
pub use member::{find_sheet_identity, require_sheet};
pub use outcome::{SheetOutcome, charter_from_version, decide_sheet, read_sheet_text, sheet_totals};
pub use proofs::{check_sheet_chamber, recompute_sheet_context};
pub(crate) use proofs::{check_sheet_count, find_invalid_sheet_replacements, find_unproved_sheets};
pub use prove::{SheetVote, is_sheet_counted, prepare_sheet, prove_sheet, prove_sheet_remotely};
pub use relay::{SheetRelay, relay_sheets};
pub use reward::{open_sheet_claims, prove_sheet_claim, seal_sheet_notes, sheet_reward_calls};
pub use tally::{BlockTotals, finalise_sheet, find_block_totals, find_turnout_total, tally_sheet};
