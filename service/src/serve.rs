//! The whole service: starts its components, serves their endpoints, and shuts them down without losing anything.

mod error;
mod queue;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use alloy::signers::local::PrivateKeySigner;
use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
};
use prometheus_client::registry::Registry;
use psephos_chain::{Connection, Network, NodeSet};
use psephos_circuits::catalogue::Name;
use psephos_prover::{DEVELOPMENT_CHAINS, KeyRing};
use psephos_state::Deployment;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    component::Component,
    config::Config,
    http::{
        Admin, BoundListener, ConnectionLimits, Connections, HttpLayers, HttpSettings, Problem, RunningListener,
        Tokens, public_router,
    },
    indexer::Indexer,
    ohttp::{Gateway, GatewayKeys, OhttpError, Relay},
    prover::{Caller, Prover, ProverMetrics},
    relayer::{self, Relayer},
};

pub use error::ServeError;
use queue::create_data_directory;
pub use queue::{check_worker_queue, open_queue, open_worker_queue};

/// How long open connections are waited for during a shutdown.
const DRAIN: Duration = Duration::from_secs(20);

/// The resources that the service needs beside its configuration.
pub struct ServiceResources {
    /// The circuits' keys.
    pub circuits: Arc<KeyRing>,
    /// The chain and the contracts, for relayer and indexer.
    pub chain: Option<(Connection, Deployment)>,
    /// The relayer's account, from which nothing else may send.
    pub account: Option<PrivateKeySigner>,
    /// The clock of all components.
    pub clock: Clock,
    /// How requests leave this machine that do not go to a node: those which the relay of Oblivious HTTP passes on.
    pub network: Network,
}

/// A running service.
pub struct RunningService {
    public: RunningListener,
    admin: RunningListener,
    shell: HttpLayers,
    components: Vec<Arc<dyn Component>>,
    failure: watch::Receiver<Option<String>>,
    stop: CancellationToken,
    stop_indexer: CancellationToken,
    tasks: TaskTracker,
    indexer_tasks: TaskTracker,
    ohttp_keys: Option<Vec<u8>>,
}

/// The components during startup.
struct ServiceAssembly {
    registry: Registry,
    components: Vec<Arc<dyn Component>>,
    routes: Router,
    /// The routes of the relayer, which a gateway serves too.
    relayer: Router,
    stop: CancellationToken,
    /// Cancelled after everything else: the relayer uses the indexer until it has stopped.
    stop_indexer: CancellationToken,
    tasks: TaskTracker,
    indexer_tasks: TaskTracker,
    /// Why a component has stopped by itself.
    failure: watch::Sender<Option<String>>,
}

/// Starts the service. It is listening when this returns; its components become ready one by one.
///
/// # Errors
/// Returns [`ServeError`], before anything listens.
pub async fn start_service(config: &Config, resources: ServiceResources) -> Result<RunningService, ServeError> {
    config.http.check_exposure()?;
    check_config(config)?;
    let tokens = Tokens::new(&config.http.prover_tokens)?;
    let mut registry = Registry::with_prefix("psephos");
    let shell = HttpLayers::new(config.http.rate, config.http.behind_proxy, &mut registry);
    // Binds before any component starts: a service that cannot listen must not prove or send anything.
    let HttpSettings { listen, admin, tls_certificate, tls_key, connections, .. } = &config.http;
    let limits = ConnectionLimits::new(*connections)?;
    let ohttp = prepare_ohttp(config, &resources.network)?;
    let operators = BoundListener::new(*admin, None, Connections::new(limits.operators)).await?;
    let open = Connections::new(limits.wallets).with_metrics(&mut registry);
    let wallets = BoundListener::new(*listen, tls_certificate.as_ref().zip(tls_key.as_ref()), open).await?;
    let mut assembly = ServiceAssembly {
        registry,
        components: Vec::new(),
        routes: Router::new(),
        relayer: Router::new(),
        stop: CancellationToken::new(),
        stop_indexer: CancellationToken::new(),
        tasks: TaskTracker::new(),
        indexer_tasks: TaskTracker::new(),
        failure: watch::Sender::new(None),
    };
    if let Err(error) = assembly.start_components(config, resources, tokens).await {
        assembly.stop_components().await;
        return Err(error);
    }
    let ServiceAssembly { registry, components, routes, relayer, stop, stop_indexer, tasks, indexer_tasks, failure } =
        assembly;
    let admin = Admin::new(registry, components.clone(), format!("Psephos service on {}", config.http.listen));
    let (gateway_keys, relay) = ohttp;
    let ohttp_keys = gateway_keys.as_ref().map(|keys| keys.configurations().to_vec());
    // What is inside an encapsulated request passes the same layers as what is not. It has no source, and so no rate
    // limit of one: the gateway has a limit as a whole.
    let gateway = gateway_keys.map(|keys| Gateway::new(keys, config.ohttp.rate, shell.wrap_router(relayer)).router());
    let routes = [gateway, relay.map(Relay::router)].into_iter().flatten().fold(routes, Router::merge);
    let public = shell.wrap_router(routes.merge(public_router(admin.clone(), shell.clone())));
    let operators = operators.serve(admin.router())?;
    let public = wallets.serve(public)?;
    tracing::info!(address = %public.address, admin = %operators.address, "listening");
    Ok(RunningService {
        public,
        admin: operators,
        shell,
        components,
        failure: failure.subscribe(),
        stop,
        stop_indexer,
        tasks,
        indexer_tasks,
        ohttp_keys,
    })
}

