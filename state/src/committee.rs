//! A committee, rebuilt from its events.

use std::fmt;

use alloy_primitives::{Address, U256};
use psephos_protocol::{
    Point,
    committee::{KeyVector, PolynomialCommitments, Recipients, RecipientsError, TransportKey},
    constants::RECORD_PROOF_WORDS,
    elements::StatementHash,
    identifiers::CommitteeId,
    statement::dealing::EncryptedShare,
};
use serde::{Deserialize, Serialize};

use crate::bindings::ICommittee;

/// A committee.
#[derive(Clone, Debug)]
pub struct Committee {
    /// Its trustees by index.
    pub trustees: Vec<Address>,
    /// The committee threshold: the number of shares that decrypt a total, and of dealings that make the keys.
    pub threshold: u64,
    /// The end of registration, in seconds since 1970.
    pub registration_deadline: u64,
    /// The end of dealing, in seconds since 1970.
    pub dealing_deadline: u64,
    /// When its life ends.
    pub lifetime: Lifetime,
    /// The committee that it replaces once it is ready.
    pub replaces: Option<CommitteeId>,
    /// The registrations, in order of time.
    pub registrations: Vec<Registration>,
    /// The dealings, in order of time.
    pub dealings: Vec<Dealing>,
    /// The number of dealings that are gathered already.
    pub gathered: usize,
    /// The committee's key vector, once it is ready.
    pub keys: Option<KeyVector>,
    /// Whether the committee is retired: no new poll opens under it.
    pub retired: bool,
    /// The trustees that have stated that they keep no key share, in order of time.
    pub retired_trustees: Vec<Address>,
}

/// When a committee's life ends: at a time, or with a number of polls, whichever is first. Fixed at its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// The last second in which a poll of it may need its keys, since 1970: no poll with a later tally deadline is
    /// created under it.
    pub expires_at: u64,
    /// The number of polls that may be created under it.
    pub max_polls: u32,
}

impl From<ICommittee::Lifetime> for Lifetime {
    fn from(lifetime: ICommittee::Lifetime) -> Self {
        Self { expires_at: lifetime.expiresAt, max_polls: lifetime.maxPolls }
    }
}

impl From<Lifetime> for ICommittee::Lifetime {
    fn from(lifetime: Lifetime) -> Self {
        Self { expiresAt: lifetime.expires_at, maxPolls: lifetime.max_polls }
    }
}

/// The registration of a trustee's transport key.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// Its transport key.
    pub key: TransportKey,
    /// The challenge of its proof of possession.
    pub challenge: U256,
    /// The response of its proof of possession.
    pub response: U256,
}

/// A dealing that the contract accepted.
#[derive(Clone, Debug)]
pub struct Dealing {
    /// The dealer.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// The ephemeral point `E`.
    pub ephemeral: Point,
    /// The polynomial commitments `A_{j,k}`.
    pub commitments: PolynomialCommitments,
    /// The encrypted shares, by registered trustee in ascending order of index.
    pub shares: Vec<EncryptedShare>,
    /// The hash `h`.
    pub h: StatementHash,
    /// The proof as the contract accepted it.
    pub proof: [U256; RECORD_PROOF_WORDS],
}

/// The status of a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitteeStatus {
    /// Trustees register.
    Registering,
    /// Registered trustees deal until there are as many dealings as the threshold; then the committee can be finalised.
    Dealing,
    /// It has its keys.
    Ready,
    /// No new poll opens under it. It may have been retired before it had keys, and then it never gets any.
    Retired,
    /// Too few trustees registered or dealt in time.
    Failed,
}

impl fmt::Display for CommitteeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registering => "registering",
            Self::Dealing => "dealing",
            Self::Ready => "ready",
            Self::Retired => "retired",
            Self::Failed => "failed",
        })
    }
}

