//! Making a claim: first the posted values, then the voter's signature over them.

use super::{ClaimError, ClaimTerms, Instance, PostedClaim, Witness, message};
use crate::{
    Point,
    elements::Message,
    identity::NullifierKey,
    note::{NoteOpening, NotePath},
    signature::Signature,
};

/// A claim before its voter has signed it.
pub struct ClaimDraft {
    /// Complete except for the signature.
    witness: Witness,
    posted: PostedClaim,
}

impl ClaimDraft {
    /// Computes the values that will be posted.
    ///
    /// # Errors
    /// Returns the first clause that does not hold. The caller must check that [`PostedClaim::notes_root`] is a root
    /// that the contract knows: if it is not, the opening, the key or the path are not those of a sealed note.
    pub fn new(
        ak: Point,
        nk: NullifierKey,
        opening: NoteOpening,
        path: NotePath,
        terms: ClaimTerms,
    ) -> Result<ClaimDraft, ClaimError> {
        let signature = Signature { nonce_point: Point::identity(), response: 0.into() };
        let witness = Witness { ak, nk, opening, path, terms, signature };
        let posted = witness.compute_posted()?;
        Ok(ClaimDraft { witness, posted })
    }

    /// Returns the values that will be posted on chain beside the proof.
    pub fn posted(&self) -> &PostedClaim {
        &self.posted
    }

    /// Returns the message that the voter signs: `h`, so all of `L`, reward nullifier and binding among it. It is never
    /// the message of a ballot: that is a hash of three inputs, this of nine.
    pub fn message(&self) -> Message {
        message(self.posted.h)
    }

    /// Returns the signed claim. The signature is not verified here: [`super::check`] does that.
    pub fn attach_signature(self, signature: Signature) -> (Instance, Witness, PostedClaim) {
        let ClaimDraft { mut witness, posted } = self;
        witness.signature = signature;
        (Instance::from_posted(&posted, &witness.terms), witness, posted)
    }
}
