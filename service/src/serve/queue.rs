//! The queue of proof requests, as the service and its workers open it.

use std::{fs, path::PathBuf, sync::Arc};

use super::ServeError;
use crate::{
    clock::Clock,
    config::{Config, QueueSettings},
    queue::{EmbeddedQueue, NatsQueue, Queue, RequestCipher},
};

/// Creates the data directory.
pub(super) fn create_data_directory(config: &Config) -> Result<(), ServeError> {
    fs::create_dir_all(&config.data)
        .map_err(|error| ServeError::Data { path: config.data.display().to_string(), reason: error.to_string() })
}

fn queue_key_path(config: &Config) -> PathBuf {
    config.queue.key_file.clone().unwrap_or_else(|| config.data.join("queue.key"))
}

/// Opens the configured queue, and the key that encrypts its requests; the key is created if there is none.
///
/// # Errors
/// Returns `Queue`, `Key` or `Data`.
pub async fn open_queue(config: &Config, clock: Clock) -> Result<(Arc<dyn Queue>, RequestCipher), ServeError> {
    create_data_directory(config)?;
    let QueueSettings { nats, .. } = &config.queue;
    let cipher = RequestCipher::load_or_create(&queue_key_path(config))?;
    let queue: Arc<dyn Queue> = match nats {
        Some(settings) => NatsQueue::connect(settings, clock).await?,
        None => EmbeddedQueue::open_or_create(&config.data.join("queue.redb"), config.queue.queue_limits(), clock)?,
    };
    Ok((queue, cipher))
}

/// Opens the queue for a worker on another machine. The worker must have the service's key: with a key of its own it
/// could decrypt no request and would fail every job.
///
/// # Errors
/// Returns `NoKey`, and the errors of [`open_queue`].
pub async fn open_worker_queue(config: &Config) -> Result<(Arc<dyn Queue>, RequestCipher), ServeError> {
    let path = queue_key_path(config);
    if !path.exists() {
        return Err(ServeError::NoKey(path.display().to_string()));
    }
    open_queue(config, Clock::default()).await
}

/// Rejects remote workers without a queue that another machine can reach. Not for programs that run a
/// [`crate::prover::Worker`] themselves.
///
/// # Errors
/// Returns `NoQueue`.
pub fn check_worker_queue(config: &Config) -> Result<(), ServeError> {
    match config.prover.enabled && config.prover.remote_workers && config.queue.nats.is_none() {
        true => Err(ServeError::NoQueue),
        false => Ok(()),
    }
}
