//! Sheets of every kind, the same in every run.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be built fails the test that asks for it")]

use rand::{Rng, rngs::StdRng};

use super::fixtures::{Voter, key_vector, seeded_rng};
use crate::{
    Fr,
    constants::{SHEET_SIZES, THRESHOLD_BITS, max_ranked_options},
    elements::{Context, PilotHash, Scope},
    sheet::{Answer, Answers, Axis, Form, FormKind, SheetRandomness},
    statement::sheet::{Instance, PostedSheet, SheetDraft, SheetError, UnsignedWitness, Witness},
};

/// A sheet as a statement with its witness, and its public form.
pub struct CastSheet {
    /// The statement's instance.
    pub instance: Instance,
    /// The statement's witness.
    pub witness: Witness,
    /// The sheet as posted on chain.
    pub posted: PostedSheet,
    /// The context it was made for.
    pub ctx: Context,
}

impl Voter {
    /// Makes a sheet of these answers in scope 77 under the keys of `key_vector(9)`. `previous` is the slot that it
    /// replaces, or zeros.
    ///
    /// # Errors
    /// [`SheetError`] if the form forbids the answers.
    pub fn cast_sheet(&self, form: &Form, answers: Answers, previous: [u8; 32]) -> Result<CastSheet, SheetError> {
        let mut rng = seeded_rng(3);
        let randomness = SheetRandomness::random(form.size(), &mut rng);
        let (ak, nk) = (self.identity.authorising_key(), self.identity.nullifier_key());
        let (membership, scope, keys) = (self.membership.clone(), Scope::from_fr(Fr::from(77u64)), key_vector(9));
        let (weight, form) = (self.weight, form.clone());
        let draft =
            SheetDraft::new(UnsignedWitness { ak, nk, weight, membership, scope, form, keys, answers, randomness })?;
        let ctx = draft.ctx();
        let signature = self.identity.sign(draft.message(previous), &mut rng);
        let (instance, witness, posted) = draft.attach_signature(previous, signature);
        Ok(CastSheet { instance, witness, posted, ctx })
    }
}

/// Returns a form of every kind and size with answers that it allows: statements with and without camps, in both camps,
/// groups, rankings with ties, and an approval that spends its whole budget.
pub fn sheet_forms() -> Vec<(Form, Answers)> {
    let mut rng = seeded_rng(13);
    let kinds = 0..6;
    SHEET_SIZES
        .into_iter()
        .flat_map(|size| kinds.clone().map(move |kind| (size, kind)))
        .map(|(size, kind)| {
            let form = random_form(size, kind, &mut rng);
            let answers = random_answers(&form, &mut rng);
            (form, answers)
        })
        .collect()
}

/// Returns a random form: `kind` 0 statements, 1 camps, 2 and 3 groups (3: exact), 4 a ranking, 5 an approval.
pub fn random_form(size: usize, kind: usize, rng: &mut StdRng) -> Form {
    let count = if rng.gen_bool(0.3) { size } else { rng.gen_range(1..=size) };
    match kind {
        0 => Form::new(size, count, FormKind::Statements { camps: None }),
        1 => {
            let weights = (0..count).map(|_| [rng.r#gen(), rng.r#gen()]).collect();
            let threshold = rng.gen_range(-300..300);
            let pilot = PilotHash::from_fr(Fr::from(rng.gen_range(1..u64::MAX)));
            Form::new(size, count, FormKind::Statements { camps: Some(Axis { weights, threshold, pilot }) })
        }
        2 | 3 => {
            let lasts = (rng.r#gen::<u64>() & ((1 << count) - 1)) | 1 << (count - 1);
            Form::new(size, count, FormKind::Groups { lasts, exact: kind == 3 })
        }
        4 => Form::ranking(size, rng.gen_range(2..=max_ranked_options(size))),
        _ => {
            let costs = (0..count).map(|_| rng.r#gen::<u16>() >> rng.gen_range(0..16)).collect();
            let budget = rng.gen_range(0..1 << THRESHOLD_BITS) >> rng.gen_range(0..12);
            Form::new(size, count, FormKind::Approval { costs, budget })
        }
    }
    .unwrap()
}

/// Returns random answers that the form allows. With camps, both are about as likely.
pub fn random_answers(form: &Form, rng: &mut StdRng) -> Answers {
    let any = |rng: &mut StdRng| [Answer::Pass, Answer::Agree, Answer::Disagree][rng.gen_range(0..3)];
    match form.kind() {
        FormKind::Statements { .. } => {
            let cells = (0..form.count()).map(|_| any(rng)).collect();
            Answers::new(form, cells)
        }
        FormKind::Groups { lasts, exact } => {
            let mut cells = vec![Answer::Pass; form.count()];
            let mut first = 0;
            for last in (0..form.count()).filter(|cell| lasts >> cell & 1 == 1) {
                if *exact || rng.gen_bool(0.7) {
                    cells[rng.gen_range(first..=last)] = Answer::Agree;
                }
                first = last + 1;
            }
            Answers::new(form, cells)
        }
        FormKind::Ranking { options } => {
            let ranks: Vec<u8> = (0..*options).map(|_| rng.gen_range(0..16) >> rng.gen_range(0..2)).collect();
            Answers::from_ranks(form, &ranks)
        }
        FormKind::Approval { costs, budget } => {
            let mut left = i64::from(*budget);
            let mut buy = |cost: &u16| {
                let affordable = i64::from(*cost) <= left && rng.gen_bool(0.8);
                left -= if affordable { i64::from(*cost) } else { 0 };
                if affordable { Answer::Agree } else { Answer::Pass }
            };
            let cells = costs.iter().map(&mut buy).collect();
            Answers::new(form, cells)
        }
    }
}
