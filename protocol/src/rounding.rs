//! Rounded opening: what the public learns of a chamber's totals, and how they stay hidden from it until then
//! (specification, section 10).
//!
//! Exact totals name voters: where most vote alike, few assignments of votes to weights give the published sum. In a
//! *rounded* chamber the public learns the greatest option, the choice, decided on the exact totals, and the *bucket*
//! `floor(V_j/g)` of every other option. The greatest one has no bucket: the sum of all totals is often public, and
//! would else give its total away.

mod blinding;
mod outcome;
mod parameters;

pub use blinding::{BLINDING_BASE, BlindingError, BlindingFactors, EncryptedFactors, commit_total};
pub use outcome::{Outcome, OutcomeError};
pub use parameters::{DecisionNumbers, ParametersError, RoundingParameters};
