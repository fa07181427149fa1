//! Rewards: set and funded by a DAO, sealed by anyone, claimed by whoever cast a ballot that counts, without saying which.

mod claim;
mod relay;
mod seal;
mod setup;
mod status;
mod store;

pub use claim::{Claiming, Payout, is_paid, prepare, prove, prove_remotely, submit};
pub use psephos_wire::claim::{ClaimPackage, MAX_CLAIM_BYTES};
pub use relay::{ClaimOutcome, ClaimRelay, relay};
pub(crate) use relay::{terms, verify_claim};
pub use seal::{Sealed, seal};
pub use setup::{
    NewPolicy, NewReward, create, fund, open_claims, ratification_of, ratify, sweep, token_balance, withdraw_surplus,
};
pub use status::{ChamberStatus, RewardStage, RewardStatus, Warning, stage, status, warnings};
pub use store::{ClaimStore, Planned};
