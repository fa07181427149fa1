//! Why an electorate file is refused, by line, with what to do.

use std::path::PathBuf;

use super::parse::{MAX_FILE, MAX_VOTERS};

/// An electorate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ElectorateError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] psephos_client::files::FileError),
    /// Nothing in it.
    #[error("the file is empty: it needs the header `proposal,account,weight,choice` and a line a vote")]
    Empty,
    /// A column is not there.
    #[error(
        "there is no column `{column}`; the header must name proposal, account, weight and choice, and names {found:?}"
    )]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// A column is there twice.
    #[error("the column `{0}` is there twice: remove one")]
    DuplicateColumn(String),
    /// The proposal has no line.
    #[error("there is no proposal `{proposal}`; the file has {}", listed(.known))]
    UnknownProposal {
        /// What was asked for.
        proposal: String,
        /// Those that are there, in order.
        known: Vec<String>,
    },
    /// A line is wrong.
    #[error("line {line}: {error}")]
    Line {
        /// Its number in the file, from 1.
        line: u64,
        /// What is wrong.
        error: LineError,
    },
    /// Too many voters for one demonstration.
    #[error("the proposal has {0} voters, at most {MAX_VOTERS} are supported here: take a smaller proposal")]
    TooMany(usize),
    /// Too few voters for three chambers.
    #[error("the proposal has {0} voters; three chambers need at least 3")]
    TooFew(usize),
    /// The sum of the weights is not countable.
    #[error("the weights sum up to {0}, more than 2^40, which no total may exceed: scale them down")]
    TotalTooLarge(u128),
    /// The file is too large.
    #[error("{path} is larger than {MAX_FILE} bytes: split it by proposal")]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// The file is not text.
    #[error("the file is not UTF-8 text: export it as CSV in UTF-8")]
    NotText,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Another number of fields than the header has.
    #[error("{actual} fields where the header has {expected}")]
    Fields {
        /// The header's.
        expected: usize,
        /// The line's.
        actual: usize,
    },
    /// The account is not an address.
    #[error("`{0}` is not an account: write 0x and 40 hexadecimal digits")]
    Account(String),
    /// Mixed case, and not as its checksum wants.
    #[error("the checksum of account `{0}` is wrong: correct the address, or write it in lower case")]
    Checksum(String),
    /// The account voted already.
    #[error("account {account} voted on this proposal in line {first} already: keep one of the two")]
    Duplicate {
        /// The account.
        account: String,
        /// Where it was first.
        first: u64,
    },
    /// Weight zero.
    #[error("the weight is 0: leave out who has no weight")]
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
    #[error("the choice `{0}` is none of For, Against, Abstain")]
    Choice(String),
    /// Not CSV.
    #[error("not CSV: {0}")]
    Csv(String),
}

fn listed(known: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if known.len() > SHOWN {
        text.push_str(&format!(" and {} more", known.len() - SHOWN));
    }
    if known.is_empty() { "none".into() } else { text }
}
