//! The connection, and the stream, consumer and bucket that the queue needs.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::{
    ConnectOptions, Event, ServerAddr,
    jetstream::{
        self, Context, ErrorCode,
        consumer::{AckPolicy, PullConsumer, pull},
        context::{ContextBuilder, PublishError},
        kv,
        stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream},
    },
};
use serde::{Deserialize, Serialize};

use super::storage_error;
use crate::queue::QueueError;

/// The NATS server and the queue's limits. All users of one queue must have the same settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsSettings {
    /// The server's URL: `nats://host:port` or `tls://host:port`.
    pub url: String,
    /// A credentials file as `nsc` writes it; none for a server without authentication.
    pub credentials: Option<PathBuf>,
    /// The prefix of the names of stream, bucket and subjects.
    pub prefix: String,
    /// The number of replicas in a cluster, 1 to 5.
    pub replicas: usize,
    /// The maximum number of waiting jobs.
    pub length: u32,
    /// The lease of a job, in seconds: how long a worker may go without a heartbeat.
    pub lease: u32,
    /// How long an ended job is stored for its owner, in seconds since its last change.
    pub keep: u32,
}

impl Default for NatsSettings {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".into(),
            credentials: None,
            prefix: "psephos".into(),
            replicas: 1,
            length: 10_000,
            lease: 30,
            keep: 3_600,
        }
    }
}

/// The time limit of a request to the server.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
/// The interval of pings: a server that does not answer two of them is taken as disconnected.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// A connection, and whether it is a new one since this was last looked at.
pub(super) struct NatsConnection {
    pub(super) client: async_nats::Client,
    pub(super) context: Context,
    pub(super) is_new: Arc<AtomicBool>,
}

/// What the queue needs on the server. Each is found by its name: it stays usable when the server has lost it and
/// [`create_storage`] has created it again.
pub(super) struct NatsStorage {
    pub(super) stream: Stream,
    pub(super) consumer: PullConsumer,
    pub(super) bucket: kv::Store,
}

/// Connects to the server. The client connects again by itself whenever the connection is lost.
pub(super) async fn connect_server(settings: &NatsSettings) -> Result<NatsConnection, QueueError> {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if settings.prefix.is_empty() || !settings.prefix.chars().all(plain) {
        return Err(storage_error("the prefix may contain only letters, digits, `-` and `_`"));
    }
    let options = match &settings.credentials {
        Some(path) => ConnectOptions::with_credentials_file(path.clone()).await.map_err(storage_error)?,
        None => ConnectOptions::new(),
    };
    let address: ServerAddr =
        settings.url.parse().map_err(|_| storage_error("url: expected an address such as tls://nats.example"))?;
    let local = matches!(address.host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
    // Job ids are capabilities: over a network TLS is required.
    let options = options.require_tls(!local).name("psephos").connection_timeout(Duration::from_secs(5));
    let options = options.request_timeout(Some(REQUEST_TIMEOUT)).ping_interval(PING_INTERVAL);
    let is_new = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_new);
    let options = options.event_callback(move |event| {
        if matches!(event, Event::Connected) {
            flag.store(true, Ordering::SeqCst);
        }
        async {}
    });
    let client = options
        .connect(&address)
        .await
        .map_err(|error| storage_error(format!("no NATS server answers at {}: {error}", address.host())))?;
    let context = ContextBuilder::new().timeout(REQUEST_TIMEOUT).build(client.clone());
    Ok(NatsConnection { client, context, is_new })
}

/// Creates stream, consumer and bucket, as far as they do not exist.
pub(super) async fn create_storage(context: &Context, settings: &NatsSettings) -> Result<NatsStorage, QueueError> {
    let lease = Duration::from_secs(settings.lease.max(1).into());
    let stream = context
        .get_or_create_stream(Config {
            name: format!("{}-jobs", settings.prefix),
            description: Some("Proof jobs. Payloads are encrypted.".into()),
            subjects: vec![format!("{}.jobs.*", settings.prefix)],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_messages: settings.length.into(),
            storage: StorageType::File,
            num_replicas: settings.replicas,
            duplicate_window: Duration::from_secs(120),
            ..Config::default()
        })
        .await
        .map_err(|error| storage_error(format!("the stream cannot be created: {error}")))?;
    let consumer = stream
        .get_or_create_consumer(
            "provers",
            pull::Config {
                durable_name: Some("provers".into()),
                ack_policy: AckPolicy::Explicit,
                ack_wait: lease,
                max_ack_pending: 10_000,
                ..pull::Config::default()
            },
        )
        .await
        .map_err(|error| storage_error(format!("the consumer cannot be created: {error}")))?;
    let bucket = open_bucket(context, settings).await?;
    Ok(NatsStorage { stream, consumer, bucket })
}

/// Opens the bucket, whose stream is created here: the client's own call asks the server for its limits, in a form that
/// servers before 2.10 do not answer.
async fn open_bucket(context: &Context, settings: &NatsSettings) -> Result<kv::Store, QueueError> {
    let name = format!("{}-states", settings.prefix);
    let keep = Duration::from_secs(settings.keep.max(60).into());
    let stream = Config {
        name: format!("KV_{name}"),
        description: Some("The status of each job".into()),
        subjects: vec![format!("$KV.{name}.>")],
        max_messages_per_subject: 1,
        discard: DiscardPolicy::New,
        max_age: keep,
        storage: StorageType::File,
        num_replicas: settings.replicas,
        duplicate_window: keep.min(Duration::from_secs(120)),
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        ..Config::default()
    };
    context
        .get_or_create_stream(stream)
        .await
        .map_err(|error| storage_error(format!("the bucket cannot be opened: {error}")))?;
    context.get_key_value(name).await.map_err(|error| storage_error(format!("the bucket cannot be opened: {error}")))
}

/// Returns whether the stream is full.
pub(super) fn is_full(error: &PublishError) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<jetstream::Error>());
    source.is_some_and(|error| error.error_code() == ErrorCode::STREAM_STORE_FAILED)
}
