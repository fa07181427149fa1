//! Errors of starting the service.

use psephos_chain::NodesError;

use crate::{
    http::{InvalidTokenHash, ListenError},
    indexer::IndexError,
    ohttp::OhttpError,
    queue::{CipherError, QueueError},
    relayer::{SettingsError, StoreError},
};

/// An error that prevents the service from starting.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listeners.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The hash of a token.
    #[error("prover_tokens: {0}")]
    Tokens(#[from] InvalidTokenHash),
    /// The queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The queue's key.
    #[error(transparent)]
    Key(#[from] CipherError),
    /// The data directory.
    #[error("the data directory {path} cannot be created: {reason}; set `data` to a writable path")]
    Data {
        /// The directory's path.
        path: String,
        /// The cause.
        reason: String,
    },
    /// The indexer.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// One of the relayer's further nodes.
    #[error("also_rpc: {0}")]
    Nodes(#[from] Box<NodesError>),
    /// The relayer's file.
    #[error(transparent)]
    Relayer(#[from] StoreError),
    /// The relayer's settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The gateway or the relay of Oblivious HTTP.
    #[error(transparent)]
    Ohttp(#[from] OhttpError),
    /// A component that needs a chain has none.
    #[error(
        "the {0} needs an Ethereum node and a deployment file: configure both, or disable the {0} with `enabled = false`"
    )]
    NoChain(&'static str),
    /// The relayer has no account.
    #[error(
        "the relayer needs an account that pays for gas: configure one, or disable the relayer with `enabled = false`"
    )]
    NoAccount,
    /// Workers on other machines have no queue that they can reach.
    #[error(
        "remote_workers requires a queue that other machines can reach: set the NATS server's URL, [queue.nats] url = \
         \"nats://..\""
    )]
    NoQueue,
    /// An unknown circuit.
    #[error("`keys_loaded` names the unknown circuit `{0}`: `psephos keys list` shows all circuits")]
    UnknownCircuit(String),
    /// The key file of a shared queue does not exist.
    #[error(
        "the queue's key file {0} does not exist: copy `queue.key` from the service's data directory, or set [queue] \
         key_file"
    )]
    NoKey(String),
    /// A masker without a relayer that takes ballots.
    #[error(
        "the masker is a part of the relayer, from whose account and in whose batches it masks: enable the relayer, and \
         `ballots` in [relayer]"
    )]
    MaskerAlone,
    /// No component is enabled.
    #[error("all components are disabled: enable at least one in the configuration")]
    NoComponent,
}
