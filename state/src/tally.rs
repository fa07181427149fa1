//! What a chamber's tally says: exact totals, or what a rounded chamber publishes of them.

use alloy_primitives::{B256, U256};
use psephos_protocol::{constants::RECORD_PROOF_WORDS, elements::StatementHash, rounding::Outcome};

use crate::transaction::CallEvidence;

/// A chamber's tally as the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Bit `i` is set if the share of the trustee with index `i` was used.
    pub trustees: u64,
    /// What was published of the totals.
    pub result: TallyResult,
    /// The option chosen, if any.
    pub choice: Option<u8>,
    /// Its transaction.
    pub transaction: B256,
    /// The number of its block.
    pub block: u64,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
}

/// What a tally publishes of a chamber's totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TallyResult {
    /// The totals, in the order of the options.
    Exact(Vec<u64>),
    /// Buckets of them.
    Rounded(Box<RoundedResult>),
}

/// What the tally of a rounded chamber publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundedResult {
    /// The index of the teller whose shares were combined; the poll's if none were needed.
    pub teller: u64,
    /// The option with the greatest total, the first of equals.
    pub greatest: u8,
    /// The totals divided by the rounding step, in the order of the options; 0 for the greatest.
    pub buckets: Vec<u64>,
    /// The hash `h` of the proven decision.
    pub h: StatementHash,
    /// Its proof as the contract accepted it.
    pub proof: [U256; RECORD_PROOF_WORDS],
}

impl Tally {
    /// Returns the exact totals; none of a rounded chamber.
    pub fn exact_totals(&self) -> Option<&[u64]> {
        match &self.result {
            TallyResult::Exact(totals) => Some(totals),
            TallyResult::Rounded(_) => None,
        }
    }

    /// Returns what is published of a rounded chamber; none of an exact one.
    pub fn rounded(&self) -> Option<&RoundedResult> {
        match &self.result {
            TallyResult::Exact(_) => None,
            TallyResult::Rounded(rounded) => Some(rounded),
        }
    }
}

impl RoundedResult {
    /// Returns the outcome that the decision proves, with the chamber's choice.
    pub fn outcome(&self, choice: Option<u8>) -> Outcome {
        Outcome { greatest: self.greatest.into(), choice: choice.map(usize::from), buckets: self.buckets.clone() }
    }
}
