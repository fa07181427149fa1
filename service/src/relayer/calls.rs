//! Which call carries a batch: the polls' own, or that of the pot that pays for it.

use alloy::{sol, sol_types::SolCall};
use psephos_chain::{Address, Bytes, ChainError, Connection, U256, bindings::IPolls::castBatchCall};
use psephos_exchange::{ballot::Contents, relay::Pot};

sol! {
    /// What is used of a contract that pays relayers for a poll's ballots.
    interface IPot {
        struct PotView {
            uint96 fee;
            uint128 left;
            bool listed;
        }
        function castBatch(uint256 poll, uint256 chamber, bytes calldata records, bytes calldata replacements, uint256 least)
            external
            returns (uint256 amount);
        function pot(uint256 poll) external view returns (PotView memory);
        function mayEarn(uint256 poll, address relayer) external view returns (bool);
    }
}

/// Whom to call, with what.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) to: Address,
    pub(crate) data: Bytes,
}

/// The call that casts these ballots: first ones, then replacements, each in the order given.
///
/// A pot is called if it has something for this relayer. It is not asked for a least amount: ballots were promised, and are cast whatever they pay.
pub(crate) async fn ballots(
    connection: &Connection,
    relayer: Address,
    (polls, pot): (Address, Option<Address>),
    (poll, chamber): (u64, u64),
    items: &[&Contents],
) -> Result<Call, ChainError> {
    let bytes = |replacements: bool| -> Bytes {
        let chosen = items.iter().filter(|contents| contents.old.is_some() == replacements);
        chosen.flat_map(|contents| contents.to_bytes()).collect::<Vec<u8>>().into()
    };
    let (poll, chamber, records, replacements) = (U256::from(poll), U256::from(chamber), bytes(false), bytes(true));
    if let Some(to) = pot.filter(|_| !records.is_empty()) {
        let left = connection.call(to, &IPot::potCall { poll }).await?.left;
        if left > 0 && connection.call(to, &IPot::mayEarnCall { poll, relayer }).await? {
            let call = IPot::castBatchCall { poll, chamber, records, replacements, least: U256::ZERO };
            return Ok(Call { to, data: call.abi_encode().into() });
        }
    }
    Ok(Call { to: polls, data: castBatchCall { poll, chamber, records, replacements }.abi_encode().into() })
}

/// The polls among these that have a pot from which this relayer may earn.
pub(crate) async fn pots(
    connection: &Connection,
    relayer: Address,
    contract: Address,
    polls: impl Iterator<Item = u64>,
) -> Result<Vec<Pot>, ChainError> {
    let mut pots = Vec::new();
    for poll in polls {
        let number = U256::from(poll);
        let left = connection.call(contract, &IPot::potCall { poll: number }).await?.left;
        if left > 0 && connection.call(contract, &IPot::mayEarnCall { poll: number, relayer }).await? {
            pots.push(Pot { poll, contract, balance: U256::from(left) });
        }
    }
    Ok(pots)
}
