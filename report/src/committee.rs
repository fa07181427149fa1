//! A committee and each trustee's part in the polls that are reported.

use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{Address, ChainState, Poll, PollChamber, StateError};
use serde::{Deserialize, Serialize};

/// A committee.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommitteeReport {
    /// Its number.
    pub committee: CommitteeId,
    /// Committee threshold.
    pub threshold: u64,
    /// Its trustees, by index.
    pub trustees: Vec<TrusteeReport>,
}

/// One trustee.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TrusteeReport {
    /// Its account.
    pub address: Address,
    /// Whether it has registered.
    pub registered: bool,
    /// Whether its dealing is part of the keys.
    pub dealt: bool,
    /// Number of decryption shares it has posted.
    pub shares: usize,
    /// Number of its decryption shares that were refused, since their proofs do not hold.
    pub refused: usize,
    /// Number of chambers for which it is named for want of its share.
    pub missing: usize,
}

impl CommitteeReport {
    /// Reports on a committee and its part in these polls.
    ///
    /// # Errors
    /// `UnknownCommittee` if there is no such committee.
    pub fn new<'a>(
        state: &ChainState,
        id: CommitteeId,
        polls: impl Iterator<Item = &'a Poll> + Clone,
    ) -> Result<Self, StateError> {
        let entry = state.committee(id)?;
        let chambers = polls.flat_map(|poll| poll.chambers.values());
        let count = |part: &dyn Fn(&PollChamber) -> usize| chambers.clone().map(part).sum();
        let trustees = entry.trustees.iter().zip(0..).map(|(&address, index)| TrusteeReport {
            address,
            registered: entry.registration(index).is_some(),
            dealt: entry.dealing(index).is_some(),
            shares: count(&|chamber| chamber.shares.iter().filter(|share| share.trustee == address).count()),
            refused: count(&|chamber| chamber.refusals.iter().filter(|share| share.trustee == address).count()),
            missing: count(&|chamber| chamber.missing_trustees.iter().filter(|&&other| other == address).count()),
        });
        Ok(Self { committee: id, threshold: entry.threshold, trustees: trustees.collect() })
    }

    /// Describes in one sentence which trustees took part.
    pub fn describe(&self) -> String {
        let trustees = &self.trustees;
        let dealt = trustees.iter().filter(|trustee| trustee.dealt).count();
        let decrypted = trustees.iter().filter(|trustee| trustee.shares > 0).count();
        format!(
            "{} of {} trustees decrypt a total: {dealt} dealt, {decrypted} posted decryption shares.",
            self.threshold,
            trustees.len()
        )
    }
}
