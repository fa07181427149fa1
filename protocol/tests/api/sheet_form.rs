//! Forms, answers and counters of sheets (section 7, *Sheets*).

use psephos_protocol::{
    Fr,
    elements::PilotHash,
    sheet::{
        Answer, AnswerError, Answers, Axis, Camp, CellTotals, CounterError, Counters, Form, FormError, FormKind,
        FormWords, Turnout, hash_agenda, hash_pilot, ranked_pairs,
    },
    testing::{random_answers, random_form, sheet_forms},
};
use sha3::{Digest, Keccak256};

use crate::fixture::rng;

fn camps(weights: Vec<[i8; 2]>, threshold: i16) -> FormKind {
    FormKind::Statements { camps: Some(Axis { weights, threshold, pilot: hash_pilot(b"pilot") }) }
}

fn refusal(size: usize, count: usize, kind: FormKind) -> FormError {
    Form::new(size, count, kind).expect_err("the form is not canonical")
}

#[test]
fn form_names_what_is_wrong() {
    let statements = FormKind::Statements { camps: None };
    assert_eq!(refusal(8, 4, statements.clone()), FormError::Size { size: 8 });
    assert_eq!(refusal(16, 0, statements.clone()), FormError::Count { count: 0, size: 16 });
    assert_eq!(refusal(16, 17, statements), FormError::Count { count: 17, size: 16 });
    for (lasts, count) in [(0, 3), (0b11, 3), (0b1100, 3), (1 << 40 | 0b100, 3), (1 << 39, 39)] {
        let kind = FormKind::Groups { lasts, exact: false };
        assert_eq!(refusal(40, count, kind), FormError::Lasts { lasts, count });
    }
    for (size, options, max) in [(16, 1, 6), (16, 7, 6), (40, 10, 9), (40, 0, 9), (40, usize::MAX, 9)] {
        assert_eq!(refusal(size, 15, FormKind::Ranking { options }), FormError::RankedOptions { options, max });
        assert_eq!(Form::ranking(size, options), Err(FormError::RankedOptions { options, max }));
    }
    assert_eq!(Form::ranking(7, 3), Err(FormError::Size { size: 7 }));
    let expected = FormError::RankedCells { expected: 15, count: 14 };
    assert_eq!(refusal(16, 14, FormKind::Ranking { options: 6 }), expected);
    let lengths = FormError::AxisLength { expected: 3, actual: 2 };
    assert_eq!(refusal(16, 3, camps(vec![[0, 0]; 2], 0)), lengths);
    assert_eq!(refusal(16, 3, FormKind::Approval { costs: vec![1; 2], budget: 5 }), lengths);
    for threshold in [-8_193, 8_192, i16::MIN, i16::MAX] {
        assert_eq!(refusal(16, 1, camps(vec![[1, 1]], threshold)), FormError::CampThreshold(threshold));
    }
    let budget = FormError::Budget(1 << 22);
    assert_eq!(refusal(16, 1, FormKind::Approval { costs: vec![1], budget: 1 << 22 }), budget);
    let pilot = PilotHash::NONE;
    let no_pilot = FormKind::Statements { camps: Some(Axis { weights: vec![[1, 1]], threshold: 0, pilot }) };
    assert_eq!(refusal(16, 1, no_pilot), FormError::NoPilot);
}

