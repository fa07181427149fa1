//! The end of a trustee's part: when no poll and no sheet poll needs its key any more, it destroys it and states so
//! on chain.
//!
//! The order is note, wipe, statement: a statement is never made before it is true, and a run that dies in between is
//! finished by the next one, which finds the note.

mod confirm;

use std::path::{Path, PathBuf};

use psephos_chain::{Address, Connection, Sent, U256};
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{ChainState, CommitteeLife, bindings::ICommittee::retireTrusteeCall};
use serde::{Deserialize, Serialize};

use super::{Refusal, TrusteeError, inspect_key_file};
use crate::{
    files,
    operator::{Call, error::OperatorError, simulate_calls},
};

/// The largest note, in bytes.
const MAX_NOTE_BYTES: usize = 4_096;

/// What is written before a key file is wiped, beside it: without the file, nothing else says whose key it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetirementNote {
    chain_id: u64,
    contract: Address,
    committee: CommitteeId,
    trustee: Address,
    index: u64,
}

/// A trustee that is about to end its part in a committee, or has begun to.
#[derive(Clone, Debug)]
pub struct Retirement {
    note: RetirementNote,
    keys: PathBuf,
    /// Whether the key file is there.
    pub has_key_file: bool,
    /// Whether the statement is on chain.
    pub is_stated: bool,
    /// How far the committee's life has gone.
    pub life: CommitteeLife,
}

impl Retirement {
    /// Finds the committee of a key file: the one that its key is registered with by this account. If the file was
    /// wiped, its note names it.
    ///
    /// # Errors
    /// `SecretFile` if there is neither a key file nor a note; `NothingToRetire` if the key has no key share of a
    /// committee; `NotTrustee` if another account has registered it; `File`.
    pub fn find(state: &ChainState, account: Address, keys: &Path) -> Result<Self, TrusteeError> {
        let has_key_file = keys.exists();
        let note = match read_note(keys)?.filter(|_| !has_key_file) {
            Some(note) => note,
            None => describe_key(state, account, keys)?,
        };
        let committee = note.committee;
        if (note.chain_id, note.contract) != (state.deployment.chain_id.get(), state.deployment.committee) {
            return Err(TrusteeError::OtherDeployment { committee, contract: note.contract });
        }
        if note.trustee != account {
            return Err(TrusteeError::NotTrustee { committee, account });
        }
        let is_stated = state.committee(committee)?.retired_trustees.contains(&account);
        let life = state.committee_life(committee)?;
        Ok(Self { note, keys: keys.to_owned(), has_key_file, is_stated, life })
    }

    /// Returns the committee.
    pub fn committee(&self) -> CommitteeId {
        self.note.committee
    }

    /// Requires that nothing needs the key: no poll and no sheet poll is pending, and none can be created any more.
    ///
    /// # Errors
    /// `Refused` with `KeysNeeded` or `CommitteeLives`.
    pub fn require_end(&self) -> Result<(), TrusteeError> {
        let committee = self.note.committee;
        if self.life.needs_keys() {
            let (polls, sheets) = (self.life.pending.clone(), self.life.pending_sheets.clone());
            return Err(Refusal::KeysNeeded { committee, polls, sheets }.into());
        }
        match self.life.end {
            Some(_) => Ok(()),
            None => {
                let (polls, sheets) = (self.life.polls_left(), self.life.sheets_left());
                let until = self.life.lifetime.expires_at;
                Err(Refusal::CommitteeLives { committee, polls, sheets, until }.into())
            }
        }
    }

    /// Requires that the contract takes the statement, before anything is destroyed.
    ///
    /// # Errors
    /// `Operator` if it would refuse it, or `Chain`.
    pub async fn simulate(&self, connection: &Connection) -> Result<(), TrusteeError> {
        match simulate_calls(connection, self.note.trustee, &[self.call()]).await {
            Ok(_) => Ok(()),
            Err(OperatorError::Chain(error)) => Err(error.into()),
            Err(error) => Err(TrusteeError::Operator(Box::new(error))),
        }
    }

    /// Writes the note, and overwrites and removes the key file and what an interrupted write may have left of it. What
    /// else lies beside it holds no secret: the journal of decrypted totals, which protects from a copy of the key that
    /// turns up, and the attestations. A file that is gone already is fine.
    ///
    /// # Errors
    /// `File`.
    pub fn destroy_key(&self) -> Result<(), TrusteeError> {
        let path = note_path(&self.keys);
        // A struct of numbers and addresses always has a JSON form.
        let text = serde_json::to_string_pretty(&self.note).unwrap_or_default() + "\n";
        match files::write_new(&path, &text) {
            Err(files::FileError::Exists { .. }) if read_note(&self.keys)?.as_ref() == Some(&self.note) => {}
            written => written?,
        }
        for leftover in files::list_unfinished(&self.keys)? {
            files::wipe_file(&leftover)?;
        }
        Ok(files::wipe_file(&self.keys)?)
    }

    /// States on chain that the key is destroyed, from the trustee's account.
    ///
    /// # Errors
    /// `Chain`: `Reverted` with `AlreadyRetired`, ..
    pub async fn state_end(&self, connection: &Connection) -> Result<Sent, TrusteeError> {
        Ok(self.call().send(connection).await?)
    }

    fn call(&self) -> Call {
        let RetirementNote { contract, committee, index, .. } = self.note;
        let call = retireTrusteeCall { committee: U256::from(committee.get()), index: U256::from(index) };
        let what = format!("state that this account keeps no key share of committee {committee}");
        Call::new(contract, &call, what)
    }
}

/// Describes a key that is there: its account in the committee that has its keys.
fn describe_key(state: &ChainState, account: Address, keys: &Path) -> Result<RetirementNote, TrusteeError> {
    let key = inspect_key_file(keys)?;
    let registered = state.committees.iter().find_map(|(id, committee)| {
        committee.keys.as_ref()?;
        Some((*id, committee.registrations.iter().find(|registration| registration.key == key)?))
    });
    let Some((committee, registration)) = registered else { return Err(TrusteeError::NothingToRetire) };
    if registration.trustee != account {
        return Err(TrusteeError::NotTrustee { committee, account });
    }
    let (chain_id, contract) = (state.deployment.chain_id.get(), state.deployment.committee);
    Ok(RetirementNote { chain_id, contract, committee, trustee: account, index: registration.index })
}

fn note_path(keys: &Path) -> PathBuf {
    let mut name = keys.as_os_str().to_owned();
    name.push(".retired");
    name.into()
}

fn read_note(keys: &Path) -> Result<Option<RetirementNote>, TrusteeError> {
    let path = note_path(keys);
    if !path.exists() {
        return Ok(None);
    }
    let text = files::read_text(&path, MAX_NOTE_BYTES)?;
    match serde_json::from_str(&text) {
        Ok(note) => Ok(Some(note)),
        Err(error) => Err(files::FileError::Invalid { path, reason: error.to_string() }.into()),
    }
}

#[cfg(test)]
mod tests;
