//! Services that a client may use over HTTP. Every answer is verified here, or decides nothing.

mod prover;
pub mod relay;
mod service;

pub use prover::{RemoteProver, RemoteProverError};
pub use service::{Service, ServiceError};
