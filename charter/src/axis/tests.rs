use super::*;
use crate::{
    agenda::{Agenda, AgendaStatement},
    answers::Row,
    hash::Hash32,
    pilot::Pilot,
};

fn agenda_of(count: u64) -> Agenda {
    let statements = (0..count).map(|id| AgendaStatement { id, text: format!("Statement {id}") });
    Agenda::new(statements.collect()).unwrap()
}

/// Two camps that answer the first statements in opposite ways, with some noise, and the last one alike.
fn sample_pilot(people: usize, statements: usize) -> Pilot {
    let cells = [Some(Answer::Agree), Some(Answer::Disagree), Some(Answer::Pass), None];
    let row = |person: usize| -> Row {
        let answer = |statement: usize| {
            let noise = Hash32::of(format!("{person} {statement}").as_bytes()).0[0] % 10;
            match noise {
                0 => cells[2],
                1 => cells[3],
                _ if statement + 1 == statements => cells[usize::from(noise == 2)],
                _ => cells[(person % 3).min(1) ^ (statement % 2) ^ usize::from(noise == 2)],
            }
        };
        (0..statements).map(answer).collect()
    };
    Pilot::new((0..people).map(row).collect()).unwrap()
}

#[test]
fn camps_of_a_divided_pilot_are_found() {
    let pilot = sample_pilot(90, 9);
    let axis = learn_axis(&agenda_of(9), &pilot).unwrap();
    let groups = pilot.rows().iter().enumerate();
    let people = groups.map(|(person, row)| (row.as_slice(), (person % 5 != 0).then_some((person % 3).min(1) as u64)));
    let accuracy = measure_accuracy(&axis, people).unwrap();
    // Of some, noise makes a member of the other camp.
    assert_eq!(accuracy, Accuracy { agreeing: 69, known: 72 });
    assert_eq!(accuracy.basis_points(), Some(9_583));
    let greatest = axis.agree().iter().chain(axis.disagree()).map(|weight| weight.unsigned_abs()).max();
    assert_eq!(greatest, Some(127));
}

#[test]
fn rounding_errors_do_not_reach_the_weights() {
    // Rows in another order are added in another order: the bits before rounding differ, the axis does not.
    let pilot = sample_pilot(120, 16);
    let reversed = Pilot::new(pilot.rows().iter().rev().cloned().collect()).unwrap();
    let agenda = agenda_of(16);
    assert_eq!(learn_axis(&agenda, &pilot), learn_axis(&agenda, &reversed));
}

#[test]
fn pilots_without_an_axis_are_rejected() {
    let agenda = agenda_of(3);
    let learn = |rows: Vec<Row>| learn_axis(&agenda, &Pilot::new(rows).unwrap());
    let (yes, no) = (Some(Answer::Agree), Some(Answer::Disagree));
    let constant = DirectionError::Constant;
    assert_eq!(learn(vec![vec![yes, no, yes]; 40]), Err(LearnError::Direction(constant.clone())));
    assert_eq!(learn(vec![vec![None; 3]; 40]), Err(LearnError::Direction(constant)));
    // Two statements that are answered independently and differ equally.
    let independent = (0..40).map(|person| vec![[yes, no][person % 2], [yes, no][person / 2 % 2], yes]);
    assert_eq!(learn(independent.collect()), Err(LearnError::Direction(DirectionError::Ambiguous)));
    let other = learn_axis(&agenda_of(4), &sample_pilot(40, 3));
    assert_eq!(other, Err(LearnError::Length { expected: 4, actual: 3 }));
}

#[test]
fn numbers_out_of_range_are_no_axis() {
    assert_eq!(Axis::new(&[], &[], 0), Err(AxisError::Length { agree: 0, disagree: 0 }));
    assert_eq!(Axis::new(&[1], &[1, 2], 0), Err(AxisError::Length { agree: 1, disagree: 2 }));
    assert_eq!(Axis::new(&[1; 41], &[1; 41], 0), Err(AxisError::Length { agree: 41, disagree: 41 }));
    assert_eq!(Axis::new(&[1, 128], &[1, 2], 0), Err(AxisError::Weight { statement: 2, weight: 128 }));
    assert_eq!(Axis::new(&[1, 2], &[-129, 2], 0), Err(AxisError::Weight { statement: 1, weight: -129 }));
    assert_eq!(Axis::new(&[1], &[1], 8_192), Err(AxisError::Threshold(8_192)));
    assert_eq!(Axis::new(&[1], &[1], -8_193), Err(AxisError::Threshold(-8_193)));
    assert!(Axis::new(&[127], &[-128], -8_192).is_ok());
}

