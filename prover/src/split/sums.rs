//! What a prover returns for its share: three points.

use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::CurveGroup;
use zeroize::Zeroize;

use crate::proof::points_to_words;
use crate::{PROOF_BYTES, Proof, ProofError};

/// Length of encoded sums in bytes: eight words, as of a proof.
pub const SUMS_BYTES: usize = PROOF_BYTES;

/// The sums of a witness share: of A and B over the assignment, of L and H over the witness and the quotient. Both
/// provers' sums together are a proof without blinding, so they are wiped when dropped.
pub struct PartialSums {
    pub(super) a: G1Affine,
    pub(super) b: G2Affine,
    pub(super) c: G1Affine,
}

impl Drop for PartialSums {
    fn drop(&mut self) {
        self.a.zeroize();
        self.b.zeroize();
        self.c.zeroize();
    }
}

impl PartialSums {
    /// Wraps sums. One that is infinity has no encoding; those of uniform elements are not.
    pub(super) fn new((a, b, c): (G1Projective, G2Projective, G1Projective)) -> Result<PartialSums, ProofError> {
        Ok(PartialSums::from_checked(Proof::from_points(a.into_affine(), b.into_affine(), c.into_affine())?))
    }

    /// Parses [`PartialSums::to_bytes`].
    ///
    /// # Errors
    /// Returns [`ProofError`] unless there are exactly 256 bytes, every coordinate is below the order of its field, and
    /// every point is on its curve, in the subgroup, and not the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<PartialSums, ProofError> {
        Ok(PartialSums::from_checked(Proof::from_bytes(bytes)?))
    }

    /// Returns the points as words, in the order and with the encoding of [`Proof::to_words`].
    pub fn to_bytes(&self) -> [u8; SUMS_BYTES] {
        let mut bytes = [0; SUMS_BYTES];
        bytes.copy_from_slice(points_to_words(&self.a, &self.b, &self.c).as_flattened());
        bytes
    }

    /// Takes three points that are on their curves, in their subgroups and finite: that is what the type of proofs
    /// checks, whether the points are one or not.
    fn from_checked(checked: Proof) -> PartialSums {
        let (a, b, c) = checked.points();
        PartialSums { a, b, c }
    }
}
