//! Reasons why an electorate file is refused, by line, each with its remedy.

use psephos_client::files::FileError;
use psephos_protocol::weight::TotalWeight;

use super::parse::MAX_VOTERS;

/// An electorate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ElectorateError {
    /// The file cannot be read, is too large, or is not text.
    #[error(transparent)]
    File(#[from] FileError),
    /// It has no line, or only a header.
    #[error("the file is empty: it needs the header `proposal,account,weight,choice` and one line per vote")]
    Empty,
    /// A column is missing.
    #[error(
        "column `{column}` is missing: the header must name proposal, account, weight and choice, but names {found:?}"
    )]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// The columns found.
        found: Vec<String>,
    },
    /// A column occurs twice.
    #[error("column `{0}` occurs twice: remove one of the two")]
    DuplicateColumn(String),
    /// No line is of this proposal.
    #[error("there is no proposal `{proposal}`; the file has {}", list_proposals(.known))]
    UnknownProposal {
        /// The requested proposal.
        proposal: String,
        /// The proposals in the file, in order.
        known: Vec<String>,
    },
    /// A line is wrong.
    #[error("line {line}: {error}")]
    Line {
        /// Its line number, from 1.
        line: u64,
        /// The reason.
        error: LineError,
    },
    /// Too many voters for a demonstration.
    #[error("the proposal has {0} voters, the demonstration supports at most {MAX_VOTERS}: choose a smaller proposal")]
    TooMany(usize),
    /// Too few voters for three chambers.
    #[error("the proposal has {0} voters, but three chambers need at least 3: choose a larger proposal")]
    TooFew(usize),
    /// The sum of the weights exceeds the greatest of a chamber.
    #[error("the weights add up to {0}, more than a chamber can have ({max}): scale them down", max = TotalWeight::MAX)]
    TotalTooLarge(u128),
}

/// The reason why a line is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Its number of fields differs from the header's.
    #[error("the line has {actual} fields, but the header has {expected}")]
    Fields {
        /// Number of fields of the header.
        expected: usize,
        /// Number of fields of the line.
        actual: usize,
    },
    /// The account is not an address.
    #[error("`{0}` is not an account: write 0x and 40 hexadecimal digits, not all of them zero")]
    Account(String),
    /// Mixed case with a wrong checksum (EIP-55).
    #[error("the checksum of account `{0}` is wrong: correct the address, or write it in lower case")]
    Checksum(String),
    /// The account has voted in an earlier line.
    #[error("account {account} has voted on this proposal in line {first}: keep one of the two")]
    Duplicate {
        /// The account.
        account: String,
        /// The earlier line.
        first: u64,
    },
    /// Weight zero.
    #[error("the weight is 0: remove voters without weight")]
    ZeroWeight,
    /// A negative weight.
    #[error("the weight `{0}` is negative: weights are from 1 to 2^40 - 1")]
    NegativeWeight(String),
    /// Not a whole number.
    #[error("the weight `{0}` is not a whole number: scale all weights to whole numbers, without separators")]
    NotAnInteger(String),
    /// 2^40 or more.
    #[error("the weight `{0}` is not below 2^40 = 1099511627776: scale all weights down")]
    OversizedWeight(String),
    /// No such choice.
    #[error("the choice `{0}` is not one of For, Against and Abstain")]
    Choice(String),
    /// Not CSV.
    #[error("not CSV: {0}")]
    Csv(String),
}

fn list_proposals(known: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        text.push_str(&format!(" and {} more", known.len() - SHOWN));
    }
    if known.is_empty() { "none".into() } else { text }
}
