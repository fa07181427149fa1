//! A committee, from its events.

use std::fmt;

use alloy_primitives::{Address, U256};
use psephos_protocol::{
    Fr, Point,
    committee::{Commitments, KeyVector, Recipients, RecipientsError, TransportKey},
    constants::RECORD_PROOF_WORDS,
    statement::dealing::EncryptedShare,
};
use serde::{Deserialize, Serialize};

/// A committee.
#[derive(Clone, Debug)]
pub struct Committee {
    /// Its trustees, by index.
    pub trustees: Vec<Address>,
    /// How many shares open a total, and how many dealings make the keys.
    pub threshold: u64,
    /// Until when trustees register, in seconds since 1970.
    pub registration_deadline: u64,
    /// Until when they deal.
    pub dealing_deadline: u64,
    /// The committee that it replaces when it is ready.
    pub replaces: Option<u64>,
    /// The trustees that have registered, in order of time.
    pub registrations: Vec<Registration>,
    /// The dealings, in order of time.
    pub dealings: Vec<Dealing>,
    /// How many dealings are summed up already.
    pub gathered: usize,
    /// The committee's keys, once it is ready.
    pub keys: Option<KeyVector>,
    /// Whether no new poll opens under it.
    pub retired: bool,
}

/// A trustee's transport key.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The trustee.
    pub trustee: Address,
    /// Its place in the committee.
    pub index: u64,
    /// Its key.
    pub key: TransportKey,
    /// The challenge of its proof of possession.
    pub challenge: U256,
    /// The response of its proof of possession.
    pub response: U256,
}

/// A dealing that was accepted.
#[derive(Clone, Debug)]
pub struct Dealing {
    /// The dealer.
    pub trustee: Address,
    /// Its place in the committee.
    pub index: u64,
    /// `E`.
    pub ephemeral: Point,
    /// `A_{j,k}`.
    pub commitments: Commitments,
    /// By registered trustee, ascending.
    pub shares: Vec<EncryptedShare>,
    /// `h`.
    pub h: Fr,
    /// Its proof, as the contract took it.
    pub proof: [U256; RECORD_PROOF_WORDS],
}

/// Where a committee is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitteeStatus {
    /// Trustees register.
    Registering,
    /// Registered trustees deal, until as many dealings stand as the threshold; then it is to be finalised.
    Dealing,
    /// It has its keys.
    Ready,
    /// No new poll opens under it. It may have been retired before it had keys, and then never gets any.
    Retired,
    /// Too few registered or dealt in time.
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
    /// Its status at this time.
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

    /// Whether it can be finalised.
    pub fn has_enough_dealings(&self) -> bool {
        self.dealings.len() as u64 >= self.threshold
    }

    /// A trustee's index.
    pub fn trustee_index(&self, account: Address) -> Option<u64> {
        self.trustees.iter().position(|trustee| *trustee == account).map(|index| index as u64)
    }

    /// The registration of the trustee of this index.
    pub fn registration(&self, index: u64) -> Option<&Registration> {
        self.registrations.iter().find(|registration| registration.index == index)
    }

    /// The dealing of the trustee of this index.
    pub fn dealing(&self, index: u64) -> Option<&Dealing> {
        self.dealings.iter().find(|dealing| dealing.index == index)
    }

    /// To whom dealings are made.
    ///
    /// # Errors
    /// [`RecipientsError`] if too few have registered.
    pub fn recipients(&self) -> Result<Recipients, RecipientsError> {
        let key = |index| self.registration(index as u64).map(|registration| registration.key);
        Recipients::new((0..self.trustees.len()).map(key).collect(), self.threshold as usize)
    }

    /// `B_{j,k}`, the sums over all dealings; `None` before there are enough.
    pub fn commitments(&self) -> Option<Commitments> {
        let all = self.dealings.iter().map(|dealing| &dealing.commitments);
        self.has_enough_dealings().then(|| Commitments::sum(all).ok().flatten()).flatten()
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
            return Err(format!("a dealing of {trustee} for a threshold of {threshold} and {shares} trustees"));
        }
        self.dealings.push(dealing);
        Ok(())
    }

    /// Ballots are encrypted to these keys: they must be those of the dealings, or somebody else holds their secret.
    pub(crate) fn set_keys(&mut self, keys: KeyVector) -> Result<(), String> {
        let sums = self.commitments().and_then(|sums| sums.keys().ok());
        self.keys = Some(keys);
        match sums == self.keys {
            true => Ok(()),
            false => Err("a committee's keys are not the sums of its dealings".into()),
        }
    }
}
