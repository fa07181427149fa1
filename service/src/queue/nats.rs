//! The queue of several machines: NATS JetStream.
//!
//! Jobs are messages of a work-queue stream, with encrypted payloads; the status of each is in a key-value bucket,
//! where it is replaced only by a client that has read the one before. So two workers that have proved the same job end
//! it once. A worker's heartbeat is JetStream's progress acknowledgement; a silent worker's message is redelivered to
//! another.

mod setup;
mod status_bucket;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use async_nats::{
    HeaderMap,
    jetstream::{AckKind, Message, message::PublishMessage},
};
use async_trait::async_trait;
use futures_util::StreamExt;
use psephos_wire::proof::JobStatus;

use super::{Enqueued, GIVEN_UP, JobId, JobProgress, Lease, MAX_ATTEMPTS, NewJob, Queue, QueueError, QueueLength};
use crate::clock::Clock;
use setup::NatsConnection;
use status_bucket::StatusBucket;

pub use setup::NatsSettings;

/// The header that carries a job's initial status beside its payload.
const STATUS_HEADER: &str = "Psephos-Status";

/// The queue of several machines.
pub struct NatsQueue {
    connection: NatsConnection,
    settings: NatsSettings,
    clock: Clock,
    stream: async_nats::jetstream::stream::Stream,
    consumer: async_nats::jetstream::consumer::PullConsumer,
    ledger: StatusBucket,
    /// Messages that workers of this process hold, by job and attempt.
    held: Mutex<HashMap<(JobId, u32), Message>>,
}

fn storage_error(error: impl std::fmt::Display) -> QueueError {
    QueueError::Storage(error.to_string())
}

impl NatsQueue {
    /// Connects, and creates stream, consumer and bucket if they do not exist. The clock follows the latest time in
    /// any status that is read: machines whose clocks differ agree on what has ended.
    ///
    /// # Errors
    /// Returns `Storage` if the server does not answer, refuses, or has no JetStream.
    pub async fn connect(settings: &NatsSettings, clock: Clock) -> Result<Arc<Self>, QueueError> {
        let connection = setup::connect_server(settings).await?;
        let storage = setup::create_storage(&connection.context, settings).await?;
        Ok(Arc::new(Self {
            connection,
            settings: settings.clone(),
            stream: storage.stream,
            consumer: storage.consumer,
            ledger: StatusBucket::new(storage.bucket, clock.clone()),
            clock,
            held: Mutex::new(HashMap::new()),
        }))
    }

    /// Checks that the server is connected and has what the queue needs. The client reconnects by itself; meanwhile a
    /// request would wait for its whole time limit. A server that comes back may have lost its store: then the jobs are
    /// gone, and the queue begins anew.
    async fn check_usable(&self) -> Result<(), QueueError> {
        let NatsConnection { client, context, is_new } = &self.connection;
        if client.connection_state() != async_nats::connection::State::Connected {
            return Err(storage_error("the NATS server is not connected"));
        }
        if is_new.swap(false, Ordering::SeqCst)
            && let Err(error) = setup::create_storage(context, &self.settings).await
        {
            is_new.store(true, Ordering::SeqCst);
            return Err(error);
        }
        Ok(())
    }

    fn hold_message(&self, id: JobId, attempt: u32, message: Message) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert((id, attempt), message);
    }

    fn release_message(&self, lease: &Lease) -> Option<Message> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&(lease.id, lease.attempt))
    }

    fn held_message(&self, lease: &Lease) -> Result<Message, QueueError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&(lease.id, lease.attempt)).cloned().ok_or(QueueError::Lost)
    }

    /// Converts a message into a leased job; `None` if there is nothing left to do for it.
    async fn accept_message(&self, message: Message) -> Result<Option<Lease>, QueueError> {
        let Some((id, status)) = decode_message(&message) else {
            tracing::warn!("a message that is not a job was discarded");
            message.ack_with(AckKind::Term).await.map_err(storage_error)?;
            return Ok(None);
        };
        let attempt = message.info().map_or(1, |info| u32::try_from(info.delivered).unwrap_or(u32::MAX));
        let (kind, digest) = (status.kind, status.digest);
        if attempt > MAX_ATTEMPTS {
            let now = self.clock.now_ms();
            self.ledger.end_job(id, status, |status| status.into_ended(Err(GIVEN_UP.into()), now)).await?;
            message.ack().await.map_err(storage_error)?;
            return Ok(None);
        }
        let begun = self
            .ledger
            .replace_status(id, status, |status| JobProgress { state: JobStatus::Proving, ..status })
            .await?;
        if !begun {
            // Ended already: cancelled, or completed by a worker that died before it acknowledged the message.
            message.double_ack().await.map_err(storage_error)?;
            return Ok(None);
        }
        let ciphertext = message.payload.to_vec();
        self.hold_message(id, attempt, message);
        Ok(Some(Lease { id, kind, digest, ciphertext, attempt }))
    }

    async fn finish_job(&self, lease: &Lease, end: Result<String, String>) -> Result<(), QueueError> {
        let message = self.release_message(lease).ok_or(QueueError::Lost)?;
        let (_, status) = decode_message(&message).ok_or(QueueError::Lost)?;
        let now = self.clock.now_ms();
        let ended = self.ledger.end_job(lease.id, status, |status| status.into_ended(end.clone(), now)).await?;
        // Only now: a crash before this point leads to another read of the bucket, not to a second end.
        message.double_ack().await.map_err(storage_error)?;
        if ended { Ok(()) } else { Err(QueueError::Lost) }
    }
}

