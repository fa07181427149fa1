#![doc = include_str!("../README.md")]

pub mod amounts;
pub mod committee;
pub mod format;
pub mod gas;
pub mod html;
pub mod poll;
pub mod reward;
pub mod sheet;
pub mod text;
pub mod transactions;
pub mod verified;
mod warnings;

pub use committee::{CommitteeReport, TrusteeReport};
pub use gas::GasEntry;
pub use html::{render_poll, render_sheet};
pub use poll::{ChamberReport, Outcome, PollReport};
pub use reward::RewardReport;
pub use sheet::VerifiedSheet;
pub use verified::VerifiedPoll;
