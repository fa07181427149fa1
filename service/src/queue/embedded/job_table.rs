//! The jobs in memory: waiting, leased and ended ones.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use psephos_wire::proof::JobStatus;
use tokio::sync::watch;

use super::{QueueLimits, store::StoredJob};
use crate::queue::{GIVEN_UP, JobId, JobProgress, Lease, MAX_ATTEMPTS, NewJob, QueueError, QueueLength};

/// The longest time between two checks for jobs of silent workers.
const MAX_PAUSE: Duration = Duration::from_secs(1);

struct TableEntry {
    record: StoredJob,
    /// The job's position in the queue.
    position: u64,
    /// When the job's lease expires, if a worker holds it.
    leased: Option<Instant>,
    /// The published state: readers see a state only once it is on disk.
    published: watch::Sender<JobStatus>,
}

/// All jobs.
pub(super) struct JobTable {
    jobs: HashMap<JobId, TableEntry>,
    /// Waiting jobs, in order of arrival.
    waiting: BTreeMap<u64, JobId>,
    next: u64,
    leased: u64,
    /// When expired leases and jobs were last checked.
    last_scan: Option<Instant>,
}

impl JobTable {
    /// Creates the table from the stored jobs: those that were leased wait again, in the order of acceptance. `now` is
    /// in milliseconds since 1970, here and in all other methods.
    pub(super) fn new(mut records: Vec<(JobId, StoredJob)>, now: u64) -> Self {
        records.sort_by_key(|(_, record)| record.status.accepted);
        let mut table = Self { jobs: HashMap::new(), waiting: BTreeMap::new(), next: 0, leased: 0, last_scan: None };
        for (id, mut record) in records {
            if !record.status.state.is_final() {
                match record.attempt < MAX_ATTEMPTS {
                    true => record.status.state = JobStatus::Queued,
                    false => record = record.into_ended(Err(GIVEN_UP.into()), now),
                }
            }
            table.add_entry(id, record);
        }
        table
    }

    pub(super) fn insert_job(&mut self, job: NewJob) -> StoredJob {
        let record = StoredJob { status: job.initial_status(), attempt: 0, ciphertext: job.ciphertext };
        self.add_entry(job.id, record.clone());
        record
    }

    fn add_entry(&mut self, id: JobId, record: StoredJob) {
        let number = self.next;
        self.next += 1;
        if record.status.state == JobStatus::Queued {
            self.waiting.insert(number, id);
        }
        let state = record.status.state;
        self.jobs
            .insert(id, TableEntry { record, position: number, leased: None, published: watch::Sender::new(state) });
    }

    pub(super) fn remove_job(&mut self, id: JobId) {
        if let Some(job) = self.jobs.remove(&id) {
            self.waiting.remove(&job.position);
            self.leased -= u64::from(job.leased.is_some());
        }
    }

    pub(super) fn job_status(&self, id: JobId) -> Option<JobProgress> {
        let job = self.jobs.get(&id)?;
        let mut status = job.record.status.clone();
        status.state = *job.published.borrow();
        if !status.state.is_final() {
            (status.proof, status.failure, status.finished) = (None, None, None);
        }
        if status.state == JobStatus::Queued {
            status.ahead = Some(self.waiting.range(..job.position).count() as u64);
        }
        Some(status)
    }

    pub(super) fn watch_state(&self, id: JobId) -> Option<watch::Receiver<JobStatus>> {
        Some(self.jobs.get(&id)?.published.subscribe())
    }

    /// Publishes a job's state, which is on disk now.
    pub(super) fn publish_state(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get(&id) {
            job.published.send_replace(job.record.status.state);
        }
    }

    pub(super) fn queue_length(&self) -> QueueLength {
        QueueLength { queued: self.waiting.len() as u64, leased: self.leased }
    }

