//! Why a request had no answer.

use std::time::Duration;

use crate::{host::failure_reason, network::NetworkError};

/// A request without an answer. None of the texts holds the URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransportFailure {
    /// There is no connection, so nothing was sent.
    #[error("no connection: {reason}")]
    Unreachable {
        /// The reason.
        reason: String,
    },
    /// There is no connection through the proxy, so nothing was sent.
    #[error(transparent)]
    Proxy(NetworkError),
    /// The time limit passed; the node may have the request.
    #[error("nothing came within {} s", limit.as_secs_f64())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// The connection broke, or a gateway has no answer; the node may have the request.
    #[error("{reason}")]
    Broken {
        /// The reason.
        reason: String,
        /// How long the node asks to wait.
        retry_after: Option<Duration>,
    },
    /// The node refused the request because it has too many.
    #[error("{answer}")]
    Busy {
        /// What it answered.
        answer: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The answer is none of JSON-RPC.
    #[error("{answer}")]
    Refused {
        /// Its status, and the begin of its text.
        answer: String,
    },
    /// The answer is larger than any valid one.
    #[error("its answer has more than {bytes} bytes")]
    TooLarge {
        /// The limit, in bytes.
        bytes: usize,
    },
}

impl TransportFailure {
    /// Classifies a failed HTTP request.
    pub(crate) fn from_request(error: &reqwest::Error, limit: Duration) -> Self {
        let reason = failure_reason(error);
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => Self::Unreachable { reason: "no connection in time".into() },
            (true, false) => Self::Unreachable { reason },
            (false, true) => Self::TimedOut { limit },
            (false, false) => Self::Broken { reason: format!("the connection broke ({reason})"), retry_after: None },
        }
    }

    /// Whether the same request may be answered a moment later. A request that waited for the whole time limit has
    /// waited long enough.
    pub(crate) fn may_pass(&self, answered_before: bool) -> bool {
        match self {
            Self::Busy { .. } | Self::Broken { .. } => true,
            Self::Unreachable { .. } | Self::Proxy(_) => answered_before,
            Self::TimedOut { .. } | Self::Refused { .. } | Self::TooLarge { .. } => false,
        }
    }

    /// Returns how long the node asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } | Self::Broken { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
