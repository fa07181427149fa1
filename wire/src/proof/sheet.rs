//! The witness of a sheet as JSON.

use psephos_protocol::{
    Point,
    census::MembershipProof,
    committee::KeyVector,
    elements::Scope,
    identity::NullifierKey,
    note::NoteBlinder,
    sheet::{Answer, Answers, Form, SheetRandomness},
    signature::Signature,
    statement::sheet,
    weight::Weight,
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{
    RequestError,
    secret::{SecretField, SecretScalar},
    witness::{Choices, WitnessFormat},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SheetWitness {
    ak: Point,
    nk: SecretField,
    weight: Weight,
    membership: MembershipProof,
    scope: Scope,
    form: Form,
    keys: KeyVector,
    /// One number for each cell: 0 for a pass, 1 for agreement, 2 for disagreement.
    answers: Choices,
    ranks: Choices,
    /// One scalar for each block.
    randomness: Vec<SecretScalar>,
    blinder: SecretField,
    signature: Signature,
}

impl WitnessFormat for SheetWitness {
    type Witness = sheet::Witness;

    fn encode(witness: &sheet::Witness) -> Self {
        let number = |answer: &Answer| match answer {
            Answer::Pass => 0,
            Answer::Agree => 1,
            Answer::Disagree => 2,
        };
        Self {
            ak: witness.ak,
            nk: SecretField(*witness.nk.expose()),
            weight: witness.weight,
            membership: witness.membership.clone(),
            scope: witness.scope,
            form: witness.form.clone(),
            keys: witness.keys.clone(),
            answers: Choices::new(witness.answers.cells.iter().map(number).collect()),
            ranks: Choices::new(witness.answers.ranks.iter().copied().map(u64::from).collect()),
            randomness: witness.randomness.expose().iter().copied().map(SecretScalar).collect(),
            blinder: SecretField(*witness.randomness.blinder().expose()),
            signature: witness.signature,
        }
    }

    fn decode(mut self) -> Result<sheet::Witness, RequestError> {
        let (numbers, ranks) = (Zeroizing::new(self.answers.take_values()), Zeroizing::new(self.ranks.take_values()));
        let refused = |what: &str| RequestError::Witness(what.to_owned());
        let answer = |number: &u64| match number {
            0 => Ok(Answer::Pass),
            1 => Ok(Answer::Agree),
            2 => Ok(Answer::Disagree),
            _ => Err(refused("expected answers of 0 (pass), 1 (agree) or 2 (disagree)")),
        };
        // Room for all of them, so that no part of a secret list stays behind where it was before it grew.
        let mut answers = Answers { cells: Vec::with_capacity(numbers.len()), ranks: Vec::with_capacity(ranks.len()) };
        for number in numbers.iter() {
            answers.cells.push(answer(number)?);
        }
        for rank in ranks.iter() {
            answers.ranks.push(u8::try_from(*rank).map_err(|_| refused("expected ranks below 16"))?);
        }
        let scalars = self.randomness.iter().map(|scalar| scalar.0).collect();
        Ok(sheet::Witness {
            ak: self.ak,
            nk: NullifierKey::from_fr(self.nk.0),
            weight: self.weight,
            membership: std::mem::replace(&mut self.membership, MembershipProof { siblings: Vec::new() }),
            scope: self.scope,
            form: self.form.clone(),
            keys: self.keys.clone(),
            answers,
            randomness: SheetRandomness::from_parts(scalars, NoteBlinder::from_fr(self.blinder.0)),
            signature: self.signature,
        })
    }
}

impl Drop for SheetWitness {
    fn drop(&mut self) {
        self.nk.0.zeroize();
        self.weight.zeroize();
        self.randomness.iter_mut().for_each(|scalar| scalar.0.zeroize());
        self.blinder.0.zeroize();
    }
}
