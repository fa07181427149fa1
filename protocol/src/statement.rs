//! The statements, each with `Instance`, `Witness`, the values that are posted beside the proof, and one native `check`
//! that names the clause that fails (specification, sections 7, 8, 11 and 12). The circuits prove exactly what `check`
//! accepts.

/// Defines the type of a statement's public inputs. All are `[h, z, y]`, but each statement has a type of its own, so
/// that none is mistaken for another's.
macro_rules! instance {
    ($h:literal) => {
        /// The instance: the statement's public inputs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Instance {
            #[doc = $h]
            pub h: $crate::elements::StatementHash,
            /// The point of evaluation, a Fiat-Shamir challenge.
            pub z: $crate::elements::Challenge,
            /// The evaluation of the posted elements at `z`.
            pub y: $crate::elements::Evaluation,
        }

        impl Instance {
            /// The names of the public inputs, in their order.
            pub const NAMES: [&'static str; 3] = ["h", "z", "y"];

            /// Returns the public inputs, in the order of [`Instance::NAMES`].
            pub fn to_inputs(&self) -> [$crate::Fr; 3] {
                [self.h.to_fr(), self.z.to_fr(), self.y.to_fr()]
            }

            /// Returns the instance with these public inputs, in the order of [`Instance::NAMES`].
            pub fn from_inputs([h, z, y]: [$crate::Fr; 3]) -> Instance {
                use $crate::elements::{Challenge, Evaluation, StatementHash};
                Instance { h: StatementHash::from_fr(h), z: Challenge::from_fr(z), y: Evaluation::from_fr(y) }
            }
        }
    };
}
use instance;

pub mod ballot;
pub mod blinded;
pub mod claim;
pub mod committee_keys;
pub mod dealing;
pub mod decision;
pub mod decryption;
pub mod notes;
pub mod sheet;
pub mod update;