/// Rejects a configuration that could never work.
fn check_config(config: &Config) -> Result<(), ServeError> {
    let has_component = config.prover.enabled || config.relayer.enabled || config.indexer.enabled;
    if !has_component && config.ohttp.relay_for.is_none() {
        return Err(ServeError::NoComponent);
    }
    if config.relayer.enabled {
        config.relayer.check_values()?;
    }
    check_masker(config)?;
    if !config.prover.enabled {
        return Ok(());
    }
    match config.prover.keys_loaded.iter().find(|name| name.parse::<Name>().is_err()) {
        Some(name) => Err(ServeError::UnknownCircuit(name.clone())),
        None => Ok(()),
    }
}

/// Loads the gateway's keys and makes the relay, as far as they are configured.
fn prepare_ohttp(config: &Config, network: &Network) -> Result<(Option<GatewayKeys>, Option<Relay>), ServeError> {
    let relay = config.ohttp.relay_for.as_deref().map(|gateway| Relay::new(gateway, network)).transpose()?;
    if !config.ohttp.gateway {
        return Ok((None, relay));
    }
    if !config.relayer.enabled {
        return Err(OhttpError::NoRelayer.into());
    }
    create_data_directory(config)?;
    Ok((Some(GatewayKeys::load_or_create(&config.data)?), relay))
}

/// Rejects a masker without a relayer, or one that masks nothing or too late.
///
/// # Errors
/// Returns `MaskerAlone`, or `Settings`.
pub fn check_masker(config: &Config) -> Result<(), ServeError> {
    match (config.masker.enabled, config.relayer.enabled && config.relayer.ballots) {
        (false, _) => Ok(()),
        (true, false) => Err(ServeError::MaskerAlone),
        (true, true) => Ok(config.masker.check_values(config.relayer.last_call)?),
    }
}

impl ServiceAssembly {
    async fn start_components(
        &mut self,
        config: &Config,
        resources: ServiceResources,
        tokens: Tokens,
    ) -> Result<(), ServeError> {
        if config.prover.enabled {
            self.start_prover(config, resources.circuits.clone(), tokens, resources.clock.clone()).await?;
        }
        if config.relayer.enabled || config.indexer.enabled {
            self.start_chain_components(config, resources).await?;
        }
        Ok(())
    }

    /// Stops the components that have started, if another one failed to.
    async fn stop_components(self) {
        self.stop.cancel();
        self.stop_indexer.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.indexer_tasks.close();
        self.indexer_tasks.wait().await;
    }

    async fn start_prover(
        &mut self,
        config: &Config,
        circuits: Arc<KeyRing>,
        tokens: Tokens,
        clock: Clock,
    ) -> Result<(), ServeError> {
        let (queue, cipher) = open_queue(config, clock.clone()).await?;
        let metrics = ProverMetrics::new(&mut self.registry);
        let prover = Prover::new(queue, cipher, circuits, config.prover.clone(), metrics, clock);
        if !config.prover.remote_workers {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let slots = if config.prover.workers == 0 { cores } else { config.prover.workers };
            self.tasks.spawn(prover.worker().run(slots, self.stop.clone()));
        }
        let warming = prover.clone();
        self.tasks.spawn(async move {
            if let Err(error) = warming.load_keys().await {
                tracing::error!(%error, "a proving key cannot be loaded: the prover service stays unready");
            }
        });
        self.components.push(prover.clone());
        self.routes = std::mem::take(&mut self.routes).merge(require_token(prover, tokens));
        Ok(())
    }

