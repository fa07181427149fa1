//! Witnesses as JSON. Each is erased on drop and has no `Debug`.

use psephos_protocol::{
    Point, Scalar,
    census::MembershipProof,
    committee::{KeyVector, Polynomials, Recipients},
    constants::{COMMITTEE_KEYS, MAX_TRUSTEES},
    elements::{Context, NoteCommitment, Scope, TrusteeContext},
    encryption::Randomness,
    identity::NullifierKey,
    note::{NoteBatch, NoteBlinder, NoteOpening, NotePath},
    rule::RuleParameters,
    signature::Signature,
    statement::{ballot, claim, dealing, decryption},
    weight::Weight,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroize;

use super::{
    RequestError,
    secret::{SecretField, SecretScalar},
};

/// The JSON form of a statement's witness.
pub(super) trait WitnessFormat: Sized {
    /// The witness.
    type Witness;

    /// Copies a witness into its JSON form.
    fn encode(witness: &Self::Witness) -> Self;

    /// Converts the JSON form into a witness.
    ///
    /// # Errors
    /// Returns [`RequestError::Witness`] for values that no such witness has.
    fn decode(self) -> Result<Self::Witness, RequestError>;
}

/// The choices of a ballot.
#[derive(Serialize, Deserialize)]
pub(super) struct Choices(Vec<u64>);

impl Drop for Choices {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Choices {
    pub(super) fn new(values: Vec<u64>) -> Self {
        Self(values)
    }

    pub(super) fn take_values(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.0)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BallotWitness {
    size: usize,
    ak: Point,
    nk: SecretField,
    weight: Weight,
    membership: MembershipProof,
    scope: Scope,
    /// The ballot rule, packed: [`RuleParameters::pack_u64`].
    rule: u64,
    keys: KeyVector,
    x: Choices,
    randomness: SecretScalar,
    blinder: SecretField,
    signature: Signature,
}

impl WitnessFormat for BallotWitness {
    type Witness = ballot::Witness;

    fn encode(witness: &ballot::Witness) -> Self {
        Self {
            size: witness.size,
            ak: witness.ak,
            nk: SecretField(*witness.nk.expose()),
            weight: witness.weight,
            membership: witness.membership.clone(),
            scope: witness.scope,
            rule: witness.rule.pack_u64(),
            keys: witness.keys.clone(),
            x: Choices(witness.x.clone()),
            randomness: SecretScalar(*witness.randomness.expose()),
            blinder: SecretField(*witness.randomness.blinder().expose()),
            signature: witness.signature,
        }
    }

    fn decode(mut self) -> Result<ballot::Witness, RequestError> {
        Ok(ballot::Witness {
            size: self.size,
            ak: self.ak,
            nk: NullifierKey::from_fr(self.nk.0),
            weight: self.weight,
            membership: std::mem::replace(&mut self.membership, MembershipProof { siblings: Vec::new() }),
            scope: self.scope,
            rule: RuleParameters::unpack(self.rule).map_err(|error| RequestError::Witness(error.to_string()))?,
            keys: self.keys.clone(),
            x: self.x.take_values(),
            randomness: Randomness::from_parts(self.randomness.0, NoteBlinder::from_fr(self.blinder.0)),
            signature: self.signature,
        })
    }
}

impl Drop for BallotWitness {
    fn drop(&mut self) {
        self.nk.0.zeroize();
        self.weight.zeroize();
        self.randomness.0.zeroize();
        self.blinder.0.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimWitness {
    ak: Point,
    nk: SecretField,
    weight: Weight,
    x: Choices,
    blinder: SecretField,
    path: NotePath,
    terms: claim::ClaimTerms,
    signature: Signature,
}

impl WitnessFormat for ClaimWitness {
    type Witness = claim::Witness;

    fn encode(witness: &claim::Witness) -> Self {
        Self {
            ak: witness.ak,
            nk: SecretField(*witness.nk.expose()),
            weight: witness.opening.weight,
            x: Choices(witness.opening.x.clone()),
            blinder: SecretField(*witness.opening.blinder.expose()),
            path: witness.path.clone(),
            terms: witness.terms,
            signature: witness.signature,
        }
    }

    fn decode(mut self) -> Result<claim::Witness, RequestError> {
        Ok(claim::Witness {
            ak: self.ak,
            nk: NullifierKey::from_fr(self.nk.0),
            opening: NoteOpening {
                weight: self.weight,
                x: self.x.take_values(),
                blinder: NoteBlinder::from_fr(self.blinder.0),
            },
            path: self.path.clone(),
            terms: self.terms,
            signature: self.signature,
        })
    }
}

impl Drop for ClaimWitness {
    fn drop(&mut self) {
        self.nk.0.zeroize();
        self.weight.zeroize();
        self.blinder.0.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecryptionWitness {
    ctx: Context,
    c: Point,
    secrets: [SecretScalar; COMMITTEE_KEYS],
}

impl WitnessFormat for DecryptionWitness {
    type Witness = decryption::Witness;

    fn encode(witness: &decryption::Witness) -> Self {
        Self { ctx: witness.ctx, c: witness.c, secrets: witness.secrets.map(SecretScalar) }
    }

    fn decode(self) -> Result<decryption::Witness, RequestError> {
        Ok(decryption::Witness { ctx: self.ctx, c: self.c, secrets: self.secrets.map(|secret| secret.0) })
    }
}

impl Drop for DecryptionWitness {
    fn drop(&mut self) {
        self.secrets.iter_mut().for_each(|secret| secret.0.zeroize());
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DealingWitness {
    ctx: TrusteeContext,
    recipients: Recipients,
    ephemeral: SecretScalar,
    /// Eight polynomials, each with as many coefficients as the committee threshold.
    polynomials: Vec<Vec<SecretScalar>>,
}

impl WitnessFormat for DealingWitness {
    type Witness = dealing::Witness;

    fn encode(witness: &dealing::Witness) -> Self {
        let hide = |list: &Vec<Scalar>| list.iter().copied().map(SecretScalar).collect();
        Self {
            ctx: witness.ctx,
            recipients: witness.recipients.clone(),
            ephemeral: SecretScalar(witness.ephemeral),
            polynomials: witness.polynomials.expose().iter().map(hide).collect(),
        }
    }

    fn decode(self) -> Result<dealing::Witness, RequestError> {
        let threshold = self.recipients.threshold();
        let regular = self.polynomials.len() == COMMITTEE_KEYS
            && (1..=MAX_TRUSTEES).contains(&threshold)
            && self.polynomials.iter().all(|list| list.len() == threshold);
        if !regular {
            return Err(RequestError::Witness(
                "expected eight polynomials, each with as many coefficients as the threshold".into(),
            ));
        }
        let expose = |list: &Vec<SecretScalar>| list.iter().map(|secret| secret.0).collect();
        Ok(dealing::Witness {
            ctx: self.ctx,
            recipients: self.recipients.clone(),
            ephemeral: self.ephemeral.0,
            polynomials: Polynomials::from_coefficients(self.polynomials.iter().map(expose).collect()),
        })
    }
}

impl Drop for DealingWitness {
    fn drop(&mut self) {
        self.ephemeral.0.zeroize();
        self.polynomials.iter_mut().flatten().for_each(|secret| secret.0.zeroize());
    }
}

/// Note commitments, which are public.
pub(super) struct NotesWitness(Vec<NoteCommitment>);

impl WitnessFormat for NotesWitness {
    type Witness = NoteBatch;

    fn encode(list: &NoteBatch) -> Self {
        Self(list.notes().to_vec())
    }

    fn decode(self) -> Result<NoteBatch, RequestError> {
        NoteBatch::new(self.0).map_err(|error| RequestError::Witness(error.to_string()))
    }
}

/// A committee's keys, which are public and are their own JSON form.
impl WitnessFormat for KeyVector {
    type Witness = KeyVector;

    fn encode(keys: &KeyVector) -> Self {
        keys.clone()
    }

    fn decode(self) -> Result<KeyVector, RequestError> {
        Ok(self)
    }
}

impl Serialize for NotesWitness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|note| note.to_hex()))
    }
}

impl<'de> Deserialize<'de> for NotesWitness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<&str>::deserialize(deserializer)?;
        texts.into_iter().map(NoteCommitment::from_hex).collect::<Result<_, _>>().map(Self).map_err(de::Error::custom)
    }
}
