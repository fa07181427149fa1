#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "binary")]
pub mod binary;
#[cfg(feature = "binary")]
pub mod elements;
pub mod encoding;
#[cfg(feature = "binary")]
mod error;
#[cfg(feature = "binary")]
pub mod ptau;
#[cfg(feature = "binary")]
pub mod r1cs;
pub mod snarkjs;
#[cfg(feature = "binary")]
pub mod symbols;
#[cfg(feature = "binary")]
pub mod witness;
#[cfg(feature = "binary")]
pub mod zkey;

pub use encoding::EncodingError;
#[cfg(feature = "binary")]
pub use error::Iden3Error;
pub use snarkjs::JsonError;