    /// Starts the indexer, and the relayer that reads the chain state from it.
    async fn start_chain_components(&mut self, config: &Config, resources: ServiceResources) -> Result<(), ServeError> {
        let needs = if config.relayer.enabled { "relayer" } else { "indexer" };
        let (connection, deployment) = resources.chain.ok_or(ServeError::NoChain(needs))?;
        create_data_directory(config)?;
        let options = config.indexer.indexer_options(&config.data);
        let (indexer, following) =
            Indexer::start_following(connection.clone(), deployment.clone(), options, self.stop_indexer.clone())
                .await?;
        let failure = self.failure.clone();
        self.indexer_tasks.spawn(async move {
            match following.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report_failure(&failure, format!("the indexer has stopped: {error}")),
                Err(error) => report_failure(&failure, format!("the indexer's task has panicked: {error}")),
            }
        });
        self.components.push(Arc::new(indexer.clone()));
        if config.indexer.enabled {
            self.routes = std::mem::take(&mut self.routes).merge(crate::indexer::router(indexer.clone()));
        }
        if !config.relayer.enabled {
            return Ok(());
        }
        let nodes = NodeSet::connect(connection, &config.relayer.also_rpc).await.map_err(Box::new)?;
        if nodes.operators() < 2 && !DEVELOPMENT_CHAINS.contains(&deployment.chain_id) {
            tracing::warn!("the relayer believes one node alone: name one of another operator in `also_rpc`");
        }
        let parts = relayer::RelayerResources {
            settings: config.relayer.clone(),
            masker: config.masker.clone(),
            nodes,
            deployment,
            signer: resources.account.ok_or(ServeError::NoAccount)?,
            circuits: resources.circuits,
            view: Arc::new(indexer),
            clock: resources.clock,
        };
        let relayer = Arc::new(Relayer::open_or_create(parts, &config.data.join("relayer.redb"), &mut self.registry)?);
        // In a task of its own, so that a panic is noticed.
        let working = tokio::spawn(relayer.clone().run(self.stop.clone()));
        let failure = self.failure.clone();
        self.tasks.spawn(async move {
            match working.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report_failure(&failure, format!("the relayer has stopped: {error}")),
                Err(error) => report_failure(&failure, format!("the relayer's task has panicked: {error}")),
            }
        });
        self.components.push(relayer.clone());
        self.relayer = relayer::relayer_router(relayer);
        self.routes = std::mem::take(&mut self.routes).merge(self.relayer.clone());
        Ok(())
    }
}

/// Records why a component has stopped by itself. The process ends then: a supervisor starts it again, and nothing that
/// was accepted is lost.
fn report_failure(failure: &watch::Sender<Option<String>>, reason: String) {
    tracing::error!(reason, "the service cannot continue");
    failure.send_if_modified(|first| first.is_none().then(|| *first = Some(reason)).is_some());
}

/// Returns the prover service's routes behind the token check.
fn require_token(prover: Arc<Prover>, tokens: Tokens) -> Router {
    if tokens.is_open() {
        tracing::warn!("no bearer token is required: anyone who can connect may request proofs");
    }
    let state = (prover.clone(), Arc::new(tokens));
    crate::prover::prover_router(prover).layer(middleware::from_fn_with_state(state, authenticate_request))
}

async fn authenticate_request(
    State((prover, tokens)): State<(Arc<Prover>, Arc<Tokens>)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(credentials) = tokens.credentials(request.headers()) else {
        let detail = "this service requires a bearer token: send `Authorization: Bearer TOKEN`";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "token", detail));
    };
    request.extensions_mut().insert(Caller { owner: prover.owner_tag(&credentials) });
    Ok(next.run(request).await)
}

impl RunningService {
    /// Returns the address for wallets.
    pub fn public_address(&self) -> SocketAddr {
        self.public.address
    }

    /// Returns the address for the operator.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin.address
    }

    /// Returns the key configurations of the gateway, if there is one: what voters' commands are given.
    pub fn ohttp_keys(&self) -> Option<&[u8]> {
        self.ohttp_keys.as_deref()
    }

    /// Waits until a component has stopped by itself, and returns why. The service has to be stopped then.
    pub async fn wait_for_failure(&self) -> String {
        let mut failure = self.failure.clone();
        loop {
            if let Some(reason) = failure.borrow_and_update().clone() {
                return reason;
            }
            if failure.changed().await.is_err() {
                // No component is left that could fail.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Shuts down: event streams end, new work is rejected, work in progress is finished, waiting work stays in the
    /// files for the next start.
    pub async fn stop(self) {
        self.shell.start_shutdown();
        tracing::info!("shutting down: work in progress is finished first");
        self.components.iter().for_each(|component| component.end_streams());
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.components.iter().for_each(|component| component.end_waits());
        self.stop_indexer.cancel();
        self.indexer_tasks.close();
        self.indexer_tasks.wait().await;
        self.public.handle.graceful_shutdown(Some(DRAIN));
        // Errors of listeners that are shutting down do not matter.
        let _ = self.public.task.await;
        self.admin.handle.graceful_shutdown(Some(Duration::from_secs(1)));
        let _ = self.admin.task.await;
        tracing::info!("shut down");
    }
}