/// Decodes the job of a message.
fn decode_message(message: &Message) -> Option<(JobId, JobProgress)> {
    let id = message.subject.as_str().rsplit('.').next()?.parse().ok()?;
    let header = message.headers.as_ref()?.get(STATUS_HEADER)?;
    Some((id, serde_json::from_str(header.as_str()).ok()?))
}

#[async_trait]
impl Queue for NatsQueue {
    async fn check_ready(&self) -> Result<(), QueueError> {
        self.check_usable().await
    }

    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError> {
        self.check_usable().await?;
        if let Some(known) = self.ledger.get_status(job.id).await? {
            return Ok(Enqueued::Known(known.0));
        }
        let status = job.initial_status();
        let mut headers = HeaderMap::new();
        headers.insert(STATUS_HEADER, serde_json::to_string(&status).map_err(storage_error)?);
        let message =
            PublishMessage::build().headers(headers).payload(job.ciphertext.into()).message_id(job.id.to_string());
        let subject = format!("{}.jobs.{}", self.settings.prefix, job.id);
        let published = self.connection.context.send_publish(subject, message).await.map_err(storage_error)?;
        match published.await {
            // Another request under the same key entered the stream a moment before: its status will appear soon.
            Ok(answer) if answer.duplicate => {
                for _ in 0..50 {
                    if let Some((known, _)) = self.ledger.get_status(job.id).await? {
                        return Ok(Enqueued::Known(known));
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return Err(storage_error("a request under the same idempotency key is being queued"));
            }
            Ok(_) => {}
            Err(error) if setup::is_full(&error) => return Err(QueueError::Full(self.queue_length().await?.queued)),
            Err(error) => return Err(storage_error(error)),
        }
        // A worker may have been faster: then its status stands.
        self.ledger.create_status(job.id, &status).await?;
        Ok(Enqueued::New)
    }

    async fn lease_job(&self, patience: Duration) -> Result<Option<Lease>, QueueError> {
        self.check_usable().await?;
        let until = tokio::time::Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now()).max(Duration::from_millis(10));
            let mut batch =
                self.consumer.fetch().max_messages(1).expires(left).messages().await.map_err(storage_error)?;
            let Some(message) = batch.next().await else { return Ok(None) };
            let message = message.map_err(storage_error)?;
            if let Some(lease) = self.accept_message(message).await? {
                return Ok(Some(lease));
            }
        }
    }

    async fn extend_lease(&self, lease: &Lease) -> Result<(), QueueError> {
        let message = self.held_message(lease)?;
        if self.ledger.get_status(lease.id).await?.is_some_and(|(status, _)| status.state.is_final()) {
            return Err(QueueError::Lost);
        }
        message.ack_with(AckKind::Progress).await.map_err(storage_error)
    }

    async fn complete_job(&self, lease: &Lease, proof: String) -> Result<(), QueueError> {
        self.finish_job(lease, Ok(proof)).await
    }

    async fn fail_job(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError> {
        if !retry || lease.attempt >= MAX_ATTEMPTS {
            return self.finish_job(lease, Err(what)).await;
        }
        let message = self.release_message(lease).ok_or(QueueError::Lost)?;
        let (_, status) = decode_message(&message).ok_or(QueueError::Lost)?;
        self.ledger
            .replace_status(lease.id, status, |status| JobProgress { state: JobStatus::Queued, ..status })
            .await?;
        message.ack_with(AckKind::Nak(None)).await.map_err(storage_error)
    }

    async fn cancel_job(&self, id: JobId) -> Result<bool, QueueError> {
        self.check_usable().await?;
        let now = self.clock.now_ms();
        match self.ledger.get_status(id).await? {
            Some((status, _)) if !status.state.is_final() => {
                self.ledger.end_job(id, status, |status| status.into_cancelled(now)).await
            }
            _ => Ok(false),
        }
    }

    async fn job_status(&self, id: JobId) -> Result<Option<JobProgress>, QueueError> {
        self.check_usable().await?;
        Ok(self.ledger.get_status(id).await?.map(|(status, _)| status))
    }

    async fn wait_for_change(
        &self,
        id: JobId,
        seen: JobStatus,
        patience: Duration,
    ) -> Result<Option<JobProgress>, QueueError> {
        self.check_usable().await?;
        self.ledger.wait_for_change(id, seen, patience).await
    }

    async fn queue_length(&self) -> Result<QueueLength, QueueError> {
        self.check_usable().await?;
        let messages = self.stream.get_info().await.map_err(storage_error)?.state.messages;
        let leased = self.consumer.get_info().await.map_err(storage_error)?.num_ack_pending as u64;
        Ok(QueueLength { queued: messages.saturating_sub(leased), leased })
    }
}
