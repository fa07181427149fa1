//! Exports that look different and say the same: a synthetic conversation of 1,200 people.

use psephos_charter::{
    agenda::{Agenda, AgendaStatement, SelectionError, SelectionOptions, select_agenda, select_voters},
    axis::{AxisFile, measure_accuracy},
    hash::Hash32,
    outcome::count_answers,
    pilot::Pilot,
    polis::{Export, Notice, parse_export, read_export},
};

const PEOPLE: usize = 1_200;
const STATEMENTS: usize = 60;

/// A number below `bound` that follows from a label.
fn draw(label: &str, bound: u32) -> u32 {
    let bytes = Hash32::of(label.as_bytes()).0;
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % bound
}

/// Two camps of different size. Of every three statements one is agreed on by both, and two divide them.
fn answer(person: usize, statement: usize) -> Option<i8> {
    let noise = draw(&format!("answer {person} {statement}"), 100);
    if noise >= 40 + draw(&format!("statement {statement}"), 40) {
        return None;
    }
    let camp = group(person);
    Some(match (noise % 20, statement % 3) {
        (0, _) => 0,
        (1 | 2, _) => -1,
        (_, 0) => 1,
        (_, 1) => 1 - 2 * camp as i8,
        (_, _) => 2 * camp as i8 - 1,
    })
}

fn group(person: usize) -> usize {
    usize::from(draw(&format!("camp {person}"), 3) == 0)
}

fn text(statement: usize) -> String {
    format!("Statement {statement}, with a \"quote\"\nand a second line")
}

fn moderated(statement: usize) -> i8 {
    if statement % 10 == 9 { -1 } else { 1 }
}

fn write_cell(answer: Option<i8>) -> String {
    answer.map(|number| number.to_string()).unwrap_or_default()
}

/// As Polis writes it.
fn standard() -> [String; 2] {
    let mut comments = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n".to_owned();
    let mut votes = "participant,group-id,n-comments,n-votes,n-agree,n-disagree".to_owned();
    for statement in 0..STATEMENTS {
        let quoted = text(statement).replace('"', "\"\"");
        comments += &format!("1,x,{statement},0,0,0,{},\"{quoted}\"\n", moderated(statement));
        votes += &format!(",{statement}");
    }
    votes.push('\n');
    for person in 0..PEOPLE {
        let cells: Vec<String> = (0..STATEMENTS).map(|statement| write_cell(answer(person, statement))).collect();
        votes += &format!("{person},{},0,0,0,0,{}\n", group(person), cells.join(","));
    }
    [comments, votes]
}

/// With columns and rows in reverse, quotes, floats, line breaks of another system, a byte order mark, an index column.
fn unusual() -> [String; 2] {
    let mut comments = "\u{feff}comment-body,moderated,comment-id,lang\r\n".to_owned();
    for statement in (0..STATEMENTS).rev() {
        let quoted = text(statement).replace('"', "\"\"").replace('\n', "\r\n");
        comments += &format!("\"{quoted}\",{}.0,{statement}.0,en\r\n", moderated(statement));
    }
    let names: Vec<String> = (0..STATEMENTS).rev().map(|statement| format!("\"{statement}\"")).collect();
    let mut votes = format!("\u{feff},{},group-id,participant\r\n", names.join(","));
    for person in (0..PEOPLE).rev() {
        let write = |statement| answer(person, statement).map(|number| format!("\"{number}.0\"")).unwrap_or_default();
        let cells: Vec<String> = (0..STATEMENTS).rev().map(write).collect();
        votes += &format!("{person},{},{}.0,{person}.0\r\n", cells.join(","), group(person));
    }
    [comments, votes]
}

fn read([comments, votes]: &[String; 2]) -> Export {
    read_export(comments.as_bytes(), votes.as_bytes()).expect("the export is read")
}

