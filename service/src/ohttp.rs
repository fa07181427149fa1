//! Oblivious HTTP (RFC 9458): a relayer that does not learn where its voters are.
//!
//! Two parties share what one relayer would know. The *relay* sees from where a request comes, and can read nothing of
//! it; the *gateway*, which is a part of the relayer, reads it, and sees the relay's address alone. A service can be
//! the gateway of its own relayer, and the relay of another one's. Being both for one relayer would hide nothing.

mod gateway;
mod keys;
mod relay;

use psephos_chain::NetworkError;
use serde::{Deserialize, Serialize};

pub use gateway::{Gateway, GatewayApi};
pub use keys::GatewayKeys;
pub use relay::{Relay, RelayApi};

use crate::http::RateLimit;

/// The path of the gateway.
pub const GATEWAY_PATH: &str = "/ohttp";
/// The path of the relay. It is limited for each source, as all paths of this version are.
pub const RELAY_PATH: &str = "/v1/ohttp-relay";
/// The file of the gateway's key, in the data directory.
pub const KEY_FILE: &str = "ohttp.key";
/// The file of the key before it, with which requests are accepted too while it is there.
pub const PREVIOUS_KEY_FILE: &str = "ohttp-previous.key";

/// Settings of Oblivious HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OhttpSettings {
    /// Whether the relayer is reached through a gateway too.
    pub gateway: bool,
    /// The rate limit of the gateway as a whole. A limit for each source would be one for each relay, that is for all
    /// voters of one as if they were a single one: it is the relay that can tell them apart, and limits each.
    pub rate: RateLimit,
    /// The URL of the gateway of *another* relayer, to which this service passes requests on.
    pub relay_for: Option<String>,
}

impl Default for OhttpSettings {
    fn default() -> Self {
        Self { gateway: false, rate: RateLimit { per_minute: 1_200, burst: 300 }, relay_for: None }
    }
}

/// An error that prevents gateway or relay from starting.
#[derive(Debug, thiserror::Error)]
pub enum OhttpError {
    /// The gateway has no relayer.
    #[error(
        "[ohttp] gateway: only a relayer has a gateway, and the relayer is disabled: enable it, or set it to false"
    )]
    NoRelayer,
    /// The key file cannot be used.
    #[error("the gateway's key file {path} cannot be used: {reason}")]
    KeyFile {
        /// The file's path.
        path: String,
        /// The cause.
        reason: String,
    },
    /// The relay's gateway is not the URL of one.
    #[error("[ohttp] relay_for is not the URL of a gateway: it should look like https://relayer.example/ohttp")]
    InvalidUrl,
    /// The connection to the gateway would not be encrypted.
    #[error("[ohttp] relay_for: the connection to {host} would not be encrypted: use https")]
    InsecureTransport {
        /// The host.
        host: String,
    },
    /// The proxy cannot be used.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// No client can be made.
    #[error("[ohttp] relay_for: {0}")]
    Client(String),
}
