//! Making a ballot: first what is posted, then the voter's signature over it.

use super::{BallotError, Instance, Posted, Witness, message};
use crate::{
    Fr, Point, census::MembershipProof, committee::KeyVector, encryption::Randomness, identity::NullifierKey,
    rule::Parameters, signature::Signature,
};

/// A ballot before its voter has signed it.
pub struct Draft {
    /// Complete but for the signature.
    witness: Witness,
    ctx: Fr,
    posted: Posted,
}

impl Draft {
    /// Computes what will be posted.
    ///
    /// # Errors
    /// The first clause that does not hold. Whether [`Draft::ctx`] is the chamber's is for the caller to compare: if it is not,
    /// census, scope, keys or rule are not the poll's.
    #[expect(clippy::too_many_arguments, reason = "one argument an element of the witness")]
    pub fn new(
        size: usize,
        ak: Point,
        nk: NullifierKey,
        weight: u64,
        membership: MembershipProof,
        scope: Fr,
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

    /// The context that this ballot is for.
    pub fn ctx(&self) -> Fr {
        self.ctx
    }

    /// What will go on chain beside the proof.
    pub fn posted(&self) -> &Posted {
        &self.posted
    }

    /// What the voter signs, if `previous` is the fingerprint in the nullifier's slot (0 before a first ballot).
    pub fn message(&self, previous: [u8; 32]) -> Fr {
        let instance = Instance::of(&self.posted, self.ctx, previous);
        message(instance.h, instance.z)
    }

    /// The finished ballot. The signature is not verified here: [`super::check`] does it.
    pub fn finish(self, previous: [u8; 32], signature: Signature) -> (Instance, Witness, Posted) {
        let Draft { mut witness, ctx, posted } = self;
        witness.signature = signature;
        (Instance::of(&posted, ctx, previous), witness, posted)
    }
}
