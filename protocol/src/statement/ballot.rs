//! Statement `ballot` (specification, section 7).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    Fr, Point,
    census::{self, CensusError, MembershipProof, Weight},
    committee::KeyVector,
    constants::{SIZES, tag},
    context,
    encryption::{self, Ciphertext, EncryptionError, Randomness},
    field::{self, NonCanonical},
    identity::{self, NullifierKey},
    note, nullifier, poseidon,
    rule::{Parameters, RuleError},
    signature::{Signature, SignatureError},
    transcript,
};

/// The clause of the statement that does not hold. No variant contains a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BallotError {
    /// There is no circuit of this size, or the poll has more options than it.
    #[error("a ballot of {options} options does not fit a circuit of size {size}: sizes are {SIZES:?}")]
    Size {
        /// The size given.
        size: usize,
        /// The poll's options.
        options: usize,
    },
    /// The choice is not padded to `M` values.
    #[error("a choice has {expected} values, not {actual}")]
    ChoiceLength {
        /// `M`.
        expected: usize,
        /// The number of values given.
        actual: usize,
    },
    /// Clause 1: the membership proof is deeper than the circuits.
    #[error("membership: {0}")]
    Membership(CensusError),
    /// Clause 1: the weight is not in `1..2^40`.
    #[error("membership: the weight is not from 1 to 2^40 - 1")]
    Weight,
    /// Clause 1: scope, census root, keys and rule of the witness do not give the chamber's context.
    #[error("membership: leaf, census, scope, keys and rule give the context {actual}, not {expected}")]
    Context {
        /// The chamber's context.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 2.
    #[error("nullifier: {expected} is posted, the witness gives {actual}")]
    Nullifier {
        /// The posted value.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 3.
    #[error("rule: {0}")]
    Rule(#[from] RuleError),
    /// Clause 4.
    #[error("encryption: the posted ciphertext is not that of the choice")]
    Encryption,
    /// Clause 5.
    #[error("note: {expected} is posted, the witness gives {actual}")]
    Note {
        /// The posted value.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
    /// Clause 6.
    #[error("signature: {0}")]
    Signature(#[from] SignatureError),
    /// Clause 7: a public input is not the witness's.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The witness's.
        actual: Fr,
    },
}

/// Why bytes are not a posted ballot.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PostedError {
    /// Not the length of any size.
    #[error("a posted ballot has 352 or 672 bytes, not {actual}")]
    Length {
        /// The number of bytes given.
        actual: usize,
    },
    /// A word is not a field element.
    #[error("word {index}: {source}")]
    Word {
        /// The word, from 0.
        index: usize,
        /// What is wrong with it.
        source: NonCanonical,
    },
    /// The words are field elements, but not of a ciphertext.
    #[error("ciphertext: {0}")]
    Ciphertext(#[from] EncryptionError),
}

/// What goes on chain beside the proof, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// `Chain(BALLOT-HASH, ctx, nullifier, note, C.x, ..)`, which fixes the proven values before `z` exists.
    #[serde(with = "field::serde_hex")]
    pub h: Fr,
    /// One value a member, chamber and poll.
    #[serde(with = "field::serde_hex")]
    pub nullifier: Fr,
    /// The blinded commitment to weight and choice.
    #[serde(with = "field::serde_hex")]
    pub note: Fr,
    /// The encrypted counted values.
    pub ciphertext: Ciphertext,
}

impl Posted {
    /// `h, nullifier, note, C.x, C.y, D_1.x, ..`: `5 + 2M` elements.
    pub fn words(&self) -> Vec<Fr> {
        let mut words = vec![self.h, self.nullifier, self.note];
        words.extend(self.ciphertext.coordinates());
        words
    }

    /// [`Posted::words`] as 32 big-endian bytes each: a ballot record without its proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words().iter().flat_map(field::to_bytes).collect()
    }

    /// The posted ballot of its bytes.
    ///
    /// # Errors
    /// [`PostedError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Posted, PostedError> {
        if !SIZES.iter().any(|size| bytes.len() == 32 * (5 + 2 * size)) {
            return Err(PostedError::Length { actual: bytes.len() });
        }
        let (words, _) = bytes.as_chunks::<32>();
        let word = |(index, word)| field::from_bytes(word).map_err(|source| PostedError::Word { index, source });
        let words = words.iter().enumerate().map(word).collect::<Result<Vec<_>, _>>()?;
        let ciphertext = Ciphertext::from_coordinates(&words[3..])?;
        Ok(Posted { h: words[0], nullifier: words[1], note: words[2], ciphertext })
    }

    /// What the nullifier's slot holds once this ballot counts.
    pub fn slot(&self) -> [u8; 32] {
        transcript::slot(self.note, &self.ciphertext)
    }

    /// The proven elements in the order of `h` and `y`: `ctx, nullifier, note, C.x, ..`.
    pub fn elements(&self, ctx: Fr) -> Vec<Fr> {
        elements(ctx, self.nullifier, self.note, &self.ciphertext)
    }
}

/// The public inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// The hash of the proven elements.
    #[serde(with = "field::serde_hex")]
    pub h: Fr,
    /// The point of evaluation.
    #[serde(with = "field::serde_hex")]
    pub z: Fr,
    /// The evaluation.
    #[serde(with = "field::serde_hex")]
    pub y: Fr,
}

