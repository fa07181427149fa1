//! The chains that a deployment can be on: which kinds of transactions they have, and what that means for verification.
//!
//! On Ethereum the calldata of an ordinary transaction is evidence of what an account sent. Rollups have further kinds
//! of transactions, for example deposits, which nothing here decodes. The contracts look at the chain's number
//! themselves (`Chains.sol`, decision 40): where such kinds exist, all proofs are in events.

mod probe;

use psephos_protocol::identifiers::ChainId;

use crate::{connection::Connection, error::ChainError};

/// What kinds of transactions a chain has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainKind {
    /// Ethereum, and its public test networks: kinds 0 to 4, all of them decoded here.
    Ethereum,
    /// A development chain on this machine.
    Development,
    /// A rollup of the OP Stack: also deposits from Ethereum, kind 126, which no one has signed.
    OpStack,
    /// A rollup of Arbitrum Nitro: also kinds 100 to 106, for deposits and retried calls.
    Nitro,
}

/// A chain that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownChain {
    /// The chain id.
    pub id: ChainId,
    /// The chain's name.
    pub name: &'static str,
    /// What kinds of transactions it has.
    pub kind: ChainKind,
}

/// The chains that a deployment can be on, the one that is asked for most first.
pub const CHAINS: [KnownChain; 11] = [
    known(1, "Ethereum", ChainKind::Ethereum),
    known(11_155_111, "Sepolia", ChainKind::Ethereum),
    known(560_048, "Hoodi", ChainKind::Ethereum),
    known(31_337, "a local chain", ChainKind::Development),
    known(1_337, "a local chain", ChainKind::Development),
    known(10, "OP Mainnet", ChainKind::OpStack),
    known(11_155_420, "OP Sepolia", ChainKind::OpStack),
    known(8_453, "Base", ChainKind::OpStack),
    known(84_532, "Base Sepolia", ChainKind::OpStack),
    known(42_161, "Arbitrum One", ChainKind::Nitro),
    known(421_614, "Arbitrum Sepolia", ChainKind::Nitro),
];

/// Chains that cannot have a deployment, and why.
const UNSUITABLE: [(ChainId, &str, &str); 2] = [
    (ChainId::new(324), "ZKsync Era", "contracts have other addresses and another code hash there"),
    (ChainId::new(300), "ZKsync Sepolia", "contracts have other addresses and another code hash there"),
];

const fn known(id: u64, name: &'static str, kind: ChainKind) -> KnownChain {
    KnownChain { id: ChainId::new(id), name, kind }
}

/// Returns what is known of a chain.
pub fn find_chain(id: ChainId) -> Option<&'static KnownChain> {
    CHAINS.iter().find(|chain| chain.id == id)
}

/// Returns whether all transactions of a chain are of Ethereum's own kinds, as `Chains.isEthereum` of the contracts
/// decides it. The contracts do not count 1337 among these chains, which costs it an event a ballot.
pub fn has_only_known_transactions(id: ChainId) -> bool {
    find_chain(id).is_some_and(|chain| chain.kind == ChainKind::Ethereum) || id == crate::local::CHAIN_ID
}

impl ChainKind {
    /// Returns what a price of transactions leaves out on such a chain, if anything.
    pub fn unpriced(self) -> Option<&'static str> {
        match self {
            Self::OpStack => Some("the rollup's fee for data on Ethereum, which its node does not put into estimates"),
            Self::Ethereum | Self::Development | Self::Nitro => None,
        }
    }
}

/// Checks that contracts can be deployed on a connection's chain. A chain that is not listed needs `unlisted`; what it
/// has is asked of its node all the same.
///
/// # Errors
/// `UnsuitableChain` if it cannot have a deployment, is not listed, or lacks an instruction or precompile;
/// `NodeUnreachable`, `Provider`.
pub async fn require_suitable(connection: &Connection, unlisted: bool) -> Result<(), ChainError> {
    let chain_id = connection.chain_id();
    let refuse = |reason: String| Err(ChainError::UnsuitableChain { chain_id, reason });
    if let Some((_, name, why)) = UNSUITABLE.iter().find(|(id, ..)| *id == chain_id) {
        return refuse(format!("it is {name}: {why}"));
    }
    if find_chain(chain_id).is_none() && !unlisted {
        let names: Vec<_> = CHAINS.iter().map(|chain| format!("{} ({})", chain.name, chain.id)).collect();
        return refuse(format!("it is none of those that were looked at: {}", names.join(", ")));
    }
    match probe::find_missing(connection).await? {
        Some(missing) => refuse(format!("it lacks {missing}: the contracts are compiled for Ethereum's fork Osaka")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
