//! Development keys, deterministic on purpose.
//!
//! **Anyone who reads this file can forge proofs under a development key.** The setup's randomness is ChaCha20 seeded
//! with `keccak256("psephos development key" || circuit hash)`, so its secret is as public as this source. That is
//! intended: all development verifiers are equal byte for byte, generated Solidity can be committed and checked for
//! freshness, and no one can mistake such a key for the result of a ceremony. The flag `development` is kept in the
//! key's file, its JSON and its contract, and [`crate::VerifyingKey::check_chain`] keeps such a key off real chains.
//!
//! This is the only seeded generator of the crate, and the only code that makes keys.

use psephos_circuits::R1cs;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha3::{Digest, Keccak256};

use crate::groth16::Groth16Prover;

/// Generates the development key of a constraint system.
///
/// # Errors
/// Returns the reason, as text, if the system is larger than the field's largest domain.
pub(crate) fn generate_key(system: &R1cs, circuit_hash: &[u8; 32]) -> Result<Groth16Prover, String> {
    let seed = Keccak256::new().chain_update("psephos development key").chain_update(circuit_hash).finalize();
    // Seeded, so not a secret: see the module's documentation.
    Groth16Prover::generate_key(system, &mut ChaCha20Rng::from_seed(seed.into())).map_err(|e| e.to_string())
}
