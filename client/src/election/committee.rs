//! The committee: its trustees register and deal; some of them are gone when the polls close.

use psephos_chain::{ChainError, Connection, NodeSource};
use psephos_protocol::{
    committee::TransportSecret,
    constants::{MAX_TRUSTEES, capacity_for},
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::Seed,
};
use psephos_state::{ChainState, Deployment};
use rand::rngs::OsRng;

use super::{CommitteeReport, ElectionConfig, GasEntry, TrusteeReport, setup::Stage};
use crate::{
    error::ClientError,
    keys::Circuits,
    operator::{self, NewCommittee},
    progress::{Observer, Phase},
    trustee::{self, Caution, Done, Journal, Task},
};

const DAY: u64 = 86_400;

/// A committee and the trustees that play it.
pub(super) struct Committee {
    pub(super) id: CommitteeId,
    threshold: u64,
    trustees: Vec<Trustee>,
}

/// A trustee as it would run on a machine of its own: an account, a key, and a note of what it opened.
struct Trustee {
    account: Connection,
    secret: TransportSecret,
    journal: Journal,
    /// Gone before the polls close.
    absent: bool,
}

/// Checks what was asked for before anything is started.
pub(super) fn check(config: &ElectionConfig) -> Result<(), ClientError> {
    let (trustees, threshold, absent) = (config.trustees, config.threshold, config.absent);
    let possible = (1..=MAX_TRUSTEES).contains(&trustees) && (1..=trustees).contains(&threshold);
    match possible && trustees.saturating_sub(absent) >= threshold {
        true => Ok(()),
        false => Err(ClientError::ImpossibleCommittee { trustees, threshold, absent }),
    }
}

impl Committee {
    /// Creates the committee and does whatever is due for its trustees, in turn, until it has its keys. The first to deal are the first to go.
    pub(super) async fn form(
        stage: &Stage,
        deployment: &Deployment,
        circuits: &Circuits,
        config: &ElectionConfig,
        observer: &dyn Observer,
        gas: &mut Vec<GasEntry>,
    ) -> Result<Self, ClientError> {
        circuits.prepare_committee(capacity_for(config.trustees).unwrap_or_default(), observer)?;
        observer.begin(Phase::Committee, (config.trustees + config.threshold + 2) as u64);
        let mut trustees = Vec::new();
        for index in 0..config.trustees {
            trustees.push(Trustee {
                account: super::setup::actor(stage.chain.connection()).await?,
                secret: TransportSecret::from_seed(&Seed::random(&mut OsRng))?,
                journal: Journal::forgetful(),
                absent: index < config.absent,
            });
        }
        let now = stage.dao.newest_time().await?;
        let new = NewCommittee {
            trustees: trustees.iter().filter_map(|trustee| trustee.account.sender()).collect(),
            threshold: config.threshold as u64,
            registration_deadline: now + DAY,
            dealing_deadline: now + 2 * DAY,
            replaces: None,
        };
        let id = operator::create_committee(&stage.dao, deployment, &new).await?;
        observer.advance(Phase::Committee, 1);
        let committee = Self { id, threshold: config.threshold as u64, trustees };
        while committee.act(deployment, circuits, observer, gas).await? {}
        observer.end(Phase::Committee);
        Ok(committee)
    }

    /// Does the first thing that is due for any trustee; false if nothing is.
    async fn act(
        &self,
        deployment: &Deployment,
        circuits: &Circuits,
        observer: &dyn Observer,
        gas: &mut Vec<GasEntry>,
    ) -> Result<bool, ClientError> {
        let Some(first) = self.trustees.first() else { return Ok(false) };
        let replay = psephos_chain::read_state(&first.account, deployment).await?;
        for trustee in &self.trustees {
            let account = trustee.account.sender().ok_or(ChainError::NoSender)?;
            let due = trustee::due(&replay, account, &trustee.secret.public(), Some(self.id));
            let Some(task) = due.into_iter().next() else { continue };
            let done = trustee.perform(&replay, circuits, task).await?;
            observer.advance(Phase::Committee, 1);
            let call = match task {
                Task::Register { .. } => "register a trustee",
                Task::Deal { .. } => "deal",
                _ => "finalise a committee",
            };
            if let Done::Sent(sent) = done {
                GasEntry::record(gas, call, sent.hash, sent.gas, 1);
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Every trustee that is still there posts what is due for this chamber, until there are enough shares.
    pub(super) async fn open(
        &self,
        stage: &Stage,
        deployment: &Deployment,
        circuits: &Circuits,
        poll: PollId,
        chamber: ChamberId,
        gas: &mut Vec<GasEntry>,
    ) -> Result<(), ClientError> {
        for trustee in self.trustees.iter().filter(|trustee| !trustee.absent) {
            let replay = psephos_chain::read_state(stage.chain.connection(), deployment).await?;
            let account = trustee.account.sender().ok_or(ChainError::NoSender)?;
            let task = Task::Open { poll, chamber };
            if !trustee::due(&replay, account, &trustee.secret.public(), None).contains(&task) {
                continue;
            }
            if let Done::Sent(sent) = trustee.perform(&replay, circuits, task).await? {
                GasEntry::record(gas, "postShare", sent.hash, sent.gas, 1);
            }
        }
        Ok(())
    }

    /// Who did what.
    pub(super) fn report(&self, replay: &ChainState) -> Result<CommitteeReport, ClientError> {
        let entry = replay.committee(self.id)?;
        let chambers = || replay.polls.values().flat_map(|poll| poll.chambers.values());
        let report = |trustee: &Trustee| {
            let address = trustee.account.sender()?;
            let index = entry.trustee_index(address)?;
            let shares = chambers().flat_map(|chamber| &chamber.shares).filter(|share| share.trustee == address);
            Some(TrusteeReport {
                address,
                registered: entry.registration(index).is_some(),
                dealt: entry.dealing(index).is_some(),
                absent: trustee.absent,
                shares: shares.count(),
            })
        };
        Ok(CommitteeReport {
            committee: self.id,
            threshold: self.threshold,
            trustees: self.trustees.iter().filter_map(report).collect(),
        })
    }
}

impl Trustee {
    async fn perform(&self, replay: &ChainState, circuits: &Circuits, task: Task) -> Result<Done, ClientError> {
        let source = NodeSource::new(self.account.clone(), replay.deployment.clone());
        let caution = Caution { journal: &self.journal, confirmations: 0, proofs: &source, clock: None };
        trustee::perform(&self.account, replay, circuits, &self.secret, task, caution).await
    }
}