#[test]
fn bytes_are_those_of_the_form() {
    let axis = Axis::new(&[1, 127], &[-1, -128], -8_192).unwrap();
    assert_eq!(axis.to_bytes(4), [129, 127, 255, 0, 128, 128, 128, 128]);
    assert_eq!(axis.threshold_word(), 0);
    assert_eq!(Axis::new(&[1], &[1], 8_191).unwrap().threshold_word(), 16_383);
}

#[test]
fn score_at_the_threshold_is_in_camp_a() {
    let axis = Axis::new(&[10, 5], &[-10, -5], 10).unwrap();
    let (yes, no) = (Some(Answer::Agree), Some(Answer::Disagree));
    assert_eq!(axis.assign_camp(&[yes, None]), Ok(Camp::A));
    assert_eq!(axis.assign_camp(&[yes, yes]), Ok(Camp::B));
    assert_eq!(axis.score(&[no, yes]), Ok(-5));
    assert_eq!(axis.score(&[no]), Err(AxisError::Answers { expected: 2, actual: 1 }));
}

#[test]
fn groups_are_assigned_to_camps_as_most_people_agree() {
    let axis = Axis::new(&[1], &[-1], 0).unwrap();
    let (yes, no) = (vec![Some(Answer::Agree)], vec![Some(Answer::Disagree)]);
    let measure = |people: &[(&Row, Option<u64>)]| {
        measure_accuracy(&axis, people.iter().map(|(row, group)| (row.as_slice(), *group))).unwrap()
    };
    let people = [(&yes, Some(0)), (&yes, Some(0)), (&no, Some(1)), (&yes, Some(1)), (&no, None), (&no, Some(2))];
    assert_eq!(measure(&people), Accuracy { agreeing: 3, known: 5 });
    assert_eq!(measure(&[(&yes, Some(4)), (&no, Some(4)), (&no, Some(4))]), Accuracy { agreeing: 2, known: 3 });
    assert_eq!(measure(&[(&yes, None)]).basis_points(), None);
}

#[test]
fn axis_file_is_read_as_it_was_written_and_verified() {
    let (agenda, pilot) = (agenda_of(9), sample_pilot(90, 9));
    let file = AxisFile::learn(&agenda, &pilot).unwrap();
    assert_eq!(AxisFile::parse_json(&file.to_json()), Ok(file.clone()));
    assert_eq!(file.verify(&agenda, &pilot), Ok(()));
    let other = sample_pilot(91, 9);
    assert!(matches!(file.verify(&agenda, &other), Err(AxisFileError::Pilot { .. })));
    let mut texts = agenda.statements().to_vec();
    texts.swap(0, 1);
    assert!(matches!(file.verify(&Agenda::new(texts).unwrap(), &pilot), Err(AxisFileError::Agenda { .. })));
    let mut changed = file.clone();
    changed.axis.agree[3] += 1;
    changed.axis.threshold += 5;
    let stated = changed.axis.threshold;
    let computed = file.axis.threshold;
    assert_eq!(changed.verify(&agenda, &pilot), Err(AxisFileError::Differs { stated, computed, weights: 1 }));
}

#[test]
fn other_axis_files_are_rejected() {
    let text = AxisFile::learn(&agenda_of(9), &sample_pilot(90, 9)).unwrap().to_json();
    let parse = |text: &str| AxisFile::parse_json(text).unwrap_err();
    assert_eq!(parse(&text.replace("\"version\":1", "\"version\":3")), AxisFileError::Version(3));
    assert!(matches!(parse(&text.replace("127", "300")), AxisFileError::Axis(AxisError::Weight { .. })));
    assert!(matches!(parse(&text.replace("127", "1.5")), AxisFileError::Form(_)));
    assert!(matches!(parse("{}"), AxisFileError::Form(_)));
    assert!(matches!(parse(&" ".repeat(MAX_AXIS_BYTES + 1)), AxisFileError::TooLarge(_)));
}
