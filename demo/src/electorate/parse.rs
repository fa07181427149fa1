//! Electorate files: comma-separated `proposal,account,weight,choice`, in any order of columns.
//!
//! Weights are whole numbers, counted exactly: no separators, no decimals, no exponents.

use std::{collections::BTreeMap, path::Path};

use csv::{ReaderBuilder, StringRecord};
use psephos_protocol::constants::{MAX_TOTAL, VALUE_BITS};
use psephos_state::Address;

use super::{CHAMBERS, Electorate, ElectorateError, LineError, Voter};
use psephos_client::files::{self, FileError};

/// No electorate file is larger, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// No more voters vote in one go.
pub(super) const MAX_VOTERS: usize = 5_000;

const COLUMNS: [&str; 4] = ["proposal", "account", "weight", "choice"];
const OPTIONS: [&str; 3] = ["For", "Against", "Abstain"];

/// Reads one proposal of a file.
///
/// # Errors
/// [`ElectorateError`].
pub fn read_proposal(path: &Path, proposal: &str) -> Result<Electorate, ElectorateError> {
    let text = files::read_text(path, MAX_FILE).map_err(|error| match error {
        FileError::TooLarge { path, .. } => ElectorateError::TooLarge { path },
        FileError::NotText { .. } => ElectorateError::NotText,
        other => other.into(),
    })?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    parse_proposal(&text, proposal, &name)
}

/// The proposals of a file, in order of appearance.
///
/// # Errors
/// `Empty`, `MissingColumn`, `DuplicateColumn`, `Line` if it is not CSV.
pub fn list_proposals(text: &str) -> Result<Vec<String>, ElectorateError> {
    let table = Table::read(text)?;
    let mut names: Vec<String> = Vec::new();
    for (_, row) in &table.rows {
        let name = table.field(row, 0);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Takes one proposal out of a file's text. `source` is how reports call the file.
///
/// Voters are put into three chambers by their rank by weight (the first of equal weights is the one whose address is smaller): rank 0 in the first
/// chamber, 1 in the second, 2 in the third, 3 in the first, and so on.
///
/// # Errors
/// [`ElectorateError`].
pub fn parse_proposal(text: &str, proposal: &str, source: &str) -> Result<Electorate, ElectorateError> {
    let table = Table::read(text)?;
    let mut voters = Vec::new();
    let mut seen: BTreeMap<Address, u64> = BTreeMap::new();
    for (line, row) in &table.rows {
        if table.field(row, 0) != proposal {
            continue;
        }
        let failed = |error| ElectorateError::Line { line: *line, error };
        let voter = voter(&table, row).map_err(failed)?;
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
        count if count < CHAMBERS.len() => return Err(ElectorateError::TooFew(count)),
        count if count > MAX_VOTERS => return Err(ElectorateError::TooMany(count)),
        _ => {}
    }
    let total: u128 = voters.iter().map(|voter| u128::from(voter.weight)).sum();
    if total > u128::from(MAX_TOTAL) {
        return Err(ElectorateError::TotalTooLarge(total));
    }
    voters.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.account.cmp(&b.account)));
    for (rank, voter) in voters.iter_mut().enumerate() {
        voter.chamber = rank % CHAMBERS.len();
    }
    Ok(Electorate {
        source: format!("{source}, proposal {proposal}"),
        division:
            "by rank of weight: the heaviest voter to the first chamber, the next to the second, and so on in turn"
                .into(),
        title: proposal.to_owned(),
        options: OPTIONS.map(str::to_owned).to_vec(),
        chambers: CHAMBERS.map(str::to_owned).to_vec(),
        voters,
    })
}

fn voter(table: &Table, row: &StringRecord) -> Result<Voter, LineError> {
    let choice = table.field(row, 3);
    let option = OPTIONS.iter().position(|option| option.eq_ignore_ascii_case(choice));
    Ok(Voter {
        account: account(table.field(row, 1))?,
        weight: weight(table.field(row, 2))?,
        chamber: 0,
        option: option.ok_or_else(|| LineError::Choice(shorten(choice)))?,
    })
}

/// An address. Mixed case is a checksum and must be right; one case alone is none.
fn account(text: &str) -> Result<Address, LineError> {
    let malformed = || LineError::Account(shorten(text));
    let digits = text.strip_prefix("0x").ok_or_else(malformed)?;
    if digits.len() != 40 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(malformed());
    }
    let mixed = digits.bytes().any(|digit| digit.is_ascii_lowercase())
        && digits.bytes().any(|digit| digit.is_ascii_uppercase());
    match mixed {
        true => Address::parse_checksummed(text, None).map_err(|_| LineError::Checksum(shorten(text))),
        false => text.parse().map_err(|_| malformed()),
    }
}

fn weight(text: &str) -> Result<u64, LineError> {
    if let Some(rest) = text.strip_prefix('-')
        && rest.starts_with(|first: char| first.is_ascii_digit())
    {
        return Err(LineError::NegativeWeight(shorten(text)));
    }
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(LineError::NotAnInteger(shorten(text)));
    }
    match text.parse::<u64>() {
        Ok(0) => Err(LineError::ZeroWeight),
        Ok(weight) if weight >> VALUE_BITS == 0 => Ok(weight),
        _ => Err(LineError::OversizedWeight(shorten(text))),
    }
}

/// As much of a field as an error should repeat.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.chars().count() > SHOWN {
        true => text.chars().take(SHOWN).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// Rows with their line numbers, and where the four columns are.
struct Table {
    places: [usize; 4],
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    fn read(text: &str) -> Result<Self, ElectorateError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            None => return Err(ElectorateError::Empty),
            Some(header) => header.map_err(|error| not_csv(1, &error))?,
        };
        let places = places(&header)?;
        let mut rows = Vec::new();
        let mut last = 1;
        for record in records {
            let record = record.map_err(|error| not_csv(last + 1, &error))?;
            last = record.position().map_or(last + 1, csv::Position::line);
            if record.len() != header.len() {
                let error = LineError::Fields { expected: header.len(), actual: record.len() };
                return Err(ElectorateError::Line { line: last, error });
            }
            rows.push((last, record));
        }
        if rows.is_empty() { Err(ElectorateError::Empty) } else { Ok(Self { places, rows }) }
    }

    fn field<'a>(&self, row: &'a StringRecord, column: usize) -> &'a str {
        row.get(self.places[column]).unwrap_or_default()
    }
}

fn places(header: &StringRecord) -> Result<[usize; 4], ElectorateError> {
    let mut places = [0; 4];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let mut found = header.iter().enumerate().filter(|(_, name)| name.eq_ignore_ascii_case(column));
        *place = match (found.next(), found.next()) {
            (None, _) => {
                let found = header.iter().map(shorten).collect();
                return Err(ElectorateError::MissingColumn { column, found });
            }
            (Some((index, _)), None) => index,
            _ => return Err(ElectorateError::DuplicateColumn(column.to_owned())),
        };
    }
    Ok(places)
}

fn not_csv(line: u64, error: &csv::Error) -> ElectorateError {
    let line = error.position().map_or(line, csv::Position::line);
    ElectorateError::Line { line, error: LineError::Csv(error.to_string()) }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
