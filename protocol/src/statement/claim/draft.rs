//! Making a claim: first what is posted, then the voter's signature over it.

use super::{ClaimError, Instance, Posted, Terms, Witness};
use crate::{
    Fr, Point,
    identity::NullifierKey,
    note::{NotePath, Opening},
    signature::Signature,
};

/// A claim before its voter has signed it.
pub struct Draft {
    /// Complete but for the signature.
    witness: Witness,
    posted: Posted,
}

impl Draft {
    /// Computes what will be posted.
    ///
    /// # Errors
    /// The first clause that does not hold. Whether [`Posted::note_root`] is one that the contract knows is for the caller to compare: if it is not, the opening, the key or the path
    /// are not those of a sealed note.
    pub fn new(
        ak: Point,
        nk: NullifierKey,
        opening: Opening,
        path: NotePath,
        terms: Terms,
    ) -> Result<Draft, ClaimError> {
        let signature = Signature { nonce_point: Point::identity(), response: 0.into() };
        let witness = Witness { ak, nk, opening, path, terms, signature };
        let posted = witness.posted()?;
        Ok(Draft { witness, posted })
    }

    /// What will go on chain beside the proof.
    pub fn posted(&self) -> &Posted {
        &self.posted
    }

    /// What the voter signs: `h`, so all of `L`, reward nullifier and binding among it. No ballot's message is one: that is a hash of three inputs, this of nine.
    pub fn message(&self) -> Fr {
        self.posted.h
    }

    /// The finished claim. The signature is not verified here: [`super::check`] does it.
    pub fn finish(self, signature: Signature) -> (Instance, Witness, Posted) {
        let Draft { mut witness, posted } = self;
        witness.signature = signature;
        (Instance::of(&posted, &witness.terms), witness, posted)
    }
}
