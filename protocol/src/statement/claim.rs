//! The statement `claim` (specification, section 12): the voter of one of the sealed ballots is paid the amount that
//! the reward policy gives it.

mod draft;
mod error;
mod posted;

use crate::{
    Fr, Point,
    constants::{CIRCUIT_SIZES, CLAIM_ELEMENTS, tag},
    elements::{Message, StatementHash},
    identity::{self, NullifierKey},
    note::{NoteOpening, NotePath},
    nullifier, poseidon,
    signature::Signature,
    transcript,
};

pub use draft::ClaimDraft;
pub use error::ClaimError;
pub use posted::{ClaimTerms, PostedClaim};

super::instance!("The hash of `L`, which the voter signs.");

impl Instance {
    /// Computes the public inputs for a posted claim, as the contract does from its own `ctx` and policy.
    ///
    /// Soundness: `h` hashes all eight elements of `L`, `z = keccak(h, L) mod r` is drawn from `h` and from all of
    /// them, and `y` is the polynomial with those coefficients at `z`. A prover has fixed the proven `L` by `h` before
    /// it can know `z`, so by Schwartz-Zippel the posted one equals it up to a probability of `7/r` a try. `base` is
    /// not in `L`: the contract subtracts it from the posted amount.
    ///
    /// They are equal as elements of the field: a contract refuses words that are not below `r`. With
    /// `reward_nullifier + r` a note would be paid twice.
    pub fn from_posted(posted: &PostedClaim, terms: &ClaimTerms) -> Instance {
        let elements = posted.elements(terms);
        let z = transcript::derive_challenge(posted.h, &elements);
        Instance { h: posted.h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// The witness. It holds the vote and `nk`, never `ask`: a prover that proves for a voter cannot sign for it. Erased on
/// drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The public authorising key.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The opening of the note; it has as many choices as the circuit's size `M`, 3 or 8.
    pub opening: NoteOpening,
    /// The Merkle path from the note to the notes root.
    pub path: NotePath,
    /// The chamber, the reward policy and the recipient.
    pub terms: ClaimTerms,
    /// The signature by `ak` over `h`.
    pub signature: Signature,
}

impl Witness {
    /// Returns the circuit size `M`.
    pub fn size(&self) -> usize {
        self.opening.x.len()
    }

    /// Computes the posted values, from the witness alone.
    ///
    /// # Errors
    /// Returns [`ClaimError::Size`] if there is no circuit of this size, [`ClaimError::Policy`] if the circuit does not
    /// have the ratified option, and [`ClaimError::Value`] if a choice does not fit 40 bits.
    pub fn compute_posted(&self) -> Result<PostedClaim, ClaimError> {
        let (size, ClaimTerms { ctx, policy, .. }) = (self.size(), &self.terms);
        if !CIRCUIT_SIZES.contains(&size) {
            return Err(ClaimError::Size { size });
        }
        if let Some(option) = policy.terms().ratified.filter(|option| *option >= size) {
            return Err(ClaimError::Policy { option, size });
        }
        let id = identity::derive_commitment(&self.ak, &self.nk);
        let note = self.opening.compute_note(&id, *ctx).map_err(|_| ClaimError::Value)?;
        let mut posted = PostedClaim {
            h: StatementHash::from_fr(Fr::from(0u64)),
            notes_root: self.path.compute_root(note),
            reward_nullifier: nullifier::derive_reward_nullifier(&self.nk, &id, *ctx),
            amount: policy.compute_amount(self.opening.weight, &self.opening.x),
        };
        posted.h = hash_elements(&posted.elements(&self.terms));
        Ok(posted)
    }
}

/// Returns `h = Chain(CLAIM, L)`, which the voter signs.
pub fn hash_elements(elements: &[Fr; CLAIM_ELEMENTS]) -> StatementHash {
    let mut inputs = vec![tag::claim()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Returns the message that the voter signs: `h` itself.
fn message(h: StatementHash) -> Message {
    Message::from_fr(h.to_fr())
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns the first clause that does not hold, in the order size, policy, values, binding, signature. Root, reward
/// nullifier and amount are bound by `h` and `y`: a witness that differs in one of them fails as
/// [`ClaimError::Binding`], and [`check_posted`] names the one.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), ClaimError> {
    let posted = witness.compute_posted()?;
    let y = transcript::evaluate(&posted.elements(&witness.terms), instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), posted.h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())]
    {
        if expected != actual {
            return Err(ClaimError::Binding { name, expected, actual });
        }
    }
    Ok(witness.signature.verify(&witness.ak, message(instance.h))?)
}

/// Checks a witness against a posted claim under the contract's terms, element by element.
///
/// # Errors
/// Returns the first clause that does not hold, in the order of the specification.
pub fn check_posted(posted: &PostedClaim, terms: &ClaimTerms, witness: &Witness) -> Result<(), ClaimError> {
    let actual = witness.compute_posted()?;
    if witness.terms != *terms {
        return Err(ClaimError::Terms);
    }
    if actual.notes_root != posted.notes_root {
        return Err(ClaimError::NotesRoot { expected: posted.notes_root, actual: actual.notes_root });
    }
    if actual.reward_nullifier != posted.reward_nullifier {
        let (expected, actual) = (posted.reward_nullifier, actual.reward_nullifier);
        return Err(ClaimError::RewardNullifier { expected, actual });
    }
    if actual.amount != posted.amount {
        return Err(ClaimError::Amount { posted: posted.amount });
    }
    if actual.h != posted.h {
        return Err(ClaimError::Binding { name: "h", expected: posted.h.to_fr(), actual: actual.h.to_fr() });
    }
    Ok(witness.signature.verify(&witness.ak, message(posted.h))?)
}
