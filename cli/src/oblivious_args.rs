//! The options for handing over through an Oblivious HTTP relay.

use std::path::Path;

use clap::Args;
use psephos_chain::host::host_of;
use psephos_client::files;
use psephos_client::remote::ServiceError;
use psephos_client::remote::oblivious::{GatewayKey, MAX_KEY_BYTES, ObliviousError, ObliviousRelay};
use psephos_client::remote::relay::{RemoteRelayer, RemoteRelayerError};

use crate::failure::Failure;
use crate::session::Session;

/// Options of commands that use a relayer.
#[derive(Debug, Args)]
pub(crate) struct ObliviousArgs {
    /// URL of an OHTTP relay, of another party than the relayer: it passes on what it cannot read, so that the relayer
    /// does not see your address. If it fails, nothing is sent around it
    #[arg(long, value_name = "URL", requires = "relayer")]
    ohttp_relay: Option<String>,
    /// Key of the relayer's gateway, as the relayer publishes it: a file, or hexadecimal (default: fetched through the
    /// SOCKS proxy; without one it is required)
    #[arg(long, value_name = "FILE|HEX", requires = "ohttp_relay")]
    ohttp_key: Option<String>,
}

/// Why no client of a relayer was made.
pub(crate) enum RouteError {
    /// What was given, or the file of it.
    Failure(Failure),
    /// The relayer, or the way to it.
    Relayer(RemoteRelayerError),
}

impl From<Failure> for RouteError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<RemoteRelayerError> for RouteError {
    fn from(error: RemoteRelayerError) -> Self {
        Self::Relayer(error)
    }
}

impl From<ServiceError> for RouteError {
    fn from(error: ServiceError) -> Self {
        Self::Relayer(error.into())
    }
}

impl ObliviousArgs {
    /// Requires that the options hide something from the relayer at a URL, and that the key can be had: before anything
    /// is proved, or waited for.
    pub(crate) fn check(&self, session: &Session, url: &str) -> Result<(), Failure> {
        let Some(relay) = &self.ohttp_relay else { return Ok(()) };
        let host = host_of(url);
        if host_of(relay) == host {
            return Err(Failure::invalid_input(
                format!(
                    "the OHTTP relay is at {host}, as the relayer is: it would know both who you are and what you send"
                ),
                "name a relay of another party, or leave --ohttp-relay out",
            ));
        }
        match &self.ohttp_key {
            Some(given) => read_key(given).map(drop),
            None if GatewayKey::can_be_fetched(&session.network()?) => Ok(()),
            None => Err(Failure::invalid_input(
                ObliviousError::KeyNotFetched { host }.to_string(),
                "name the key that the relayer publishes with --ohttp-key FILE, or a SOCKS proxy with --proxy; nothing \
                 was sent",
            )),
        }
    }

    /// Returns the client of the relayer at a URL, through the OHTTP relay if one is named.
    pub(crate) async fn open_relayer(&self, session: &Session, url: &str) -> Result<RemoteRelayer, RouteError> {
        self.check(session, url)?;
        let network = session.network()?;
        let relayer = RemoteRelayer::new(url, &network)?;
        let Some(relay) = &self.ohttp_relay else { return Ok(relayer) };
        let key = match &self.ohttp_key {
            Some(given) => read_key(given)?,
            None => GatewayKey::fetch(url, &network).await?,
        };
        let relay = ObliviousRelay::new(relay, &network, key)?;
        session.output().print_remark(&format!(
            "Through the OHTTP relay at {}: the relayer at {} does not see your address.",
            relay.host(),
            host_of(url)
        ));
        Ok(relayer.through_relay(relay))
    }

    /// Returns the options as a command line has them, to continue a command later.
    pub(crate) fn to_command_line(&self) -> String {
        let [relay, key] = [("--ohttp-relay", &self.ohttp_relay), ("--ohttp-key", &self.ohttp_key)]
            .map(|(name, value)| value.as_ref().map_or_else(String::new, |value| format!(" {name} {value}")));
        format!("{relay}{key}")
    }
}

fn read_key(given: &str) -> Result<GatewayKey, Failure> {
    let refused = |error: ObliviousError| {
        Failure::invalid_input(
            format!("--ohttp-key: {error}"),
            "use the key that the relayer publishes, as a file or in hexadecimal: `psephos serve` prints it",
        )
    };
    let path = Path::new(given);
    if !path.exists() {
        return GatewayKey::from_hex(given).map_err(refused);
    }
    let bytes = files::read_bytes(path, MAX_KEY_BYTES)?;
    // A file has what the gateway shows, or its hexadecimal form.
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim().bytes().all(|byte| byte.is_ascii_hexdigit()) => GatewayKey::from_hex(text),
        _ => GatewayKey::parse(&bytes),
    }
    .map_err(refused)
}
