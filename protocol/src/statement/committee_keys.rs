//! Statement `committee-keys` (specification, sections 5 and 8): `K_3` and `K_8` are the hashes of a committee's keys and of their shifted
//! ones. It has no secret: it only spares the chain a thousand doublings and eight hashes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Fr, committee::KeyVector, field, transcript};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CommitteeKeysError {
    /// A public input is not that of the keys.
    #[error("binding: the public input {name} is {expected}, the keys give {actual}")]
    Binding {
        /// The public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The keys'.
        actual: Fr,
    },
}

/// The public inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// `K_8`, which fixes all keys.
    #[serde(with = "field::serde_hex")]
    pub h: Fr,
    /// The point of evaluation.
    #[serde(with = "field::serde_hex")]
    pub z: Fr,
    /// The evaluation.
    #[serde(with = "field::serde_hex")]
    pub y: Fr,
}

impl Instance {
    /// The names of the public inputs, in their order.
    pub const NAMES: [&'static str; 3] = ["h", "z", "y"];

    /// The public inputs, in the order of [`Instance::NAMES`].
    pub fn to_inputs(&self) -> [Fr; 3] {
        [self.h, self.z, self.y]
    }

    /// The public inputs for these keys.
    pub fn of(keys: &KeyVector) -> Instance {
        let h = keys.hash(8);
        let elements = elements(keys);
        let z = transcript::challenge(h, &elements);
        Instance { h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// `L = (K_3, PK_1.x, PK_1.y, .., PK_8.y)`: 17 elements.
pub fn elements(keys: &KeyVector) -> Vec<Fr> {
    let mut elements = vec![keys.hash(3)];
    elements.extend(keys.keys().iter().flat_map(|key| [key.x(), key.y()]));
    elements
}

/// Checks the statement as the circuit does.
///
/// # Errors
/// [`CommitteeKeysError::Binding`].
pub fn check(instance: &Instance, keys: &KeyVector) -> Result<(), CommitteeKeysError> {
    let (h, y) = (keys.hash(8), transcript::evaluate(&elements(keys), instance.z));
    for (name, expected, actual) in [("h", instance.h, h), ("y", instance.y, y)] {
        if expected != actual {
            return Err(CommitteeKeysError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
