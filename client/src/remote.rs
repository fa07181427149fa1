//! Services that a client may use over HTTP. Every answer is verified here, or decides nothing.

mod attestations;
pub mod oblivious;
mod prover;
pub mod relay;
mod service;

pub use attestations::AttestationService;
pub use prover::{RemoteProver, RemoteProverError};
pub use service::{Service, ServiceError};
