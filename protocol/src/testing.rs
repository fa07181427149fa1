//! Deterministic fixtures and [`proptest`] strategies, for this crate's tests and those of the crates above it.
//!
//! Behind the feature `testing`, which only dev-dependencies turn on: the secrets are functions of small numbers, so
//! nothing that is built with them protects anyone.

mod fixtures;
mod sheets;
mod strategies;

pub use fixtures::{
    CastBallot, Voter, ballot_rule, census_of_weights, key_share, key_vector, recipients, seeded_identity, seeded_rng,
    transport_secret, weight,
};
pub use sheets::{CastSheet, random_answers, random_form, sheet_forms};
pub use strategies::{BallotInput, ballots, choices, field_elements, points, rules, scalars, weights, weights_under};