impl Committee {
    /// Returns its status at this time, in seconds since 1970.
    pub fn status(&self, time: u64) -> CommitteeStatus {
        if self.retired {
            return CommitteeStatus::Retired;
        }
        if self.keys.is_some() {
            return CommitteeStatus::Ready;
        }
        let registering = self.registrations.len() < self.trustees.len() && time <= self.registration_deadline;
        let failed = (self.registrations.len() as u64) < self.threshold
            || (time > self.dealing_deadline && !self.has_enough_dealings());
        match (registering, failed) {
            (true, _) => CommitteeStatus::Registering,
            (false, true) => CommitteeStatus::Failed,
            (false, false) => CommitteeStatus::Dealing,
        }
    }

    /// Returns whether there are enough dealings to finalise it.
    pub fn has_enough_dealings(&self) -> bool {
        self.dealings.len() as u64 >= self.threshold
    }

    /// Returns the index of a trustee.
    pub fn trustee_index(&self, account: Address) -> Option<u64> {
        self.trustees.iter().position(|trustee| *trustee == account).map(|index| index as u64)
    }

    /// Returns the registration of the trustee with this index.
    pub fn registration(&self, index: u64) -> Option<&Registration> {
        self.registrations.iter().find(|registration| registration.index == index)
    }

    /// Returns the dealing of the trustee with this index.
    pub fn dealing(&self, index: u64) -> Option<&Dealing> {
        self.dealings.iter().find(|dealing| dealing.index == index)
    }

    /// Returns the recipients of dealings.
    ///
    /// # Errors
    /// [`RecipientsError`] if too few trustees have registered.
    pub fn recipients(&self) -> Result<Recipients, RecipientsError> {
        let key = |index| self.registration(index as u64).map(|registration| registration.key);
        Recipients::new((0..self.trustees.len()).map(key).collect(), self.threshold as usize)
    }

    /// Returns `B_{j,k}`, the sums over all dealings; `None` before there are enough.
    pub fn commitments(&self) -> Option<PolynomialCommitments> {
        let all = self.dealings.iter().map(|dealing| &dealing.commitments);
        self.has_enough_dealings().then(|| PolynomialCommitments::sum_dealings(all).ok().flatten()).flatten()
    }

    pub(crate) fn add_registration(&mut self, registration: Registration) -> Result<(), String> {
        let (trustee, index) = (registration.trustee, registration.index);
        if self.trustee_index(trustee) != Some(index) {
            return Err(format!("{trustee} registers as trustee {index}, which it is not"));
        }
        if self.registration(index).is_some() {
            return Err(format!("{trustee} registers twice"));
        }
        self.registrations.push(registration);
        Ok(())
    }

    /// Adds a trustee's statement that it keeps no key share.
    pub(crate) fn retire_trustee(&mut self, trustee: Address, index: u64) -> Result<(), String> {
        if self.registration(index).is_none_or(|registration| registration.trustee != trustee) {
            return Err(format!("{trustee} retires as trustee {index} and has not registered"));
        }
        if self.retired_trustees.contains(&trustee) {
            return Err(format!("{trustee} retires twice"));
        }
        self.retired_trustees.push(trustee);
        Ok(())
    }

    pub(crate) fn add_dealing(&mut self, dealing: Dealing) -> Result<(), String> {
        let (trustee, index) = (dealing.trustee, dealing.index);
        if self.registration(index).is_none_or(|registration| registration.trustee != trustee) {
            return Err(format!("{trustee} deals as trustee {index} and has not registered"));
        }
        if self.dealing(index).is_some() {
            return Err(format!("{trustee} deals twice"));
        }
        let (threshold, shares) = (dealing.commitments.threshold() as u64, dealing.shares.len());
        if threshold != self.threshold || shares != self.registrations.len() {
            return Err(format!(
                "the dealing of {trustee} is for a threshold of {threshold} and {shares} trustees, unlike the committee"
            ));
        }
        self.dealings.push(dealing);
        Ok(())
    }

    /// Ballots are encrypted to these keys: they must be the sums of the dealings, or another party holds their secret.
    pub(crate) fn set_keys(&mut self, keys: KeyVector) -> Result<(), String> {
        let sums = self.commitments().and_then(|sums| sums.key_vector().ok());
        self.keys = Some(keys);
        match sums == self.keys {
            true => Ok(()),
            false => Err("a committee's keys are not the sums of its dealings".into()),
        }
    }
}
