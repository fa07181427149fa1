//! What a plan costs, before anything is sent.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, U256, utils::format_ether},
    providers::Provider,
    rpc::types::TransactionRequest,
};

use super::{error::PlanError, journal::Journal, step::Step};
use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    gas_price::Fees,
    simulation::{SimulatedCall, Simulation},
};

/// What a step costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPrice {
    /// The step.
    pub name: String,
    /// Whether it is done already: then it costs nothing.
    pub is_done: bool,
    /// The gas it is estimated to use; `None` if the node cannot simulate it before those before it.
    pub gas: Option<u64>,
    /// The amount of the native token that it sends, in wei.
    pub value: U256,
}

/// What a plan costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The account that pays.
    pub account: Address,
    /// Its balance, in wei.
    pub balance: U256,
    /// The present fees.
    pub fees: Fees,
    /// The steps.
    pub steps: Vec<StepPrice>,
}

impl Price {
    /// Returns the gas of all steps together.
    pub fn gas(&self) -> u64 {
        self.steps.iter().filter_map(|step| step.gas).fold(0, u64::saturating_add)
    }

    /// Returns what this gas costs at most while the fees are the present ones, in wei.
    pub fn of_gas(&self, gas: u64) -> U256 {
        U256::from(gas).saturating_mul(U256::from(self.fees.max_fee))
    }

    /// Returns what all steps cost at most while the fees are the present ones, with the amounts that they send, in
    /// wei.
    pub fn total(&self) -> U256 {
        let sent = self.steps.iter().filter(|step| !step.is_done).map(|step| step.value);
        sent.fold(self.of_gas(self.gas()), U256::saturating_add)
    }

    /// Checks that the account can pay for all of it.
    ///
    /// # Errors
    /// `UnfundedPlan`.
    pub fn check_balance(&self) -> Result<(), PlanError> {
        let (account, balance, needed) = (self.account, self.balance, self.total());
        if balance >= needed {
            return Ok(());
        }
        let steps = self.steps.iter().filter(|step| !step.is_done).count();
        Err(PlanError::UnfundedPlan { account, balance, needed, steps })
    }
}

/// Returns an amount in wei in units of the chain's coin, without final zeros.
pub fn format_coin(wei: U256) -> String {
    let text = format_ether(wei);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Looks which steps are done, simulates the others, and prices them.
///
/// # Errors
/// `Plan` with `WouldFail`; `NodeUnreachable`, `Provider`.
pub async fn price_steps<F>(
    connection: &Connection,
    journal: &Journal<F>,
    steps: &[Step],
) -> Result<Price, ChainError> {
    let account = journal.header().account;
    let mut prices = Vec::new();
    let mut all_estimated = true;
    for step in steps {
        let is_done = match &step.done {
            Some(done) => done.holds(connection).await?,
            None => journal.is_mined(step),
        };
        let gas = match is_done {
            true => Some(0),
            false => match estimate_step(connection, account, step).await {
                Ok(gas) => Some(gas),
                // It may need what a step before it does.
                Err(ChainError::Reverted(_)) => None,
                Err(error) => return Err(error),
            },
        };
        all_estimated &= gas.is_some();
        prices.push(StepPrice { name: step.name.clone(), is_done, gas, value: step.value });
    }
    if !all_estimated {
        simulate_in_order(connection, account, steps, &mut prices).await?;
    }
    let balance = connection.read_balance(account).await?;
    Ok(Price { account, balance, fees: connection.current_fees().await?, steps: prices })
}

/// Estimates the gas of a step after the newest block. Pending transactions do not count: a version of the step may be
/// among them.
pub(super) async fn estimate_step(connection: &Connection, from: Address, step: &Step) -> Result<u64, ChainError> {
    let request = build_request(from, step);
    let gas = connection.provider().estimate_gas(request).block(BlockId::latest()).await;
    gas.map_err(|error| classify_error(connection.url(), "the gas", error))
}

/// Builds the transaction of a step, without nonce, gas limit and fees.
pub(super) fn build_request(from: Address, step: &Step) -> TransactionRequest {
    let request = TransactionRequest::default().with_from(from).with_value(step.value);
    match step.to {
        Some(to) => request.with_to(to).with_input(step.data.clone()),
        None => request.with_deploy_code(step.data.clone()),
    }
}

/// Fills in the gas of steps that need what others do first.
async fn simulate_in_order(
    connection: &Connection,
    account: Address,
    steps: &[Step],
    prices: &mut [StepPrice],
) -> Result<(), ChainError> {
    let open: Vec<usize> = (0..prices.len()).filter(|index| !prices[*index].is_done).collect();
    let calls = open.iter().map(|index| {
        let step = &steps[*index];
        Some(SimulatedCall { to: step.to?, value: step.value, data: step.data.clone() })
    });
    // Steps that create contracts need nothing of others: if one reverts, it does so when it is run.
    let Some(calls) = calls.collect::<Option<Vec<_>>>() else { return Ok(()) };
    match connection.simulate_calls(account, &calls).await? {
        Simulation::Succeeds { gas } => {
            for (index, gas) in open.into_iter().zip(gas) {
                prices[index].gas = prices[index].gas.or(Some(gas));
            }
            Ok(())
        }
        Simulation::OnlyFirst => Ok(()),
        Simulation::Reverts { call, revert } => {
            let step = open.get(call).map(|index| prices[*index].name.clone()).unwrap_or_default();
            Err(PlanError::WouldFail { step, revert }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_the_coin() {
        assert_eq!(format_coin(U256::ZERO), "0");
        assert_eq!(format_coin(U256::from(10).pow(U256::from(19))), "10");
        assert_eq!(format_coin(U256::from(1_500_000_000_000_000_u64)), "0.0015");
        assert_eq!(format_coin(U256::from(1)), "0.000000000000000001");
    }

    #[test]
    fn balance_must_cover_what_is_not_done() {
        let step = |is_done, gas| StepPrice { name: "s".into(), is_done, gas: Some(gas), value: U256::from(7) };
        let fees = Fees { max_fee: 10, priority_fee: Some(1) };
        let steps = vec![step(true, 0), step(false, 100)];
        let price = Price { account: Address::ZERO, balance: U256::from(1_007), fees, steps };
        assert_eq!((price.gas(), price.total()), (100, U256::from(1_007)));
        assert!(price.check_balance().is_ok());
        let short = Price { balance: U256::from(1_006), ..price };
        assert!(matches!(short.check_balance(), Err(PlanError::UnfundedPlan { steps: 1, .. })));
    }
}
