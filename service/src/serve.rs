//! The whole service: its parts, brought up, listened to, and brought down without losing anything.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use alloy::signers::local::PrivateKeySigner;
use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
};
use prometheus_client::registry::Registry;
use psephos_chain::Connection;
use psephos_circuits::catalogue::Name;
use psephos_exchange::Circuits;
use psephos_state::Deployment;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Config, QueueSettings},
    http::{Admin, BadHash, Bound, HttpSettings, ListenError, Listening, Problem, Shell, Tokens, public_router},
    indexer::{IndexError, Indexer},
    part::Part,
    prover::{Caller, Prover, ProverMetrics},
    queue::{Embedded, Nats, Queue, QueueError, SealError, Sealer},
    relayer::{self, Relayer, StoreError},
};

/// How long connections are waited for when the service is stopped.
const DRAIN: Duration = Duration::from_secs(20);

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Listening.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A token's hash.
    #[error("prover_tokens: {0}")]
    Tokens(#[from] BadHash),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The queue's key.
    #[error(transparent)]
    Key(#[from] SealError),
    /// The data folder.
    #[error("the data folder {path}: {reason}")]
    Data {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The relayer's file.
    #[error(transparent)]
    Relayer(#[from] StoreError),
    /// A part that needs a chain, without one.
    #[error("the {0} needs a chain and a deployment: give them, or switch it off in the configuration")]
    NoChain(&'static str),
    /// A relayer without an account.
    #[error("the relayer needs an account to pay from: give it, or switch it off in the configuration")]
    NoAccount,
    /// Workers elsewhere, and no queue that they reach.
    #[error(
        "remote_workers needs a queue that other machines reach: say where the NATS server is, [queue.nats] url = \"nats://..\""
    )]
    NoQueue,
    /// A circuit that is not there.
    #[error("warm: there is no circuit `{0}`; `psephos keys list` names them")]
    NoCircuit(String),
    /// The key of a queue of many machines.
    #[error(
        "there is no queue's key at {0}: copy `queue.key` from the service's data folder, or name it with [queue] key_file"
    )]
    NoKey(String),
    /// Nothing to do.
    #[error("all parts are switched off: enable one in the configuration")]
    Nothing,
}

/// What the service works with beside its configuration.
pub struct Resources {
    /// The circuits' keys.
    pub circuits: Arc<Circuits>,
    /// The chain and the contracts, for relayer and index.
    pub chain: Option<(Connection, Deployment)>,
    /// The relayer's account, which nothing else may send from.
    pub account: Option<PrivateKeySigner>,
}

/// A service that runs.
pub struct Running {
    public: Listening,
    admin: Listening,
    shell: Shell,
    stop: CancellationToken,
    stop_index: CancellationToken,
    tasks: TaskTracker,
    index: TaskTracker,
}

/// Makes the data folder.
fn folder(config: &Config) -> Result<(), ServeError> {
    fs::create_dir_all(&config.data)
        .map_err(|error| ServeError::Data { path: config.data.display().to_string(), reason: error.to_string() })
}

fn key_file(config: &Config) -> PathBuf {
    config.queue.key_file.clone().unwrap_or_else(|| config.data.join("queue.key"))
}

/// The queue of this configuration and the key that seals what waits in it; the key is made if there is none.
///
/// # Errors
/// `Queue`, `Key`, `Data`.
pub async fn queue(config: &Config) -> Result<(Arc<dyn Queue>, Sealer), ServeError> {
    folder(config)?;
    let QueueSettings { nats, .. } = &config.queue;
    let sealer = Sealer::open_or_create(&key_file(config))?;
    let queue: Arc<dyn Queue> = match nats {
        Some(settings) => Nats::connect(settings).await?,
        None => Embedded::open(&config.data.join("queue.redb"), config.queue.limits())?,
    };
    Ok((queue, sealer))
}

