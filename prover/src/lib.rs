#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod batch;
mod bisection;
pub mod broken;
mod key;
mod proof;
pub mod snarkjs;
pub mod solidity;
mod verify;

#[cfg(feature = "prove")]
pub mod circuit_files;
#[cfg(feature = "prove")]
mod development;
#[cfg(feature = "prove")]
pub mod examples;
#[cfg(feature = "prove")]
mod groth16;
#[cfg(feature = "prove")]
mod key_file;
#[cfg(feature = "prove")]
mod key_ring;
#[cfg(feature = "prove")]
pub mod manifest;
#[cfg(feature = "prove")]
mod proving;
#[cfg(feature = "prove")]
mod reduction;
#[cfg(feature = "prove")]
mod rerandomisation;
#[cfg(feature = "prove")]
pub mod split;
#[cfg(feature = "prove")]
mod store;

pub use key::{DEVELOPMENT_CHAINS, KeyError, KeyInfo, REHEARSAL_ALPHA, VerifyingKey};
pub use proof::{PROOF_BYTES, Proof, ProofError};
pub use psephos_engine::Backend;
pub use psephos_formats::encoding::{self, EncodingError};
pub use snarkjs::SnarkjsError;
pub use solidity::SolidityError;
pub use verify::VerifyError;

#[cfg(feature = "prove")]
pub use groth16::Preparation;
#[cfg(feature = "prove")]
pub use key_file::KeyFileError;
#[cfg(feature = "prove")]
pub use key_ring::{KeyRing, KeyRingError};
#[cfg(feature = "prove")]
pub use manifest::Manifest;
#[cfg(feature = "prove")]
pub use proving::{ProveError, ProvingKey};
#[cfg(feature = "prove")]
pub use store::{KeyStore, LoadStage};
