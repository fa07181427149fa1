//! Listening: with TLS, or to this machine alone.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use serde::{Deserialize, Serialize};

/// A head of a request that comes more slowly is not waited for.
const SLOWEST_HEAD: Duration = Duration::from_secs(10);

/// Where the service listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Where wallets come.
    pub listen: SocketAddr,
    /// Where the operator looks: status page and metrics. Loopback only: precise times and counts say more than wallets should learn.
    pub admin: SocketAddr,
    /// The certificate chain, PEM. Without it the service listens to this machine alone.
    pub tls_certificate: Option<PathBuf>,
    /// Its key, PEM.
    pub tls_key: Option<PathBuf>,
    /// A proxy on this machine stands before it, and writes the source into `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// How often a source may ask.
    pub rate: super::Rate,
    /// Hashes of the bearer tokens without which nothing is proved; none: whoever can connect may ask. Relayer and index never ask for
    /// one: it would tell who comes.
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
            rate: super::Rate::default(),
            prover_tokens: Vec::new(),
        }
    }
}

/// Why the service does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// In the clear, and not on loopback.
    #[error(
        "{0} can be reached from other machines, and there is no TLS: give tls_certificate and tls_key, or listen on 127.0.0.1 behind a proxy that has it"
    )]
    InTheClear(SocketAddr),
    /// The operator's side is for the operator.
    #[error("the admin address {0} can be reached from other machines: take one of loopback, such as 127.0.0.1:8641")]
    OpenAdmin(SocketAddr),
    /// One of the two.
    #[error("tls_certificate and tls_key belong together: give both or neither")]
    HalfTls,
    /// The files of TLS.
    #[error(
        "tls_certificate, tls_key: {0}; both are PEM files, the certificate first with those that sign it after it"
    )]
    Tls(std::io::Error),
    /// The address.
    #[error(
        "cannot listen on {address}: {source}; another program may, or another service: take another address in [http]"
    )]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl HttpSettings {
    /// Refuses what would expose somebody.
    ///
    /// # Errors
    /// `InTheClear`, `OpenAdmin`, `HalfTls`.
    pub fn check(&self) -> Result<(), ListenError> {
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            return Err(ListenError::HalfTls);
        }
        if self.tls_certificate.is_none() && !self.listen.ip().to_canonical().is_loopback() {
            return Err(ListenError::InTheClear(self.listen));
        }
        match self.admin.ip().to_canonical().is_loopback() {
            true => Ok(()),
            false => Err(ListenError::OpenAdmin(self.admin)),
        }
    }
}

/// A listener that serves, and how to stop it.
pub struct Listening {
    /// Where it listens: the port that was free, if 0 was asked for.
    pub address: SocketAddr,
    /// Stops it.
    pub handle: Handle<SocketAddr>,
    /// Ends when it has stopped.
    pub task: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// An address that is taken, with its certificate read: nothing answers there yet.
pub struct Bound {
    listener: std::net::TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

impl Bound {
    /// Takes the address, and reads the files of TLS.
    ///
    /// # Errors
    /// `Bind`, `Tls`.
    pub async fn new(address: SocketAddr, tls: Option<(&PathBuf, &PathBuf)>) -> Result<Self, ListenError> {
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
        Ok(Self { listener, address, tls })
    }

    /// Serves there.
    ///
    /// # Errors
    /// `Bind`.
    pub fn serve(self, routes: Router) -> Result<Listening, ListenError> {
        let Self { listener, address, tls } = self;
        let bind = |source| ListenError::Bind { address, source };
        let handle = Handle::new();
        let service = routes.into_make_service_with_connect_info::<SocketAddr>();
        let task = match tls {
            None => {
                let mut server = axum_server::from_tcp(listener)
                    .map_err(bind)?
                    .handle(handle.clone())
                    .http1_only()
                    .first_request_timeout(SLOWEST_HEAD);
                patient(server.http_builder());
                tokio::spawn(server.serve(service))
            }
            Some(config) => {
                let mut server = axum_server::from_tcp_rustls(listener, config)
                    .map_err(bind)?
                    .handle(handle.clone())
                    .http1_only()
                    .first_request_timeout(SLOWEST_HEAD);
                patient(server.http_builder());
                tokio::spawn(server.serve(service))
            }
        };
        Ok(Listening { address, handle, task })
    }
}

fn patient(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(SLOWEST_HEAD).max_buf_size(64 * 1024);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_served_in_the_clear_to_other_machines() {
        let with = |change: &dyn Fn(&mut HttpSettings)| {
            let mut settings = HttpSettings::default();
            change(&mut settings);
            settings.check()
        };
        assert!(with(&|_| {}).is_ok());
        assert!(matches!(with(&|s| s.listen = "0.0.0.0:80".parse().unwrap()), Err(ListenError::InTheClear(_))));
        assert!(matches!(with(&|s| s.listen = "[::]:80".parse().unwrap()), Err(ListenError::InTheClear(_))));
        assert!(with(&|s| s.listen = "[::1]:80".parse().unwrap()).is_ok());
        assert!(matches!(with(&|s| s.tls_key = Some("key.pem".into())), Err(ListenError::HalfTls)));
        let tls = |s: &mut HttpSettings| {
            (s.tls_certificate, s.tls_key) = (Some("cert.pem".into()), Some("key.pem".into()));
            s.listen = "0.0.0.0:443".parse().unwrap();
        };
        assert!(with(&tls).is_ok());
        assert!(matches!(with(&|s| s.admin = "0.0.0.0:1".parse().unwrap()), Err(ListenError::OpenAdmin(_))));
    }
}