/// The same for a worker on another machine. It has to be given the service's key: with one of its own it would open no request and fail each.
///
/// # Errors
/// `NoKey`, and those of [`queue`].
pub async fn worker_queue(config: &Config) -> Result<(Arc<dyn Queue>, Sealer), ServeError> {
    let path = key_file(config);
    if !path.exists() {
        return Err(ServeError::NoKey(path.display().to_string()));
    }
    queue(config).await
}

/// The parts as they come up.
struct Assembly {
    registry: Registry,
    parts: Vec<Arc<dyn Part>>,
    routes: Router,
    stop: CancellationToken,
    /// Ends after everything else: the relayer looks at it to its last moment.
    stop_index: CancellationToken,
    tasks: TaskTracker,
    index: TaskTracker,
}

/// Brings the service up. It listens when this is answered; its parts become ready by and by.
///
/// # Errors
/// [`ServeError`], before anything listens.
pub async fn start(config: &Config, resources: Resources) -> Result<Running, ServeError> {
    config.http.check()?;
    check(config)?;
    let tokens = Tokens::new(&config.http.prover_tokens)?;
    let mut registry = Registry::with_prefix("psephos");
    let shell = Shell::new(config.http.rate, config.http.behind_proxy, &mut registry);
    // Before any part works: nothing is proved or sent by a service that cannot listen.
    let HttpSettings { listen, admin, tls_certificate, tls_key, .. } = &config.http;
    let operators = Bound::new(*admin, None).await?;
    let wallets = Bound::new(*listen, tls_certificate.as_ref().zip(tls_key.as_ref())).await?;
    let mut assembly = Assembly {
        registry,
        parts: Vec::new(),
        routes: Router::new(),
        stop: CancellationToken::new(),
        stop_index: CancellationToken::new(),
        tasks: TaskTracker::new(),
        index: TaskTracker::new(),
    };
    if let Err(error) = assembly.bring_up(config, resources, tokens).await {
        assembly.take_down().await;
        return Err(error);
    }
    let Assembly { registry, parts, routes, stop, stop_index, tasks, index } = assembly;
    let admin = Admin::new(registry, parts, format!("Psephos service on {}", config.http.listen));
    let public = shell.wrap(routes.merge(public_router(admin.clone(), shell.clone())));
    let operators = operators.serve(admin.router())?;
    let public = wallets.serve(public)?;
    tracing::info!(address = %public.address, admin = %operators.address, "listening");
    Ok(Running { public, admin: operators, shell, stop, stop_index, tasks, index })
}

/// Refuses a configuration that could never work.
fn check(config: &Config) -> Result<(), ServeError> {
    if !(config.prover.enabled || config.relayer.enabled || config.index.enabled) {
        return Err(ServeError::Nothing);
    }
    if !config.prover.enabled {
        return Ok(());
    }
    match config.prover.warm.iter().find(|name| name.parse::<Name>().is_err()) {
        Some(name) => Err(ServeError::NoCircuit(name.clone())),
        None => Ok(()),
    }
}

/// Refuses to leave proving to workers that no other machine can be. Not for programs that run a [`crate::prover::Worker`] themselves.
///
/// # Errors
/// `NoQueue`.
pub fn check_workers(config: &Config) -> Result<(), ServeError> {
    match config.prover.enabled && config.prover.remote_workers && config.queue.nats.is_none() {
        true => Err(ServeError::NoQueue),
        false => Ok(()),
    }
}

impl Assembly {
    async fn bring_up(&mut self, config: &Config, resources: Resources, tokens: Tokens) -> Result<(), ServeError> {
        if config.prover.enabled {
            self.prover(config, resources.circuits.clone(), tokens).await?;
        }
        if config.relayer.enabled || config.index.enabled {
            self.chain(config, resources).await?;
        }
        Ok(())
    }

    /// Ends what came up, if something else did not.
    async fn take_down(self) {
        self.stop.cancel();
        self.stop_index.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.index.close();
        self.index.wait().await;
    }

