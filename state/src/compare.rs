//! What the contracts' views answer, compared with what their events lead to. Pure: all that ask the contracts compare
//! with these functions, the indexer's clients and the verification of a poll alike.

mod charters;
mod polls;
mod sheets;

pub use charters::compare_charter_version;
pub use polls::{compare_poll, compare_poll_chamber, compare_slots};
pub use sheets::{
    compare_sheet, compare_sheet_chamber, compare_sheet_counters, compare_sheet_slots, compare_sheet_totals,
};

use std::fmt::Display;

use alloy_primitives::{Address, U256};

use psephos_protocol::identifiers::{ChamberId, CommitteeId};

use crate::{
    bindings::{ICommittee, IRewards},
    chain_state::ChainState,
    chamber::Chamber,
    committee::{Committee, Lifetime},
    reward::{ChamberPolicy, Reward},
    words,
};

/// A value of which a contract's view answers something else than its events lead to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: the contract answers {chain}, its events lead to {events}")]
pub struct Difference {
    /// The value.
    pub what: &'static str,
    /// What the contract answers.
    pub chain: String,
    /// What its events lead to.
    pub events: String,
}

/// A comparison of one view: the number of values, and those that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The number of values compared.
    pub count: usize,
    /// The values that differ.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Compares one value.
    pub fn compare<T: PartialEq + Display>(&mut self, what: &'static str, chain: T, events: T) {
        self.count += 1;
        if chain != events {
            let (chain, events) = (chain.to_string(), events.to_string());
            self.differences.push(Difference { what, chain, events });
        }
    }
}

/// Compares name and policy of a chamber.
pub fn compare_chamber(entry: &Chamber, name: &str, policy: Address) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.compare("name", name, &entry.name);
    comparison.compare("policy", policy, entry.policy);
    comparison
}

/// Compares a committee.
pub fn compare_committee(
    state: &ChainState,
    id: CommitteeId,
    entry: &Committee,
    seen: &ICommittee::CommitteeView,
) -> Comparison {
    let mut comparison = Comparison::default();
    let list = |trustees: &[_]| format!("{trustees:?}");
    comparison.compare("trustees", list(&seen.trustees), list(&entry.trustees));
    comparison.compare("threshold", seen.threshold, U256::from(entry.threshold));
    comparison.compare("registration deadline", seen.registrationDeadline, entry.registration_deadline);
    comparison.compare("dealing deadline", seen.dealingDeadline, entry.dealing_deadline);
    let bits = |indices: &mut dyn Iterator<Item = u64>| {
        indices.fold(U256::ZERO, |bits, index| bits | U256::from(1).checked_shl(index as usize).unwrap_or_default())
    };
    let registered = bits(&mut entry.registrations.iter().map(|registration| registration.index));
    comparison.compare("registrations", seen.registered, registered);
    comparison.compare("dealings", seen.dealt, bits(&mut entry.dealings.iter().map(|dealing| dealing.index)));
    comparison.compare("gathered dealings", seen.gatheredDealings, U256::from(entry.gathered));
    comparison.compare("predecessors", seen.predecessors, U256::from(count_predecessors(state, id)));
    let hash = |size| entry.keys.as_ref().map_or(U256::ZERO, |keys| words::from_field(&keys.hash_keys(size)));
    comparison.compare("hash of the first 3 keys", seen.hash3, hash(3));
    comparison.compare("hash of all 8 keys", seen.hash8, hash(8));
    let Lifetime { expires_at, max_polls } = seen.lifetime.clone().into();
    comparison.compare("end of life", expires_at, entry.lifetime.expires_at);
    comparison.compare("greatest number of polls", max_polls, entry.lifetime.max_polls);
    let retired = bits(&mut entry.retired_trustees.iter().filter_map(|account| entry.trustee_index(*account)));
    comparison.compare("retired trustees", seen.retiredTrustees, retired);
    comparison.compare("retirement", seen.status == ICommittee::Status::Retired, entry.retired);
    comparison
}

/// Returns the number of committees that one replaces, one after the other. Each replaces an older one.
fn count_predecessors(state: &ChainState, id: CommitteeId) -> u64 {
    let (mut count, mut newest) = (0, id);
    while let Some(old) = state.committees.get(&newest).and_then(|entry| entry.replaces).filter(|old| *old < newest) {
        (count, newest) = (count + 1, old);
    }
    count
}

/// Compares a poll's reward.
pub fn compare_reward(entry: &Reward, seen: &IRewards::RewardView) -> Comparison {
    let mut comparison = Comparison::default();
    let parameters = &entry.parameters;
    comparison.compare("token", seen.token, parameters.token);
    comparison.compare("unit", seen.unit, parameters.unit);
    comparison.compare("ratification deadline", seen.ratificationDeadline, parameters.ratification_deadline);
    comparison.compare("claim deadline", seen.claimDeadline, parameters.claim_deadline);
    comparison.compare("pool", seen.pool, entry.pool());
    comparison.compare("ratification", seen.ratified, entry.ratified.is_some());
    let named = seen.hasOption.then_some(seen.option);
    let option = entry.ratified.and_then(|ratified| ratified.option);
    comparison.compare("ratified option", format!("{named:?}"), format!("{option:?}"));
    let list = |chambers: Vec<U256>| format!("{chambers:?}");
    let paid = parameters.chambers.iter().map(|policy| U256::from(policy.chamber.get())).collect();
    comparison.compare("paid chambers", list(seen.chambers.clone()), list(paid));
    comparison
}

/// Compares a chamber's part of a reward.
pub fn compare_reward_chamber(entry: &Reward, id: ChamberId, seen: &IRewards::ChamberView) -> Comparison {
    let mut comparison = Comparison::default();
    let batches = entry.batches.get(&id).map_or(0, Vec::len);
    comparison.compare("number of note batches", seen.noteBatches, U256::from(batches));
    comparison.compare("number of sealed notes", u64::from(seen.sealedBallots), entry.sealed_notes(id) as u64);
    let policy = entry.parameters.chambers.iter().find(|policy| policy.chamber == id);
    let answered = Some(ChamberPolicy::from(seen.policy.clone()));
    comparison.compare("policy", format!("{answered:?}"), format!("{policy:?}"));
    comparison
}
