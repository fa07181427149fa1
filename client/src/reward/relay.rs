//! Sending others' claims for the fee that they offer: each is checked before anything is paid for it.

use psephos_chain::{B256, ChainError, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_exchange::relay::{ClaimRefusal, Payee, Roots, claim, costs};
pub(crate) use psephos_exchange::reward::holds;
use psephos_protocol::{
    identifiers::{ChamberId, PollId},
    reward::Policy,
    statement::claim::Terms,
};
use psephos_state::{ChainState, bindings::IRewards::Claim};
use serde::Serialize;

use super::{ClaimPackage, claim::submit};
use crate::{
    error::ClientError,
    keys::Circuits,
    progress::{Observer, Phase},
    relayer::Submission,
};

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ClaimOutcome {
    /// It is paid.
    Paid {
        /// The transaction.
        transaction: B256,
        /// What it used.
        gas: u64,
    },
    /// It was paid before.
    AlreadyPaid,
    /// It is not worth sending.
    Refused {
        /// Why.
        reason: String,
    },
}

/// One claim and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimRelay {
    /// The submission's name.
    pub name: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ClaimOutcome,
}

/// Checks claims as the contract will, and sends those that hold and pay this relayer at least `least_fee`.
///
/// # Errors
/// `Key`; `Chain` with `Unfunded`, `NoSender`, `NodeUnreachable` if nothing can be sent at all.
pub async fn relay(
    connection: &Connection,
    replay: &ChainState,
    circuits: &Circuits,
    submissions: &[Submission],
    least_fee: U256,
    observer: &dyn Observer,
) -> Result<Vec<ClaimRelay>, ClientError> {
    circuits.guard(connection, &replay.deployment, &[Name::Claim3, Name::Claim8]).await?;
    observer.begin(Phase::Claim, submissions.len() as u64);
    let mut results = Vec::new();
    let mut roots = Roots::default();
    let payee = Payee { account: connection.sender(), least_fee };
    for submission in submissions {
        let outcome = match claim(replay, circuits, &submission.json, payee, &mut roots)? {
            Err((ClaimRefusal::AlreadyPaid, _)) => ClaimOutcome::AlreadyPaid,
            Err((_, reason)) => ClaimOutcome::Refused { reason },
            Ok(package) => match send(connection, replay, &package).await {
                Ok(sent) => ClaimOutcome::Paid { transaction: sent.hash, gas: sent.gas },
                Err(error) if error.revert_name() == Some("AlreadyClaimed") => ClaimOutcome::AlreadyPaid,
                Err(ClientError::Chain(
                    error @ (ChainError::Unfunded { .. } | ChainError::NoSender | ChainError::NodeUnreachable { .. }),
                )) => return Err(error.into()),
                Err(error) => ClaimOutcome::Refused { reason: error.to_string() },
            },
        };
        results.push(ClaimRelay { name: submission.name.clone(), outcome });
        observer.advance(Phase::Claim, 1);
    }
    observer.end(Phase::Claim);
    Ok(results)
}

/// Sends a claim that its recipient cannot make dear, or fail at the relayer's expense.
async fn send(connection: &Connection, replay: &ChainState, package: &ClaimPackage) -> Result<Sent, ClientError> {
    let from = connection.sender().ok_or(ChainError::NoSender)?;
    if let Err((_, reason)) = costs(connection, from, replay, package).await? {
        return Err(ClientError::CostlyClaim { reason });
    }
    submit(connection, package).await
}

/// What the contract knows of a claim.
pub(crate) fn terms(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    policy: Policy,
    claim: &Claim,
) -> Result<Terms, ClientError> {
    Ok(psephos_exchange::reward::terms(replay, poll, chamber, policy, claim)?)
}
