//! Development keys: deterministic on purpose.
//!
//! **Whoever reads this file can forge proofs under a development key.** The setup's randomness is ChaCha20 seeded with
//! `keccak256("psephos development key" || circuit hash)`, so its secret is as public as this source. That is the point:
//! everybody's development verifiers are the same byte for byte, generated Solidity can be committed and checked for
//! freshness, and nobody can take such a key for the outcome of a ceremony. The flag `development` follows the key into its
//! file, its JSON and its contract, and [`crate::VerifyingKey::refuse_chain`] keeps it off real chains.
//!
//! This is the only seeded generator of the crate. No other path makes keys.

use psephos_circuits::R1cs;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha3::{Digest, Keccak256};

use crate::engine::Engine;

/// Makes the development key of a system.
///
/// # Errors
/// If the system is larger than the field's largest domain, in the engine's words.
pub(crate) fn setup(system: &R1cs, circuit_hash: &[u8; 32]) -> Result<Engine, String> {
    let seed = Keccak256::new().chain_update("psephos development key").chain_update(circuit_hash).finalize();
    // Seeded: not a secret. See the module's first words.
    Engine::setup(system, &mut ChaCha20Rng::from_seed(seed.into())).map_err(|e| e.to_string())
}
