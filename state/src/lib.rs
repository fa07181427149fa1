#![doc = include_str!("../README.md")]
//!
//! Architecture invariant: what is read from a chain is checked or reported as a [`Finding`], never trusted and never
//! unwrapped.

mod abi;
mod apply;
pub mod bindings;
pub mod bytes;
mod calls;
pub mod census;
pub mod chain_state;
pub mod chamber;
pub mod charter;
pub mod checkpoint;
pub mod committee;
pub mod compare;
pub mod deployment;
pub mod error;
pub mod events;
pub mod exposure;
pub mod fees;
pub mod finding;
pub mod fingerprint;
pub mod funding;
pub mod lifetime;
pub mod log;
pub mod metadata;
pub mod poll;
mod poll_state;
pub mod proofs;
pub mod record;
pub mod reward;
mod share;
pub mod sheet;
pub mod storage;
mod tally;
pub mod transaction;
pub mod words;

#[cfg(test)]
mod tests;

pub use alloy_primitives::{Address, B256, Bytes, LogData, U256, aliases::U96, hex, keccak256};
pub use chain_state::ChainState;
pub use chamber::{Chamber, Member};
pub use charter::{CharterStage, CharterVersion};
pub use checkpoint::{Checkpoint, Restoration};
pub use committee::{Committee, CommitteeStatus, Dealing, Lifetime, Registration};
pub use deployment::{Deployment, SheetContracts, Verifiers};
pub use error::StateError;
pub use finding::{Finding, Subject};
pub use funding::{Funding, FundingStatus};
pub use lifetime::{CommitteeLife, EndOfLife};
pub use log::{EventPosition, Log};
pub use poll::{
    Ballot, BallotBatch, Blinding, Cancellation, ChamberRule, DecryptionShare, FrozenChamber, Poll, PollBounds,
    PollChamber, PollParameters, PollState, PostedWords, ProofData, RefusedShare, RoundedResult, SkippedBallot,
    StatedRule, Tally, TallyResult,
};
pub use psephos_protocol::identifiers;
pub use reward::{ChamberPolicy, Claim, PaidClaim, Ratification, Reward, RewardParameters, SealedBatch};
pub use sheet::{SheetChamber, SheetPoll, SheetState};
pub use transaction::{CallEvidence, TransactionCall};
