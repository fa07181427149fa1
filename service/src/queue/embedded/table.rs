//! The jobs in memory: waiting, leased and ended ones.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use psephos_wire::proof::JobStatus;
use tokio::sync::watch;

use super::{Limits, store::Record};
use crate::queue::{ATTEMPTS, GIVEN_UP, JobId, Lease, Length, NewJob, QueueError, Status, now_ms};

/// The longest time between two checks for jobs of silent workers.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

struct Job {
    record: Record,
    /// The job's position in the queue.
    number: u64,
    /// When the job's lease expires, if a worker holds it.
    leased: Option<Instant>,
    /// The published state: readers see a state only once it is on disk.
    told: watch::Sender<JobStatus>,
}

/// All jobs.
pub(super) struct Table {
    jobs: HashMap<JobId, Job>,
    /// Waiting jobs, in order of arrival.
    waiting: BTreeMap<u64, JobId>,
    next: u64,
    leased: u64,
    /// When expired leases and jobs were last checked.
    tidied: Option<Instant>,
}

impl Table {
    /// Creates the table from the stored jobs: those that were leased wait again, in the order of acceptance.
    pub(super) fn new(mut records: Vec<(JobId, Record)>) -> Self {
        records.sort_by_key(|(_, record)| record.status.accepted);
        let mut table = Self { jobs: HashMap::new(), waiting: BTreeMap::new(), next: 0, leased: 0, tidied: None };
        for (id, mut record) in records {
            if !record.status.state.is_final() {
                match record.attempt < ATTEMPTS {
                    true => record.status.state = JobStatus::Queued,
                    false => record = record.ended(Err(GIVEN_UP.into())),
                }
            }
            table.add(id, record);
        }
        table
    }

    pub(super) fn insert(&mut self, job: NewJob) -> Record {
        let record = Record { status: job.status(), attempt: 0, sealed: job.sealed };
        self.add(job.id, record.clone());
        record
    }

    fn add(&mut self, id: JobId, record: Record) {
        let number = self.next;
        self.next += 1;
        if record.status.state == JobStatus::Queued {
            self.waiting.insert(number, id);
        }
        let state = record.status.state;
        self.jobs.insert(id, Job { record, number, leased: None, told: watch::Sender::new(state) });
    }

    pub(super) fn remove(&mut self, id: JobId) {
        if let Some(job) = self.jobs.remove(&id) {
            self.waiting.remove(&job.number);
            self.leased -= u64::from(job.leased.is_some());
        }
    }

    pub(super) fn status(&self, id: JobId) -> Option<Status> {
        let job = self.jobs.get(&id)?;
        let mut status = job.record.status.clone();
        status.state = *job.told.borrow();
        if !status.state.is_final() {
            (status.proof, status.failure, status.finished) = (None, None, None);
        }
        if status.state == JobStatus::Queued {
            status.ahead = Some(self.waiting.range(..job.number).count() as u64);
        }
        Some(status)
    }

    pub(super) fn watch(&self, id: JobId) -> Option<watch::Receiver<JobStatus>> {
        Some(self.jobs.get(&id)?.told.subscribe())
    }

    /// Publishes a job's state, which is on disk now.
    pub(super) fn publish(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get(&id) {
            job.told.send_replace(job.record.status.state);
        }
    }

    pub(super) fn length(&self) -> Length {
        Length { queued: self.waiting.len() as u64, leased: self.leased }
    }

    pub(super) fn lease(&mut self, until: Instant) -> Option<(Lease, Record)> {
        let (_, id) = self.waiting.pop_first()?;
        let job = self.jobs.get_mut(&id)?;
        job.leased = Some(until);
        self.leased += 1;
        job.record.attempt += 1;
        job.record.status.state = JobStatus::Proving;
        job.told.send_replace(JobStatus::Proving);
        let Record { status, attempt, sealed } = &job.record;
        let lease = Lease { id, kind: status.kind, digest: status.digest, sealed: sealed.clone(), attempt: *attempt };
        Some((lease, job.record.clone()))
    }

    /// Returns the job of a lease that is still valid.
    fn held(&mut self, lease: &Lease) -> Result<&mut Job, QueueError> {
        let job = self.jobs.get_mut(&lease.id).ok_or(QueueError::Lost)?;
        match job.leased.is_some() && job.record.attempt == lease.attempt {
            true => Ok(job),
            false => Err(QueueError::Lost),
        }
    }

    pub(super) fn extend(&mut self, lease: &Lease, until: Instant) -> Result<(), QueueError> {
        self.held(lease)?.leased = Some(until);
        Ok(())
    }

    pub(super) fn finish(&mut self, lease: &Lease, end: Result<String, String>) -> Result<Record, QueueError> {
        let job = self.held(lease)?;
        job.leased = None;
        job.record = job.record.clone().ended(end);
        let record = job.record.clone();
        self.leased -= 1;
        Ok(record)
    }

    pub(super) fn put_back(&mut self, lease: &Lease) -> Result<Record, QueueError> {
        let job = self.held(lease)?;
        job.leased = None;
        job.record.status.state = JobStatus::Queued;
        let (number, record) = (job.number, job.record.clone());
        self.leased -= 1;
        self.waiting.insert(number, lease.id);
        Ok(record)
    }

    pub(super) fn cancel(&mut self, id: JobId) -> Option<Record> {
        let job = self.jobs.get_mut(&id)?;
        if job.record.status.state.is_final() {
            return None;
        }
        self.waiting.remove(&job.number);
        self.leased -= u64::from(job.leased.take().is_some());
        let status = job.record.status.clone().cancelled();
        job.record = Record { status, attempt: job.record.attempt, sealed: Vec::new() };
        Some(job.record.clone())
    }

    /// Requeues jobs of silent workers and removes expired ones; returns the changed and the removed jobs. It scans all
    /// jobs, the ended ones too, so it runs no more often than is useful.
    pub(super) fn tidy(&mut self, now: Instant, limits: Limits) -> (Vec<(JobId, Record)>, Vec<JobId>) {
        let Limits { lease, keep, .. } = limits;
        let pause = (lease / 4).min(LONGEST_PAUSE);
        if self.tidied.is_some_and(|before| now.duration_since(before) < pause) {
            return (Vec::new(), Vec::new());
        }
        self.tidied = Some(now);
        let oldest = now_ms().saturating_sub(keep.as_millis() as u64);
        let (mut changed, mut forgotten) = (Vec::new(), Vec::new());
        for (id, job) in &mut self.jobs {
            if job.leased.is_some_and(|until| until < now) {
                job.leased = None;
                self.leased -= 1;
                match job.record.attempt < ATTEMPTS {
                    true => {
                        job.record.status.state = JobStatus::Queued;
                        self.waiting.insert(job.number, *id);
                    }
                    false => job.record = job.record.clone().ended(Err(GIVEN_UP.into())),
                }
                job.told.send_replace(job.record.status.state);
                changed.push((*id, job.record.clone()));
            } else if job.record.status.finished.is_some_and(|finished| finished < oldest) {
                forgotten.push(*id);
            }
        }
        forgotten.iter().for_each(|id| self.remove(*id));
        (changed, forgotten)
    }
}