#[test]
fn words_of_forms_are_read_back() {
    let mut rng = rng(41);
    for case in 0..240 {
        let form = random_form([16, 40][case % 2], case / 2 % 6, &mut rng);
        assert_eq!(Form::from_words(form.size(), &form.to_words()), Ok(form.clone()), "case {case}");
        let json = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<Form>(&json).unwrap(), form);
    }
    assert!(serde_json::from_str::<Form>(r#"{"size":16,"count":17,"kind":{"statements":{"camps":null}}}"#).is_err());
}

#[test]
fn packed_shape_follows_the_specification() {
    let words = Form::new(40, 40, FormKind::Groups { lasts: 1 << 39 | 1, exact: true }).unwrap().to_words();
    assert_eq!(words.shape, ((1 << 40) - 1) | 1 << 40 | 1 << 79 | 1 << 80 | 1 << 81);
    assert_eq!((words.threshold, words.pilot, words.axis.len()), (1 << 13, PilotHash::NONE, 3));
    let form = Form::new(16, 2, camps(vec![[-128, 127], [0, 1]], -8_192)).unwrap();
    assert_eq!(form.axis_bytes()[..6], [0, 255, 128, 129, 128, 128]);
    let words = form.to_words();
    assert_eq!((words.shape, words.threshold, words.axis.len()), (0b11 | 1 << 84, 0, 2));
    let byte = |i: u32| Fr::from(2u64).pow_u(8 * i);
    let expected: Fr = (0..31).zip(form.axis_bytes()).map(|(i, value)| byte(i) * Fr::from(value)).sum();
    assert_eq!(words.axis, [expected, Fr::from(128u64)]);
    let form = Form::new(16, 1, FormKind::Approval { costs: vec![0x1234], budget: 77 }).unwrap();
    assert_eq!((form.axis_bytes()[..3].to_vec(), form.to_words().shape), (vec![0x34, 0x12, 0], 1 | 1 << 83));
    assert_eq!(form.to_words().axis, [Fr::from(0x1234u64), Fr::from(0u64)]);
}

trait PowU {
    fn pow_u(self, exponent: u32) -> Self;
}

impl PowU for Fr {
    fn pow_u(self, exponent: u32) -> Fr {
        ark_ff::Field::pow(&self, [u64::from(exponent)])
    }
}

/// Every other word than those of a form is refused: a contract that took one would have several forms for one hash, or
/// one that no client can read.
#[test]
fn words_of_no_form_are_refused() {
    let words = |kind, count| Form::new(16, count, kind).unwrap().to_words();
    let refusal = |words: &FormWords| Form::from_words(16, words).unwrap_err();
    let good = words(FormKind::Statements { camps: None }, 5);
    let changed = |change: fn(&mut FormWords)| {
        let mut words = good.clone();
        change(&mut words);
        refusal(&words)
    };
    assert_eq!(Form::from_words(17, &good), Err(FormError::Size { size: 17 }));
    assert_eq!(changed(|w| w.shape = 0), FormError::Count { count: 0, size: 16 });
    assert_eq!(changed(|w| w.shape |= 1 << 16), FormError::Shape(0b11111 | 1 << 16));
    assert_eq!(changed(|w| w.shape |= (1 << 17) - 1), FormError::Count { count: 17, size: 16 });
    assert_eq!(changed(|w| w.shape |= 1 << 85), FormError::Shape(0b11111 | 1 << 85));
    assert_eq!(changed(|w| w.shape |= 1 << 44), FormError::Shape(0b11111 | 1 << 44));
    assert_eq!(changed(|w| w.shape |= 1 << 81), FormError::Flags(0b11111 | 1 << 81));
    assert_eq!(changed(|w| w.shape |= 1 << 82 | 1 << 84), FormError::Flags(0b11111 | 1 << 82 | 1 << 84));
    assert_eq!(changed(|w| w.shape |= 1 << 82), FormError::RankedCells { expected: 6, count: 5 });
    assert_eq!(changed(|w| w.shape |= 1 << 80), FormError::Lasts { lasts: 0, count: 5 });
    assert_eq!(changed(|w| w.threshold += 1), FormError::Threshold((1 << 13) + 1));
    assert_eq!(changed(|w| w.pilot = hash_pilot(b"x")), FormError::UnusedPilot);
    assert_eq!(changed(|w| w.axis.truncate(1)), FormError::AxisWords { expected: 2, actual: 1 });
    assert_eq!(changed(|w| w.axis[1] += Fr::from(1u64)), FormError::AxisWord { index: 1 });
    assert_eq!(changed(|w| w.axis[1] += Fr::from(256u64)), FormError::AxisWord { index: 1 });
    assert_eq!(changed(|w| w.axis[0] = -Fr::from(1u64)), FormError::AxisWord { index: 0 });
    let mut with_camps = words(camps(vec![[1, 2]; 5], 7), 5);
    with_camps.threshold = 1 << 14;
    assert_eq!(refusal(&with_camps), FormError::CampThreshold(8_192));
    with_camps.threshold = u32::MAX;
    assert_eq!(refusal(&with_camps), FormError::Threshold(u32::MAX));
    with_camps = words(camps(vec![[1, 2]; 5], 7), 5);
    with_camps.axis[0] += Fr::from(1u64 << 63) * Fr::from(1u64 << 25);
    assert_eq!(refusal(&with_camps), FormError::AxisWord { index: 0 }, "a weight of an unused cell");
}

#[test]
fn hashes_of_forms_differ() {
    let mut seen = std::collections::BTreeSet::new();
    for (form, _) in sheet_forms() {
        assert!(seen.insert(form.hash()));
    }
    let form = |threshold| Form::new(16, 1, camps(vec![[1, 1]], threshold)).unwrap().hash();
    assert_ne!(form(5), form(6));
}

fn check(form: &Form, cells: &[Answer]) -> Result<(), AnswerError> {
    form.check_answers(&Answers::new(form, cells.to_vec()))
}

use Answer::{Agree, Disagree, Pass};

#[test]
fn answers_to_groups_are_checked() {
    let form = |exact| Form::new(16, 5, FormKind::Groups { lasts: 0b10100, exact }).unwrap();
    assert_eq!(check(&form(true), &[Pass, Agree, Pass, Pass, Agree]), Ok(()));
    assert_eq!(check(&form(false), &[]), Ok(()));
    assert_eq!(check(&form(true), &[Agree]), Err(AnswerError::GroupEmpty { last: 4 }));
    assert_eq!(check(&form(true), &[Pass, Pass, Pass, Agree]), Err(AnswerError::GroupEmpty { last: 2 }));
    for exact in [false, true] {
        assert_eq!(check(&form(exact), &[Agree, Pass, Agree, Agree]), Err(AnswerError::GroupExceeded { last: 2 }));
        assert_eq!(check(&form(exact), &[Agree, Disagree, Pass, Agree]), Err(AnswerError::Disagreement));
    }
    let unused = AnswerError::UnusedCell { cell: 6, count: 5 };
    assert_eq!(check(&form(false), &[Pass, Pass, Pass, Pass, Pass, Pass, Agree]), Err(unused));
    assert_eq!(check(&form(false), &[Pass; 17]), Err(AnswerError::Length { expected: 16, actual: 17 }));
}

#[test]
fn answers_to_rankings_are_checked() {
    assert_eq!(ranked_pairs(4).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]);
    let form = Form::ranking(16, 3).unwrap();
    // The second option first, the others tie.
    let good = Answers::from_ranks(&form, &[7, 0, 7]);
    assert_eq!(good.cells[..4], [Disagree, Pass, Agree, Pass]);
    assert_eq!(form.check_answers(&good), Ok(()));
    for cell in 0..3 {
        for answer in [Pass, Agree, Disagree] {
            let mut other = good.clone();
            other.cells[cell] = answer;
            let expected = if answer == good.cells[cell] { Ok(()) } else { Err(AnswerError::Ranking { cell }) };
            assert_eq!(form.check_answers(&other), expected);
        }
    }
    let mut other = good.clone();
    other.ranks[5] = 16;
    assert_eq!(form.check_answers(&other), Err(AnswerError::RankTooLarge { option: 5 }));
    other.ranks.truncate(5);
    assert_eq!(form.check_answers(&other), Err(AnswerError::RankLength { expected: 6, actual: 5 }));
}

