//! A CSV file as rows with line numbers, and the columns of its header by name.

use csv::{Position, ReaderBuilder, StringRecord};

use super::{LineError, PolisError, PolisFile};
use crate::{answers::parse_integer, text::truncate};

/// A table with a header and at least one row.
pub(super) struct Table {
    pub(super) file: PolisFile,
    pub(super) header: Vec<String>,
    /// Rows with the line on which each begins, each with as many fields as the header.
    pub(super) rows: Vec<(u64, StringRecord)>,
}

impl Table {
    pub(super) fn read_table(file: PolisFile, text: &str) -> Result<Self, PolisError> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let (mut header, mut rows) = (None::<Vec<String>>, Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(1, Position::line);
                PolisError::Line { file, line, error: LineError::Csv(error.to_string()) }
            })?;
            let line = record.position().map_or(1, Position::line);
            let Some(names) = &header else {
                header = Some(record.iter().map(|name| name.trim().to_owned()).collect());
                continue;
            };
            // An open quote makes one field of the rest of the file, which would explain any number of fields.
            if record.iter().next_back().is_some_and(|last| last.contains('\n')) && !ends_quoted(text, &record) {
                return Err(PolisError::Line { file, line, error: LineError::OpenQuote });
            }
            if record.len() != names.len() {
                let error = LineError::Fields { expected: names.len(), actual: record.len() };
                return Err(PolisError::Line { file, line, error });
            }
            rows.push((line, record));
        }
        match header {
            Some(header) if !rows.is_empty() => Ok(Self { file, header, rows }),
            Some(header) if header.len() == 1 => find_separator(&header[0])
                .map_or(Err(PolisError::Empty { file }), |separator| Err(PolisError::Separator { file, separator })),
            _ => Err(PolisError::Empty { file }),
        }
    }

    /// Returns the index of a column that may be missing. Letters of either case are the same.
    pub(super) fn find_column(&self, name: &str) -> Result<Option<usize>, PolisError> {
        let mut found = self.header.iter().enumerate().filter(|(_, column)| column.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((index, _)), None) => Ok(Some(index)),
            _ => Err(PolisError::DuplicateColumn { file: self.file, column: name.to_owned() }),
        }
    }

    /// Returns the index of a column that must be there.
    pub(super) fn require_column(&self, name: &'static str) -> Result<usize, PolisError> {
        const SHOWN: usize = 8;
        if let Some(index) = self.find_column(name)? {
            return Ok(index);
        }
        if let ([only], file) = (self.header.as_slice(), self.file)
            && let Some(separator) = find_separator(only)
        {
            return Err(PolisError::Separator { file, separator });
        }
        let shown: Vec<String> =
            self.header.iter().take(SHOWN).map(|column| format!("`{}`", truncate(column))).collect();
        let more = if self.header.len() > SHOWN { ", .." } else { "" };
        let found = format!("{}{more}", shown.join(", "));
        Err(PolisError::MissingColumn { file: self.file, column: name, found })
    }

    pub(super) fn error(&self, line: u64, error: LineError) -> PolisError {
        PolisError::Line { file: self.file, line, error }
    }

    /// Reads a number of a row.
    pub(super) fn read_number(
        &self,
        (line, row): &(u64, StringRecord),
        index: usize,
        column: &'static str,
    ) -> Result<u64, PolisError> {
        let value = row.get(index).unwrap_or_default();
        parse_integer(value).ok_or_else(|| self.error(*line, LineError::NoNumber { column, value: truncate(value) }))
    }
}

/// Returns the character that separates columns, if it is none of commas.
fn find_separator(header: &str) -> Option<char> {
    [';', '\t', '|'].into_iter().find(|separator| header.contains(*separator))
}

/// Returns whether the row that begins at a record's position ends with a quotation mark before its line break: the
/// parser takes the end of the file for the end of an open quote.
fn ends_quoted(text: &str, record: &StringRecord) -> bool {
    let start = record.position().map_or(0, |position| position.byte() as usize);
    // Within a row, quotation marks come in pairs: around fields, and doubled inside.
    let Some(rest) = text.get(start..) else { return true };
    let mut quotes = 0_usize;
    for byte in rest.bytes() {
        match byte {
            b'"' => quotes += 1,
            b'\n' if quotes.is_multiple_of(2) && quotes > 0 => return true,
            _ => {}
        }
    }
    quotes.is_multiple_of(2)
}
