//! Listening sockets: with TLS, or on loopback only.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use axum::Router;
use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use serde::{Deserialize, Serialize};

use super::{Connections, guarded_stream::GuardingAcceptor};

/// The timeout within which a request's head must arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// The address for wallets.
    pub listen: SocketAddr,
    /// The address for the operator: status page and metrics. Loopback only: precise times and counts reveal more than
    /// wallets should learn.
    pub admin: SocketAddr,
    /// The certificate chain, PEM. Without it the service listens on loopback only.
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Whether a reverse proxy on this machine writes the source address into `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// The maximum number of open connections; fewer if the process may open too few file descriptors. When all are
    /// taken, a new connection replaces one that stands still.
    pub connections: u32,
    /// The rate limit of one source.
    pub rate: super::RateLimit,
    /// SHA-256 hashes of the bearer tokens that the prover service requires; if empty, anyone who can connect may
    /// request proofs. Relayer and indexer never require a token: it would identify the client.
    pub prover_tokens: Vec<String>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8640)),
            admin: SocketAddr::from(([127, 0, 0, 1], 8641)),
            tls_certificate: None,
            tls_key: None,
            behind_proxy: false,
            connections: 4_096,
            rate: super::RateLimit::default(),
            prover_tokens: Vec::new(),
        }
    }
}

/// An error that prevents the service from listening.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// A plaintext address that is not loopback.
    #[error(
        "{0} is reachable from other machines and there is no TLS: set tls_certificate and tls_key, or listen on \
         127.0.0.1 behind a reverse proxy with TLS"
    )]
    PlaintextListen(SocketAddr),
    /// An admin address that is not loopback.
    #[error("the admin address {0} is reachable from other machines: use a loopback address such as 127.0.0.1:8641")]
    ExposedAdmin(SocketAddr),
    /// Only one of certificate and key is configured.
    #[error("only one of tls_certificate and tls_key is set: set both or neither")]
    IncompleteTls,
    /// The TLS files cannot be loaded.
    #[error(
        "cannot load tls_certificate and tls_key: {0}; both must be PEM files, the server's certificate followed by its chain"
    )]
    Tls(std::io::Error),
    /// The process may open too few file descriptors.
    #[error(
        "this process may open {limit} file descriptors, and needs {needed} at least: raise the limit (`ulimit -n`, or \
         LimitNOFILE in a unit of systemd)"
    )]
    FewDescriptors {
        /// The limit.
        limit: u64,
        /// The least number that is enough.
        needed: u64,
    },
    /// The address cannot be bound.
    #[error(
        "cannot listen on {address}: {source}; if another program uses the address, configure a different one in [http]"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: std::io::Error,
    },
}

impl HttpSettings {
    /// Rejects settings that would expose clients or the operator's pages.
    ///
    /// # Errors
    /// Returns `PlaintextListen`, `ExposedAdmin` or `IncompleteTls`.
    pub fn check_exposure(&self) -> Result<(), ListenError> {
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err(ListenError::IncompleteTls);
        }
        if self.tls_certificate.is_none() && !self.listen.ip().to_canonical().is_loopback() {
            return Err(ListenError::PlaintextListen(self.listen));
        }
        match self.admin.ip().to_canonical().is_loopback() {
            true => Ok(()),
            false => Err(ListenError::ExposedAdmin(self.admin)),
        }
    }
}

/// A running listener and its handle.
pub struct RunningListener {
    /// The bound address, with the actual port if port 0 was requested.
    pub address: SocketAddr,
    /// Shuts the listener down.
    pub handle: Handle<SocketAddr>,
    /// Completes when the listener has stopped.
    pub task: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// A bound address with its certificate loaded, not serving yet.
pub struct BoundListener {
    listener: std::net::TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    connections: Connections,
}

impl BoundListener {
    /// Binds the address and loads the TLS files. Its connections take places in `connections`.
    ///
    /// # Errors
    /// Returns `Bind` or `Tls`.
    pub async fn new(
        address: SocketAddr,
        tls: Option<(&PathBuf, &PathBuf)>,
        connections: Connections,
    ) -> Result<Self, ListenError> {
        let bind = |source| ListenError::Bind { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let tls = match tls {
            None => None,
            Some((certificate, key)) => {
                psephos_chain::tls::install_provider();
                Some(RustlsConfig::from_pem_file(certificate, key).await.map_err(ListenError::Tls)?)
            }
        };
        Ok(Self { listener, address, tls, connections })
    }

    /// Serves these routes.
    ///
    /// # Errors
    /// Returns `Bind`.
    pub fn serve(self, routes: Router) -> Result<RunningListener, ListenError> {
        let Self { listener, address, tls, connections } = self;
        let guarding = GuardingAcceptor(connections);
        let bind = |source| ListenError::Bind { address, source };
        let handle = Handle::new();
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let task = match tls {
            None => {
                let mut server = axum_server::from_tcp(listener)
                    .map_err(bind)?
                    .handle(handle.clone())
                    .acceptor(guarding)
                    .http1_only()
                    .first_request_timeout(HEAD_TIMEOUT);
                configure_timeouts(server.http_builder());
                tokio::spawn(server.serve(service))
            }
            Some(config) => {
                let mut server = axum_server::from_tcp(listener)
                    .map_err(bind)?
                    .handle(handle.clone())
                    .acceptor(RustlsAcceptor::new(config).acceptor(guarding))
                    .http1_only()
                    .first_request_timeout(HEAD_TIMEOUT);
                configure_timeouts(server.http_builder());
                tokio::spawn(server.serve(service))
            }
        };
        Ok(RunningListener { address, handle, task })
    }
}

fn configure_timeouts(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintext_on_a_public_address_is_rejected() {
        let with = |change: &dyn Fn(&mut HttpSettings)| {
            let mut settings = HttpSettings::default();
            change(&mut settings);
            settings.check_exposure()
        };
        assert!(with(&|_| {}).is_ok());
        assert!(matches!(with(&|s| s.listen = "0.0.0.0:80".parse().unwrap()), Err(ListenError::PlaintextListen(_))));
        assert!(matches!(with(&|s| s.listen = "[::]:80".parse().unwrap()), Err(ListenError::PlaintextListen(_))));
        assert!(with(&|s| s.listen = "[::1]:80".parse().unwrap()).is_ok());
        assert!(matches!(with(&|s| s.tls_key = Some("key.pem".into())), Err(ListenError::IncompleteTls)));
        let tls = |s: &mut HttpSettings| {
            (s.tls_certificate, s.tls_key) = (Some("cert.pem".into()), Some("key.pem".into()));
            s.listen = "0.0.0.0:443".parse().unwrap();
        };
        assert!(with(&tls).is_ok());
        assert!(matches!(with(&|s| s.admin = "0.0.0.0:1".parse().unwrap()), Err(ListenError::ExposedAdmin(_))));
    }
}
