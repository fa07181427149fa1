//! Rules over totals that need no circuit of their own.
//!
//! For, Against, Abstain is a motion: [`psephos_protocol::decision::choose_option`] counts abstentions for the quorum
//! and not for the threshold. What is here goes beyond it.

pub mod copeland;
mod mask;
pub mod median;
pub mod profile;
pub mod requirements;
pub mod sunset;
pub mod top;

pub use mask::{ChamberMask, MAX_CHAMBERS, MaskError};
