//! Making a ballot: first the posted values, then the voter's signature over them.

use super::{BallotError, Instance, PostedBallot, Witness, derive_message};
use crate::{
    Point,
    census::MembershipProof,
    committee::KeyVector,
    elements::{Context, Message, Scope},
    encryption::Randomness,
    identity::NullifierKey,
    rule::RuleParameters,
    signature::Signature,
    weight::Weight,
};

/// A ballot's witness before its voter has signed it: [`Witness`] without the signature. Without `Debug`.
pub struct UnsignedWitness {
    /// The circuit size `M`, 3 or 8.
    pub size: usize,
    /// The public authorising key.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The member's weight.
    pub weight: Weight,
    /// The Merkle path from the member's leaf to the census root.
    pub membership: MembershipProof,
    /// The scope of the context: the chamber of the poll, among others.
    pub scope: Scope,
    /// The chamber's ballot rule.
    pub rule: RuleParameters,
    /// The committee's keys.
    pub keys: KeyVector,
    /// The choices `x_1..x_M`, zeros after the poll's options.
    pub x: Vec<u64>,
    /// The encryption randomness and the note's blinder.
    pub randomness: Randomness,
}

/// A ballot before its voter has signed it.
pub struct BallotDraft {
    /// Complete except for the signature.
    witness: Witness,
    ctx: Context,
    posted: PostedBallot,
}

impl BallotDraft {
    /// Computes the values that will be posted.
    ///
    /// # Errors
    /// Returns the first clause that does not hold. The caller must compare [`BallotDraft::ctx`] with the chamber's
    /// context: if they differ, census, scope, keys or rule are not the poll's.
    pub fn new(unsigned: UnsignedWitness) -> Result<BallotDraft, BallotError> {
        let UnsignedWitness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness } = unsigned;
        let signature = Signature { nonce_point: Point::identity(), response: 0.into() };
        let witness = Witness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness, signature };
        let (ctx, posted) = witness.compute_posted()?;
        Ok(BallotDraft { witness, ctx, posted })
    }

    /// Returns the context that this ballot is for.
    pub fn ctx(&self) -> Context {
        self.ctx
    }

    /// Returns the values that will be posted on chain beside the proof.
    pub fn posted(&self) -> &PostedBallot {
        &self.posted
    }

    /// Returns the message that the voter signs, if `previous` is the fingerprint in the nullifier's ballot slot (0
    /// before a first ballot).
    pub fn message(&self, previous: [u8; 32]) -> Message {
        let instance = Instance::from_posted(&self.posted, self.ctx, previous);
        derive_message(instance.h, instance.z)
    }

    /// Returns the signed ballot. The signature is not verified here: [`super::check`] does that.
    pub fn attach_signature(self, previous: [u8; 32], signature: Signature) -> (Instance, Witness, PostedBallot) {
        let BallotDraft { mut witness, ctx, posted } = self;
        witness.signature = signature;
        (Instance::from_posted(&posted, ctx, previous), witness, posted)
    }
}
