//! The states of jobs: a key-value bucket in which a state is replaced only by a client that has read the one before
//! (compare and swap on the revision).

use std::time::Duration;

use async_nats::jetstream::kv::{CreateErrorKind, Operation, Store, UpdateErrorKind};
use futures_util::StreamExt;
use psephos_wire::proof::JobStatus;

use super::storage_error;
use crate::{
    clock::Clock,
    queue::{JobId, JobProgress, QueueError},
};

/// The states of jobs.
pub(super) struct StatusBucket {
    bucket: Store,
    clock: Clock,
}

impl StatusBucket {
    pub(super) fn new(bucket: Store, clock: Clock) -> Self {
        Self { bucket, clock }
    }

    /// Returns a job's status and its revision.
    pub(super) async fn get_status(&self, id: JobId) -> Result<Option<(JobProgress, u64)>, QueueError> {
        let entry = self.bucket.entry(id.to_string()).await.map_err(storage_error)?;
        let Some(entry) = entry.filter(|entry| entry.operation == Operation::Put) else { return Ok(None) };
        let status: JobProgress = serde_json::from_slice(&entry.value).map_err(storage_error)?;
        self.clock.advance_to(status.latest_time());
        Ok(Some((status, entry.revision)))
    }

    /// Stores the first status, if there is none yet; returns whether it did.
    pub(super) async fn create_status(&self, id: JobId, status: &JobProgress) -> Result<bool, QueueError> {
        let value = serde_json::to_vec(status).map_err(storage_error)?;
        match self.bucket.create(id.to_string(), value.into()).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(storage_error(error)),
        }
    }

    /// Replaces the status of a job that has not ended; starts from `first` if there is none. Returns false if it has
    /// ended.
    pub(super) async fn replace_status(
        &self,
        id: JobId,
        first: JobProgress,
        change: impl Fn(JobProgress) -> JobProgress,
    ) -> Result<bool, QueueError> {
        loop {
            let Some((status, revision)) = self.get_status(id).await? else {
                match self.create_status(id, &change(first.clone())).await? {
                    true => return Ok(true),
                    false => continue,
                }
            };
            if status.state.is_final() {
                return Ok(false);
            }
            let value = serde_json::to_vec(&change(status)).map_err(storage_error)?;
            match self.bucket.update(id.to_string(), value.into(), revision).await {
                Ok(_) => return Ok(true),
                // Another client was faster: retry with the new revision.
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {}
                Err(error) => return Err(storage_error(error)),
            }
        }
    }

    /// Replaces the status for the last time, as in [`StatusBucket::replace_status`].
    pub(super) async fn end_job(
        &self,
        id: JobId,
        first: JobProgress,
        change: impl Fn(JobProgress) -> JobProgress,
    ) -> Result<bool, QueueError> {
        self.replace_status(id, first, change).await
    }

    pub(super) async fn wait_for_change(
        &self,
        id: JobId,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<Option<JobProgress>, QueueError> {
        let until = tokio::time::Instant::now() + patience;
        let mut watch = self.bucket.watch_with_history(id.to_string()).await.map_err(storage_error)?;
        // The watch may have no first value yet: the current status is read separately.
        let mut last = self.get_status(id).await?.map(|(status, _)| status);
        while last.as_ref().is_some_and(|status| status.state == seen) {
            match tokio::time::timeout_at(until, watch.next()).await {
                Err(_) | Ok(None) => break,
                Ok(Some(Err(error))) => return Err(storage_error(error)),
                Ok(Some(Ok(entry))) if entry.operation == Operation::Put => {
                    let status: JobProgress = serde_json::from_slice(&entry.value).map_err(storage_error)?;
                    self.clock.advance_to(status.latest_time());
                    last = Some(status);
                }
                Ok(Some(Ok(_))) => last = None,
            }
        }
        Ok(last)
    }
}
