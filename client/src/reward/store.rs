//! Claims that are made and not yet sent: beside the identity, so that a claim can wait for its hour.
//!
//! Nothing in it is secret but the link between these claims and this voter; whoever loses it makes the claims again from seed and chain.

use std::path::{Path, PathBuf};

use psephos_wire::{PackageError, claim::FORMAT};
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{ClaimPackage, MAX_CLAIM_BYTES};
use crate::{error::ClientError, files};

/// A folder of planned claims.
pub struct ClaimStore(PathBuf);

/// A claim and when it may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Not before this time, in seconds since 1970.
    pub not_before: u64,
    /// The claim.
    pub claim: ClaimPackage,
}

impl ClaimStore {
    /// Beside the file of an identity: a folder of its name with `.claims`.
    pub fn beside(identity: &Path) -> ClaimStore {
        let mut name = identity.as_os_str().to_owned();
        name.push(".claims");
        ClaimStore(name.into())
    }

    /// Plans a claim for a moment within the next `within` seconds that nobody can guess.
    ///
    /// # Errors
    /// `File`: also if there is a plan for this poll and chamber already.
    pub fn plan(&self, claim: ClaimPackage, now: u64, within: u64) -> Result<Planned, ClientError> {
        let not_before = now.saturating_add(rand::rngs::OsRng.gen_range(0..=within));
        let planned = Planned { not_before, claim };
        let text = serde_json::to_string_pretty(&planned).map_err(|error| ClientError::Worker(error.to_string()))?;
        files::create_folder(&self.0)?;
        files::write_secret(&self.path(&planned.claim), &(text + "\n"))?;
        Ok(planned)
    }

    /// The claim that is planned for a chamber of a poll of this deployment, if any.
    ///
    /// # Errors
    /// `File`, `Package` if the plan was damaged.
    pub fn find(
        &self,
        chain_id: u64,
        rewards: psephos_chain::Address,
        poll: u64,
        chamber: u64,
    ) -> Result<Option<Planned>, ClientError> {
        let path = self.0.join(name(chain_id, rewards, poll, chamber));
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path, MAX_CLAIM_BYTES + 1_024)?;
        let planned = serde_json::from_str(&text);
        Ok(Some(planned.map_err(|error| PackageError::Syntax { format: FORMAT, reason: error.to_string() })?))
    }

    /// Forgets a plan, once it is carried out or given up.
    ///
    /// # Errors
    /// `File`.
    pub fn forget(&self, claim: &ClaimPackage) -> Result<(), ClientError> {
        let path = self.path(claim);
        files::remove(&path)?;
        Ok(())
    }

    /// Where a claim's plan is.
    pub fn path(&self, claim: &ClaimPackage) -> PathBuf {
        self.0.join(name(claim.chain_id, claim.rewards, claim.poll, claim.chamber))
    }
}

fn name(chain_id: u64, rewards: psephos_chain::Address, poll: u64, chamber: u64) -> String {
    format!("{chain_id}-{rewards}-{poll}-{chamber}.json")
}

#[cfg(test)]
mod tests {
    use psephos_chain::{Address, B256};

    use super::*;

    #[test]
    fn a_plan_is_kept_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = ClaimStore::beside(&folder.path().join("me.identity"));
        let claim = ClaimPackage {
            format: "psephos-claim".into(),
            version: 1,
            chain_id: 5,
            rewards: Address::repeat_byte(1),
            poll: 2,
            chamber: 3,
            reward_nullifier: B256::repeat_byte(4),
            amount: "10".into(),
            recipient: Address::repeat_byte(6),
            relayer: Address::ZERO,
            fee: "0".into(),
            h: B256::repeat_byte(7),
            proof: String::new(),
        };
        let find = |chamber| store.find(5, Address::repeat_byte(1), 2, chamber);
        assert_eq!(find(3).unwrap(), None);
        let planned = store.plan(claim.clone(), 1_000, 60).unwrap();
        assert!((1_000..=1_060).contains(&planned.not_before));
        assert_eq!(find(3).unwrap(), Some(planned));
        assert_eq!(find(4).unwrap(), None);
        assert!(matches!(store.plan(claim.clone(), 1, 1), Err(ClientError::File(files::FileError::Exists { .. }))));
        std::fs::write(store.path(&claim), "{").unwrap();
        assert!(matches!(find(3), Err(ClientError::Package(_))));
        store.forget(&claim).unwrap();
        assert_eq!(find(3).unwrap(), None);
    }
}
