//! Sending others' claims for the fee that they offer: each is checked before anything is paid for it.

use std::collections::{BTreeMap, btree_map::Entry};

use psephos_chain::{B256, ChainError, Connection, Replay, Sent, U256, bindings::IRewards::Claim, words};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr,
    reward::Policy,
    statement::claim::{Instance, Posted, Terms},
};
use psephos_prover::VerifyingKey;
use serde::Serialize;

use super::{
    ClaimPackage,
    claim::{Payout, binding, call, policy, submit},
    status::{RewardStage, stage},
};
use crate::{
    error::ClientError,
    keys::{Circuits, words_proof},
    progress::{Observer, Phase},
    relayer::Submission,
    voter::opened_chamber,
};

/// A claim uses about 331,000 gas, and more only with a token of its own ideas.
const MOST_GAS: u64 = 450_000;

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
/// `Key`; `Chain` with `Unfunded`, `NoSender`, `NoChain` if nothing can be sent at all.
pub async fn relay(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    submissions: &[Submission],
    least_fee: U256,
    observer: &dyn Observer,
) -> Result<Vec<ClaimRelay>, ClientError> {
    circuits.guard(connection, &replay.deployment, &[Name::Claim3, Name::Claim8]).await?;
    observer.begin(Phase::Claim, submissions.len() as u64);
    let mut results = Vec::new();
    let mut roots = BTreeMap::new();
    for submission in submissions {
        let outcome = match check(connection, replay, circuits, &submission.json, least_fee, &mut roots)? {
            Err(outcome) => outcome,
            Ok(package) => match send(connection, replay, &package).await {
                Ok(sent) => ClaimOutcome::Paid { transaction: sent.hash, gas: sent.gas },
                Err(error) if error.revert_name() == Some("AlreadyClaimed") => ClaimOutcome::AlreadyPaid,
                Err(ClientError::Chain(
                    error @ (ChainError::Unfunded { .. } | ChainError::NoSender | ChainError::NoChain { .. }),
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

/// Sends a claim that its recipient cannot make dear, or fail at the relayer's expense. (An account can still get code between a look and a block.)
async fn send(connection: &Connection, replay: &Replay, package: &ClaimPackage) -> Result<Sent, ClientError> {
    let coin = replay.reward(package.poll)?.parameters.token.is_zero();
    if coin && !connection.code(package.recipient).await?.is_empty() {
        return Err(ClientError::CostlyClaim { reason: "its recipient has code, which could refuse the payment" });
    }
    if connection.simulate(package.rewards, &call(package)?).await? > MOST_GAS {
        return Err(ClientError::CostlyClaim { reason: "it would use more gas than a claim does" });
    }
    submit(connection, package).await
}

type Checked = Result<ClaimPackage, ClaimOutcome>;

fn check(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    json: &[u8],
    least_fee: U256,
    roots: &mut BTreeMap<(u64, u64), Fr>,
) -> Result<Checked, ClientError> {
    let refused = |reason: String| Ok(Err(ClaimOutcome::Refused { reason }));
    let package = match ClaimPackage::parse(json) {
        Ok(package) => package,
        Err(error) => return refused(error.to_string()),
    };
    let claim = match package.claim() {
        Ok(claim) => claim,
        Err(error) => return refused(error.to_string()),
    };
    let deployment = &replay.deployment;
    if (package.chain_id, package.rewards) != (deployment.chain_id, deployment.rewards) {
        return refused(format!("it is for {} on chain {}", package.rewards, package.chain_id));
    }
    if claim.fee < least_fee || (!claim.fee.is_zero() && Some(claim.relayer) != connection.sender()) {
        return refused(format!("it pays {} to {}", claim.fee, claim.relayer));
    }
    match stage(replay, package.poll) {
        Ok(RewardStage::Claims) => {}
        Ok(other) => return refused(format!("the reward of poll {} is {other}", package.poll)),
        Err(error) => return refused(error.to_string()),
    }
    let policy = match policy(replay, package.poll, package.chamber) {
        Ok(policy) => policy,
        Err(error) => return refused(error.to_string()),
    };
    if let Ok(nullifier) = words::to_field(claim.rewardNullifier)
        && replay.reward(package.poll)?.is_claimed(package.chamber, &nullifier)
    {
        return Ok(Err(ClaimOutcome::AlreadyPaid));
    }
    let (poll, chamber) = (package.poll, package.chamber);
    let root = match roots.entry((poll, chamber)) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(new) => match note_root(replay, poll, chamber) {
            Ok(root) => *new.insert(root),
            Err(error) => return refused(error.to_string()),
        },
    };
    let terms = terms(replay, poll, chamber, policy, &claim)?;
    match holds(circuits.claim_verifier(replay.poll(poll)?.size())?, &claim, &terms, root) {
        Ok(()) => Ok(Ok(package)),
        Err(reason) => refused(reason),
    }
}

/// The root of a chamber's sealed notes, which are those of the ballots that count.
fn note_root(replay: &Replay, poll: u64, chamber: u64) -> Result<Fr, ClientError> {
    let (listed, _) = opened_chamber(replay, poll, chamber)?;
    let notes: Vec<Fr> = listed.by_number().iter().map(|ballot| ballot.posted.note).collect();
    Ok(replay.reward(poll)?.tree(chamber, &notes).map_err(ClientError::Inconsistent)?.root())
}

/// What the contract knows of a claim.
pub(crate) fn terms(
    replay: &Replay,
    poll: u64,
    chamber: u64,
    policy: Policy,
    claim: &Claim,
) -> Result<Terms, ClientError> {
    let (_, frozen) = opened_chamber(replay, poll, chamber)?;
    let payout = Payout { recipient: claim.recipient, relayer: Some(claim.relayer), fee: claim.fee };
    Ok(Terms { ctx: frozen.ctx, policy, binding: binding(replay, &payout) })
}

/// Whether a claim's proof holds.
///
/// # Errors
/// Why not.
pub(crate) fn holds(verifier: &VerifyingKey, claim: &Claim, terms: &Terms, note_root: Fr) -> Result<(), String> {
    let field = |word| words::to_field(word).map_err(|error| error.to_string());
    let amount = u128::try_from(claim.amount).map_err(|_| "an amount that no policy gives".to_owned())?;
    if amount < u128::from(terms.policy.terms().base) {
        return Err("an amount below the policy's base".into());
    }
    let posted = Posted { h: field(claim.h)?, note_root, reward_nullifier: field(claim.rewardNullifier)?, amount };
    let proof = words_proof(&claim.proof).map_err(|error| error.to_string())?;
    let inputs = Instance::of(&posted, terms).to_inputs();
    verifier.verify(&proof, &inputs).map_err(|_| {
        "its proof does not hold here: it was made for another poll, chamber, recipient, contract or chain, or was changed".into()
    })
}
