//! Decrypting a chamber's total: gather evidence, decide, post one decryption share of several.
//!
//! [`decide_decryption`] is pure and complete: every check is in it, in a fixed order, and the decryption share is
//! computed only from its result. Gathering asks the cheap questions first, so that a poll that must stay closed costs
//! no requests.

mod decision;

use decision::{
    CloseEvidence, Decision, DecisionToDecrypt, DecryptionCase, Evidence, VerifyingKeys, check_case, check_close,
    decide_decryption,
};
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId};

use std::time::SystemTime;

use psephos_chain::{ChainError, Connection, Sent, StateSource, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    committee::TransportSecret,
    statement::{ballot, decryption},
};
use psephos_state::{
    ChainState,
    bindings::IPolls::{SharePosted, chamberCall, postShareCall},
    words,
};
use psephos_submission::{proofs::proof_to_words, verifiers::check_verifiers};

use super::{Journal, Refusal, TrusteeError};
use crate::{KeyRing, operator::find_event};

/// The outcome of decrypting a total.
#[derive(Debug)]
pub enum DecryptionOutcome {
    /// The share was posted.
    Posted(Sent),
    /// As many shares as the threshold were posted before: another one would only cost gas.
    ThresholdReached,
    /// The total's randomness is zero: it is readable as it is.
    TotalIsPublic,
}

/// The precautions that a trustee takes before it decrypts.
#[derive(Clone, Copy)]
pub struct Precautions<'a> {
    /// The totals that it decrypted before.
    pub journal: &'a Journal,
    /// Number of blocks that must follow the first one after a poll's close.
    pub confirmations: u64,
    /// The source of those ballots' proofs that no event contains.
    pub proofs: &'a dyn StateSource,
    /// The trustee's own clock, in seconds since 1970. `None` where a chain's time is moved by hand.
    pub clock: Option<fn() -> u64>,
}

/// Returns the number of confirmations that make a close final: none on a local chain, two epochs of Ethereum
/// elsewhere.
pub fn default_confirmations(chain_id: ChainId) -> u64 {
    if psephos_prover::DEVELOPMENT_CHAINS.contains(&chain_id) { 0 } else { 64 }
}

/// Returns this machine's clock, except for a local chain, whose time is moved by hand.
pub fn default_clock(chain_id: ChainId) -> Option<fn() -> u64> {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    (!psephos_prover::DEVELOPMENT_CHAINS.contains(&chain_id)).then_some(now)
}

/// Posts this trustee's decryption share of one chamber's closed total.
///
/// The total is recomputed from the ballots on chain, each with its proof verified, and compared with the contract's;
/// so are the keys from the dealings. So a node that invents ballots around a single real one gets no share: it would
/// need proofs for them. Nor does one that shows another `minBallots` or `closesAt`: proofs are verified under the
/// context that follows from both, before there is a share. A node can still leave real ballots out, so a trustee uses
/// a node that it trusts, waits until the close is final, and [`Journal`] prevents it from decrypting two totals of one
/// chamber.
///
/// # Errors
/// Returns `Refused`; `NotTrustee`; `Chain` with `UnknownPollChamber`, ..; `Keys`.
pub async fn decrypt_total(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    secret: &TransportSecret,
    poll: PollId,
    chamber: ChamberId,
    precautions: Precautions<'_>,
) -> Result<DecryptionOutcome, TrusteeError> {
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let case = DecryptionCase { account, poll, chamber };
    if check_case(state, case)?.is_threshold_reached() {
        return Ok(DecryptionOutcome::ThresholdReached);
    }
    let close = gather_close(connection, state, circuits, poll, precautions).await?;
    check_close(state, poll, &close)?;
    let evidence = gather_evidence(connection, state, case, close, precautions.proofs).await?;
    match decide_decryption(&evidence, secret, &VerifyingKeys(circuits))? {
        Decision::ThresholdReached => Ok(DecryptionOutcome::ThresholdReached),
        Decision::TotalIsPublic => Ok(DecryptionOutcome::TotalIsPublic),
        Decision::Decrypt(decision) => {
            precautions.journal.record(&decision.ctx, &decision.total.c)?;
            post_share(connection, circuits, &evidence, decision).await
        }
    }
}

/// Gathers what shows whether the close is past and final. The deployed verifiers must be those of our keys: otherwise
/// anyone may have posted ballots without a proof.
async fn gather_close(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    precautions: Precautions<'_>,
) -> Result<CloseEvidence, TrusteeError> {
    let verifiers = [Name::for_statement::<ballot::Witness>(Some(state.poll(poll)?.circuit_size()))?, Name::Decryption];
    check_verifiers(circuits, connection, &state.deployment, &verifiers).await?;
    let confirmations = precautions.confirmations;
    let clock = precautions.clock.map(|clock| clock());
    let confirmed_time = match state.block.checked_sub(confirmations) {
        Some(block) => Some(connection.block_time(block).await?),
        None => None,
    };
    Ok(CloseEvidence { clock, confirmations, confirmed_time })
}

/// Gathers the proofs of the poll's ballots, and the contract's view of the chamber.
async fn gather_evidence(
    connection: &Connection,
    state: &ChainState,
    case: DecryptionCase,
    close: CloseEvidence,
    proofs: &dyn StateSource,
) -> Result<Evidence, TrusteeError> {
    let mut state = state.clone();
    proofs.load_proofs(&mut state, case.poll).await?;
    let call = chamberCall { id: U256::from(case.poll.get()), chamberId: U256::from(case.chamber.get()) };
    let view = connection.call(state.deployment.polls, &call).await?;
    Ok(Evidence { state, case, close, total: view.total, ctx: view.ctx })
}

/// Computes the decryption share, proves it and posts it.
async fn post_share(
    connection: &Connection,
    circuits: &KeyRing,
    evidence: &Evidence,
    decision: Box<DecisionToDecrypt>,
) -> Result<DecryptionOutcome, TrusteeError> {
    let (deployment, DecryptionCase { poll, chamber, .. }) = (&evidence.state.deployment, evidence.case);
    let DecisionToDecrypt { index, ctx, total, key_share, other_keys_hash } = *decision;
    let size = total.size();
    let (instance, witness, posted) = decryption::build_share(ctx, &total.c, &key_share, size);
    let proof = circuits.prove(deployment.chain_id, instance, witness)?;
    let call = postShareCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        index: U256::from(index),
        share: words::from_points(&posted.share[..size]),
        keys: words::from_points(&posted.keys[..size]),
        otherKeysHash: other_keys_hash.into(),
        h: words::from_field(&posted.h),
        proof: proof_to_words(&proof),
    };
    let sent = connection.send_call(deployment.polls, &call).await?;
    // A share that the contract rejects is no failed transaction: an event names the trustee, visible to everyone.
    match find_event::<SharePosted>(&sent, deployment.polls) {
        Ok(_) => Ok(DecryptionOutcome::Posted(sent)),
        Err(_) => Err(Refusal::ShareRejected { chamber, transaction: sent.hash }.into()),
    }
}
