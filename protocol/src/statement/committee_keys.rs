//! The statement `committee-keys` (specification, sections 5 and 8): `K_3` and `K_8` are the hashes of a committee's
//! keys and of their shifted ones. It has no secret: it only saves the chain a thousand doublings and eight hashes.

use thiserror::Error;

use crate::{Fr, committee::KeyVector, elements::StatementHash, transcript};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CommitteeKeysError {
    /// A public input differs from that of the keys.
    #[error("binding: the public input {name} is {expected}, the keys give {actual}")]
    Binding {
        /// The name of the public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The value that the keys give.
        actual: Fr,
    },
}

super::instance!("`K_8`, which fixes all keys.");

impl Instance {
    /// Computes the public inputs for these keys.
    pub fn of(keys: &KeyVector) -> Instance {
        let h = hash(keys);
        let elements = elements(keys);
        let z = transcript::challenge(h, &elements);
        Instance { h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// Returns `h = K_8`.
fn hash(keys: &KeyVector) -> StatementHash {
    StatementHash::from_fr(keys.hash(8).to_fr())
}

/// Returns `L = (K_3, PK_1.x, PK_1.y, .., PK_8.y)`: 17 elements.
pub fn elements(keys: &KeyVector) -> Vec<Fr> {
    let mut elements = vec![keys.hash(3).to_fr()];
    elements.extend(keys.keys().iter().flat_map(|key| [key.x(), key.y()]));
    elements
}

/// Checks the statement as the circuit does.
///
/// # Errors
/// Returns [`CommitteeKeysError::Binding`] if a public input differs from that of the keys.
pub fn check(instance: &Instance, keys: &KeyVector) -> Result<(), CommitteeKeysError> {
    let (h, y) = (hash(keys), transcript::evaluate(&elements(keys), instance.z));
    for (name, expected, actual) in [("h", instance.h.to_fr(), h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())] {
        if expected != actual {
            return Err(CommitteeKeysError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
