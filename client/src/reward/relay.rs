//! Relaying the claims of others for their fees. Each is verified before gas is spent on it.

use psephos_chain::{B256, ChainError, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::statement::claim;
use psephos_state::ChainState;
use psephos_submission::{
    claims::{ClaimRefusal, FeePolicy, NotesRoots, check_claim, simulate_claim},
    verifiers::check_contracts,
};
use serde::Serialize;

use super::{ClaimPackage, RewardError, claim::submit_claim};
use crate::{
    KeyRing,
    progress::{Observer, Phase},
    relayer::Submission,
};

/// The outcome of relaying a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ClaimOutcome {
    /// The claim was paid.
    Paid {
        /// The transaction.
        transaction: B256,
        /// Gas used by the transaction.
        gas: u64,
    },
    /// The claim had been paid before.
    AlreadyPaid,
    /// The claim is invalid or not worth sending.
    Refused {
        /// The reason.
        reason: String,
    },
}

/// A claim and its outcome.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimRelay {
    /// The name of the submission.
    pub name: String,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: ClaimOutcome,
}

/// Verifies claims as the contract will, and sends those that are valid and pay this relayer at least `min_fee`.
///
/// # Errors
/// Returns `Keys`, or `Chain` with `Unfunded`, `NoSender` or `NodeUnreachable` if nothing can be sent at all.
pub async fn relay_claims(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    submissions: &[Submission],
    min_fee: U256,
    observer: &dyn Observer,
) -> Result<Vec<ClaimRelay>, RewardError> {
    let verifiers: Vec<Name> = Name::all_for_statement::<claim::Witness>().collect();
    check_contracts(circuits, connection, &state.deployment, &verifiers).await?;
    observer.begin(Phase::Claim, submissions.len() as u64);
    let mut results = Vec::new();
    let mut roots = NotesRoots::default();
    let fee_policy = FeePolicy { account: connection.sender(), min_fee };
    for submission in submissions {
        let outcome = match check_claim(state, circuits, &submission.json, fee_policy, &mut roots)? {
            Err((ClaimRefusal::AlreadyPaid, _)) => ClaimOutcome::AlreadyPaid,
            Err((_, reason)) => ClaimOutcome::Refused { reason },
            Ok(package) => match send_claim(connection, state, &package).await {
                Ok(sent) => ClaimOutcome::Paid { transaction: sent.hash, gas: sent.gas },
                Err(error) if error.revert_name() == Some("AlreadyClaimed") => ClaimOutcome::AlreadyPaid,
                Err(RewardError::Chain(error @ (ChainError::Unfunded { .. } | ChainError::NoSender))) => {
                    return Err(error.into());
                }
                Err(RewardError::Chain(error)) if error.is_node_silent() => return Err(error.into()),
                Err(error) => ClaimOutcome::Refused { reason: error.to_string() },
            },
        };
        results.push(ClaimRelay { name: submission.name.clone(), outcome });
        observer.advance(Phase::Claim, 1);
    }
    observer.end(Phase::Claim);
    Ok(results)
}

/// Sends a claim, unless its recipient could make it costly or let it fail at the relayer's expense.
async fn send_claim(connection: &Connection, state: &ChainState, package: &ClaimPackage) -> Result<Sent, RewardError> {
    let from = connection.sender().ok_or(ChainError::NoSender)?;
    if let Err((_, reason)) = simulate_claim(connection, from, state, package).await? {
        return Err(RewardError::CostlyClaim { reason });
    }
    submit_claim(connection, package).await
}
