//! The contracts' views at one block, and comparing with them.

use std::fmt::Display;

use alloy::{
    primitives::{Address, B256},
    sol_types::SolCall,
};

use psephos_state::compare::{self, Comparison};

use super::error::{Difference, IndexerError, Part};
use crate::{connection::Connection, error::ChainError, nodes};

/// A node at one block.
#[derive(Clone, Copy)]
pub(super) struct Views<'a> {
    pub(super) connection: &'a Connection,
    /// The hash of the block.
    pub(super) block: B256,
}

impl Views<'_> {
    /// Calls a view function at the block.
    pub(super) async fn call<C: SolCall>(self, to: Address, call: C) -> Result<C::Return, ChainError> {
        let answer = nodes::call_at(self.connection, self.block, to, &call).await?;
        C::abi_decode_returns(&answer).map_err(|error| ChainError::unexpected(format!("{}: {error}", C::SIGNATURE)))
    }
}

/// Returns an error unless the two values are equal.
pub(super) fn ensure_equal<T: PartialEq + Display>(part: Part, chain: T, index: T) -> Result<(), ChainError> {
    if chain == index {
        return Ok(());
    }
    Err(IndexerError::from(Difference { part, chain: chain.to_string(), index: index.to_string() }).into())
}

/// Returns the first difference as an error.
pub(super) fn ensure_same(part: impl Fn(&'static str) -> Part, comparison: Comparison) -> Result<(), ChainError> {
    comparison.differences.into_iter().next().map_or(Ok(()), |difference| Err(to_error(part, difference)))
}

/// Returns a difference as an error.
pub(super) fn to_error(part: impl Fn(&'static str) -> Part, difference: compare::Difference) -> ChainError {
    let compare::Difference { what, chain, events } = difference;
    IndexerError::from(Difference { part: part(what), chain, index: events }).into()
}
