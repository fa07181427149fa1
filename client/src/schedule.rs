//! Packages that are proved and not yet handed over, stored beside the identity, so that they can wait for a time that
//! no one can predict.
//!
//! The package itself has no time in it. The only secret is the link between these packages and this voter. A lost
//! store can be made again from seed and chain.

use std::{
    marker::PhantomData,
    path::{Path, PathBuf},
};

use psephos_chain::Address;
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId};
use psephos_wire::{
    ClaimPackage, Package, PackageError,
    ballot::{self},
    claim,
    package::Format,
};
use rand::{Rng, rngs::OsRng};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::files::{self, FileError};

/// The time before a poll's close that is left to a relayer, in seconds: twice what a relayer promises by default.
pub const HAND_OVER_MARGIN: u64 = 1_800;
/// The shortest window, in seconds, in which a random moment hides when a voter was active.
pub const MIN_WINDOW: u64 = 600;
/// What a file has beside its package, in bytes at most.
const OVERHEAD: usize = 1_024;
/// The number of scheduled packages that are read at most; an identity has few.
const MAX_PLANS: usize = 4_096;

/// Why a package is not scheduled, or a scheduled one not found.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A scheduled package was damaged.
    #[error("{path}: {source}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PackageError,
    },
    /// The poll closes so soon that a random moment before would hide little.
    #[error(
        "poll {poll} closes in {left} s: a relayer needs the last {HAND_OVER_MARGIN} s, and a random moment in a window \
         of less than {MIN_WINDOW} s would hide little"
    )]
    WindowTooShort {
        /// The poll.
        poll: PollId,
        /// The time to its close, in seconds.
        left: u64,
    },
}

/// A package that can be scheduled.
pub trait Schedulable: Clone + Serialize + DeserializeOwned {
    /// The extension of the folder beside the identity file.
    const FOLDER: &'static str;
    /// The format of the package.
    const FORMAT: Format;

    /// Returns the chain, the contract that takes it, the poll and the chamber.
    fn place(&self) -> (ChainId, Address, PollId, ChamberId);
}

impl Schedulable for Package {
    const FOLDER: &'static str = "ballots";
    const FORMAT: Format = ballot::FORMAT;

    fn place(&self) -> (ChainId, Address, PollId, ChamberId) {
        (self.chain_id, self.polls, self.poll, self.chamber)
    }
}

impl Schedulable for ClaimPackage {
    const FOLDER: &'static str = "claims";
    const FORMAT: Format = claim::FORMAT;

    fn place(&self) -> (ChainId, Address, PollId, ChamberId) {
        (self.chain_id, self.rewards, self.poll, self.chamber)
    }
}

/// A folder of scheduled packages.
pub struct Schedule<P> {
    folder: PathBuf,
    package: PhantomData<P>,
}

/// A package and the time from which it may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned<P> {
    /// Earliest time of sending, in seconds since 1970.
    pub not_before: u64,
    /// The package.
    #[serde(alias = "claim")]
    pub package: P,
}

/// Returns the length of the window in which a ballot is handed over, in seconds from `now`: `within`, or less if the
/// poll closes before.
///
/// # Errors
/// Returns `WindowTooShort`.
pub fn hand_over_window(poll: PollId, now: u64, closes_at: u64, within: u64) -> Result<u64, ScheduleError> {
    let left = closes_at.saturating_sub(now);
    let window = within.min(left.saturating_sub(HAND_OVER_MARGIN));
    if window < MIN_WINDOW { Err(ScheduleError::WindowTooShort { poll, left }) } else { Ok(window) }
}

impl<P: Schedulable> Schedule<P> {
    /// Returns the schedule beside an identity file: a folder of its name with an extension appended, or in it the
    /// folder of an account that the voter has named, because several of its accounts are in one chamber.
    pub fn beside(identity: &Path, account: Option<Address>) -> Self {
        let mut name = identity.as_os_str().to_owned();
        name.push(".");
        name.push(P::FOLDER);
        let folder = PathBuf::from(name);
        let folder = account.map_or_else(|| folder.clone(), |account| folder.join(account.to_string()));
        Self { folder, package: PhantomData }
    }

    /// Schedules a package for a uniformly random time within the next `within` seconds.
    ///
    /// # Errors
    /// Returns `Exists` if there is one for this poll and chamber already, or another [`FileError`].
    pub fn plan(&self, package: P, now: u64, within: u64) -> Result<Planned<P>, FileError> {
        let not_before = now.saturating_add(OsRng.gen_range(0..=within));
        let planned = Planned { not_before, package };
        let path = self.path_of(&planned.package);
        let text = serde_json::to_string_pretty(&planned)
            .map_err(|error| FileError::Io { path: path.clone(), source: error.into() })?;
        files::create_folder(&self.folder)?;
        files::write_secret(&path, &(text + "\n"))?;
        Ok(planned)
    }

    /// Returns the package that is scheduled for a chamber of a poll of this contract, if any.
    ///
    /// # Errors
    /// Returns `File`, or `Damaged`.
    pub fn find(
        &self,
        chain_id: ChainId,
        contract: Address,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<Option<Planned<P>>, ScheduleError> {
        let path = self.folder.join(file_name((chain_id, contract, poll, chamber)));
        if path.exists() { Self::read(&path).map(Some) } else { Ok(None) }
    }

    /// Returns all packages that are scheduled for polls of this contract, by poll and chamber.
    ///
    /// # Errors
    /// Returns `File`, or `Damaged`.
    pub fn list(&self, chain_id: ChainId, contract: Address) -> Result<Vec<Planned<P>>, ScheduleError> {
        let prefix = format!("{chain_id}-{contract}-");
        let entries = self.folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
        let is_ours = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(&prefix) && name.ends_with(".json")
        };
        let read: Result<Vec<_>, _> = entries.filter(is_ours).take(MAX_PLANS).map(|path| Self::read(&path)).collect();
        let mut planned = read?;
        planned.sort_by_key(|planned| planned.package.place());
        Ok(planned)
    }

    /// Removes a package that was sent or given up.
    ///
    /// # Errors
    /// Returns [`FileError`] if the file cannot be removed.
    pub fn remove(&self, package: &P) -> Result<(), FileError> {
        files::remove_file(&self.path_of(package))
    }

    /// Returns the path of a package's file.
    pub fn path_of(&self, package: &P) -> PathBuf {
        self.folder.join(file_name(package.place()))
    }

    fn read(path: &Path) -> Result<Planned<P>, ScheduleError> {
        let text = files::read_text(path, P::FORMAT.max_bytes + OVERHEAD)?;
        serde_json::from_str(&text).map_err(|error| ScheduleError::Damaged {
            path: path.to_owned(),
            source: PackageError::Syntax { format: P::FORMAT, reason: error.to_string() },
        })
    }
}

fn file_name((chain_id, contract, poll, chamber): (ChainId, Address, PollId, ChamberId)) -> String {
    format!("{chain_id}-{contract}-{poll}-{chamber}.json")
}

#[cfg(test)]
mod tests;