    async fn prover(&mut self, config: &Config, circuits: Arc<Circuits>, tokens: Tokens) -> Result<(), ServeError> {
        let (queue, sealer) = queue(config).await?;
        let metrics = ProverMetrics::new(&mut self.registry);
        let prover = Prover::new(queue, sealer, circuits, config.prover.clone(), metrics);
        if !config.prover.remote_workers {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let slots = if config.prover.workers == 0 { cores } else { config.prover.workers };
            self.tasks.spawn(prover.worker().run(slots, self.stop.clone()));
        }
        let warming = prover.clone();
        self.tasks.spawn(async move {
            if let Err(error) = warming.warm_up().await {
                tracing::error!(%error, "a key cannot be loaded: the prover is not ready");
            }
        });
        self.parts.push(prover.clone());
        self.routes = std::mem::take(&mut self.routes).merge(guarded(prover, tokens));
        Ok(())
    }

    /// The index, and the relayer that sees the chain by it.
    async fn chain(&mut self, config: &Config, resources: Resources) -> Result<(), ServeError> {
        let needs = if config.relayer.enabled { "relayer" } else { "index" };
        let (connection, deployment) = resources.chain.ok_or(ServeError::NoChain(needs))?;
        folder(config)?;
        let options = config.index.options(&config.data);
        let (indexer, following) =
            Indexer::start(connection.clone(), deployment.clone(), options, self.stop_index.clone()).await?;
        self.index.spawn(async move {
            match following.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "the index has stopped"),
                Err(error) => tracing::error!(%error, "the index has stopped: a bug"),
            }
        });
        self.parts.push(Arc::new(indexer.clone()));
        if config.index.enabled {
            self.routes = std::mem::take(&mut self.routes).merge(crate::indexer::routes(indexer.clone()));
        }
        if !config.relayer.enabled {
            return Ok(());
        }
        let parts = relayer::Parts {
            settings: config.relayer.clone(),
            connection,
            deployment,
            signer: resources.account.ok_or(ServeError::NoAccount)?,
            circuits: resources.circuits,
            view: Arc::new(indexer),
        };
        let relayer = Arc::new(Relayer::open(parts, &config.data.join("relayer.redb"), &mut self.registry)?);
        let (working, stop) = (relayer.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            if let Err(error) = working.run(stop).await {
                tracing::error!(%error, "the relayer has stopped");
            }
        });
        self.parts.push(relayer.clone());
        self.routes = std::mem::take(&mut self.routes).merge(relayer::router(relayer));
        Ok(())
    }
}

/// The prover's routes, for whoever has a token.
fn guarded(prover: Arc<Prover>, tokens: Tokens) -> Router {
    if tokens.is_open() {
        tracing::warn!("no token is asked for: whoever can connect may have proofs made");
    }
    let state = (prover.clone(), Arc::new(tokens));
    crate::prover::router(prover).layer(middleware::from_fn_with_state(state, admit))
}

async fn admit(
    State((prover, tokens)): State<(Arc<Prover>, Arc<Tokens>)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(credentials) = tokens.credentials(request.headers()) else {
        let detail = "this service proves for holders of a token: say `Authorization: Bearer TOKEN`";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "token", detail));
    };
    request.extensions_mut().insert(Caller { owner: prover.tag_of(&credentials) });
    Ok(next.run(request).await)
}

impl Running {
    /// Where wallets come.
    pub fn address(&self) -> SocketAddr {
        self.public.address
    }

    /// Where the operator looks.
    pub fn admin(&self) -> SocketAddr {
        self.admin.address
    }

    /// Stops: nothing new is accepted, what was begun is ended, what waits is in the files for the next start.
    pub async fn stop(self) {
        self.shell.close();
        tracing::info!("stopping: what was begun is ended");
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.stop_index.cancel();
        self.index.close();
        self.index.wait().await;
        self.public.handle.graceful_shutdown(Some(DRAIN));
        // Errors of listeners that end do not matter any more.
        let _ = self.public.task.await;
        self.admin.handle.graceful_shutdown(Some(Duration::from_secs(1)));
        let _ = self.admin.task.await;
        tracing::info!("stopped");
    }
}
