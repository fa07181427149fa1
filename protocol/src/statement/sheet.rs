//! The statement `sheet` (specification, section 7, *Sheets*): a valid sheet of a member of the chamber's census.

mod draft;
mod error;
mod posted;

use zeroize::{Zeroize, Zeroizing};

use crate::{
    Fr, Point,
    census::{self, MembershipProof},
    committee::KeyVector,
    constants::{COMMITTEE_KEYS, sheet_blocks, tag},
    context,
    elements::{Challenge, Context, Message, NoteCommitment, Nullifier, Scope, StatementHash},
    identity::{self, NullifierKey},
    note, nullifier, poseidon,
    sheet::{Answers, EncryptedSheet, Form, SheetRandomness},
    signature::Signature,
    transcript,
    weight::Weight,
};

pub use draft::{SheetDraft, UnsignedWitness};
pub use error::SheetError;
pub use posted::{PostedSheet, PostedSheetError};

super::instance!("The hash of the proven elements.");

/// The choices in the note of every sheet: none. With the weight 1 they are what `claim-3` pays for.
pub const NOTED_CHOICES: [u64; 3] = [0; 3];

impl Instance {
    /// Computes the public inputs for a posted sheet, as the contract does. `previous` is the fingerprint that the
    /// nullifier's slot held before.
    pub fn from_posted(posted: &PostedSheet, ctx: Context, previous: [u8; 32]) -> Instance {
        let z = transcript::derive_sheet_challenge(previous, ctx, posted);
        Instance { h: posted.h, z, y: transcript::evaluate(&posted.elements(ctx), z) }
    }
}

/// The witness. It holds the answers and `nk`, never `ask`: a prover that proves for a voter cannot sign for it. Erased
/// on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The public authorising key.
    pub ak: Point,
    /// The nullifier key.
    pub nk: NullifierKey,
    /// The member's weight, as its leaf has it. It counts for nothing: one member, one voice.
    pub weight: Weight,
    /// The Merkle path from the member's leaf to the census root.
    pub membership: MembershipProof,
    /// The scope of the context: the chamber of the poll, among others.
    pub scope: Scope,
    /// The form of the sheet, which has the circuit's size.
    pub form: Form,
    /// The committee's keys.
    pub keys: KeyVector,
    /// The answers, one for each of the `K` cells, and the ranks of a ranking.
    pub answers: Answers,
    /// The encryption randomness of the blocks and the note's blinder.
    pub randomness: SheetRandomness,
    /// The signature by `ak` over [`derive_message`].
    pub signature: Signature,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.weight.zeroize();
    }
}

impl Witness {
    /// Computes the context from this witness's scope, census, keys and form.
    ///
    /// # Errors
    /// Returns [`SheetError::Membership`] if the path is too deep.
    pub fn compute_context(&self) -> Result<Context, SheetError> {
        self.membership.check_depth().map_err(SheetError::Membership)?;
        let leaf = census::hash_leaf(&identity::derive_commitment(&self.ak, &self.nk), self.weight);
        let root = self.membership.compute_root(leaf);
        Ok(context::derive_sheet_context(self.scope, root, self.keys.hash_keys(COMMITTEE_KEYS), self.form.hash()))
    }

    /// Computes the context and the posted values, from the witness alone.
    ///
    /// # Errors
    /// Returns the first clause that does not hold, of those that do not need the public inputs.
    pub fn compute_posted(&self) -> Result<(Context, PostedSheet), SheetError> {
        let ctx = self.compute_context()?;
        let (expected, actual) = (sheet_blocks(self.form.size()), self.randomness.expose().len());
        if actual != expected {
            return Err(SheetError::RandomnessLength { expected, actual });
        }
        let id = identity::derive_commitment(&self.ak, &self.nk);
        let nullifier = nullifier::derive_nullifier(&self.nk, &id, ctx);
        let u = Zeroizing::new(self.form.count_values(&self.answers)?);
        let ciphertext = EncryptedSheet::encrypt(&u, &self.keys, self.randomness.expose());
        let note = note::derive_commitment(&id, ctx, Weight::MIN, &NOTED_CHOICES, self.randomness.blinder());
        let h = hash_elements(&list_elements(ctx, nullifier, note, &ciphertext));
        Ok((ctx, PostedSheet { h, nullifier, note, ciphertext }))
    }
}

/// Returns `h = Chain(SHEET-HASH, elements)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::sheet_hash()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Returns the message that the voter signs: `Poseidon(SHEET, h, z)`.
pub fn derive_message(h: StatementHash, z: Challenge) -> Message {
    Message::from_fr(poseidon::hash(&[tag::sheet(), h.to_fr(), z.to_fr()]))
}

fn list_elements(ctx: Context, nullifier: Nullifier, note: NoteCommitment, ciphertext: &EncryptedSheet) -> Vec<Fr> {
    let mut elements = vec![ctx.to_fr(), nullifier.to_fr(), note.to_fr()];
    elements.extend(ciphertext.coordinates());
    elements
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// Returns the first clause that does not hold, in the order membership, cells and kind, binding, signature. Nullifier,
/// encryption and note are bound by `h` and `y`: a witness that differs in one of them fails as
/// [`SheetError::Binding`], and [`check_posted`] names the one.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), SheetError> {
    let (ctx, posted) = witness.compute_posted()?;
    let y = transcript::evaluate(&posted.elements(ctx), instance.z);
    for (name, expected, actual) in [("h", instance.h.to_fr(), posted.h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())]
    {
        if expected != actual {
            return Err(SheetError::Binding { name, expected, actual });
        }
    }
    Ok(witness.signature.verify(&witness.ak, derive_message(instance.h, instance.z))?)
}

/// Checks a witness against a chamber's context and a posted sheet, element by element.
///
/// # Errors
/// Returns the first clause that does not hold, in the order of the specification.
pub fn check_posted(posted: &PostedSheet, ctx: Context, witness: &Witness) -> Result<(), SheetError> {
    let (actual_ctx, actual) = witness.compute_posted()?;
    if actual_ctx != ctx {
        return Err(SheetError::Context { expected: ctx, actual: actual_ctx });
    }
    if actual.nullifier != posted.nullifier {
        return Err(SheetError::Nullifier { expected: posted.nullifier, actual: actual.nullifier });
    }
    if actual.ciphertext != posted.ciphertext {
        return Err(SheetError::Encryption);
    }
    if actual.note != posted.note {
        return Err(SheetError::Note { expected: posted.note, actual: actual.note });
    }
    if actual.h != posted.h {
        return Err(SheetError::Binding { name: "h", expected: posted.h.to_fr(), actual: actual.h.to_fr() });
    }
    Ok(())
}
