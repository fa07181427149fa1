//! Services that a client may use over HTTP. Every answer is verified here, or decides nothing.

mod attestations;
pub mod oblivious;
mod prover;
mod provers;
pub mod relay;
mod service;
mod two_provers;

pub use attestations::AttestationService;
pub use prover::{RemoteProver, RemoteProverError};
pub use provers::Provers;
pub use service::{Service, ServiceError};
pub use two_provers::TwoProvers;
