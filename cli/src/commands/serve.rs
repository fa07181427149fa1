//! `psephos serve` and `psephos worker`: the services for wallets, and prover workers on other machines.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use psephos_circuits::catalogue::Name;
use psephos_service::clock::Clock;
use psephos_service::config::{Config, PREFIX};
use psephos_service::http::{ListenError, generate_token, openapi_description};
use psephos_service::ohttp::OhttpError;
use psephos_service::prover::{ProverMetrics, Worker as ProverWorker};
use psephos_service::serve::ServeError;
use psephos_service::{logging, serve};
use psephos_submission::verifiers::check_contracts;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, OK};
use crate::session::Session;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// TOML configuration file; variables PSEPHOS_SERVE_SECTION__NAME override its settings (default: no file)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Run only these components, whatever the configuration enables: prover, relayer, indexer
    #[arg(long, value_name = "COMPONENT,..", value_delimiter = ',', value_enum)]
    only: Vec<Component>,
    /// Mask the ballots of masked polls, whatever the section "masker" of the configuration says, and take updates of
    /// them; a part of the relayer
    #[arg(long)]
    masker: bool,
    /// Be the OHTTP gateway of the relayer too: voters who come through a relay do not show it their address
    #[arg(long)]
    ohttp: bool,
    /// Be an OHTTP relay for the gateway of another relayer: pass on what only that one can read
    #[arg(long, value_name = "URL")]
    ohttp_relay_for: Option<String>,
    /// Print the effective configuration and exit
    #[arg(long)]
    print_config: bool,
    /// Generate a token for a wallet, print it and its hash for `prover_tokens`, and exit
    #[arg(long, conflicts_with = "print_config")]
    new_token: bool,
    /// Print the OpenAPI description of the HTTP API and exit
    #[arg(long, conflicts_with_all = ["print_config", "new_token"])]
    openapi: bool,
}

/// The components of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Component {
    /// Prove for wallets
    Prover,
    /// Relay the ballots and claims of others
    Relayer,
    /// Serve events and state of the chain
    Indexer,
}

/// Arguments of `worker`.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// Configuration file of the service: its queue in `[queue.nats]`, and the file of the queue's key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Number of proofs at once, 1 to 256 (default: the number of cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    slots: Option<u16>,
}

fn load_config(path: Option<&PathBuf>) -> Result<Config, Failure> {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::load_file(path.map(PathBuf::as_path), variables).map_err(|error| {
        Failure::invalid_input(
            error.to_string(),
            format!("`psephos serve --print-config` lists all settings; variables begin with {PREFIX}"),
        )
    })
}

/// Converts an error at start: the configuration is invalid, or this machine lacks something.
fn start_failure(error: &ServeError) -> Failure {
    const SETTINGS: &str =
        "`psephos serve --print-config` lists all settings; the book's chapter \"The service\" describes them";
    let what = error.to_string();
    match error {
        ServeError::Listen(ListenError::Bind { .. } | ListenError::Tls(_) | ListenError::FewDescriptors { .. }) => {
            Failure::machine_failure(what, "nothing was started: check the section [http] of the configuration")
        }
        ServeError::Listen(_)
        | ServeError::Settings(_)
        | ServeError::Tokens(_)
        | ServeError::NoQueue
        | ServeError::UnknownCircuit(_)
        | ServeError::NoKey(_)
        | ServeError::MaskerAlone
        | ServeError::Ohttp(
            OhttpError::NoRelayer
            | OhttpError::InvalidUrl
            | OhttpError::InsecureTransport { .. }
            | OhttpError::Network(_),
        )
        | ServeError::NoComponent => Failure::invalid_input(what, SETTINGS),
        ServeError::NoChain(_) | ServeError::NoAccount => {
            Failure::invalid_input(what, "`psephos serve --only prover` needs neither a chain nor an account")
        }
        ServeError::Ohttp(OhttpError::KeyFile { .. }) => Failure::machine_failure(
            what,
            "restore it from a backup; if it is lost, move it away: a new key is drawn, which voters have to be given",
        ),
        ServeError::Key(_) => Failure::machine_failure(
            what,
            "restore it from a backup; if it is lost, move it and `queue.redb` away: wallets submit waiting jobs again",
        ),
        _ if what.contains("Cannot acquire lock") => {
            Failure::machine_failure(what, "another service uses this folder: stop it, or set another folder in `data`")
        }
        _ if what.contains("jetstream") => Failure::machine_failure(
            what,
            "the queue needs a NATS server with JetStream: start it with `nats-server --jetstream`",
        ),
        ServeError::Queue(_) => Failure::machine_failure(
            what,
            "check `data`, or `url` in [queue.nats], and that the disk or the server is available",
        ),
        _ => Failure::machine_failure(what, "nothing was started: check `data`, the disk and the permissions"),
    }
}

