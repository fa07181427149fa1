//! Lists of the accounts that may enrol in a chamber: files with the columns `account,weight`.

use std::collections::BTreeSet;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use psephos_chain::Address;
use psephos_client::address::parse_address;
use psephos_client::files::read_text;
use psephos_protocol::weight::TotalWeight;

use crate::failure::Failure;

/// The maximum size of a list in bytes: the largest census has 2^20 members.
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// The columns of a list.
const COLUMNS: [&str; 2] = ["account", "weight"];
const FILE_HINT: &str = "the first line names the columns account,weight, and each other line has one account and its weight; nothing was sent";

/// The positions of the columns in a row.
type Columns = [usize; 2];
/// A row, and the number of its line.
type Row = (usize, StringRecord);

/// Whether a weight of 0, which removes an account from the list, is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZeroWeight {
    /// A weight of 0 is an error.
    Rejected,
    /// A weight of 0 removes the account from the list.
    Allowed,
}

/// Reads a list and checks that accounts are unique and that their weights are within what one chamber can have.
pub(crate) fn read_members(path: &Path, zero: ZeroWeight) -> Result<Vec<(Address, u64)>, Failure> {
    let text = read_text(path, MAX_BYTES)?;
    parse_members(&text, zero)
        .map_err(|(line, what)| Failure::invalid_input(format!("{}, line {line}: {what}", path.display()), FILE_HINT))
}

fn parse_members(text: &str, zero: ZeroWeight) -> Result<Vec<(Address, u64)>, (usize, String)> {
    let (columns, rows) = read_rows(text)?;
    let mut seen = BTreeSet::new();
    let mut members = Vec::new();
    let mut total: u64 = 0;
    for (number, row) in rows {
        let field = |position: usize| row.get(position).unwrap_or_default();
        let (account, weight) =
            parse_member(field(columns[0]), field(columns[1]), zero).map_err(|what| (number, what))?;
        if !seen.insert(account) {
            return Err((number, format!("{account} is listed twice")));
        }
        // The registry refuses the enrolment that exceeds this sum, and with it members that this list makes eligible.
        total = total.saturating_add(weight);
        if total > TotalWeight::MAX.get() {
            return Err((
                number,
                format!("with this weight the sum is {total}: at most {}, so choose a larger unit", TotalWeight::MAX),
            ));
        }
        members.push((account, weight));
    }
    if members.is_empty() { Err((1, "the list has no account".into())) } else { Ok(members) }
}

/// Reads CSV as spreadsheets write it: with a byte order mark, quotes, spaces around fields, and the two columns in any
/// order. Returns the positions of the columns, and the rows with the numbers of their lines.
fn read_rows(text: &str) -> Result<(Columns, Vec<Row>), (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| (1, error.to_string()))?.clone();
    let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    let columns = match (find(COLUMNS[0]), find(COLUMNS[1]), header.len()) {
        (Some(account), Some(weight), 2) => [account, weight],
        _ => {
            let found: Vec<&str> = header.iter().collect();
            return Err((1, format!("expected the columns account,weight, found {:?}", found.join(","))));
        }
    };
    let mut rows = Vec::new();
    for row in reader.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, |position| position.line() as usize);
        let row = row.map_err(|error| match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, len, .. } => {
                (line(pos.as_ref()), format!("expected an account and a weight, found {len} fields"))
            }
            _ => (line(error.position()), error.to_string()),
        })?;
        rows.push((line(row.position()), row));
    }
    Ok((columns, rows))
}

fn parse_member(account: &str, weight: &str, zero: ZeroWeight) -> Result<(Address, u64), String> {
    let account = parse_address(account).map_err(|error| format!("{account:?}: {error}"))?;
    let parsed: u64 = weight.parse().map_err(|_| format!("{weight:?} is not a weight: a whole number from 1 on"))?;
    match parsed {
        0 if zero == ZeroWeight::Rejected => Err("the weight is 0: leave the account out".into()),
        parsed => Ok((account, parsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0x9F791Ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE";
    const B: &str = "0x87C9E571ae1657b19030EEe27506c5D7e66ac29e";

    #[test]
    fn valid_list_is_parsed() {
        for text in [
            format!("account,weight\n{A},7\n\n{B}, 4311810298\r\n"),
            format!("\u{feff}Account,Weight\r\n\"{A}\",\"7\"\r\n {B} ,4311810298"),
            format!("weight,account\n7,{A}\n4311810298,{B}\n"),
        ] {
            let members = parse_members(&text, ZeroWeight::Rejected).expect("valid");
            assert_eq!(members.iter().map(|(_, weight)| *weight).collect::<Vec<_>>(), [7, 4_311_810_298], "{text}");
        }
    }

    #[test]
    fn parse_reports_errors_with_their_lines() {
        let cases = [
            ("".to_owned(), 1, "expected the columns account,weight"),
            ("account,weight\n".into(), 1, "no account"),
            (format!("account,weight\n{A},7\n{A},8"), 3, "twice"),
            (format!("account,weight\n{A},7\n{},8", A.to_lowercase()), 3, "twice"),
            (format!("account,weight\n{A},0"), 2, "weight is 0"),
            (format!("account,weight\n{A},-1"), 2, "not a weight"),
            (format!("account,weight\n{A},1.5"), 2, "not a weight"),
            (format!("account,weight\n{A},4311810306"), 2, "larger unit"),
            (format!("account,weight\n{A},7\n{B},4311810299"), 3, "the sum is 4311810306"),
            (format!("account,weight\n{A},99999999999999999999999"), 2, "not a weight"),
            ("account,weight\n0x12,5".into(), 2, "not an account"),
            (format!("account,weight\n{},5", A.replace("9F79", "9f79")), 2, "a digit was mistyped"),
            (format!("account,weight\n0x{},5", "0".repeat(40)), 2, "zero address"),
            (format!("account,weight\n{A}"), 2, "expected an account and a weight"),
            (format!("account,weight,note\n{A},1,x"), 1, "expected the columns account,weight"),
            (format!("account,weight\n{A},1,x"), 2, "expected an account and a weight"),
            (format!("account,account\n{A},1"), 1, "expected the columns account,weight"),
        ];
        for (text, line, expected) in cases {
            let (number, what) = parse_members(&text, ZeroWeight::Rejected).expect_err(expected);
            assert!(number == line && what.contains(expected), "line {number}: {what}");
        }
        assert!(parse_members(&format!("account,weight\n{A},0"), ZeroWeight::Allowed).is_ok());
    }
}
