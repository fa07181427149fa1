//! The statement `ballot` (specification, section 7): a valid ballot of a member of the chamber's census.

mod draft;
mod error;
mod posted;

use zeroize::{Zeroize, Zeroizing};

use crate::{
    Fr, Point,
    census::{self, MembershipProof},
    committee::KeyVector,
    constants::{CIRCUIT_SIZES, tag},
    context,
    elements::{Challenge, Context, Message, NoteCommitment, Nullifier, Scope, StatementHash},
    encryption::{self, Ciphertext, Randomness},
    identity::{self, NullifierKey},
    note, nullifier, poseidon,
    rule::RuleParameters,
    signature::Signature,
    transcript,
    weight::Weight,
};

pub use draft::{BallotDraft, UnsignedWitness};
pub use error::BallotError;
pub use posted::{PostedBallot, PostedBallotError};

super::instance!("The hash of the proven elements.");

impl Instance {
    /// Computes the public inputs for a posted ballot, as the contract does. `previous` is the fingerprint that the
    /// nullifier's ballot slot held before.
    pub fn from_posted(posted: &PostedBallot, ctx: Context, previous: [u8; 32]) -> Instance {
        let z = transcript::derive_ballot_challenge(previous, ctx, posted);
        Instance { h: posted.h, z, y: transcript::evaluate(&posted.elements(ctx), z) }
    }
}

/// The witness. It holds the vote and `nk`, never `ask`: a prover that proves for a voter cannot sign for it. Erased on
/// drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
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
    /// The signature by `ak` over [`derive_message`].
    pub signature: Signature,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.weight.zeroize();
        self.x.zeroize();
    }
}

impl Witness {
    /// Computes the context from this witness's scope, census, keys and rule.
    ///
    /// # Errors
    /// Returns [`BallotError::Size`] if there is no circuit of this size for the poll's options, and
    /// [`BallotError::Membership`] if the path is too deep.
    pub fn compute_context(&self) -> Result<Context, BallotError> {
        if !CIRCUIT_SIZES.contains(&self.size) || self.rule.options > self.size {
            return Err(BallotError::Size { size: self.size, options: self.rule.options });
        }
        self.membership.check_depth().map_err(BallotError::Membership)?;
        let leaf = census::hash_leaf(&identity::derive_commitment(&self.ak, &self.nk), self.weight);
        let root = self.membership.compute_root(leaf);
        Ok(context::derive_context(self.scope, root, self.keys.hash_keys(self.size), &self.rule))
    }

    /// Computes the context and the posted values, from the witness alone.
    ///
    /// # Errors
    /// Returns the first clause that does not hold, of those that do not need the public inputs.
    pub fn compute_posted(&self) -> Result<(Context, PostedBallot), BallotError> {
        let ctx = self.compute_context()?;
        if self.x.len() != self.size {
            return Err(BallotError::ChoiceLength { expected: self.size, actual: self.x.len() });
        }
        let id = identity::derive_commitment(&self.ak, &self.nk);
        let nullifier = nullifier::derive_nullifier(&self.nk, &id, ctx);
        let u = Zeroizing::new(self.rule.count_values(self.weight, &self.x)?);
        let ciphertext = encryption::encrypt_values(&u, &self.keys, self.randomness.expose());
        let noted = self.rule.noted_choices(&self.x);
        let note = note::derive_commitment(&id, ctx, self.weight, &noted, self.randomness.blinder());
        let h = hash_elements(&list_elements(ctx, nullifier, note, &ciphertext));
        Ok((ctx, PostedBallot { h, nullifier, note, ciphertext }))
    }
}

/// Returns `h = Chain(BALLOT-HASH, elements)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::ballot_hash()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Returns the message that the voter signs: `Poseidon(BALLOT, h, z)`.
pub fn derive_message(h: StatementHash, z: Challenge) -> Message {
    Message::from_fr(poseidon::hash(&[tag::ballot(), h.to_fr(), z.to_fr()]))
}

fn list_elements(ctx: Context, nullifier: Nullifier, note: NoteCommitment, ciphertext: &Ciphertext) -> Vec<Fr> {
    let mut elements = vec![ctx.to_fr(), nullifier.to_fr(), note.to_fr()];
    elements.extend(ciphertext.coordinates());
    elements
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns the first clause that does not hold, in the order size, membership, rule, binding, signature. Nullifier,
/// encryption and note are bound by `h` and `y`: a witness that differs in one of them fails as
/// [`BallotError::Binding`], and [`check_posted`] names the one.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), BallotError> {
    let (ctx, posted) = witness.compute_posted()?;
    let y = transcript::evaluate(&posted.elements(ctx), instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), posted.h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())]
    {
        if expected != actual {
            return Err(BallotError::Binding { name, expected, actual });
        }
    }
    Ok(witness.signature.verify(&witness.ak, derive_message(instance.h, instance.z))?)
}

/// Checks a witness against a chamber's context and a posted ballot, element by element.
///
/// # Errors
/// Returns the first clause that does not hold, in the order of the specification.
pub fn check_posted(posted: &PostedBallot, ctx: Context, witness: &Witness) -> Result<(), BallotError> {
    let (actual_ctx, actual) = witness.compute_posted()?;
    if actual_ctx != ctx {
        return Err(BallotError::Context { expected: ctx, actual: actual_ctx });
    }
    if actual.nullifier != posted.nullifier {
        return Err(BallotError::Nullifier { expected: posted.nullifier, actual: actual.nullifier });
    }
    if actual.ciphertext != posted.ciphertext {
        return Err(BallotError::Encryption);
    }
    if actual.note != posted.note {
        return Err(BallotError::Note { expected: posted.note, actual: actual.note });
    }
    if actual.h != posted.h {
        return Err(BallotError::Binding { name: "h", expected: posted.h.to_fr(), actual: actual.h.to_fr() });
    }
    Ok(())
}
