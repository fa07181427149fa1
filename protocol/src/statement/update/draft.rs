//! Making an update: first the posted values, then the signature over them.

use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{Instance, UpdateError, Witness, derive_message};
use crate::{
    Point, Scalar,
    census::MembershipProof,
    committee::KeyVector,
    elements::{CensusRoot, Context, Message, NoteCommitment, Nullifier, Scope},
    encryption::Ciphertext,
    identity::{Identity, NullifierKey, Seed},
    rule::RuleParameters,
    scalar,
    signature::Signature,
    statement::ballot::PostedBallot,
    weight::Weight,
};

/// A ballot slot with the content that counts, and the chamber's public parameters: everything that a mask needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotContent {
    /// The nullifier of the slot.
    pub nullifier: Nullifier,
    /// The note commitment of its first ballot, which no update changes.
    pub note: NoteCommitment,
    /// The ciphertext that counts.
    pub old: Ciphertext,
    /// The fingerprint in the slot.
    pub previous: [u8; 32],
    /// The census root of the context.
    pub root: CensusRoot,
    /// The scope of the context.
    pub scope: Scope,
    /// The chamber's ballot rule.
    pub rule: RuleParameters,
    /// The committee's keys.
    pub keys: KeyVector,
}

/// The secret part of a replacement before it is signed. Without `Debug`.
pub struct UnsignedWitness {
    /// The public authorising key of the slot's owner.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The member's weight.
    pub weight: Weight,
    /// The Merkle path from the member's leaf to the census root.
    pub membership: MembershipProof,
    /// The choices `x_1..x_M`, zeros after the poll's options.
    pub x: Vec<u64>,
}

/// An update before it is signed.
pub struct UpdateDraft {
    /// Complete except for the signature.
    witness: Witness,
    ctx: Context,
    posted: PostedBallot,
    previous: [u8; 32],
}

impl UpdateDraft {
    /// Drafts the replacement of a slot's content by its owner, with fresh randomness that follows from nothing.
    ///
    /// # Errors
    /// The first clause that does not hold. The caller must compare [`UpdateDraft::ctx`] with the chamber's context.
    pub fn replace(
        slot: SlotContent,
        voter: UnsignedWitness,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<UpdateDraft, UpdateError> {
        UpdateDraft::new(slot, voter, false, rng)
    }

    /// Makes a mask: a signed update that changes no total. It needs no secret of anyone, and is signed by an identity
    /// that is drawn for it alone.
    ///
    /// # Errors
    /// As [`UpdateDraft::replace`].
    pub fn mask(
        slot: SlotContent,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(Instance, Witness, PostedBallot), UpdateError> {
        let identity = draw_identity(rng);
        let mut x = slot.rule.any_choice(Weight::MIN);
        x.resize(slot.old.size(), 0);
        let invented = UnsignedWitness {
            ak: identity.authorising_key(),
            nk: identity.nullifier_key(),
            weight: Weight::MIN,
            membership: MembershipProof { siblings: Vec::new() },
            x,
        };
        let draft = UpdateDraft::new(slot, invented, true, rng)?;
        let signature = identity.sign(draft.message(), rng);
        Ok(draft.attach_signature(signature))
    }

    fn new(
        slot: SlotContent,
        voter: UnsignedWitness,
        mask: bool,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<UpdateDraft, UpdateError> {
        let SlotContent { nullifier, note, old, previous, root, scope, rule, keys } = slot;
        let UnsignedWitness { ak, nk, weight, membership, x } = voter;
        let r = Zeroizing::new(scalar::random_nonzero_scalar(rng));
        let size = old.size();
        let signature = Signature { nonce_point: Point::identity(), response: Scalar::from(0u64) };
        let witness = Witness {
            size,
            mask,
            ak,
            nk,
            weight,
            membership,
            root,
            scope,
            rule,
            keys,
            nullifier,
            x,
            r: *r,
            old,
            signature,
        };
        let (ctx, h, ciphertext) = witness.compute_content()?;
        Ok(UpdateDraft { witness, ctx, posted: PostedBallot { h, nullifier, note, ciphertext }, previous })
    }

    /// Returns the context that this update is for.
    pub fn ctx(&self) -> Context {
        self.ctx
    }

    /// Returns the message to sign.
    pub fn message(&self) -> Message {
        let instance = self.instance();
        derive_message(instance.h, instance.z)
    }

    /// Returns the signed update. The signature is not verified here: [`super::check`] does that.
    pub fn attach_signature(self, signature: Signature) -> (Instance, Witness, PostedBallot) {
        let instance = self.instance();
        let UpdateDraft { mut witness, posted, .. } = self;
        witness.signature = signature;
        (instance, witness, posted)
    }

    fn instance(&self) -> Instance {
        Instance::from_posted(&self.posted, &self.witness.old, self.ctx, self.previous)
    }
}

/// Draws an identity that nothing else uses.
fn draw_identity(rng: &mut (impl RngCore + CryptoRng)) -> Identity {
    loop {
        // One seed of 2^250 gives no identity.
        if let Ok(identity) = Identity::from_seed(&Seed::random(rng)) {
            return identity;
        }
    }
}
