//! Which call carries a batch: the polls' own, or that of the pot that pays for it.

use alloy::sol_types::SolCall;
use psephos_chain::{Address, Bytes, ChainError, Connection, U256, fees};
use psephos_exchange::{ballot::Contents, relay::Pot};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    Deployment,
    bindings::{IFeePot, IPolls::castBatchCall},
};

/// What the way through a pot adds for each ballot, at most: its proof is published once more.
const DETOUR_GAS: u64 = 9_000;

/// Whom to call, with what.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) to: Address,
    pub(crate) data: Bytes,
}

/// The call that casts these ballots: first ones, then replacements, each in the order given.
///
/// A pot is called if it pays this relayer more for them than the detour costs; `pots` says whether one is looked for. It is not asked for a least amount: ballots were
/// promised, and those that nobody has cast first are cast whatever they pay.
pub(crate) async fn ballots(
    connection: &Connection,
    relayer: Address,
    deployment: &Deployment,
    pots: bool,
    (poll, chamber): (PollId, ChamberId),
    items: &[&Contents],
) -> Result<Call, ChainError> {
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
        // What is offered at most is about twice today's price.
        let price = U256::from(connection.current_fees().await?.max_fee / 2);
        let detour = price.saturating_mul(U256::from(DETOUR_GAS.saturating_mul(first as u64)));
        if terms.amount_due(first as u64) < detour {
            earning = None;
        }
    }
    if let Some(terms) = earning {
        let call = IFeePot::castBatchCall { poll, chamber, records, replacements, least: U256::ZERO };
        return Ok(Call { to: terms.contract, data: call.abi_encode().into() });
    }
    Ok(Call { to: deployment.polls, data: castBatchCall { poll, chamber, records, replacements }.abi_encode().into() })
}

/// The pots of these polls from which this relayer may earn.
pub(crate) async fn pots(
    connection: &Connection,
    relayer: Address,
    deployment: &Deployment,
    polls: impl Iterator<Item = PollId>,
) -> Result<Vec<Pot>, ChainError> {
    let mut pots = Vec::new();
    for poll in polls {
        let terms = fees::read_terms(connection, deployment, poll, relayer).await?;
        let earning = terms.filter(|terms| terms.may_earn && !terms.left.is_zero());
        pots.extend(earning.map(|terms| Pot { poll, contract: terms.contract, fee: terms.fee, left: terms.left }));
    }
    Ok(pots)
}
