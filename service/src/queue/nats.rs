//! The queue of several machines: NATS JetStream.
//!
//! Jobs are messages of a work-queue stream, with encrypted payloads; the status of each is in a key-value bucket,
//! where it is replaced only by a client that has read the one before. So two workers that have proved the same job end
//! it once. A worker's heartbeat is JetStream's progress acknowledgement; a silent worker's message is redelivered to
//! another.

mod ledger;
mod setup;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::{
    HeaderMap,
    jetstream::{AckKind, Context, Message, message::PublishMessage},
};
use async_trait::async_trait;
use futures_util::StreamExt;
use psephos_wire::proof::JobStatus;

use super::{ATTEMPTS, Enqueued, GIVEN_UP, JobId, Lease, Length, NewJob, Queue, QueueError, Status};
use ledger::Ledger;

pub use setup::NatsSettings;

/// The header that carries a job's initial status beside its payload.
const STATUS: &str = "Psephos-Status";

/// The queue of several machines.
pub struct Nats {
    context: Context,
    stream: async_nats::jetstream::stream::Stream,
    consumer: async_nats::jetstream::consumer::PullConsumer,
    ledger: Ledger,
    prefix: String,
    /// Messages that workers of this process hold, by job and attempt.
    held: Mutex<HashMap<(JobId, u32), Message>>,
}

fn storage(error: impl std::fmt::Display) -> QueueError {
    QueueError::Storage(error.to_string())
}

impl Nats {
    /// Connects, and creates stream, consumer and bucket if they do not exist.
    ///
    /// # Errors
    /// Returns `Storage` if the server does not answer, refuses, or has no JetStream.
    pub async fn connect(settings: &NatsSettings) -> Result<Arc<Self>, QueueError> {
        let parts = setup::connect(settings).await?;
        Ok(Arc::new(Self {
            context: parts.context,
            stream: parts.stream,
            consumer: parts.consumer,
            ledger: Ledger::new(parts.bucket),
            prefix: settings.prefix.clone(),
            held: Mutex::new(HashMap::new()),
        }))
    }

    fn hold(&self, id: JobId, attempt: u32, message: Message) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert((id, attempt), message);
    }

    fn let_go(&self, lease: &Lease) -> Option<Message> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&(lease.id, lease.attempt))
    }

    fn acker(&self, lease: &Lease) -> Result<Message, QueueError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&(lease.id, lease.attempt)).cloned().ok_or(QueueError::Lost)
    }

    /// Converts a message into a leased job; `None` if there is nothing left to do for it.
    async fn accept(&self, message: Message) -> Result<Option<Lease>, QueueError> {
        let Some((id, status)) = read(&message) else {
            tracing::warn!("a message that is not a job was discarded");
            message.ack_with(AckKind::Term).await.map_err(storage)?;
            return Ok(None);
        };
        let attempt = message.info().map_or(1, |info| u32::try_from(info.delivered).unwrap_or(u32::MAX));
        let (kind, digest) = (status.kind, status.digest);
        if attempt > ATTEMPTS {
            self.ledger.end(id, status, |status| status.ended(Err(GIVEN_UP.into()))).await?;
            message.ack().await.map_err(storage)?;
            return Ok(None);
        }
        let begun = self.ledger.replace(id, status, |status| Status { state: JobStatus::Proving, ..status }).await?;
        if !begun {
            // Ended already: cancelled, or completed by a worker that died before it acknowledged the message.
            message.double_ack().await.map_err(storage)?;
            return Ok(None);
        }
        let sealed = message.payload.to_vec();
        self.hold(id, attempt, message);
        Ok(Some(Lease { id, kind, digest, sealed, attempt }))
    }

    async fn finish(&self, lease: &Lease, end: Result<String, String>) -> Result<(), QueueError> {
        let message = self.let_go(lease).ok_or(QueueError::Lost)?;
        let (_, status) = read(&message).ok_or(QueueError::Lost)?;
        let ended = self.ledger.end(lease.id, status, |status| status.ended(end.clone())).await?;
        // Only now: a crash before this point leads to another read of the bucket, not to a second end.
        message.double_ack().await.map_err(storage)?;
        if ended { Ok(()) } else { Err(QueueError::Lost) }
    }
}

