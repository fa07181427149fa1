//! Circuit versions in which a soundness error was found. Their keys are rejected, however honest their ceremony was:
//! the flaw is in the matrices, so every key of them accepts forged proofs.
//!
//! Each version has a fixture in `prover/tests/broken`, with a proof of a false statement that the version's own key
//! accepts.

use psephos_protocol::circuit_version::CircuitVersion;

use crate::KeyError;

/// A version of a circuit that must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenCircuit {
    /// The circuit's name: `ballot-3`.
    pub circuit: &'static str,
    /// The version with the flaw; 0 for a demonstration that was never released.
    pub version: CircuitVersion,
    /// The clause of the statement that its constraints do not enforce.
    pub clause: &'static str,
    /// Keccak-256 of its matrices, in hexadecimal.
    pub circuit_hash: &'static str,
}

/// All broken versions. The two of version 0 are demonstrations: today's circuits without the constraints of one
/// clause.
pub const BROKEN: [BrokenCircuit; 2] = [
    BrokenCircuit {
        circuit: "ballot-3",
        version: CircuitVersion(0),
        clause: "signature",
        circuit_hash: "a734862a9f5924b66596e30a181f302af260d77285c0614ca47b2b63ee88fabb",
    },
    BrokenCircuit {
        circuit: "committee-keys",
        version: CircuitVersion(0),
        clause: "binding",
        circuit_hash: "7e563aec08eb0077476f8cc173a94b8404b148f6e1ffefc3950e47b1e3c11536",
    },
];

/// The broken version with this hash of its matrices, in lower-case hexadecimal.
pub fn find_broken(circuit_hash: &str) -> Option<&'static BrokenCircuit> {
    BROKEN.iter().find(|broken| broken.circuit_hash == circuit_hash)
}

/// Rejects the hash of a broken version.
///
/// # Errors
/// Returns [`KeyError::Broken`].
pub(crate) fn reject_broken(circuit_hash: &str) -> Result<(), KeyError> {
    match find_broken(circuit_hash) {
        None => Ok(()),
        Some(&BrokenCircuit { circuit, version, clause, .. }) => Err(KeyError::Broken { circuit, version, clause }),
    }
}
