//! Twin tests of the gadgets of sheets: forms, cells and counters against the native functions, for random forms and
//! answers of every kind, allowed or not.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::One;
use common::{key_vector, seeded_rng};
use psephos_circuits::gadgets::elgamal::{CommitteeKeys, ConstantValue, Selection, encrypt_selected};
use psephos_circuits::gadgets::sheet::{
    Cell, Form as FormGadget, FormValues, enforce_groups, enforce_ranking, enforce_score, select_cell, select_turnout,
};
use psephos_circuits::{Builder, Num};
use psephos_protocol::elements::PilotHash;
use psephos_protocol::encryption::encrypt_values;
use psephos_protocol::sheet::{Answer, Answers, Axis, Camp, Form, FormKind};
use psephos_protocol::testing::{random_answers, random_form};
use psephos_protocol::{Fr, Scalar};
use rand::Rng;
use rand::rngs::StdRng;

/// What the gadgets make of a form and answers.
struct Outcome {
    satisfied: bool,
    form: Fr,
    camp: Fr,
    values: Vec<u64>,
}

fn run(form: &Form, cells: &[[bool; 2]], ranks: &[u8]) -> Outcome {
    let mut b = Builder::for_setup();
    let gadget = FormGadget::allocate(&mut b, &FormValues::from_form(form), form.size());
    let hash = gadget.hash(&mut b).value();
    let cells = Cell::allocate_all(&mut b, &gadget, cells);
    enforce_groups(&mut b, &gadget, &cells);
    enforce_ranking(&mut b, &gadget, &cells, ranks);
    let camp = enforce_score(&mut b, &gadget, &cells, None);
    let turnout = value_of(&select_turnout(&camp), 1, &[1 << 20]);
    let units = [1, 1 << 20, 1 << 13, 1 << 26, 1 << 39];
    let counted = cells.iter().map(|cell| value_of(&select_cell(&mut b, &gadget, &camp, cell), 0, &units));
    let values = std::iter::once(turnout).chain(counted.collect::<Vec<_>>()).collect();
    let (system, assignment) = b.into_system();
    Outcome { satisfied: system.check_satisfied(&assignment).is_ok(), form: hash, camp: camp.value(), values }
}

/// Returns the value whose selector is set, as [`Selection`] has it.
fn value_of(selection: &Selection, base: u64, units: &[u64]) -> u64 {
    let set = |(selector, _): &(Num, ConstantValue)| selector.value().is_one();
    assert_eq!(selection.options.len(), units.len());
    selection.options.iter().position(set).map_or(base, |index| units[index])
}

fn bits_of(answers: &Answers) -> Vec<[bool; 2]> {
    answers.cells.iter().map(|answer| answer.bits()).collect()
}

/// Changes a few answers or ranks at random, so that about half of all sheets are not allowed.
fn disturb(answers: &mut Answers, rng: &mut StdRng) {
    for _ in 0..rng.gen_range(0..3) {
        let cell = rng.gen_range(0..answers.cells.len());
        answers.cells[cell] = [Answer::Pass, Answer::Agree, Answer::Disagree][rng.gen_range(0..3)];
        let option = rng.gen_range(0..answers.ranks.len());
        if rng.gen_bool(0.2) {
            answers.ranks[option] = rng.gen_range(0..16);
        }
    }
}

#[test]
fn gadgets_agree_with_native_on_random_sheets() {
    let mut rng = seeded_rng(51);
    let (mut allowed, mut refused, mut upper) = ([0; 6], [0; 6], 0);
    for case in 0..480 {
        let (size, kind) = ([16, 40][case % 2], case / 2 % 6);
        let form = random_form(size, kind, &mut rng);
        let mut answers = random_answers(&form, &mut rng);
        disturb(&mut answers, &mut rng);
        let outcome = run(&form, &bits_of(&answers), &answers.ranks);
        let native = form.count_values(&answers);
        assert_eq!(outcome.satisfied, native.is_ok(), "case {case}: {:?}", native.err());
        assert_eq!(outcome.form, form.hash().to_fr(), "case {case}");
        match native {
            Ok(values) => {
                let is_upper = form.camp(&answers) == Camp::Upper;
                assert_eq!(outcome.camp, Fr::from(u64::from(is_upper)), "case {case}");
                assert_eq!(outcome.values, values, "case {case}");
                allowed[kind] += 1;
                upper += usize::from(is_upper);
            }
            Err(_) => refused[kind] += 1,
        }
    }
    assert!(allowed.iter().chain(&refused).all(|cases| *cases >= 8) && upper >= 10, "{allowed:?} {refused:?} {upper}");
}

