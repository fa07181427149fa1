//! Making a sheet: first the posted values, then the voter's signature over them.

use super::{Instance, PostedSheet, SheetError, Witness, derive_message};
use crate::{
    Point,
    census::MembershipProof,
    committee::KeyVector,
    elements::{Context, Message, Scope},
    identity::NullifierKey,
    sheet::{Answers, Form, SheetRandomness},
    signature::Signature,
    weight::Weight,
};

/// A sheet's witness before its voter has signed it: [`Witness`] without the signature. Without `Debug`.
pub struct UnsignedWitness {
    /// The public authorising key.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The member's weight, as its leaf has it.
    pub weight: Weight,
    /// The Merkle path from the member's leaf to the census root.
    pub membership: MembershipProof,
    /// The scope of the context: the chamber of the poll, among others.
    pub scope: Scope,
    /// The form of the sheet.
    pub form: Form,
    /// The committee's keys.
    pub keys: KeyVector,
    /// The answers.
    pub answers: Answers,
    /// The encryption randomness of the blocks and the note's blinder.
    pub randomness: SheetRandomness,
}

/// A sheet before its voter has signed it.
pub struct SheetDraft {
    /// Complete except for the signature.
    witness: Witness,
    ctx: Context,
    posted: PostedSheet,
}

impl SheetDraft {
    /// Computes the values that will be posted.
    ///
    /// # Errors Returns [`SheetError::RelatedRandomness`] if two blocks would have equal or opposite randomness, which
    /// the statement allows but which would show the difference or the sum of their answers to anyone; then the first
    /// clause that does not hold. The caller must compare [`SheetDraft::ctx`] with the chamber's context: if they
    /// differ, census, scope, keys or form are not the poll's.
    pub fn new(unsigned: UnsignedWitness) -> Result<SheetDraft, SheetError> {
        let UnsignedWitness { ak, nk, weight, membership, scope, form, keys, answers, randomness } = unsigned;
        randomness.check_unrelated()?;
        let signature = Signature { nonce_point: Point::identity(), response: 0.into() };
        let witness = Witness { ak, nk, weight, membership, scope, form, keys, answers, randomness, signature };
        let (ctx, posted) = witness.compute_posted()?;
        Ok(SheetDraft { witness, ctx, posted })
    }

    /// Returns the context that this sheet is for.
    pub fn ctx(&self) -> Context {
        self.ctx
    }

    /// Returns the values that will be posted on chain beside the proof.
    pub fn posted(&self) -> &PostedSheet {
        &self.posted
    }

    /// Returns the message that the voter signs, if `previous` is the fingerprint in the nullifier's slot (0 before a
    /// first sheet).
    pub fn message(&self, previous: [u8; 32]) -> Message {
        let instance = Instance::from_posted(&self.posted, self.ctx, previous);
        derive_message(instance.h, instance.z)
    }

    /// Returns the signed sheet. The signature is not verified here: [`super::check`] does that.
    pub fn attach_signature(self, previous: [u8; 32], signature: Signature) -> (Instance, Witness, PostedSheet) {
        let SheetDraft { mut witness, ctx, posted } = self;
        witness.signature = signature;
        (Instance::from_posted(&posted, ctx, previous), witness, posted)
    }
}