#[test]
fn answers_to_approvals_are_checked() {
    let form = Form::new(16, 3, FormKind::Approval { costs: vec![65_535, 1, 0], budget: 65_535 }).unwrap();
    assert_eq!(check(&form, &[Agree, Pass, Agree]), Ok(()));
    assert_eq!(check(&form, &[Agree, Agree, Pass]), Err(AnswerError::BudgetExceeded { budget: 65_535 }));
    assert_eq!(check(&form, &[Pass, Disagree, Pass]), Err(AnswerError::Disagreement));
}

#[test]
fn camp_is_upper_above_the_threshold_only() {
    let form = |threshold| Form::new(16, 2, camps(vec![[-128, 127], [100, -3]], threshold)).unwrap();
    let answers = Answers::new(&form(0), vec![Disagree, Agree]);
    assert_eq!(form(0).score(&answers), 227);
    let camp = |threshold: i16| form(threshold).camp(&answers);
    assert_eq!([camp(226), camp(227), camp(228), camp(-8_192)], [Camp::Upper, Camp::Lower, Camp::Lower, Camp::Upper]);
    let counted = form(226).count_values(&answers).unwrap();
    assert_eq!(counted[..4], [1 << 20, 1 << 39, 1 << 26, 0]);
    let counted = form(227).count_values(&answers).unwrap();
    assert_eq!(counted[..4], [1, 1 << 13, 1, 0]);
}