/// Runs the service until it receives a signal to stop.
pub(crate) async fn run(session: &Session, args: ServeArgs) -> Result<u8, Failure> {
    let output = session.output();
    if args.new_token {
        let (token, hash) = generate_token();
        let shown = json!({ "token": *token, "hash": hash });
        output.print_result(&shown, || {
            format!("token (for one wallet, shown once): {}\nhash (for prover_tokens): {hash}", *token)
        })?;
        return Ok(OK);
    }
    if args.openapi {
        let text =
            openapi_description().to_pretty_json().map_err(|error| Failure::internal_error(error.to_string()))?;
        output.print_result(&openapi_description(), || text)?;
        return Ok(OK);
    }
    let mut config = load_config(args.config.as_ref())?;
    if !args.only.is_empty() {
        config.prover.enabled = args.only.contains(&Component::Prover);
        config.relayer.enabled = args.only.contains(&Component::Relayer);
        config.indexer.enabled = args.only.contains(&Component::Indexer);
    }
    config.ohttp.gateway |= args.ohttp;
    config.ohttp.relay_for = args.ohttp_relay_for.or(config.ohttp.relay_for);
    config.masker.enabled |= args.masker;
    if args.print_config {
        let text = toml::to_string_pretty(&config).map_err(|error| Failure::internal_error(error.to_string()))?;
        output.print_result(&config, || text)?;
        return Ok(OK);
    }
    logging::start_logging(output.is_json()).map_err(|error| {
        Failure::invalid_input(error, "set PSEPHOS_LOG as the book's chapter \"The service\" describes")
    })?;
    refuse_queue_around_proxy(session, &config)?;
    let stop = watch_signals()?;
    serve::check_worker_queue(&config).map_err(|error| start_failure(&error))?;
    if config.relayer.enabled {
        // Before a node is asked, or a passphrase.
        config.relayer.check_values().map_err(|error| start_failure(&error.into()))?;
    }
    serve::check_masker(&config).map_err(|error| start_failure(&error))?;
    let resources = load_resources(session, &config).await?;
    let running = serve::start_service(&config, resources).await.map_err(|error| start_failure(&error))?;
    let key = running.ohttp_keys().map(psephos_chain::hex::encode);
    let mut shown = json!({ "listening": running.public_address(), "admin": running.admin_address() });
    if let Some(key) = &key {
        shown["ohttp_key"] = json!(key);
    }
    output.print_result(&shown, || {
        let listening =
            format!("listening on {}; status page on http://{}/", running.public_address(), running.admin_address());
        match &key {
            Some(key) => format!("{listening}\nOHTTP key, for voters to pin with --ohttp-key: {key}"),
            None => listening,
        }
    })?;
    let failure = tokio::select! {
        () = stop.cancelled() => None,
        reason = running.wait_for_failure() => Some(reason),
    };
    running.stop().await;
    match failure {
        None => Ok(OK),
        Some(reason) => Err(Failure::machine_failure(
            reason,
            "the log has the details; nothing that was accepted is lost, and it is continued after the next start",
        )),
    }
}