    pub(super) fn lease_next(&mut self, until: Instant) -> Option<(Lease, StoredJob)> {
        let (_, id) = self.waiting.pop_first()?;
        let job = self.jobs.get_mut(&id)?;
        job.leased = Some(until);
        self.leased += 1;
        job.record.attempt += 1;
        job.record.status.state = JobStatus::Proving;
        job.published.send_replace(JobStatus::Proving);
        let StoredJob { status, attempt, ciphertext } = &job.record;
        let lease =
            Lease { id, kind: status.kind, digest: status.digest, ciphertext: ciphertext.clone(), attempt: *attempt };
        Some((lease, job.record.clone()))
    }

    /// Returns the job of a lease that is still valid.
    fn leased_entry(&mut self, lease: &Lease) -> Result<&mut TableEntry, QueueError> {
        let job = self.jobs.get_mut(&lease.id).ok_or(QueueError::Lost)?;
        match job.leased.is_some() && job.record.attempt == lease.attempt {
            true => Ok(job),
            false => Err(QueueError::Lost),
        }
    }

    pub(super) fn extend_lease(&mut self, lease: &Lease, until: Instant) -> Result<(), QueueError> {
        self.leased_entry(lease)?.leased = Some(until);
        Ok(())
    }

    pub(super) fn finish_job(
        &mut self,
        lease: &Lease,
        end: Result<String, String>,
        now: u64,
    ) -> Result<StoredJob, QueueError> {
        let job = self.leased_entry(lease)?;
        job.leased = None;
        job.record = job.record.clone().into_ended(end, now);
        let record = job.record.clone();
        self.leased -= 1;
        Ok(record)
    }

    pub(super) fn requeue_job(&mut self, lease: &Lease) -> Result<StoredJob, QueueError> {
        let job = self.leased_entry(lease)?;
        job.leased = None;
        job.record.status.state = JobStatus::Queued;
        let (number, record) = (job.position, job.record.clone());
        self.leased -= 1;
        self.waiting.insert(number, lease.id);
        Ok(record)
    }

    pub(super) fn cancel_job(&mut self, id: JobId, now: u64) -> Option<StoredJob> {
        let job = self.jobs.get_mut(&id)?;
        if job.record.status.state.is_final() {
            return None;
        }
        self.waiting.remove(&job.position);
        self.leased -= u64::from(job.leased.take().is_some());
        let status = job.record.status.clone().into_cancelled(now);
        job.record = StoredJob { status, attempt: job.record.attempt, ciphertext: Vec::new() };
        Some(job.record.clone())
    }

    /// Requeues jobs of silent workers and removes expired ones; returns the changed and the removed jobs. It scans all
    /// jobs, the ended ones too, so it runs no more often than is useful.
    pub(super) fn requeue_and_expire(
        &mut self,
        now: Instant,
        now_ms: u64,
        limits: QueueLimits,
    ) -> (Vec<(JobId, StoredJob)>, Vec<JobId>) {
        let QueueLimits { lease, keep, .. } = limits;
        let pause = (lease / 4).min(MAX_PAUSE);
        if self.last_scan.is_some_and(|before| now.duration_since(before) < pause) {
            return (Vec::new(), Vec::new());
        }
        self.last_scan = Some(now);
        let oldest = now_ms.saturating_sub(keep.as_millis() as u64);
        let (mut changed, mut forgotten) = (Vec::new(), Vec::new());
        for (id, job) in &mut self.jobs {
            if job.leased.is_some_and(|until| until < now) {
                job.leased = None;
                self.leased -= 1;
                match job.record.attempt < MAX_ATTEMPTS {
                    true => {
                        job.record.status.state = JobStatus::Queued;
                        self.waiting.insert(job.position, *id);
                    }
                    false => job.record = job.record.clone().into_ended(Err(GIVEN_UP.into()), now_ms),
                }
                job.published.send_replace(job.record.status.state);
                changed.push((*id, job.record.clone()));
            } else if job.record.status.finished.is_some_and(|finished| finished < oldest) {
                forgotten.push(*id);
            }
        }
        forgotten.iter().for_each(|id| self.remove_job(*id));
        (changed, forgotten)
    }
}
