//! Why several nodes do not confirm something.

use alloy::primitives::B256;

use crate::error::ChainError;

/// A node that does not agree with the others, or cannot be asked. Nodes are named by their hosts: a URL may hold a
/// key.
#[derive(Debug, thiserror::Error)]
pub enum NodesError {
    /// A node lags behind the others.
    #[error(
        "the node at {node} is at block {head}, {behind} blocks behind the others: wait until it has caught up, or name \
         another one with --also-rpc"
    )]
    Behind {
        /// The node.
        node: String,
        /// Its newest block.
        head: u64,
        /// How many blocks the most advanced node has more.
        behind: u64,
    },
    /// A node has another block at the same height.
    #[error(
        "the nodes are on different forks: block {block} has the hash {hash} at {node}, and {expected} at {primary}; \
         nothing was proved or signed. Wait and try again; if it stays so, one of the two nodes shows a false chain"
    )]
    OtherFork {
        /// The node.
        node: String,
        /// The height.
        block: u64,
        /// The hash that it shows.
        hash: B256,
        /// The node that it is compared with.
        primary: String,
        /// The hash that this one shows.
        expected: B256,
    },
    /// A node answers a contract's view differently, at the same block.
    #[error(
        "the nodes at {primary} and {node} show different values of {view} at block {block}: one of the two lies; \
         nothing was proved or signed"
    )]
    Disagrees {
        /// The node.
        node: String,
        /// The node that it is compared with.
        primary: String,
        /// The signature of the view.
        view: &'static str,
        /// The height.
        block: u64,
    },
    /// A node cannot be asked.
    #[error("the node at {node} cannot confirm anything: {source}")]
    Unusable {
        /// The node.
        node: String,
        /// The failure.
        source: Box<ChainError>,
    },
}