/// Loads the keys, and the chain and the account as far as the enabled components need them.
async fn load_resources(session: &Session, config: &Config) -> Result<serve::ServiceResources, Failure> {
    let (circuits, clock, network) = (Arc::new(session.open_circuits()?), Clock::default(), session.network()?);
    if !(config.relayer.enabled || config.indexer.enabled) {
        return Ok(serve::ServiceResources { circuits, chain: None, account: None, clock, network });
    }
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let mut account = None;
    if config.relayer.enabled {
        // Native verification is meaningful only if the contracts verify with the same keys.
        check_contracts(&circuits, &connection, &deployment, &Name::ALL).await?;
        let paying = session.open_account().await.map_err(|failure| match failure {
            Failure::Secret { what, hint } => Failure::secret_failure(
                what,
                format!("{hint}; without the relayer no account is needed: `psephos serve --only prover,indexer`"),
            ),
            other => other,
        })?;
        account = Some(paying.into_signer()?);
    }
    Ok(serve::ServiceResources { circuits, chain: Some((connection, deployment)), account, clock, network })
}

/// Runs a prover worker for a shared queue until it receives a signal to stop.
pub(crate) async fn run_worker(session: &Session, args: WorkerArgs) -> Result<u8, Failure> {
    let config = load_config(args.config.as_ref())?;
    if config.queue.nats.is_none() {
        return Err(Failure::invalid_input(
            "a worker needs a queue that other machines reach, and [queue.nats] is not set",
            "set the URL of the NATS server: `url` in [queue.nats], or PSEPHOS_SERVE_QUEUE__NATS__URL",
        ));
    }
    logging::start_logging(session.output().is_json()).map_err(|error| {
        Failure::invalid_input(error, "set PSEPHOS_LOG as the book's chapter \"The service\" describes")
    })?;
    refuse_queue_around_proxy(session, &config)?;
    let stop = watch_signals()?;
    let circuits = Arc::new(session.open_circuits()?);
    let (queue, cipher) = serve::open_worker_queue(&config).await.map_err(|error| start_failure(&error))?;
    let metrics = ProverMetrics::new(&mut prometheus_client::registry::Registry::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let slots = args.slots.map_or(cores, usize::from);
    let worker = ProverWorker::new(queue, cipher, circuits, metrics.clone());
    session.output().print_result(&json!({ "slots": slots }), || {
        format!("{} at once", crate::format::plural(slots as u64, "proof"))
    })?;
    worker.run(slots, stop).await;
    session
        .output()
        .print_remark(&format!("stopped after {}", crate::format::plural(metrics.histogram().iter().sum(), "proof")));
    Ok(OK)
}

/// Refuses a queue on another machine beside a SOCKS proxy: connections to a NATS server go directly.
fn refuse_queue_around_proxy(session: &Session, config: &Config) -> Result<(), Failure> {
    let Some(nats) = &config.queue.nats else { return Ok(()) };
    let network = session.network()?;
    let is_here = nats.url.parse().is_ok_and(|url| psephos_chain::tls::is_this_machine(&url));
    match network.socks_proxy() {
        Some(proxy) if !is_here => Err(Failure::invalid_input(
            format!(
                "the queue of [queue.nats] is on another machine, and its connection cannot go through the proxy at {proxy}"
            ),
            "use a queue on this machine, or run without --proxy, PSEPHOS_PROXY and ALL_PROXY",
        )),
        _ => Ok(()),
    }
}

/// Returns a token that SIGTERM, SIGINT or Ctrl-C cancels. A second signal ends the program at once.
fn watch_signals() -> Result<CancellationToken, Failure> {
    let refuse =
        |error: std::io::Error| Failure::machine_failure(format!("cannot handle signals: {error}"), "try again");
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(refuse)?;
    #[cfg(not(unix))]
    let _ = refuse;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            #[cfg(not(unix))]
            let _ = tokio::signal::ctrl_c().await;
            if cancelled.is_cancelled() {
                std::process::exit(i32::from(crate::failure::CHECK_FAILED));
            }
            cancelled.cancel();
        }
    });
    Ok(stop)
}
