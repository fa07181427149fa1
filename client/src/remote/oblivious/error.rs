//! Errors of the way through a relay.

use psephos_wire::oblivious::MessageError;

/// The reason why a request did not go through a relay, or no response came back. The package remains valid in each
/// case, and nothing went to the relayer around the relay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObliviousError {
    /// The gateway's key cannot be used.
    #[error("this is not the key of a gateway: {0}")]
    InvalidKey(&'static str),
    /// No key is known, and fetching it would show the relayer who fetches it.
    #[error(
        "the key of {host}'s gateway is not known, and without a SOCKS proxy fetching it would show {host} the address \
         that the relay hides"
    )]
    KeyNotFetched {
        /// The relayer's host.
        host: String,
    },
    /// The gateway does not have the key that the request was encrypted for.
    #[error("the gateway behind {host} does not have this key: it has changed, or belongs to another relayer")]
    UnknownKey {
        /// The relay's host.
        host: String,
    },
    /// The relay, or the gateway before it read the request, refused it.
    #[error("{host}, or the gateway behind it, refused the encapsulated request ({code}): {detail}")]
    Refused {
        /// The relay's host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The refusal's code.
        code: String,
        /// The refusal as text.
        detail: String,
        /// Number of seconds after which to try again.
        retry_after: Option<u64>,
    },
    /// Something else than an encapsulated response.
    #[error("{host} is no relay: it returned HTTP status {status} without an encapsulated response")]
    NotRelay {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// A response that was changed on its way, cut off, or not made for this request.
    #[error("the response through {host} does not open: it is incomplete, was changed, or answers another request")]
    Damaged {
        /// The relay's host.
        host: String,
    },
    /// A request or a response of the wrong form.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The encryption of a request failed.
    #[error("the request cannot be encapsulated: {0}")]
    Encapsulation(String),
}

impl ObliviousError {
    /// Returns whether what was given is wrong, so that trying again does not help.
    pub fn is_invalid_input(&self) -> bool {
        matches!(self, Self::InvalidKey(_) | Self::KeyNotFetched { .. })
    }
}
