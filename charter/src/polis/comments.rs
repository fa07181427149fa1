//! `comments.csv`: the statements.

use std::collections::{BTreeMap, HashMap};

use super::{LineError, Notice, PolisError, PolisFile, Statement, table::Table};
use crate::text::{check_text, normalise_text, truncate};

/// Parses the statements, by ascending number, and the numbers of those that are left out.
pub(super) fn parse_comments(text: &str, notices: &mut Vec<Notice>) -> Result<(Vec<Statement>, Vec<u64>), PolisError> {
    let table = Table::read_table(PolisFile::Comments, text)?;
    let (id, body) = (table.require_column("comment-id")?, table.require_column("comment-body")?);
    let moderated = table.find_column("moderated")?;
    if moderated.is_none() {
        notices.push(Notice::MissingColumn { file: PolisFile::Comments, column: "moderated" });
    }
    let (mut lines, mut statements, mut left_out) = (HashMap::new(), BTreeMap::new(), Vec::new());
    for row in &table.rows {
        let (line, fields) = (row.0, &row.1);
        let statement = table.read_number(row, id, "comment-id")?;
        if let Some(first) = lines.insert(statement, line) {
            return Err(table.error(line, LineError::Duplicate { what: "statement", id: statement, first }));
        }
        let cell = moderated.and_then(|index| fields.get(index)).unwrap_or_default();
        let moderated =
            parse_moderation(cell).ok_or_else(|| table.error(line, LineError::Moderation(truncate(cell))))?;
        let (text, changes) = normalise_text(fields.get(body).unwrap_or_default());
        if let Err(reason) = check_text(&text) {
            notices.push(Notice::LeftOut { statement, line, reason });
            left_out.push(statement);
            continue;
        }
        if changes.any() {
            notices.push(Notice::ChangedText { statement, line, changes });
        }
        statements.insert(statement, Statement { id: statement, text, moderated });
    }
    Ok((statements.into_values().collect(), left_out))
}

/// Parses the moderators' decision; an empty cell is none.
fn parse_moderation(cell: &str) -> Option<i8> {
    let cell = cell.trim();
    match cell.split_once('.') {
        Some((_, fraction)) if fraction.bytes().any(|digit| digit != b'0') => None,
        Some(("1", _)) => Some(1),
        Some(("-1", _)) => Some(-1),
        Some(("0", _)) => Some(0),
        Some(_) => None,
        None => match cell {
            "1" => Some(1),
            "-1" => Some(-1),
            "0" | "" => Some(0),
            _ => None,
        },
    }
}
