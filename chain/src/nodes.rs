//! Several nodes that are asked the same: what one of them shows is believed if the others show it too.
//!
//! A single node can show a committee, a census and a poll that do not exist. Here nodes of different operators are
//! compared at one block: its hash, and the answers of the contracts' views, byte by byte. It takes one node that is
//! not part of a lie to find it.

pub mod error;

use std::collections::BTreeSet;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use futures_util::future::try_join_all;
use psephos_protocol::identifiers::ChainId;

pub use self::error::NodesError;
use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    host::host_of,
};

/// How many blocks a node may lag behind the most advanced one. The block at which nodes are compared is one that all
/// of them have.
const MAX_LAG: u64 = 32;

/// A block that all nodes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommonBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
}

/// A node whose events are read, and others that must agree with it.
#[derive(Clone, Debug)]
pub struct NodeSet {
    primary: Connection,
    others: Vec<Connection>,
}

impl NodeSet {
    /// Creates a set of one node, which agrees with itself.
    pub fn single(primary: Connection) -> Self {
        Self { primary, others: Vec::new() }
    }

    /// Connects to the other nodes, and requires that they are on the same chain.
    ///
    /// # Errors
    /// `Unusable`, with `InvalidUrl`, `NodeUnreachable` or `WrongChain`.
    pub async fn connect(primary: Connection, urls: &[String]) -> Result<Self, NodesError> {
        let chain_id = primary.chain_id();
        let others = try_join_all(urls.iter().map(|url| connect_other(&primary, url, chain_id))).await?;
        Ok(Self { primary, others })
    }

    /// Returns the node whose events are read.
    pub fn primary(&self) -> &Connection {
        &self.primary
    }

    /// Returns whether it is a set of one node.
    pub fn is_single(&self) -> bool {
        self.others.is_empty()
    }

    /// Returns the number of different operators, as far as URLs tell them apart; at least 1.
    pub fn operators(&self) -> usize {
        self.all().map(Connection::operator).collect::<BTreeSet<_>>().len()
    }

    /// Finds the newest block that all nodes have, minus a number of confirmations, and requires that its hash is the
    /// same on all of them.
    ///
    /// # Errors
    /// `Behind`, `OtherFork`, `Unusable`.
    pub async fn find_common_block(&self, confirmations: u64) -> Result<CommonBlock, NodesError> {
        let heads =
            try_join_all(self.all().map(async |node| node.newest_block().await.map_err(unusable(node)))).await?;
        let most = heads.iter().copied().max().unwrap_or_default();
        if let Some((node, &head)) = self.all().zip(&heads).find(|(_, head)| most - **head > MAX_LAG) {
            return Err(NodesError::Behind { node: node.host(), head, behind: most - head });
        }
        let number = heads.iter().copied().min().unwrap_or_default().saturating_sub(confirmations);
        let blocks = try_join_all(self.all().map(async |node| read_block(node, number).await.map_err(unusable(node))));
        let blocks = blocks.await?;
        let common = *blocks
            .first()
            .ok_or_else(|| unusable(&self.primary)(ChainError::unexpected(format!("there is no block {number}"))))?;
        match self.all().zip(&blocks).find(|(_, block)| block.hash != common.hash) {
            None => Ok(common),
            Some((node, other)) => Err(NodesError::OtherFork {
                node: node.host(),
                block: number,
                hash: other.hash,
                primary: self.primary.host(),
                expected: common.hash,
            }),
        }
    }

    /// Calls a view function at a block on all nodes, and requires the same answer of all of them.
    ///
    /// # Errors
    /// `Disagrees`, `Unusable`.
    pub async fn call_at<C: SolCall>(
        &self,
        block: CommonBlock,
        to: Address,
        call: &C,
    ) -> Result<C::Return, NodesError> {
        let ask = async |node: &Connection| call_at(node, block.hash, to, call).await.map_err(unusable(node));
        let answers = try_join_all(self.all().map(ask)).await?;
        let expected = answers.first().cloned().unwrap_or_default();
        if let Some((node, _)) = self.all().zip(&answers).find(|(_, answer)| **answer != expected) {
            let (node, primary, view) = (node.host(), self.primary.host(), C::SIGNATURE);
            return Err(NodesError::Disagrees { node, primary, view, block: block.number });
        }
        let decoded = C::abi_decode_returns(&expected);
        decoded.map_err(|error| unusable(&self.primary)(ChainError::unexpected(format!("{}: {error}", C::SIGNATURE))))
    }

    fn all(&self) -> impl Iterator<Item = &Connection> {
        std::iter::once(&self.primary).chain(&self.others)
    }
}

/// Calls a view function at the block of a hash; returns the answer undecoded.
pub(crate) async fn call_at<C: SolCall>(
    node: &Connection,
    block: B256,
    to: Address,
    call: &C,
) -> Result<Bytes, ChainError> {
    let request = TransactionRequest::default().to(to).input(call.abi_encode().into());
    let answer = node.provider().call(request).block(BlockId::hash(block)).await;
    answer.map_err(|error| classify_error(node.url(), C::SIGNATURE, error))
}

async fn connect_other(primary: &Connection, url: &str, chain_id: ChainId) -> Result<Connection, NodesError> {
    let connected = Connection::connect_to_chain(primary.options().for_other_node(url), chain_id).await;
    connected.map_err(|error| NodesError::Unusable { node: host_of(url), source: Box::new(error) })
}

async fn read_block(node: &Connection, number: u64) -> Result<CommonBlock, ChainError> {
    let block = node.provider().get_block(BlockId::number(number)).await;
    let block = block.map_err(|error| classify_error(node.url(), "a block", error))?;
    let missing = || ChainError::unexpected(format!("there is no block {number}"));
    let header = block.ok_or_else(missing)?.header;
    Ok(CommonBlock { number, hash: header.hash, time: header.timestamp })
}

fn unusable(node: &Connection) -> impl Fn(ChainError) -> NodesError {
    let node = node.host();
    move |source| NodesError::Unusable { node: node.clone(), source: Box::new(source) }
}

#[cfg(test)]
mod tests;
