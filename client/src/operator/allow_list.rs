//! The allow-list: which accounts may enrol in a chamber, and with which weight.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{Deployment, bindings::AllowListPolicy::setWeightsCall};

use super::Call;

/// Number of weights set in one transaction.
const WEIGHTS_PER_TRANSACTION: usize = 100;
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
