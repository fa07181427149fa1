//! The allow-list: which accounts may enrol in a chamber, and with which weight.

use alloy::sol_types::SolValue;
use async_trait::async_trait;
use futures_util::future::try_join_all;
use psephos_chain::{
    Address, B256, Bytes, ChainError, Connection, Sent, U256, keccak256,
    plan::{Postcondition, Step},
};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{
    Deployment,
    bindings::AllowListPolicy::{setWeightsCall, weightOfCall},
};

use super::Call;

/// Number of weights set in one transaction.
const WEIGHTS_PER_TRANSACTION: usize = 100;
/// Number of weights that are read at the same time.
const CONCURRENT_VIEWS: usize = 10;
/// Up to this many weights are listed in a call's description.
const LISTED_WEIGHTS: usize = 10;

/// Sets the weights of accounts on a chamber's allow-list. Weight 0 removes an account.
///
/// # Errors
/// Returns [`ChainError`] if a transaction is not accepted; those before it are.
pub async fn set_weights(
    dao: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    weights: &[(Address, u64)],
) -> Result<Vec<Sent>, ChainError> {
    let mut sent = Vec::new();
    for call in set_weights_calls(deployment, chamber, weights) {
        sent.push(call.send(dao).await?);
    }
    Ok(sent)
}

/// Builds the calls that set the weights of accounts on a chamber's allow-list.
pub fn set_weights_calls(deployment: &Deployment, chamber: ChamberId, weights: &[(Address, u64)]) -> Vec<Call> {
    let parts = weights.chunks(WEIGHTS_PER_TRANSACTION).map(|part| {
        let call = setWeightsCall {
            chamber: U256::from(chamber.get()),
            subjects: part.iter().map(|(subject, _)| *subject).collect(),
            weights: part.iter().map(|(_, weight)| U256::from(*weight)).collect(),
        };
        Call::new(deployment.policy, &call, describe_weights(chamber, part))
    });
    parts.collect()
}

/// Returns a hash of a list and of the chamber that it is for, by which an unfinished run is found again.
pub fn hash_list(deployment: &Deployment, chamber: &str, weights: &[(Address, u64)]) -> B256 {
    let list: Vec<(Address, U256)> = weights.iter().map(|&(account, weight)| (account, U256::from(weight))).collect();
    keccak256((deployment.registry, deployment.policy, chamber, list).abi_encode_params())
}

/// Returns the steps of a plan that sets the weights of accounts on a chamber's allow-list. A step is done once the
/// allow-list has all of its weights, by whichever call.
pub fn set_weights_steps(deployment: &Deployment, chamber: ChamberId, weights: &[(Address, u64)]) -> Vec<Step> {
    let calls = set_weights_calls(deployment, chamber, weights);
    let parts = weights.chunks(WEIGHTS_PER_TRANSACTION).enumerate();
    let steps = calls.into_iter().zip(parts).map(|(call, (index, part))| {
        let first = index * WEIGHTS_PER_TRANSACTION + 1;
        let done = WeightsSet { policy: deployment.policy, chamber, weights: part.to_vec() };
        let name = format!("weights {first} to {}", first + part.len() - 1);
        Step { name, done: Some(Box::new(done)), ..call.into_step() }
    });
    steps.collect()
}

/// The allow-list has these weights.
pub(super) struct WeightsSet {
    pub(super) policy: Address,
    pub(super) chamber: ChamberId,
    pub(super) weights: Vec<(Address, u64)>,
}

#[async_trait]
impl Postcondition for WeightsSet {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        // The first ones tell of most lists that are not set.
        for part in self.weights.chunks(CONCURRENT_VIEWS) {
            let views = part.iter().map(async |&(subject, weight)| {
                let view = weightOfCall { chamber: U256::from(self.chamber.get()), subject, _2: Bytes::new() };
                Ok::<bool, ChainError>(connection.call(self.policy, &view).await? == U256::from(weight))
            });
            if try_join_all(views).await?.contains(&false) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Returns which weights are set, or how many and their sum if a list of them would be too long to read.
fn describe_weights(chamber: ChamberId, weights: &[(Address, u64)]) -> String {
    let list = match weights.len() {
        0..=LISTED_WEIGHTS => {
            let one = |(subject, weight): &(Address, u64)| format!("{subject} {weight}");
            weights.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        number => {
            let sum: u64 = weights.iter().map(|(_, weight)| weight).sum();
            let removed = weights.iter().filter(|(_, weight)| *weight == 0).count();
            format!("{number} accounts with the sum {sum}, {removed} of them 0")
        }
    };
    format!("set weights on the allow-list of chamber {chamber}: {list}")
}
