//! What a deployment is of: owner, keys and bounds.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use psephos_state::PollBounds;

use crate::artifact::Artifact;

/// A system to deploy.
#[derive(Clone, Copy, Debug)]
pub struct NewDeployment<'a> {
    /// The owner; `None` for the sending account. It is set in the constructors: neither the sending account nor the
    /// factory ever owns anything for another one, and nothing has to be accepted.
    pub owner: Option<Address>,
    /// Other verifiers than those of development keys, by their names.
    pub verifiers: &'a BTreeMap<String, Artifact>,
    /// The hash of the keys' manifest; `None` for development keys.
    pub keys: Option<&'a str>,
    /// The bounds of all polls.
    pub bounds: PollBounds,
    /// What tells this deployment from others of the same contracts; `None` for a random one.
    pub salt: Option<B256>,
}