/// Decodes the job of a message.
fn read(message: &Message) -> Option<(JobId, Status)> {
    let id = message.subject.as_str().rsplit('.').next()?.parse().ok()?;
    let header = message.headers.as_ref()?.get(STATUS)?;
    Some((id, serde_json::from_str(header.as_str()).ok()?))
}

#[async_trait]
impl Queue for Nats {
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, QueueError> {
        if let Some(known) = self.ledger.get(job.id).await? {
            return Ok(Enqueued::Known(known.0));
        }
        let status = job.status();
        let mut headers = HeaderMap::new();
        headers.insert(STATUS, serde_json::to_string(&status).map_err(storage)?);
        let message =
            PublishMessage::build().headers(headers).payload(job.sealed.into()).message_id(job.id.to_string());
        let subject = format!("{}.jobs.{}", self.prefix, job.id);
        let published = self.context.send_publish(subject, message).await.map_err(storage)?;
        match published.await {
            // Another request under the same key entered the stream a moment before: its status will appear soon.
            Ok(answer) if answer.duplicate => {
                for _ in 0..50 {
                    if let Some((known, _)) = self.ledger.get(job.id).await? {
                        return Ok(Enqueued::Known(known));
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                return Err(storage("a request under the same idempotency key is being queued"));
            }
            Ok(_) => {}
            Err(error) if setup::is_full(&error) => return Err(QueueError::Full(self.length().await?.queued)),
            Err(error) => return Err(storage(error)),
        }
        // A worker may have been faster: then its status stands.
        self.ledger.create(job.id, &status).await?;
        Ok(Enqueued::New)
    }

    async fn lease(&self, patience: Duration) -> Result<Option<Lease>, QueueError> {
        let until = tokio::time::Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now()).max(Duration::from_millis(10));
            let mut batch = self.consumer.fetch().max_messages(1).expires(left).messages().await.map_err(storage)?;
            let Some(message) = batch.next().await else { return Ok(None) };
            let message = message.map_err(storage)?;
            if let Some(lease) = self.accept(message).await? {
                return Ok(Some(lease));
            }
        }
    }

    async fn heartbeat(&self, lease: &Lease) -> Result<(), QueueError> {
        let message = self.acker(lease)?;
        if self.ledger.get(lease.id).await?.is_some_and(|(status, _)| status.state.is_final()) {
            return Err(QueueError::Lost);
        }
        message.ack_with(AckKind::Progress).await.map_err(storage)
    }

    async fn complete(&self, lease: &Lease, proof: String) -> Result<(), QueueError> {
        self.finish(lease, Ok(proof)).await
    }

    async fn fail(&self, lease: &Lease, what: String, retry: bool) -> Result<(), QueueError> {
        if !retry || lease.attempt >= ATTEMPTS {
            return self.finish(lease, Err(what)).await;
        }
        let message = self.let_go(lease).ok_or(QueueError::Lost)?;
        let (_, status) = read(&message).ok_or(QueueError::Lost)?;
        self.ledger.replace(lease.id, status, |status| Status { state: JobStatus::Queued, ..status }).await?;
        message.ack_with(AckKind::Nak(None)).await.map_err(storage)
    }

    async fn cancel(&self, id: JobId) -> Result<bool, QueueError> {
        match self.ledger.get(id).await? {
            Some((status, _)) if !status.state.is_final() => self.ledger.end(id, status, Status::cancelled).await,
            _ => Ok(false),
        }
    }

    async fn status(&self, id: JobId) -> Result<Option<Status>, QueueError> {
        Ok(self.ledger.get(id).await?.map(|(status, _)| status))
    }

    async fn changed(&self, id: JobId, seen: JobStatus, patience: Duration) -> Result<Option<Status>, QueueError> {
        self.ledger.changed(id, seen, patience).await
    }

    async fn length(&self) -> Result<Length, QueueError> {
        let messages = self.stream.get_info().await.map_err(storage)?.state.messages;
        let leased = self.consumer.get_info().await.map_err(storage)?.num_ack_pending as u64;
        Ok(Length { queued: messages.saturating_sub(leased), leased })
    }
}
