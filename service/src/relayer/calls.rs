//! The contract call of a batch: the polls contract's own, or that of the fee pot that pays for it.

use alloy::sol_types::SolCall;
use psephos_chain::{Address, Bytes, ChainError, Connection, U256, fees};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    Deployment,
    bindings::{IFeePot, IPolls::castBatchCall},
};
use psephos_wire::{ballot::Contents, relay::FeePot};

/// The additional gas per ballot of a call through a fee pot, at most: the ballot's proof is published once more.
const DETOUR_GAS: u64 = 9_000;

/// A contract call.
#[derive(Clone, Debug)]
pub(crate) struct BatchCall {
    pub(crate) to: Address,
    pub(crate) data: Bytes,
}

/// Returns the call that casts these ballots: first ones, then replacements, each in the given order.
///
/// A fee pot is called if it pays this relayer more for them than the detour costs; `pots` enables the lookup. The call
/// has no minimum amount: the ballots were promised, and those that no one else has cast before are cast whatever they
/// pay.
pub(crate) async fn build_batch_call(
    connection: &Connection,
    relayer: Address,
    deployment: &Deployment,
    pots: bool,
    (poll, chamber): (PollId, ChamberId),
    items: &[&Contents],
) -> Result<BatchCall, ChainError> {
    let bytes = |replacements: bool| -> Bytes {
        let chosen = items.iter().filter(|contents| contents.old.is_some() == replacements);
        chosen.flat_map(|contents| contents.to_bytes()).collect::<Vec<u8>>().into()
    };
    let first = items.iter().filter(|contents| contents.old.is_none()).count();
    let terms = match pots && first > 0 {
        true => fees::read_terms(connection, deployment, poll, relayer).await?,
        false => None,
    };
    let (poll, chamber, records, replacements) =
        (U256::from(poll.get()), U256::from(chamber.get()), bytes(false), bytes(true));
    let mut earning = terms.filter(|terms| !terms.amount_due(first as u64).is_zero());
    if let Some(terms) = &earning {
        // The max fee is about twice the current price.
        let price = U256::from(connection.current_fees().await?.max_fee / 2);
        let detour = price.saturating_mul(U256::from(DETOUR_GAS.saturating_mul(first as u64)));
        if terms.amount_due(first as u64) < detour {
            earning = None;
        }
    }
    if let Some(terms) = earning {
        let call = IFeePot::castBatchCall { poll, chamber, records, replacements, minimum: U256::ZERO };
        return Ok(BatchCall { to: terms.contract, data: call.abi_encode().into() });
    }
    Ok(BatchCall {
        to: deployment.polls,
        data: castBatchCall { poll, chamber, records, replacements }.abi_encode().into(),
    })
}

/// Returns the fee pots of these polls from which this relayer may earn.
pub(crate) async fn find_earning_pots(
    connection: &Connection,
    relayer: Address,
    deployment: &Deployment,
    polls: impl Iterator<Item = PollId>,
) -> Result<Vec<FeePot>, ChainError> {
    let mut pots = Vec::new();
    for poll in polls {
        let terms = fees::read_terms(connection, deployment, poll, relayer).await?;
        let earning = terms.filter(|terms| terms.may_earn && !terms.balance.is_zero());
        pots.extend(earning.map(|terms| FeePot {
            poll,
            contract: terms.contract,
            fee: terms.fee,
            balance: terms.balance,
        }));
    }
    Ok(pots)
}
