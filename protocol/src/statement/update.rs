//! The statement `update` (specification, section 7): in a masked poll, the content of a ballot slot is replaced by its
//! owner, or *masked* by anyone, which means re-encrypted. Which of the two it is, nothing that is public tells.

mod draft;
mod error;

use zeroize::{Zeroize, Zeroizing};

use crate::{
    Fr, Point, Scalar,
    census::{self, MembershipProof},
    committee::KeyVector,
    constants::{CIRCUIT_SIZES, tag},
    context,
    elements::{CensusRoot, Challenge, Context, Message, Nullifier, Scope, StatementHash},
    encryption::{self, Ciphertext},
    identity::{self, NullifierKey},
    nullifier, poseidon,
    rule::RuleParameters,
    signature::Signature,
    statement::ballot::PostedBallot,
    transcript,
    weight::Weight,
};

pub use draft::{SlotContent, UnsignedWitness, UpdateDraft};
pub use error::UpdateError;

super::instance!("The hash of the proven elements.");

impl Instance {
    /// Computes the public inputs for a posted update of a slot, as the contract does. `previous` is the slot's
    /// fingerprint, `old` the ciphertext that it commits to.
    pub fn from_posted(posted: &PostedBallot, old: &Ciphertext, ctx: Context, previous: [u8; 32]) -> Instance {
        let z = transcript::derive_ballot_challenge(previous, ctx, posted);
        let elements = list_elements(ctx, posted.nullifier, &posted.ciphertext, old);
        Instance { h: posted.h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// The witness. For a replacement it is that of its voter; for a mask, identity, weight, path and choice are invented.
/// Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The circuit size `M`, 3 or 8.
    pub size: usize,
    /// Whether this is a mask.
    pub mask: bool,
    /// The public authorising key.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The member's weight.
    pub weight: Weight,
    /// The Merkle path from the member's leaf to the census root.
    pub membership: MembershipProof,
    /// The census root of the context.
    pub root: CensusRoot,
    /// The scope of the context.
    pub scope: Scope,
    /// The chamber's ballot rule.
    pub rule: RuleParameters,
    /// The committee's keys.
    pub keys: KeyVector,
    /// The nullifier of the slot.
    pub nullifier: Nullifier,
    /// The choices `x_1..x_M`, zeros after the poll's options. A mask counts none of them.
    pub x: Vec<u64>,
    /// The encryption randomness `r`.
    pub r: Scalar,
    /// The slot's ciphertext.
    pub old: Ciphertext,
    /// The signature by `ak` over [`derive_message`].
    pub signature: Signature,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.mask.zeroize();
        self.weight.zeroize();
        self.x.zeroize();
        self.r.zeroize();
    }
}

impl Witness {
    /// Computes the context from this witness's scope, census root, keys and rule.
    ///
    /// # Errors
    /// [`UpdateError::Size`] if there is no circuit of this size for the poll's options.
    pub fn compute_context(&self) -> Result<Context, UpdateError> {
        if !CIRCUIT_SIZES.contains(&self.size) || self.rule.options > self.size || self.old.size() != self.size {
            return Err(UpdateError::Size { size: self.size, options: self.rule.options });
        }
        Ok(context::derive_context(self.scope, self.root, self.keys.hash_keys(self.size), &self.rule))
    }

    /// Computes the context, `h` and the new ciphertext, from the witness alone.
    ///
    /// # Errors
    /// The first clause that does not hold, of those that do not need the public inputs.
    pub fn compute_content(&self) -> Result<(Context, StatementHash, Ciphertext), UpdateError> {
        let ctx = self.compute_context()?;
        if self.x.len() != self.size {
            return Err(UpdateError::ChoiceLength { expected: self.size, actual: self.x.len() });
        }
        self.membership.check_depth().map_err(UpdateError::Membership)?;
        if !self.mask {
            self.check_owner(ctx)?;
        }
        let mut u = Zeroizing::new(self.rule.count_values(self.weight, &self.x)?);
        if self.mask {
            u.fill(0);
        }
        let encrypted = encryption::encrypt_values(&u, &self.keys, &self.r);
        let new = if self.mask { self.old.add(&encrypted) } else { encrypted };
        let h = hash_elements(&list_elements(ctx, self.nullifier, &new, &self.old));
        Ok((ctx, h, new))
    }

    fn check_owner(&self, ctx: Context) -> Result<(), UpdateError> {
        let id = identity::derive_commitment(&self.ak, &self.nk);
        if self.membership.compute_root(census::hash_leaf(&id, self.weight)) != self.root {
            return Err(UpdateError::NotAMember);
        }
        match nullifier::derive_nullifier(&self.nk, &id, ctx) == self.nullifier {
            true => Ok(()),
            false => Err(UpdateError::OtherSlot),
        }
    }
}

/// Returns `L = (ctx, nullifier, C'.x, .., D'_M.y, C.x, .., D_M.y)`: new content, then old.
pub fn list_elements(ctx: Context, nullifier: Nullifier, new: &Ciphertext, old: &Ciphertext) -> Vec<Fr> {
    let mut elements = vec![ctx.to_fr(), nullifier.to_fr()];
    elements.extend(new.coordinates());
    elements.extend(old.coordinates());
    elements
}

/// Returns `h = Chain(UPDATE-HASH, L)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::update_hash()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Returns the message that is signed: `Poseidon(UPDATE, h, z)`.
pub fn derive_message(h: StatementHash, z: Challenge) -> Message {
    Message::from_fr(poseidon::hash(&[tag::update(), h.to_fr(), z.to_fr()]))
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// The first clause that does not hold, in the order size, membership, slot, rule, binding, signature. The ciphertexts
/// are bound by `h` and `y`: a witness that differs in one of them fails as [`UpdateError::Binding`].
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), UpdateError> {
    let (ctx, h, new) = witness.compute_content()?;
    let elements = list_elements(ctx, witness.nullifier, &new, &witness.old);
    let y = transcript::evaluate(&elements, instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())] {
        if expected != actual {
            return Err(UpdateError::Binding { name, expected, actual });
        }
    }
    Ok(witness.signature.verify(&witness.ak, derive_message(instance.h, instance.z))?)
}
