//! Proof requests: a statement with its witness, as a remote prover receives it, and the job that it answers with.
//!
//! A request holds secrets (see [`StatementKind::reveals`]); it is encoded and decoded here and nowhere else. It never
//! holds the authorising key: a prover can refuse to prove, or disclose what it has learned, but it can neither vote
//! for the voter nor change the ballot.

mod job;
mod request;
mod secret;
mod sheet;
mod statement;
mod update;
mod witness;

pub use job::{JobStatus, JobView};
pub use request::{MAX_REQUEST_BYTES, ProofRequest, RequestError};
pub use statement::{CheckedStatement, FailedClause, Statement, StatementKind, UnknownStatement};

#[cfg(test)]
mod tests;
