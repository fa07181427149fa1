//! What clients and services hand each other, and what may be believed of it.
//!
//! A voter, a trustee, a relayer and a prover's operator need the same three things, and not from one another: the packages of ballots
//! and claims ([`ballot`], [`claim`]); the circuits' keys, and whether a deployment verifies with the same ones ([`keys`]); and what can
//! be said of a package before it is sent ([`relay`]).
//!
//! Architecture invariant: nothing here authorises a vote. A witness that passes through holds `nk`, never `ask`.

pub mod ballot;
pub mod claim;
pub mod error;
pub mod keys;
pub mod progress;
pub mod proof;
pub mod relay;
pub mod reward;

pub use ballot::Package;
pub use claim::ClaimPackage;
pub use error::ExchangeError;
pub use keys::Circuits;
pub use progress::{Observer, Phase, Silent};
