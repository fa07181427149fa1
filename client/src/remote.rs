//! Services that a client may use, and what it believes of them: nothing that it can check itself.

mod prover;
pub mod relay;
mod service;

pub use prover::RemoteProver;
pub use service::{RemoteError, Service};
