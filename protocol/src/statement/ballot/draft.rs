//! Making a ballot: first the posted values, then the voter's signature over them.

use super::{BallotError, Instance, Posted, Witness, message};
use crate::{
    Point,
    census::MembershipProof,
    committee::KeyVector,
    elements::{Context, Message, Scope},
    encryption::Randomness,
    identity::NullifierKey,
    rule::Parameters,
    signature::Signature,
};

/// A ballot before its voter has signed it.
pub struct Draft {
    /// Complete except for the signature.
    witness: Witness,
    ctx: Context,
    posted: Posted,
}

impl Draft {
    /// Computes the values that will be posted.
    ///
    /// # Errors
    /// Returns the first clause that does not hold. The caller must compare [`Draft::ctx`] with the chamber's context:
    /// if they differ, census, scope, keys or rule are not the poll's.
    #[expect(clippy::too_many_arguments, reason = "one argument per element of the witness")]
    pub fn new(
        size: usize,
        ak: Point,
        nk: NullifierKey,
        weight: u64,
        membership: MembershipProof,
        scope: Scope,
        rule: Parameters,
        keys: KeyVector,
        x: Vec<u64>,
        randomness: Randomness,
    ) -> Result<Draft, BallotError> {
        let signature = Signature { nonce_point: Point::identity(), response: 0.into() };
        let witness = Witness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness, signature };
        let (ctx, posted) = witness.posted()?;
        Ok(Draft { witness, ctx, posted })
    }

    /// Returns the context that this ballot is for.
    pub fn ctx(&self) -> Context {
        self.ctx
    }

    /// Returns the values that will be posted on chain beside the proof.
    pub fn posted(&self) -> &Posted {
        &self.posted
    }

    /// Returns the message that the voter signs, if `previous` is the fingerprint in the nullifier's ballot slot (0
    /// before a first ballot).
    pub fn message(&self, previous: [u8; 32]) -> Message {
        let instance = Instance::of(&self.posted, self.ctx, previous);
        message(instance.h, instance.z)
    }

    /// Returns the signed ballot. The signature is not verified here: [`super::check`] does that.
    pub fn finish(self, previous: [u8; 32], signature: Signature) -> (Instance, Witness, Posted) {
        let Draft { mut witness, ctx, posted } = self;
        witness.signature = signature;
        (Instance::of(&posted, ctx, previous), witness, posted)
    }
}
