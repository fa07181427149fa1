//! The committee: its trustees register and deal; some of them are absent when the polls close.

use std::sync::Arc;

use psephos_chain::{ChainError, Connection, NodeSet, NodeSource};
use psephos_protocol::{
    committee::TransportSecret,
    constants::{MAX_TRUSTEES, capacity_for_trustees},
    identifiers::{CommitteeId, PollId, SheetId},
    identity::Seed,
};
use psephos_state::{ChainState, Deployment, Lifetime};
use rand::rngs::OsRng;

use super::{CommitteeReport, ElectionConfig, GasEntry, setup::Actors};
use crate::DemoError;
use psephos_client::{
    KeyRing,
    keys::load_committee_keys,
    operator::{self, NewCommittee},
    progress::{Observer, Phase},
    sheets::{self, SheetDecryption},
    trustee::{self, Journal, Precautions, Task, TaskOutcome},
};

const DAY: u64 = 86_400;
/// The committee's life in days, and the most polls under it: what `psephos committee create` proposes.
const LIFE: u64 = 90;
const MAX_POLLS: u32 = 50;

/// A committee with its trustees' secrets.
pub(crate) struct Committee {
    pub(crate) id: CommitteeId,
    trustees: Vec<Trustee>,
}

/// A trustee as it would run on a machine of its own: an account, a transport secret, and a journal of posted shares.
struct Trustee {
    account: Connection,
    secret: TransportSecret,
    journal: Journal,
    /// Whether it is absent when the polls close.
    absent: bool,
}

/// Checks that the trustees that stay can decrypt, before anything is started.
pub(crate) fn ensure_possible(config: &ElectionConfig) -> Result<(), DemoError> {
    let (trustees, threshold, absent) = (config.trustees, config.threshold, config.absent);
    let possible = (1..=MAX_TRUSTEES).contains(&trustees) && (1..=trustees).contains(&threshold);
    match possible && trustees.saturating_sub(absent) >= threshold {
        true => Ok(()),
        false => Err(DemoError::ImpossibleCommittee { trustees, threshold, absent }),
    }
}

impl Committee {
    /// Creates the committee and performs its trustees' tasks, one at a time, until it has its keys. The first
    /// trustees deal, and are the ones that will be absent.
    pub(crate) async fn form(
        actors: &Actors,
        deployment: &Deployment,
        circuits: &KeyRing,
        config: &ElectionConfig,
        observer: &dyn Observer,
        gas: &mut Vec<GasEntry>,
    ) -> Result<Self, DemoError> {
        load_committee_keys(circuits, capacity_for_trustees(config.trustees).unwrap_or_default(), observer)?;
        observer.begin(Phase::Committee, (config.trustees + config.threshold + 2) as u64);
        let mut trustees = Vec::new();
        for index in 0..config.trustees {
            trustees.push(Trustee {
                account: super::setup::create_funded_account(actors.chain.connection()).await?,
                secret: TransportSecret::from_seed(&Seed::random(&mut OsRng))?,
                journal: Journal::disabled(),
                absent: index < config.absent,
            });
        }
        let now = actors.dao.newest_time().await?;
        let new = NewCommittee {
            trustees: trustees.iter().filter_map(|trustee| trustee.account.sender()).collect(),
            threshold: config.threshold as u64,
            registration_deadline: now + DAY,
            dealing_deadline: now + 2 * DAY,
            lifetime: Lifetime { expires_at: now + LIFE * DAY, max_polls: MAX_POLLS },
            replaces: None,
        };
        let id = operator::create_committee(&actors.dao, deployment, &new).await?;
        observer.advance(Phase::Committee, 1);
        let committee = Self { id, trustees };
        while committee.perform_first_due_task(deployment, circuits, observer, gas).await? {}
        observer.end(Phase::Committee);
        Ok(committee)
    }

