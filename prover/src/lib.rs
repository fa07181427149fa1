//! Groth16 keys, proofs, formats and Solidity export.
//!
//! Two halves. The verifying half knows points and field elements only: [`Proof`], [`VerifyingKey`] (single and batch
//! verification), the strict [`encoding`]s, [`snarkjs`] JSON and the [`solidity`] verifier. The proving half (feature
//! `prove`, on by default) adds [`ProvingKey`] for any `psephos_circuits::Circuit`; [`KeyStore`], which loads a ceremony's keys by
//! their [`manifest`] or makes and caches development keys; [`KeyRing`], the keys of all circuits; and [`circuit_files`], circuits in the files of `psephos_formats`.
//! Without the feature the crate carries no R1CS.
//!
//! Architecture invariants: what is parsed is checked, so a [`Proof`] or a [`VerifyingKey`] that exists is well-formed;
//! verification returns `Result<(), _>`, never a `bool`; no proof leaves [`ProvingKey::prove`] that does not verify; the
//! crate knows no network and no voting policy.
#![forbid(unsafe_code)]

mod batch;
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
mod engine;
#[cfg(feature = "prove")]
pub mod examples;
#[cfg(feature = "prove")]
mod key_file;
#[cfg(feature = "prove")]
mod key_ring;
#[cfg(feature = "prove")]
pub mod manifest;
#[cfg(feature = "prove")]
mod proving;
#[cfg(feature = "prove")]
mod quotient;
#[cfg(feature = "prove")]
mod store;

pub use key::{DEVELOPMENT_CHAINS, KeyError, KeyInfo, REHEARSAL_ALPHA, VerifyingKey};
pub use proof::{PROOF_BYTES, Proof, ProofError};
pub use psephos_engine::Arithmetic;
pub use psephos_formats::encoding::{self, EncodingError};
pub use snarkjs::FormatError;
pub use solidity::SolidityError;
pub use verify::VerifyError;

#[cfg(feature = "prove")]
pub use engine::Preparation;
#[cfg(feature = "prove")]
pub use key_file::FileError;
#[cfg(feature = "prove")]
pub use key_ring::{KeyRing, KeyRingError};
#[cfg(feature = "prove")]
pub use manifest::Manifest;
#[cfg(feature = "prove")]
pub use proving::{ProveError, ProvingKey};
#[cfg(feature = "prove")]
pub use store::{KeyStore, Stage};
