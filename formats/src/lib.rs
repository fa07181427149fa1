//! Readers and writers for the files of Groth16 over BN254, as snarkjs, circom and rapidsnark use them.
//!
//! | file | holds | here |
//! |---|---|---|
//! | `.r1cs` | a constraint system | [`r1cs`] |
//! | `.sym` | names of its wires | [`symbols`] |
//! | `.wtns` | an assignment, which is secret | [`witness`] |
//! | `.zkey` | a proving key and the transcript of its ceremony | [`zkey`] |
//! | `.ptau` | powers of tau | [`ptau`] |
//! | `proof.json`, `public.json`, `verification_key.json` | a proof, its public inputs, a verifying key | [`snarkjs`] |
//!
//! The four binary files are a [`binary`] container of numbered sections. Numbers are little-endian; elements of the
//! base field are in Montgomery form with `R = 2^256`, as arkworks keeps them, so a key is loaded without a single
//! multiplication. [`encoding`] has the strict encodings that JSON and contracts use.
//!
//! Reading is strict: sizes are compared with the file's own length before anything is allocated, every number is less
//! than its modulus, and no bytes are allowed before, between or after the sections. Formats are read for BN254 alone.
//!
//! Architecture invariant: the crate knows arkworks' types and nothing of Psephos' protocol, circuits or keys. Without
//! the feature `binary` it has [`encoding`] and [`snarkjs`] alone.
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
