//! Groth16 proofs: three points, strictly encoded.

use ark_bn254::{Fq2, G1Affine, G2Affine};

use crate::encoding::{self, EncodingError, Word, from_word};

/// Length of an encoded proof in bytes: eight words.
pub const PROOF_BYTES: usize = 256;

/// A Groth16 proof. Its points are on their curves, in the subgroup, and not the identity, however it was created.
///
/// Anyone can turn a proof into another proof of the same statement without knowing the witness (*re-randomisation*),
/// so nothing may be keyed by a proof's bytes, neither a cache nor a replay check. The nullifier is unique instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

/// An invalid encoding of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Wrong number of bytes.
    #[error("a proof has {PROOF_BYTES} bytes, not {actual}")]
    Length {
        /// Actual number of bytes.
        actual: usize,
    },
    /// One of the three points is invalid.
    #[error("proof element {element}: {source}")]
    Element {
        /// `A`, `B` or `C`.
        element: &'static str,
        /// Why it is invalid.
        source: EncodingError,
    },
}

impl Proof {
    /// Creates a proof from its points.
    ///
    /// # Errors
    /// Returns [`ProofError::Element`] if a point is off its curve, outside the subgroup, or the identity.
    pub fn from_points(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Proof, ProofError> {
        Ok(Proof {
            a: encoding::check_point(a).map_err(element_error("A"))?,
            b: encoding::check_point(b).map_err(element_error("B"))?,
            c: encoding::check_point(c).map_err(element_error("C"))?,
        })
    }

    /// Returns the points `A`, `B`, `C`.
    pub fn points(&self) -> (G1Affine, G2Affine, G1Affine) {
        (self.a, self.b, self.c)
    }

    /// Returns `A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y`: big-endian words, the imaginary part of `B`'s coordinates first
    /// (section 9).
    pub fn to_words(&self) -> [Word; 8] {
        points_to_words(&self.a, &self.b, &self.c)
    }

    /// Parses [`Proof::to_words`].
    ///
    /// # Errors
    /// Returns [`ProofError::Element`] if a coordinate is not less than `q`, or a point is off its curve, outside the
    /// subgroup, or the identity.
    pub fn from_words(words: &[Word; 8]) -> Result<Proof, ProofError> {
        let [ax, ay, bx1, bx0, by1, by0, cx, cy] = words;
        let g1 = |x, y| encoding::g1_from_coordinates(from_word(x)?, from_word(y)?);
        let g2 = || {
            encoding::g2_from_coordinates(
                Fq2::new(from_word(bx0)?, from_word(bx1)?),
                Fq2::new(from_word(by0)?, from_word(by1)?),
            )
        };
        Ok(Proof {
            a: g1(ax, ay).map_err(element_error("A"))?,
            b: g2().map_err(element_error("B"))?,
            c: g1(cx, cy).map_err(element_error("C"))?,
        })
    }

    /// Returns the words of [`Proof::to_words`], one after another.
    pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
        let mut bytes = [0; PROOF_BYTES];
        bytes.copy_from_slice(self.to_words().as_flattened());
        bytes
    }

    /// Parses [`Proof::to_bytes`].
    ///
    /// # Errors
    /// Returns [`ProofError::Length`] unless there are exactly 256 bytes; otherwise as [`Proof::from_words`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Proof, ProofError> {
        let words = encoding::split_words(bytes).map_err(|_| ProofError::Length { actual: bytes.len() })?;
        Proof::from_words(&words)
    }
}

/// Encodes three finite points in the order of [`Proof::to_words`].
pub(crate) fn points_to_words(a: &G1Affine, b: &G2Affine, c: &G1Affine) -> [Word; 8] {
    let [ax, ay] = encoding::g1_words(a);
    let [bx1, bx0, by1, by0] = encoding::g2_words(b);
    let [cx, cy] = encoding::g1_words(c);
    [ax, ay, bx1, bx0, by1, by0, cx, cy]
}

fn element_error(element: &'static str) -> impl Fn(EncodingError) -> ProofError {
    move |source| ProofError::Element { element, source }
}