#[test]
fn unusual_export_gives_the_same_agenda_axis_and_totals() {
    let (plain, other) = (read(&standard()), read(&unusual()));
    assert_eq!(plain.statements, other.statements);
    assert_eq!(plain.participants.len(), PEOPLE);
    assert!(other.notices.contains(&Notice::IgnoredColumns(vec!["``".into()])));
    let selections = [plain, other].map(|export| select_agenda(&export, &SelectionOptions::default()).unwrap());
    assert_eq!(selections[0], selections[1]);
    let selection = &selections[0];
    assert_eq!(selection.agenda.len(), 40);
    assert!(selection.agenda.statements().iter().all(|statement| statement.id % 10 != 9));
    assert!(selection.agenda.statements().iter().all(|statement| !statement.text.contains('\n')));
    let rows = selection.voters[..200].iter().map(|voter| voter.answers.clone());
    let pilot = Pilot::new(rows.collect()).unwrap();
    let axis = AxisFile::learn(&selection.agenda, &pilot).unwrap().axis;
    let people = selection.voters.iter().map(|voter| (voter.answers.as_slice(), voter.group));
    let accuracy = measure_accuracy(&axis, people).unwrap();
    assert!(accuracy.basis_points() > Some(9_900), "{accuracy:?}");
    let totals = count_answers(&axis, selection.voters.iter().map(|voter| voter.answers.as_slice())).unwrap();
    let turnout: u64 = totals.groups().iter().map(|group| group.turnout()).sum();
    assert_eq!(turnout, selection.voters.len() as u64);
    assert!(totals.least_turnout() > 300);
}

#[test]
fn options_select_other_statements_and_voters() {
    let export = read(&standard());
    let select = |options| select_agenda(&export, &options);
    let all = SelectionOptions::default();
    let few = select(SelectionOptions { statements: 5, ..all }).unwrap();
    assert_eq!(few.agenda.len(), 5);
    let strict = select(SelectionOptions { least_answers: 40, ..all }).unwrap();
    assert!(strict.voters.len() < few.voters.len() && !strict.voters.is_empty());
    let unmoderated = select(SelectionOptions { least_moderation: -1, ..all }).unwrap();
    assert!(unmoderated.agenda.statements().iter().any(|statement| statement.id % 10 == 9));
    assert_eq!(select(SelectionOptions { least_answers: 61, ..all }), Err(SelectionError::NoVoters(61)));
    assert!(matches!(select(SelectionOptions { statements: 0, ..all }), Err(SelectionError::Agenda(_))));
    assert!(matches!(select(SelectionOptions { least_moderation: 2, ..all }), Err(SelectionError::NoVoters(7))));
}

/// An agenda that became a file leads to the same voters.
#[test]
fn voters_on_a_given_agenda_are_those_of_its_selection() {
    let export = read(&standard());
    let options = SelectionOptions { statements: 12, least_answers: 20, ..SelectionOptions::default() };
    let selection = select_agenda(&export, &options).unwrap();
    let agenda = Agenda::parse_json(&selection.agenda.to_json()).unwrap();
    assert_eq!(select_voters(&export, &agenda, &options), Ok(selection.voters));

    let with = |change: &dyn Fn(&mut AgendaStatement)| {
        let mut statements = agenda.statements().to_vec();
        change(&mut statements[3]);
        select_voters(&export, &Agenda::new(statements).unwrap(), &options).map(drop)
    };
    let id = agenda.statements()[3].id;
    assert_eq!(with(&|statement| statement.id = 777), Err(SelectionError::Unknown { id: 777 }));
    assert_eq!(with(&|statement| statement.text.push('!')), Err(SelectionError::OtherText { id }));
}

#[test]
fn statement_with_the_text_of_a_more_answered_one_is_passed_over() {
    let comments = "comment-id,moderated,comment-body\n0,1,Same\n1,1,Same\n2,1,Other\n3,1,Unseen\n";
    let votes = "participant,0,1,2,3\n0,,1,1,\n1,1,1,,\n2,1,1,0,\n";
    let export = parse_export(comments, votes).unwrap();
    let options = SelectionOptions { least_answers: 1, ..SelectionOptions::default() };
    let selection = select_agenda(&export, &options).unwrap();
    let ids: Vec<u64> = selection.agenda.statements().iter().map(|statement| statement.id).collect();
    assert_eq!((ids, selection.repeated), (vec![1, 2], vec![(0, 1)]));
}