/// The greatest and the least scores, against the greatest and the least thresholds: all of them are in range.
#[test]
fn extreme_scores_are_compared_as_integers() {
    for (answer, weights, thresholds) in [
        (Answer::Agree, [[127, -128]; 40], [-8_192, 5_079, 5_080, 8_191]),
        (Answer::Disagree, [[127, -128]; 40], [-8_192, -5_121, -5_120, 8_191]),
    ] {
        for threshold in thresholds {
            let axis = Axis { weights: weights.to_vec(), threshold, pilot: PilotHash::from_u64(1) };
            let form = Form::new(40, 40, FormKind::Statements { camps: Some(axis) }).unwrap();
            let answers = Answers::new(&form, vec![answer; 40]);
            let outcome = run(&form, &bits_of(&answers), &answers.ranks);
            let is_upper = form.score(&answers) > i64::from(threshold);
            assert!(outcome.satisfied);
            assert_eq!(outcome.camp, Fr::from(u64::from(is_upper)), "{threshold}");
        }
    }
    for (cost, budget) in [(u16::MAX, 0), (u16::MAX, (1 << 22) - 1), (0, (1 << 22) - 1), (u16::MAX, 40 * 65_535 - 1)] {
        let form = Form::new(40, 40, FormKind::Approval { costs: vec![cost; 40], budget }).unwrap();
        let answers = Answers::new(&form, vec![Answer::Agree; 40]);
        let outcome = run(&form, &bits_of(&answers), &answers.ranks);
        assert_eq!(outcome.satisfied, form.check_answers(&answers).is_ok(), "{cost}, {budget}");
    }
}

/// All ranks of two options, with each of the three answers: exactly one is accepted.
#[test]
fn ranks_determine_every_pair() {
    let form = Form::ranking(16, 2).unwrap();
    for (first, second) in (0..16).flat_map(|first| (0..16).map(move |second| (first, second))) {
        let honest = Answers::from_ranks(&form, &[first, second]);
        for answer in [Answer::Pass, Answer::Agree, Answer::Disagree] {
            let mut cells = bits_of(&honest);
            cells[0] = answer.bits();
            assert_eq!(run(&form, &cells, &honest.ranks).satisfied, honest.cells[0] == answer, "{first}, {second}");
        }
    }
}

#[test]
fn selected_values_are_encrypted_as_native() {
    let keys = key_vector();
    let units = [1u64, 1 << 13, 1 << 20, 1 << 26, 1 << 39];
    for (r, chosen) in [(1u64, None), (77, Some(0)), (424_242, Some(4)), (3, Some(2))] {
        let mut b = Builder::for_setup();
        let gadget = CommitteeKeys::allocate_free::<8>(&mut b, &keys);
        let selection = |b: &mut Builder, shift: usize| Selection {
            base: ConstantValue::new(0),
            options: (0..units.len())
                .map(|i| {
                    (b.allocate_bit(chosen.map(|c| (c + shift) % units.len()) == Some(i)), ConstantValue::new(units[i]))
                })
                .collect(),
        };
        let values: Vec<Selection> = (0..8).map(|shift| selection(&mut b, shift)).collect();
        let ciphertext = encrypt_selected(&mut b, &gadget, &Scalar::from(r), &values);
        let coordinates: Vec<Fr> =
            ciphertext.iter().flat_map(|point| point.coordinates()).map(|coordinate| coordinate.value()).collect();
        let u: Vec<u64> = (0..8).map(|shift| chosen.map_or(0, |c| units[(c + shift) % units.len()])).collect();
        assert_eq!(coordinates, encrypt_values(&u, &keys, &Scalar::from(r)).coordinates());
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
        assert_eq!(system.num_constraints(), 8 * units.len() + 755 + 8 * 905);
    }
}

/// Two selectors at once select coordinates that are on no curve, which is why cells assert that at most one is set.
#[test]
fn two_selectors_select_no_point() {
    let point = |value: u64| {
        let mut b = Builder::for_setup();
        let keys = CommitteeKeys::allocate_free::<8>(&mut b, &key_vector());
        let options = vec![
            (b.allocate_bit(value & 1 == 1), ConstantValue::new(1)),
            (b.allocate_bit(value >> 1 == 1), ConstantValue::new(1 << 20)),
        ];
        let values = [Selection { base: ConstantValue::new(0), options }];
        let ciphertext = encrypt_selected(&mut b, &keys, &Scalar::from(5u64), &values);
        let [x, y] = ciphertext[1].coordinates().map(|coordinate| coordinate.value());
        psephos_protocol::Point::from_coordinates([x, y])
    };
    assert!(point(0).is_ok() && point(1).is_ok() && point(2).is_ok());
    assert!(point(3).is_err());
}

/// `t'` beyond its range is refused by the comparison, and does not wrap around.
#[test]
fn threshold_out_of_range_is_refused() {
    let form = Form::new(16, 16, FormKind::Statements { camps: None }).unwrap();
    for (threshold, holds) in
        [(Fr::from(1u64 << 13), true), (Fr::from(1u64 << 23), false), (-Fr::from(1u64 << 23), false)]
    {
        let values = FormValues { threshold, ..FormValues::from_form(&form) };
        let mut b = Builder::for_setup();
        let gadget = FormGadget::allocate(&mut b, &values, 16);
        let cells = Cell::allocate_all(&mut b, &gadget, &[]);
        enforce_score(&mut b, &gadget, &cells, None);
        let (system, assignment) = b.into_system();
        assert_eq!(system.check_satisfied(&assignment).is_ok(), holds, "{threshold}");
    }
}