/// What several voters count together is what the counters say, for random answers to every kind of form.
#[test]
fn sums_of_values_are_the_counters() {
    let mut rng = rng(42);
    for case in 0..12 {
        let form = random_form([16, 40][case % 2], case / 2, &mut rng);
        let all: Vec<Answers> = (0..30).map(|_| random_answers(&form, &mut rng)).collect();
        let mut totals = vec![0; form.size() + 1];
        for answers in &all {
            let counted = form.count_values(answers).unwrap();
            totals.iter_mut().zip(counted).for_each(|(total, value)| *total += value);
        }
        let counters = form.counters();
        let turnout = counters.split_turnout(totals[0]).unwrap();
        assert_eq!((turnout.voters(), turnout.check_members(30)), (30, Ok(())));
        let too_many = CounterError::TooManyVoters { voters: 30, members: 29 };
        assert_eq!(turnout.check_members(29), Err(too_many));
        for cell in 0..form.size() {
            let of = |camp: Camp, answer: Answer| {
                all.iter().filter(|answers| form.camp(answers) == camp && answers.cells[cell] == answer).count() as u64
            };
            let expected = CellTotals {
                agree: [Camp::Lower, Camp::Upper].map(|camp| of(camp, Agree)),
                disagree: [Camp::Lower, Camp::Upper].map(|camp| of(camp, Disagree)),
            };
            assert_eq!(counters.split_cell(totals[cell + 1], turnout), Ok(expected), "case {case}, cell {cell}");
        }
    }
}

/// A carry between counters: 8,192 voters of one camp who all agree read as one disagreement and no agreement.
#[test]
fn chambers_whose_counters_would_carry_are_refused() {
    let counters = Counters::Camps;
    let [agree, _] = counters.units(Camp::Lower);
    let large = Turnout { lower: 8_192, upper: 0 };
    let forged = CellTotals { agree: [0, 0], disagree: [1, 0] };
    assert_eq!(counters.split_cell(8_192 * agree, large), Ok(forged), "without the bound, the attack works");
    let refused_camps = CounterError::TooManyMembers { members: 8_192, max: 8_191 };
    let refused = refused_camps;
    assert_eq!(counters.check_members(8_192), Err(refused));
    assert_eq!(counters.split_turnout(8_192), Err(refused));
    let full = counters.split_turnout(8_191).unwrap();
    let all = CellTotals { agree: [8_191, 0], disagree: [0, 0] };
    assert_eq!(counters.split_cell(8_191 * agree, full), Ok(all));
    let greatest = (8_191 << 39) + (1 << 13);
    assert_eq!(counters.split_cell(greatest, Turnout { lower: 1, upper: 8_190 }), Err(CounterError::Cell(greatest)));

    assert_eq!(Counters::Wide.check_members((1 << 20) - 1), Ok(()));
    let members = 1 << 20;
    let refused = CounterError::TooManyMembers { members, max: members - 1 };
    assert_eq!(Counters::Wide.check_members(members), Err(refused));
    let split = |total| Counters::Wide.split_cell(total, Turnout { lower: 9, upper: 0 });
    assert_eq!(split(4 + (5 << 20)), Ok(CellTotals { agree: [4, 0], disagree: [5, 0] }));
    assert_eq!(split(5 + (5 << 20)), Err(CounterError::Cell(5 + (5 << 20))));
    assert_eq!(split(1 << 40), Err(CounterError::Cell(1 << 40)));
    assert_eq!(Counters::Wide.split_turnout(1 << 20), Err(CounterError::OtherCamp));
    assert_eq!(Counters::Camps.split_turnout(8_000 + (192 << 20)), Err(refused_camps));
}

#[test]
fn agenda_binds_texts_and_their_order() {
    let keccak = |bytes: &[u8]| <[u8; 32]>::from(Keccak256::digest(bytes));
    let expected = keccak(&[keccak("Tell the truth.".as_bytes()), keccak("Größe".as_bytes())].concat());
    assert_eq!(hash_agenda(["Tell the truth.", "Größe"]), expected);
    assert_ne!(hash_agenda(["Größe", "Tell the truth."]), expected);
    assert_ne!(hash_agenda(["Tell the truth.Größe"]), expected);
}
