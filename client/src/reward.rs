//! Rewards: a DAO sets and funds them, anyone seals the notes, and a voter whose ballot counts claims its own without
//! revealing which ballot it is.

mod claim;
pub mod error;
mod relay;
mod seal;
mod setup;
mod status;

pub use claim::{Claiming, Payout, is_claim_paid, prepare_claim, prove_claim, prove_claim_remotely, submit_claim};
pub use error::RewardError;
pub use psephos_wire::claim::{ClaimPackage, MAX_CLAIM_BYTES};
pub use relay::{ClaimOutcome, ClaimRelay, relay_claims};
pub use seal::{PreparedSeal, SealedBatch, prepare_seals, seal_notes};
pub(crate) use seal::{SealedNote, build_call};
pub use setup::{
    NewReward, create_reward, create_reward_call, fund_reward, fund_reward_calls, open_claims, ratification_of,
    ratify_option, sweep_pool, sweep_pool_call, token_balance, withdraw_surplus_call,
};
pub use status::{ChamberStatus, RewardStage, RewardStatus, Warning, policy_warnings, reward_stage, reward_status};
