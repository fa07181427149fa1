//! The transactions of a poll: its ballots, decryption shares, tallies, end and claims.

use std::collections::BTreeMap;

use psephos_protocol::identifiers::PollId;
use psephos_state::{B256, ChainState, StateError};
use serde::{Deserialize, Serialize};

use crate::gas::GasEntry;

/// A transaction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransactionReport {
    /// The number of its block.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// What it did for the poll, with how many of each.
    pub effects: BTreeMap<Effect, usize>,
    /// The gas it used, where it is known.
    pub gas: Option<u64>,
}

/// What a transaction did for a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A ballot was cast.
    Ballot,
    /// A ballot could not apply any more and was skipped.
    Skipped,
    /// A decryption share was posted.
    Share,
    /// A decryption share was refused.
    Refused,
    /// A chamber was tallied.
    Tally,
    /// The poll ended.
    End,
    /// A claim was paid.
    Claim,
}

impl Effect {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ballot => "ballots",
            Self::Skipped => "skipped ballots",
            Self::Share => "decryption shares",
            Self::Refused => "refused shares",
            Self::Tally => "tallies",
            Self::End => "end of the poll",
            Self::Claim => "claims",
        }
    }
}

/// Lists the transactions of a poll by their blocks.
pub(crate) fn list_transactions(state: &ChainState, id: PollId) -> Result<Vec<TransactionReport>, StateError> {
    let poll = state.poll(id)?;
    let mut found: BTreeMap<(u64, B256), BTreeMap<Effect, usize>> = BTreeMap::new();
    let mut add = |block: u64, hash: B256, effect: Effect| {
        *found.entry((block, hash)).or_default().entry(effect).or_default() += 1;
    };
    for chamber in poll.chambers.values() {
        chamber.ballots.iter().for_each(|ballot| add(ballot.block, ballot.transaction, Effect::Ballot));
        let skips = chamber.skips.iter().map(|skip| skip.position);
        skips.for_each(|at| add(at.block, at.transaction, Effect::Skipped));
        chamber.shares.iter().for_each(|share| add(share.block, share.transaction, Effect::Share));
        let refusals = chamber.refusals.iter().map(|refusal| refusal.position);
        refusals.for_each(|at| add(at.block, at.transaction, Effect::Refused));
        chamber.tally.iter().for_each(|tally| add(tally.block, tally.transaction, Effect::Tally));
    }
    poll.ended_at.iter().for_each(|at| add(at.block, at.transaction, Effect::End));
    let claims = state.reward(id).into_iter().flat_map(|reward| &reward.claims);
    claims.for_each(|claim| add(claim.block, claim.transaction, Effect::Claim));
    let report = |((block, hash), effects)| TransactionReport { block, hash, effects, gas: None };
    Ok(found.into_iter().map(report).collect())
}

/// Sums the gas that is known, by what the transactions did.
pub(crate) fn sum_gas(transactions: &[TransactionReport]) -> Vec<GasEntry> {
    let mut entries = Vec::new();
    for transaction in transactions {
        let Some(gas) = transaction.gas else { continue };
        let names: Vec<&str> = transaction.effects.keys().map(|effect| effect.name()).collect();
        let items = transaction.effects.values().max().copied().unwrap_or(1);
        GasEntry::record(&mut entries, &names.join(" and "), transaction.hash, gas, items);
    }
    entries
}
