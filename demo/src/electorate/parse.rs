//! Parses electorate files: CSV with the columns `proposal`, `account`, `weight` and `choice`, in any order.
//!
//! Weights are whole numbers, counted exactly: separators, decimals and exponents are refused.

use std::{collections::BTreeMap, path::Path};

use csv::{ReaderBuilder, StringRecord};
use psephos_protocol::weight::{TotalWeight, Weight};
use psephos_state::Address;

use super::{CHAMBER_NAMES, Electorate, ElectorateError, LineError, Voter};
use psephos_client::address::{AddressError, parse_address};
use psephos_client::files;

/// Maximum size of an electorate file, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Maximum number of voters of a proposal.
pub(super) const MAX_VOTERS: usize = 5_000;

const COLUMNS: [&str; 4] = ["proposal", "account", "weight", "choice"];
const OPTIONS: [&str; 3] = ["For", "Against", "Abstain"];

/// Reads one proposal of a file.
///
/// # Errors
/// Returns an [`ElectorateError`] if the file cannot be read, is too large, or is not as [`parse_proposal`] requires.
pub fn read_proposal(path: &Path, proposal: &str) -> Result<Electorate, ElectorateError> {
    let text = files::read_text(path, MAX_FILE)?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    parse_proposal(&text, proposal, &name)
}

/// Returns the names of a file's proposals, in order of appearance.
///
/// # Errors
/// Returns `Empty`, `MissingColumn` or `DuplicateColumn`, or `Line` if the text is not CSV.
pub fn list_proposals(text: &str) -> Result<Vec<String>, ElectorateError> {
    let table = Table::read_table(text)?;
    let mut names: Vec<String> = Vec::new();
    for (_, row) in &table.rows {
        let name = table.field(row, 0);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Parses one proposal of a file's text. `source` is the name of the file in reports.
///
/// Voters are divided among three chambers by their rank of weight, heaviest first; of equal weights the smaller
/// address comes first. Rank 0 is in the first chamber, 1 in the second, 2 in the third, 3 in the first again.
///
/// # Errors
/// Returns an [`ElectorateError`] that names the line, if one line is wrong.
pub fn parse_proposal(text: &str, proposal: &str, source: &str) -> Result<Electorate, ElectorateError> {
    let table = Table::read_table(text)?;
    let mut voters = Vec::new();
    let mut seen: BTreeMap<Address, u64> = BTreeMap::new();
    for (line, row) in &table.rows {
        if table.field(row, 0) != proposal {
            continue;
        }
        let failed = |error| ElectorateError::Line { line: *line, error };
        let voter = parse_voter(&table, row).map_err(failed)?;
        if let Some(first) = seen.insert(voter.account, *line) {
            return Err(failed(LineError::Duplicate { account: voter.account.to_string(), first }));
        }
        voters.push(voter);
    }
    match voters.len() {
        0 => {
            return Err(ElectorateError::UnknownProposal {
                proposal: proposal.to_owned(),
                known: list_proposals(text)?,
            });
        }
        count if count < CHAMBER_NAMES.len() => return Err(ElectorateError::TooFew(count)),
        count if count > MAX_VOTERS => return Err(ElectorateError::TooMany(count)),
        _ => {}
    }
    let total: u128 = voters.iter().map(|voter| u128::from(voter.weight.get())).sum();
    if total > u128::from(TotalWeight::MAX.get()) {
        return Err(ElectorateError::TotalTooLarge(total));
    }
    voters.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.account.cmp(&b.account)));
    for (rank, voter) in voters.iter_mut().enumerate() {
        voter.chamber = rank % CHAMBER_NAMES.len();
    }
    Ok(Electorate {
        source: format!("{source}, proposal {proposal}"),
        division:
            "by rank of weight: the heaviest voter to the first chamber, the next to the second, and so on in turn"
                .into(),
        title: proposal.to_owned(),
        options: OPTIONS.map(str::to_owned).to_vec(),
        chambers: CHAMBER_NAMES.map(str::to_owned).to_vec(),
        voters,
    })
}

fn parse_voter(table: &Table, row: &StringRecord) -> Result<Voter, LineError> {
    let choice = table.field(row, 3);
    let option = OPTIONS.iter().position(|option| option.eq_ignore_ascii_case(choice));
    Ok(Voter {
        account: parse_account(table.field(row, 1))?,
        weight: parse_weight(table.field(row, 2))?,
        chamber: 0,
        option: option.ok_or_else(|| LineError::Choice(truncate_field(choice)))?,
    })
}

fn parse_account(text: &str) -> Result<Address, LineError> {
    parse_address(text).map_err(|error| match error {
        AddressError::Checksum => LineError::Checksum(truncate_field(text)),
        AddressError::Malformed | AddressError::Zero => LineError::Account(truncate_field(text)),
    })
}

fn parse_weight(text: &str) -> Result<Weight, LineError> {
    if let Some(rest) = text.strip_prefix('-')
        && rest.starts_with(|first: char| first.is_ascii_digit())
    {
        return Err(LineError::NegativeWeight(truncate_field(text)));
    }
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(LineError::NotAnInteger(truncate_field(text)));
    }
    match text.parse::<u64>() {
        Ok(0) => Err(LineError::ZeroWeight),
        Ok(number) => Weight::new(number).map_err(|_| LineError::OversizedWeight(truncate_field(text))),
        Err(_) => Err(LineError::OversizedWeight(truncate_field(text))),
    }
}

/// Truncates a field for an error message.
fn truncate_field(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.chars().count() > SHOWN {
        true => text.chars().take(SHOWN).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// Rows with their line numbers, and the indices of the four columns.
struct Table {
    columns: [usize; 4],
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    fn read_table(text: &str) -> Result<Self, ElectorateError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            None => return Err(ElectorateError::Empty),
            Some(header) => header.map_err(|error| csv_error(1, &error))?,
        };
        let columns = find_columns(&header)?;
        let mut rows = Vec::new();
        let mut last = 1;
        for record in records {
            let record = record.map_err(|error| csv_error(last + 1, &error))?;
            last = record.position().map_or(last + 1, csv::Position::line);
            if record.len() != header.len() {
                let error = LineError::Fields { expected: header.len(), actual: record.len() };
                return Err(ElectorateError::Line { line: last, error });
            }
            rows.push((last, record));
        }
        if rows.is_empty() { Err(ElectorateError::Empty) } else { Ok(Self { columns, rows }) }
    }

    fn field<'a>(&self, row: &'a StringRecord, column: usize) -> &'a str {
        row.get(self.columns[column]).unwrap_or_default()
    }
}

fn find_columns(header: &StringRecord) -> Result<[usize; 4], ElectorateError> {
    let mut columns = [0; 4];
    for (column_index, column) in columns.iter_mut().zip(COLUMNS) {
        let mut found = header.iter().enumerate().filter(|(_, name)| name.eq_ignore_ascii_case(column));
        *column_index = match (found.next(), found.next()) {
            (None, _) => {
                let found = header.iter().map(truncate_field).collect();
                return Err(ElectorateError::MissingColumn { column, found });
            }
            (Some((index, _)), None) => index,
            _ => return Err(ElectorateError::DuplicateColumn(column.to_owned())),
        };
    }
    Ok(columns)
}

fn csv_error(line: u64, error: &csv::Error) -> ElectorateError {
    let line = error.position().map_or(line, csv::Position::line);
    ElectorateError::Line { line, error: LineError::Csv(error.to_string()) }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
