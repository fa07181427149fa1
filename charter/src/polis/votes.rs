//! `participants-votes.csv`: a row of answers a participant.

use std::collections::{HashMap, HashSet};

use super::{LineError, Notice, Participant, PolisError, PolisFile, Statement, table::Table};
use crate::{
    answers::{parse_answer, parse_integer},
    text::truncate,
};

/// Columns of an export that are not read: they follow from the others.
const COUNTS: [&str; 4] = ["n-comments", "n-votes", "n-agree", "n-disagree"];

/// Parses the participants, with their answers in the order of the statements.
pub(super) fn parse_votes(
    text: &str,
    statements: &[Statement],
    left_out: &[u64],
    notices: &mut Vec<Notice>,
) -> Result<Vec<Participant>, PolisError> {
    let table = Table::read_table(PolisFile::Votes, text)?;
    let id = table.require_column("participant")?;
    let group = table.find_column("group-id")?;
    if group.is_none() {
        notices.push(Notice::MissingColumn { file: PolisFile::Votes, column: "group-id" });
    }
    let columns = find_statements(&table, statements, left_out, notices)?;
    let (mut lines, mut participants) = (HashMap::new(), Vec::with_capacity(table.rows.len()));
    for row in &table.rows {
        let (line, fields) = (row.0, &row.1);
        let participant = table.read_number(row, id, "participant")?;
        if let Some(first) = lines.insert(participant, line) {
            return Err(table.error(line, LineError::Duplicate { what: "participant", id: participant, first }));
        }
        let cell = group.and_then(|index| fields.get(index)).unwrap_or_default();
        let group = parse_group(cell)
            .ok_or_else(|| table.error(line, LineError::NoNumber { column: "group-id", value: truncate(cell) }))?;
        let mut answers = vec![None; statements.len()];
        for (column, position) in &columns {
            let cell = fields.get(*column).unwrap_or_default();
            answers[*position] = parse_answer(cell).map_err(|error| {
                let statement = statements[*position].id;
                table.error(line, LineError::Answer { statement, error })
            })?;
        }
        participants.push(Participant { id: participant, group, answers });
    }
    Ok(participants)
}

/// Returns the columns of known statements: the column's index, and the statement's position.
fn find_statements(
    table: &Table,
    statements: &[Statement],
    left_out: &[u64],
    notices: &mut Vec<Notice>,
) -> Result<Vec<(usize, usize)>, PolisError> {
    let positions: HashMap<u64, usize> =
        statements.iter().enumerate().map(|(position, statement)| (statement.id, position)).collect();
    let (mut seen, mut columns) = (HashSet::new(), Vec::new());
    let (mut unknown, mut ignored) = (Vec::new(), Vec::new());
    for (index, name) in table.header.iter().enumerate() {
        let Some(id) = parse_integer(name) else {
            let is_known = COUNTS.iter().chain(&["participant", "group-id"]).any(|n| name.eq_ignore_ascii_case(n));
            // A name may be empty: programs write an index column so.
            if !is_known {
                ignored.push(format!("`{}`", truncate(name)));
            }
            continue;
        };
        if !seen.insert(id) {
            return Err(PolisError::DuplicateColumn { file: table.file, column: id.to_string() });
        }
        match positions.get(&id) {
            Some(position) => columns.push((index, *position)),
            None if left_out.contains(&id) => {}
            None => unknown.push(id),
        }
    }
    if columns.is_empty() {
        return Err(PolisError::NoStatements);
    }
    let without: Vec<u64> = statements.iter().map(|statement| statement.id).filter(|id| !seen.contains(id)).collect();
    notices.extend((!unknown.is_empty()).then_some(Notice::UnknownStatements(unknown)));
    notices.extend((!without.is_empty()).then_some(Notice::WithoutAnswers(without)));
    notices.extend((!ignored.is_empty()).then_some(Notice::IgnoredColumns(ignored)));
    Ok(columns)
}

/// Parses an opinion group: a number, or none. Older exports write -1 or NaN for none.
fn parse_group(cell: &str) -> Option<Option<u64>> {
    match cell.trim() {
        "" | "-1" | "-1.0" => Some(None),
        text if text.eq_ignore_ascii_case("nan") => Some(None),
        text => parse_integer(text).map(Some),
    }
}
