//! Versions of circuits.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The version of a circuit: 1 for its first release, and one more for every release with other matrices.
///
/// A circuit is identified by the hash of its matrices; the version is the number by which people and manifests name
/// it. A soundness fix is a new version with new keys, and the version with the flaw remains as a fixture that tests
/// must see rejected (`prover/tests/broken/README.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CircuitVersion(pub u32);

impl CircuitVersion {
    /// The version of a circuit's first release.
    pub const FIRST: CircuitVersion = CircuitVersion(1);
}

impl fmt::Display for CircuitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