impl Instance {
    /// The names of the public inputs, in their order.
    pub const NAMES: [&'static str; 3] = ["h", "z", "y"];

    /// The public inputs, in the order of [`Instance::NAMES`].
    pub fn to_inputs(&self) -> [Fr; 3] {
        [self.h, self.z, self.y]
    }

    /// The public inputs that the contract computes for a posted ballot; `previous` is the nullifier's slot before it.
    pub fn of(posted: &Posted, ctx: Fr, previous: [u8; 32]) -> Instance {
        let z = transcript::ballot_challenge(previous, ctx, posted);
        Instance { h: posted.h, z, y: transcript::evaluate(&posted.elements(ctx), z) }
    }
}

/// The witness. It holds the vote and `nk`, never `ask`: who proves for a voter cannot sign for it. Erased on drop, without
/// `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// `M`, 3 or 8.
    pub size: usize,
    /// The authorising key.
    pub ak: Point,
    /// The nullifier deriving key.
    pub nk: NullifierKey,
    /// `1 <= weight < 2^40`.
    pub weight: u64,
    /// The member's way to the census root.
    pub membership: MembershipProof,
    /// Which chamber of which poll.
    pub scope: Fr,
    /// The chamber's rule.
    pub rule: Parameters,
    /// The committee's keys.
    pub keys: KeyVector,
    /// `x_1..x_M`, zeros behind the poll's options.
    pub x: Vec<u64>,
    /// The encryption randomness.
    pub randomness: Randomness,
    /// By `ak` over [`message`].
    pub signature: Signature,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.weight.zeroize();
        self.x.zeroize();
    }
}

impl Witness {
    /// The context that scope, census, keys and rule of this witness give.
    ///
    /// # Errors
    /// [`BallotError::Size`], [`BallotError::Weight`], [`BallotError::Membership`].
    pub fn context(&self) -> Result<Fr, BallotError> {
        if !SIZES.contains(&self.size) || self.rule.options > self.size {
            return Err(BallotError::Size { size: self.size, options: self.rule.options });
        }
        let weight = Weight::new(self.weight).map_err(|_| BallotError::Weight)?;
        self.membership.check_depth().map_err(BallotError::Membership)?;
        let leaf = census::leaf(&identity::commitment(&self.ak, &self.nk), weight);
        let root = self.membership.root_from(leaf);
        Ok(context::context(self.scope, root, self.keys.hash(self.size), &self.rule))
    }

    /// The context and what is posted, computed from the witness alone.
    ///
    /// # Errors
    /// The first clause, of those that do not need the public inputs, that does not hold.
    pub fn posted(&self) -> Result<(Fr, Posted), BallotError> {
        let ctx = self.context()?;
        if self.x.len() != self.size {
            return Err(BallotError::ChoiceLength { expected: self.size, actual: self.x.len() });
        }
        let nullifier = nullifier::derive(&self.nk, ctx);
        let u = Zeroizing::new(self.rule.counted(self.weight, &self.x)?);
        let ciphertext = encryption::encrypt(&u, &self.keys, self.randomness.expose());
        let note = note::derive(&self.ak, &self.nk, ctx, self.weight, &self.x);
        let h = hash(&elements(ctx, nullifier, note, &ciphertext));
        Ok((ctx, Posted { h, nullifier, note, ciphertext }))
    }
}

/// `Chain(BALLOT-HASH, elements)`.
pub fn hash(elements: &[Fr]) -> Fr {
    let mut inputs = vec![tag::ballot_hash()];
    inputs.extend(elements);
    poseidon::chain(&inputs)
}

/// What the voter signs: `Poseidon(BALLOT, h, z)`.
pub fn message(h: Fr, z: Fr) -> Fr {
    poseidon::hash(&[tag::ballot(), h, z])
}

fn elements(ctx: Fr, nullifier: Fr, note: Fr, ciphertext: &Ciphertext) -> Vec<Fr> {
    let mut elements = vec![ctx, nullifier, note];
    elements.extend(ciphertext.coordinates());
    elements
}

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

    /// What the voter signs, if the nullifier's slot holds `previous` (0 before a first ballot).
    pub fn message(&self, previous: [u8; 32]) -> Fr {
        let instance = Instance::of(&self.posted, self.ctx, previous);
        message(instance.h, instance.z)
    }

    /// The finished ballot. The signature is not verified here: [`check`] does it.
    pub fn finish(self, previous: [u8; 32], signature: Signature) -> (Instance, Witness, Posted) {
        let Draft { mut witness, ctx, posted } = self;
        witness.signature = signature;
        (Instance::of(&posted, ctx, previous), witness, posted)
    }
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// The first clause that does not hold, in the order size, membership, rule, binding, signature. Nullifier, encryption and note
/// are bound by `h` and `y`: a witness that differs in one of them fails as [`BallotError::Binding`], and [`check_posted`] says which.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), BallotError> {
    let (ctx, posted) = witness.posted()?;
    let y = transcript::evaluate(&posted.elements(ctx), instance.z);
    for (name, expected, actual) in [("h", instance.h, posted.h), ("y", instance.y, y)] {
        if expected != actual {
            return Err(BallotError::Binding { name, expected, actual });
        }
    }
    Ok(witness.signature.verify(&witness.ak, message(instance.h, instance.z))?)
}

/// Checks a witness against a chamber's context and a posted ballot, element by element.
///
/// # Errors
/// The first clause that does not hold, in the order of the specification.
pub fn check_posted(posted: &Posted, ctx: Fr, witness: &Witness) -> Result<(), BallotError> {
    let (actual_ctx, actual) = witness.posted()?;
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
        return Err(BallotError::Binding { name: "h", expected: posted.h, actual: actual.h });
    }
    Ok(())
}
