//! Membership proofs: Merkle paths in the census (specification, section 3).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{CensusError, hash_node};
use crate::{
    Fr,
    constants::CENSUS_DEPTH,
    elements::{CensusLeaf, CensusRoot},
    field,
};

/// A sibling on the Merkle path from a leaf to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sibling {
    /// The sibling's value.
    #[serde(with = "field::serde_hex")]
    pub value: Fr,
    /// Whether the sibling is the left child.
    pub on_left: bool,
}

/// A Merkle path: the siblings from the leaf up, without the levels that have none. 0 to [`CENSUS_DEPTH`] entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MembershipProof {
    /// The siblings, from the leaf up.
    pub siblings: Vec<Sibling>,
}

impl MembershipProof {
    /// Returns the root to which this path leads from a leaf.
    pub fn compute_root(&self, leaf: CensusLeaf) -> CensusRoot {
        CensusRoot::from_fr(self.siblings.iter().fold(leaf.to_fr(), |node, sibling| {
            if sibling.on_left { hash_node(sibling.value, node) } else { hash_node(node, sibling.value) }
        }))
    }

    /// Checks that the circuits accept a path of this length.
    ///
    /// # Errors
    /// Returns [`CensusError::TooDeep`] if there are more than [`CENSUS_DEPTH`] siblings.
    pub fn check_depth(&self) -> Result<(), CensusError> {
        let actual = self.siblings.len();
        if actual > CENSUS_DEPTH { Err(CensusError::TooDeep { max: CENSUS_DEPTH, actual }) } else { Ok(()) }
    }
}

impl Serialize for MembershipProof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.siblings.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MembershipProof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MembershipProof, D::Error> {
        let proof = MembershipProof { siblings: Vec::deserialize(deserializer)? };
        proof.check_depth().map_err(de::Error::custom)?;
        Ok(proof)
    }
}
