//! Claims that are proved and not yet sent, stored beside the identity, so that a claim can wait for its time.
//!
//! The only secret is the link between these claims and this voter. A lost store can be made again from seed and chain.

use psephos_protocol::identifiers::{ChainId, ChamberId, PollId};
use std::path::{Path, PathBuf};

use psephos_chain::Address;
use psephos_wire::{PackageError, claim::FORMAT};
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{ClaimPackage, MAX_CLAIM_BYTES, RewardError};
use crate::files::{self, FileError};

/// A folder of planned claims.
pub struct ClaimStore(PathBuf);

/// A claim and the time from which it may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Earliest time of sending, in seconds since 1970.
    pub not_before: u64,
    /// The claim.
    pub claim: ClaimPackage,
}

impl ClaimStore {
    /// Returns the store beside an identity file: a folder of its name with `.claims` appended, or in it the folder of
    /// an account that the voter has named, because several of its accounts are in one chamber.
    pub fn beside(identity: &Path, account: Option<Address>) -> ClaimStore {
        let mut name = identity.as_os_str().to_owned();
        name.push(".claims");
        let folder = PathBuf::from(name);
        ClaimStore(account.map_or_else(|| folder.clone(), |account| folder.join(account.to_string())))
    }

    /// Plans a claim for a random time within the next `within` seconds, which no one can predict.
    ///
    /// # Errors
    /// Returns `Exists` if there is a plan for this poll and chamber already, or another [`FileError`].
    pub fn plan_claim(&self, claim: ClaimPackage, now: u64, within: u64) -> Result<Planned, FileError> {
        let not_before = now.saturating_add(rand::rngs::OsRng.gen_range(0..=within));
        let planned = Planned { not_before, claim };
        let path = self.plan_path(&planned.claim);
        let text = serde_json::to_string_pretty(&planned)
            .map_err(|error| FileError::Io { path: path.clone(), source: error.into() })?;
        files::create_folder(&self.0)?;
        files::write_secret(&path, &(text + "\n"))?;
        Ok(planned)
    }

    /// Returns the claim that is planned for a chamber of a poll of this deployment, if any.
    ///
    /// # Errors
    /// Returns `File`, or `Package` if the plan was damaged.
    pub fn find_plan(
        &self,
        chain_id: ChainId,
        rewards: Address,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<Option<Planned>, RewardError> {
        let path = self.0.join(file_name(chain_id, rewards, poll, chamber));
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path, MAX_CLAIM_BYTES + 1_024)?;
        let planned = serde_json::from_str(&text);
        Ok(Some(planned.map_err(|error| PackageError::Syntax { format: FORMAT, reason: error.to_string() })?))
    }

    /// Removes a plan that was carried out or given up.
    ///
    /// # Errors
    /// Returns [`FileError`] if the file cannot be removed.
    pub fn remove_plan(&self, claim: &ClaimPackage) -> Result<(), FileError> {
        files::remove_file(&self.plan_path(claim))
    }

    /// Returns the path of a claim's plan.
    pub fn plan_path(&self, claim: &ClaimPackage) -> PathBuf {
        self.0.join(file_name(claim.chain_id, claim.rewards, claim.poll, claim.chamber))
    }
}

fn file_name(chain_id: ChainId, rewards: Address, poll: PollId, chamber: ChamberId) -> String {
    format!("{chain_id}-{rewards}-{poll}-{chamber}.json")
}

#[cfg(test)]
mod tests {
    use psephos_chain::B256;

    use super::*;

    #[test]
    fn plan_is_stored_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = |account| ClaimStore::beside(&folder.path().join("me.identity"), account);
        let other = store(Some(Address::repeat_byte(9)));
        let store = store(None);
        let claim = ClaimPackage {
            format: "psephos-claim".into(),
            version: 1,
            chain_id: ChainId::new(5),
            rewards: Address::repeat_byte(1),
            poll: PollId::new(2),
            chamber: ChamberId::new(3),
            reward_nullifier: B256::repeat_byte(4),
            amount: "10".into(),
            recipient: Address::repeat_byte(6),
            relayer: Address::ZERO,
            fee: "0".into(),
            h: B256::repeat_byte(7),
            proof: String::new(),
        };
        let find = |chamber| store.find_plan(ChainId::new(5), Address::repeat_byte(1), PollId::new(2), chamber);
        assert_eq!(find(ChamberId::new(3)).unwrap(), None);
        let planned = store.plan_claim(claim.clone(), 1_000, 60).unwrap();
        assert!((1_000..=1_060).contains(&planned.not_before));
        assert_eq!(find(ChamberId::new(3)).unwrap(), Some(planned));
        assert_eq!(find(ChamberId::new(4)).unwrap(), None);
        other.plan_claim(claim.clone(), 1, 1).unwrap();
        other.remove_plan(&claim).unwrap();
        assert!(find(ChamberId::new(3)).unwrap().is_some(), "an account's claims are its own");
        assert!(matches!(store.plan_claim(claim.clone(), 1, 1), Err(FileError::Exists { .. })));
        std::fs::write(store.plan_path(&claim), "{").unwrap();
        assert!(matches!(find(ChamberId::new(3)), Err(RewardError::Package(_))));
        store.remove_plan(&claim).unwrap();
        assert_eq!(find(ChamberId::new(3)).unwrap(), None);
    }
}
