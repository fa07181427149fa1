//! What the parts' routes have in common.

mod problem;

pub use problem::Problem;