    /// Performs the first task that is due for any trustee. Returns false if none is due.
    async fn perform_first_due_task(
        &self,
        deployment: &Deployment,
        circuits: &KeyRing,
        observer: &dyn Observer,
        gas: &mut Vec<GasEntry>,
    ) -> Result<bool, DemoError> {
        let Some(first) = self.trustees.first() else { return Ok(false) };
        let state = psephos_chain::read_state(&first.account, deployment).await?;
        for trustee in &self.trustees {
            let account = trustee.account.sender().ok_or(ChainError::NoSender)?;
            let due = trustee::due_tasks(&state, account, &trustee.secret.transport_key(), Some(self.id));
            let Some(task) = due.into_iter().next() else { continue };
            let done = trustee.perform_task(&state, circuits, task).await?;
            observer.advance(Phase::Committee, 1);
            let call = match task {
                Task::Register { .. } => "register a trustee",
                Task::Deal { .. } => "deal",
                _ => "finalise a committee",
            };
            if let TaskOutcome::Sent(sent) = done {
                GasEntry::record(gas, call, sent.hash, sent.gas, 1);
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Posts decryption shares of a poll, from the trustees that are present, until there are enough.
    pub(crate) async fn post_shares(
        &self,
        actors: &Actors,
        deployment: &Deployment,
        circuits: &KeyRing,
        poll: PollId,
        gas: &mut Vec<GasEntry>,
    ) -> Result<(), DemoError> {
        for trustee in self.trustees.iter().filter(|trustee| !trustee.absent) {
            let state = psephos_chain::read_state(actors.chain.connection(), deployment).await?;
            let account = trustee.account.sender().ok_or(ChainError::NoSender)?;
            let task = Task::Decrypt { poll };
            if !trustee::due_tasks(&state, account, &trustee.secret.transport_key(), None).contains(&task) {
                continue;
            }
            if let TaskOutcome::Sent(sent) = trustee.perform_task(&state, circuits, task).await? {
                GasEntry::record(gas, "postShares", sent.hash, sent.gas, 1);
            }
        }
        Ok(())
    }

    /// Posts decryption shares of a sheet poll's blocks that are next, from the trustees that are present, until there
    /// are enough: those of turnouts, or those of statements once turnouts are tallied.
    pub(crate) async fn post_sheet_shares(
        &self,
        deployment: &Deployment,
        circuits: &KeyRing,
        sheet: SheetId,
        gas: &mut Vec<GasEntry>,
    ) -> Result<(), DemoError> {
        for trustee in self.trustees.iter().filter(|trustee| !trustee.absent) {
            let source = NodeSource::new(trustee.account.clone(), deployment.clone());
            let nodes = NodeSet::single(trustee.account.clone());
            let (journal, proofs) = (&trustee.journal, &source);
            let caution = Precautions { journal, confirmations: 0, proofs, nodes: &nodes, clock: None };
            let outcomes =
                sheets::decrypt_sheet(&trustee.account, &source, circuits, &trustee.secret, sheet, caution).await?;
            for outcome in outcomes {
                match outcome {
                    SheetDecryption::Posted { sent, .. } => {
                        GasEntry::record(gas, "postShares of a sheet poll", sent.hash, sent.gas, 1);
                    }
                    SheetDecryption::NotNeeded { .. } => {}
                    SheetDecryption::Refused { error, .. } => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Reports each trustee's part in all polls, from the chain state.
    pub(crate) fn build_report(&self, state: &ChainState) -> Result<CommitteeReport, DemoError> {
        Ok(CommitteeReport::new(state, self.id, state.polls.values().map(Arc::as_ref))?)
    }

    /// Returns the number of trustees that are absent when totals are decrypted.
    pub(crate) fn count_absent(&self) -> usize {
        self.trustees.iter().filter(|trustee| trustee.absent).count()
    }
}

impl Trustee {
    async fn perform_task(&self, state: &ChainState, circuits: &KeyRing, task: Task) -> Result<TaskOutcome, DemoError> {
        let source = NodeSource::new(self.account.clone(), state.deployment.clone());
        let nodes = NodeSet::single(self.account.clone());
        let caution =
            Precautions { journal: &self.journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
        Ok(trustee::perform_task(&self.account, state, circuits, &self.secret, task, caution).await?)
    }
}
