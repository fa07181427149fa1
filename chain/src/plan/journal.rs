//! The journal of a plan: which steps were begun, with which nonces, before they were sent.

use std::{io, path::PathBuf};

use alloy::primitives::{Address, B256, U256};
use psephos_protocol::identifiers::ChainId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    error::PlanError,
    file::Store,
    step::{Mined, Step},
};
use crate::{error::ChainError, gas_price::Fees};

/// The version of the journals that this program writes, and the only one that it reads.
pub const JOURNAL_VERSION: u32 = 1;

/// What a plan is about: a journal serves one run of one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The command.
    pub command: String,
    /// The chain.
    pub chain_id: ChainId,
    /// The account that sends.
    pub account: Address,
    /// The hash of everything that the steps follow from, but for the facts.
    pub inputs: B256,
}

/// A step that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) step: String,
    /// What is sent, so that it is recognised on the chain even if its hash is unknown.
    pub(super) to: Option<Address>,
    pub(super) value: U256,
    pub(super) data_hash: B256,
    pub(super) nonce: u64,
    /// The newest block before it was sent.
    pub(super) after_block: u64,
    /// The fees of its last version.
    pub(super) fees: Fees,
    /// The versions that a node has taken, by their hashes.
    pub(super) transactions: Vec<B256>,
    /// The version that was mined, once it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mined: Option<Mined>,
}

/// The file's contents.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record<F> {
    version: u32,
    plan: Header,
    /// What the run has chosen or read at its beginning, and keeps: a salt, a number.
    facts: F,
    /// The lowest nonce that can be free: those below are used by mined transactions.
    first_nonce: u64,
    entries: Vec<Entry>,
}

/// The part of the file that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// The journal of a run.
#[derive(Debug)]
pub struct Journal<F> {
    store: Box<dyn Store>,
    record: Record<F>,
    is_resumed: bool,
}

impl<F: Serialize + DeserializeOwned> Journal<F> {
    /// Reads the journal of an unfinished run, or creates one with these facts, which is not written yet.
    ///
    /// # Errors
    /// `Journal` if it cannot be read, `OtherRun` if it is another command's, chain's, account's or input's; those of
    /// `facts`.
    pub async fn open<E: From<ChainError>>(
        store: Box<dyn Store>,
        plan: Header,
        facts: impl AsyncFnOnce() -> Result<F, E>,
    ) -> Result<Self, E> {
        let path = store.path();
        let refuse = |reason: String| ChainError::from(PlanError::Journal { path: path.clone(), reason });
        let Some(text) = store.read().map_err(|error| refuse(error.to_string()))? else {
            let facts = facts().await?;
            let record = Record { version: JOURNAL_VERSION, plan, facts, first_nonce: 0, entries: Vec::new() };
            return Ok(Self { store, record, is_resumed: false });
        };
        // The version first: a journal of another version may have other fields.
        let Version { version } = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if version != JOURNAL_VERSION {
            let reason = format!("it has version {version}, and this program reads version {JOURNAL_VERSION}");
            return Err(refuse(reason).into());
        }
        let record: Record<F> = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        match find_difference(&record.plan, &plan) {
            Some(what) => Err(ChainError::from(PlanError::OtherRun { path, what }).into()),
            None => Ok(Self { store, record, is_resumed: true }),
        }
    }
}

impl<F> Journal<F> {
    /// Returns the facts that the run keeps.
    pub fn facts(&self) -> &F {
        &self.record.facts
    }

    /// Returns what the plan is about.
    pub fn header(&self) -> &Header {
        &self.record.plan
    }

    /// Returns whether it is that of an earlier, unfinished run.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Returns the nonce of a step that was begun.
    pub fn nonce(&self, step: &Step) -> Option<u64> {
        self.entry(step).map(|entry| entry.nonce)
    }

    /// Returns how errors name it.
    pub fn path(&self) -> PathBuf {
        self.store.path()
    }

    /// Removes it: nothing of the plan is left to do.
    ///
    /// # Errors
    /// `Journal`.
    pub fn finish(self) -> Result<(), PlanError> {
        self.store.remove().map_err(|error| self.refuse(&error))
    }

    pub(super) fn entry(&self, step: &Step) -> Option<&Entry> {
        self.record.entries.iter().find(|entry| entry.step == step.name)
    }

    /// Returns whether a transaction of a step was seen in a block.
    pub(super) fn is_mined(&self, step: &Step) -> bool {
        self.entry(step).is_some_and(|entry| entry.mined.is_some())
    }

    /// Returns the nonce of a step that was begun and of which no transaction was seen in a block, if there is one.
    pub(super) fn open_nonce(&self) -> Option<u64> {
        self.record.entries.last().filter(|entry| entry.mined.is_none()).map(|entry| entry.nonce)
    }

    pub(super) fn first_nonce(&self) -> u64 {
        self.record.first_nonce
    }

    fn refuse(&self, error: &io::Error) -> PlanError {
        PlanError::Journal { path: self.store.path(), reason: error.to_string() }
    }
}

impl<F: Serialize> Journal<F> {
    /// Writes it.
    ///
    /// # Errors
    /// `Journal`.
    pub fn save(&self) -> Result<(), PlanError> {
        // Hashes, integers and strings always have a JSON form.
        let text = serde_json::to_string_pretty(&self.record).unwrap_or_default() + "\n";
        self.store.write(&text).map_err(|error| self.refuse(&error))
    }

    /// Writes that a step is begun, before it is sent.
    pub(super) fn begin(&mut self, entry: Entry) -> Result<(), PlanError> {
        self.record.entries.push(entry);
        self.save()
    }

    /// Writes that a version of a step's transaction is known.
    pub(super) fn add_transaction(&mut self, step: &Step, hash: B256) -> Result<(), PlanError> {
        match self.entry_mut(step) {
            Some(entry) if !entry.transactions.contains(&hash) => entry.transactions.push(hash),
            _ => return Ok(()),
        }
        self.save()
    }

    /// Writes the fees of a step's next version, before it is sent.
    pub(super) fn set_fees(&mut self, step: &Step, fees: Fees) -> Result<(), PlanError> {
        match self.entry_mut(step) {
            Some(entry) if entry.fees != fees => entry.fees = fees,
            _ => return Ok(()),
        }
        self.save()
    }

    /// Writes that a version was mined.
    pub(super) fn set_mined(&mut self, step: &Step, mined: &Mined) -> Result<(), PlanError> {
        let Some(entry) = self.entry_mut(step).filter(|entry| entry.mined.as_ref() != Some(mined)) else {
            return Ok(());
        };
        entry.mined = Some(mined.clone());
        let next = entry.nonce + 1;
        self.record.first_nonce = self.record.first_nonce.max(next);
        self.save()
    }

    /// Writes that a step's nonce was used by a mined transaction, and not to its end: it needs another one.
    pub(super) fn give_up_nonce(&mut self, step: &Step) -> Result<(), PlanError> {
        if let Some(entry) = self.entry(step) {
            self.record.first_nonce = self.record.first_nonce.max(entry.nonce + 1);
        }
        self.record.entries.retain(|entry| entry.step != step.name);
        self.save()
    }

    fn entry_mut(&mut self, step: &Step) -> Option<&mut Entry> {
        self.record.entries.iter_mut().find(|entry| entry.step == step.name)
    }
}

fn find_difference(ours: &Header, other: &Header) -> Option<&'static str> {
    let parts = [
        ("command", ours.command == other.command),
        ("chain", ours.chain_id == other.chain_id),
        ("account", ours.account == other.account),
        ("list, option or program version", ours.inputs == other.inputs),
    ];
    parts.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}
