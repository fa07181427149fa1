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

use alloy::sol_types::SolEvent;
use psephos_chain::{ChainError, Connection, NodeSet, Sent, StateSource, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Point,
    committee::TransportSecret,
    constants::RECORD_PROOF_WORDS,
    elements::StatementHash,
    statement::{
        ballot,
        blinded::{self, PostedBlinded},
        decryption,
    },
};
use psephos_state::{
    ChainState, StateError,
    bindings::IPolls::{
        BlindedShare, BlindedSharePosted, ChamberShare, SharePosted, chamberCall, postBlindedSharesCall, postSharesCall,
    },
    words,
};
use psephos_submission::{proofs::proof_to_words, verifiers::check_contracts};

use rand::rngs::OsRng;

use super::{Journal, Refusal, TrusteeError, teller::current_teller};
use crate::KeyRing;

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
    /// The nodes that must show the same total. Those of one operator are one: others, or a node of the trustee's own,
    /// prevent a liar from having another total decrypted.
    pub nodes: &'a NodeSet,
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

/// Posts this trustee's decryption share of one chamber's closed total, as [`decrypt_totals`] does for several.
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
    let all = decrypt_totals(connection, state, circuits, secret, poll, &[chamber], precautions).await?;
    let missing = || StateError::Inconsistent(format!("chamber {chamber} has no outcome"));
    all.into_iter().next().map_or_else(|| Err(ChainError::from(missing()).into()), |(_, outcome)| outcome)
}

/// Posts this trustee's decryption shares of a poll's closed totals, in one transaction: a trustee that posted one
/// after the other could see the first totals and withhold the last.
///
/// The totals are recomputed from the ballots on chain, each with its proof verified, and compared with the contract's;
/// so are the keys from the dealings. So a node that invents ballots around a single real one gets no share: it would
/// need proofs for them. Nor does one that shows another question, `minBallots` or `closesAt`: proofs are verified
/// under the context that follows from the poll's fingerprint, before there is a share. A node can still leave real
/// ballots out, so a trustee uses a node that it trusts, waits until the close is final, and [`Journal`] prevents it
/// from decrypting two totals of one chamber.
///
/// Returns the outcome of each chamber: a refusal in one does not prevent the others from being decrypted.
///
/// # Errors
/// Returns `Chain` if the transaction with the shares is not accepted.
pub async fn decrypt_totals(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    secret: &TransportSecret,
    poll: PollId,
    chambers: &[ChamberId],
    precautions: Precautions<'_>,
) -> Result<Vec<(ChamberId, Result<DecryptionOutcome, TrusteeError>)>, TrusteeError> {
    let mut outcomes = Vec::with_capacity(chambers.len());
    let mut shares = Vec::new();
    for &chamber in chambers {
        match prepare_share(connection, state, circuits, secret, (poll, chamber), precautions).await {
            Ok(Preparation::Share(share)) => shares.push((chamber, share)),
            Ok(Preparation::NotNeeded(outcome)) => outcomes.push((chamber, Ok(outcome))),
            Err(error) => outcomes.push((chamber, Err(error))),
        }
    }
    if !shares.is_empty() {
        outcomes.extend(post_shares(connection, state, poll, shares).await?);
    }
    Ok(outcomes)
}

/// What a trustee does about one chamber.
enum Preparation {
    /// It posts this share.
    Share(Box<PreparedShare>),
    /// It posts none.
    NotNeeded(DecryptionOutcome),
}

/// A proved share, and the keys that the contract checks it with.
struct PreparedShare {
    index: u64,
    other_keys_hash: [u8; 32],
    keys: Vec<U256>,
    posted: Posted,
    proof: [U256; RECORD_PROOF_WORDS],
}

/// What is posted beside the proof.
enum Posted {
    /// A decryption share.
    Exact { h: StatementHash, points: Vec<Point> },
    /// A blinded share for a teller.
    Blinded { teller: u64, share: PostedBlinded },
}

/// Gathers evidence, decides, and proves the share. The journal has the total before there is a share of it.
async fn prepare_share(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    secret: &TransportSecret,
    (poll, chamber): (PollId, ChamberId),
    precautions: Precautions<'_>,
) -> Result<Preparation, TrusteeError> {
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let case = DecryptionCase { account, poll, chamber };
    if check_case(state, case)?.is_threshold_reached() {
        return Ok(Preparation::NotNeeded(DecryptionOutcome::ThresholdReached));
    }
    let close = gather_close(connection, state, circuits, poll, precautions).await?;
    check_close(state, poll, &close)?;
    let evidence = gather_evidence(state, case, close, precautions).await?;
    match decide_decryption(&evidence, secret, &VerifyingKeys(circuits))? {
        Decision::ThresholdReached => Ok(Preparation::NotNeeded(DecryptionOutcome::ThresholdReached)),
        Decision::TotalIsPublic => Ok(Preparation::NotNeeded(DecryptionOutcome::TotalIsPublic)),
        Decision::Decrypt(decision) => {
            precautions.journal.record(&decision.ctx, &decision.total.c)?;
            let (posted, proof) = make_share(state, circuits, (poll, chamber), &decision)?;
            let DecisionToDecrypt { index, total, key_share, other_keys_hash, .. } = *decision;
            let keys = words::from_points(&key_share.public_keys()[..total.size()]);
            Ok(Preparation::Share(Box::new(PreparedShare { index, other_keys_hash, keys, posted, proof })))
        }
    }
}

/// Makes and proves the share: for the teller in a rounded chamber, for everyone in others. A share that is not blinded
/// is never made of a rounded chamber's total: `ctx`, to which each proved ballot is bound, fixes which one it is.
fn make_share(
    state: &ChainState,
    circuits: &KeyRing,
    (poll, chamber): (PollId, ChamberId),
    decision: &DecisionToDecrypt,
) -> Result<(Posted, [U256; RECORD_PROOF_WORDS]), TrusteeError> {
    let DecisionToDecrypt { ctx, total, key_share, .. } = decision;
    let (entry, chain_id) = (state.poll(poll)?, state.deployment.chain_id);
    let size = total.size();
    let (listed, _) = state.opened_chamber(poll, chamber)?;
    if !listed.rule.is_rounded() {
        let (instance, witness, posted) = decryption::build_share(*ctx, &total.c, key_share, size);
        let proof = proof_to_words(&circuits.prove(chain_id, instance, witness)?);
        return Ok((Posted::Exact { h: posted.h, points: posted.share[..size].to_vec() }, proof));
    }
    let committee = state.committee(entry.committee())?;
    let teller = current_teller(entry, listed, committee, state.time);
    // Each dealing's proof was checked against the registered keys: a node cannot name another key for the teller.
    let key = committee.registration(teller).map(|registration| registration.key);
    let key = key.ok_or(Refusal::NoTeller { poll, teller })?;
    let (instance, witness, share) = blinded::build_share(*ctx, &total.c, key_share, &key, size, &mut OsRng);
    let proof = proof_to_words(&circuits.prove(chain_id, instance, witness)?);
    Ok((Posted::Blinded { teller, share }, proof))
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
    let entry = state.poll(poll)?;
    let size = Some(entry.circuit_size());
    let share = match entry.is_rounded() {
        true => Name::for_statement::<blinded::Witness>(size)?,
        false => Name::Decryption,
    };
    let verifiers = [Name::for_statement::<ballot::Witness>(size)?, share];
    check_contracts(circuits, connection, &state.deployment, &verifiers).await?;
    let confirmations = precautions.confirmations;
    let clock = precautions.clock.map(|clock| clock());
    let confirmed_time = match state.block.checked_sub(confirmations) {
        Some(block) => Some(connection.block_time(block).await?),
        None => None,
    };
    Ok(CloseEvidence { clock, confirmations, confirmed_time })
}

/// Gathers the proofs of the poll's ballots, and the contract's view of the chamber: the same on all nodes, at a final
/// block.
async fn gather_evidence(
    state: &ChainState,
    case: DecryptionCase,
    close: CloseEvidence,
    precautions: Precautions<'_>,
) -> Result<Evidence, TrusteeError> {
    let mut state = state.clone();
    precautions.proofs.load_calls(&mut state, case.poll).await?;
    let call = chamberCall { id: U256::from(case.poll.get()), chamberId: U256::from(case.chamber.get()) };
    let block = precautions.nodes.find_common_block(precautions.confirmations).await?;
    let view = precautions.nodes.call_at(block, state.deployment.polls, &call).await?;
    Ok(Evidence { state, case, close, total: view.total, ctx: view.ctx })
}

/// Posts the shares of one poll's chambers.
async fn post_shares(
    connection: &Connection,
    state: &ChainState,
    poll: PollId,
    shares: Vec<(ChamberId, Box<PreparedShare>)>,
) -> Result<Vec<(ChamberId, Result<DecryptionOutcome, TrusteeError>)>, TrusteeError> {
    let Some((_, first)) = shares.first() else { return Ok(Vec::new()) };
    // The trustee's keys are the same in all chambers of a poll, and all chambers are rounded, or none.
    let (poll, index) = (U256::from(poll.get()), U256::from(first.index));
    let (keys, other) = (first.keys.clone(), first.other_keys_hash.into());
    let polls = state.deployment.polls;
    let sent = match first.posted {
        Posted::Exact { .. } => {
            let shares = shares.iter().filter_map(|(chamber, share)| share.to_exact(*chamber)).collect();
            let call = postSharesCall { poll, index, keys, otherKeysHash: other, shares };
            connection.send_call(polls, &call).await?
        }
        Posted::Blinded { teller, .. } => {
            let shares = shares.iter().filter_map(|(chamber, share)| share.to_blinded(*chamber)).collect();
            let teller = U256::from(teller);
            let call = postBlindedSharesCall { poll, index, keys, otherKeysHash: other, teller, shares };
            connection.send_call(polls, &call).await?
        }
    };
    // A share that the contract rejects is no failed transaction: an event names the trustee, visible to everyone.
    let logs = sent.logs.iter().filter(|log| log.address() == polls);
    let accepted: Vec<U256> = logs.filter_map(|log| accepted_chamber(&log.inner)).collect();
    let outcome = |chamber: ChamberId| match accepted.contains(&U256::from(chamber.get())) {
        true => Ok(DecryptionOutcome::Posted(sent.clone())),
        false => Err(Refusal::ShareRejected { chamber, transaction: sent.hash }.into()),
    };
    Ok(shares.iter().map(|(chamber, _)| (*chamber, outcome(*chamber))).collect())
}

/// Returns the chamber of the share that a log says was accepted.
fn accepted_chamber(log: &alloy::primitives::Log) -> Option<U256> {
    let exact = SharePosted::decode_log(log).map(|event| event.chamber);
    exact.or_else(|_| BlindedSharePosted::decode_log(log).map(|event| event.chamber)).ok()
}

impl PreparedShare {
    fn to_exact(&self, chamber: ChamberId) -> Option<ChamberShare> {
        let Posted::Exact { h, points } = &self.posted else { return None };
        let (h, share) = (words::from_field(h), words::from_points(points));
        Some(ChamberShare { chamber: U256::from(chamber.get()), share, h, proof: self.proof })
    }

    fn to_blinded(&self, chamber: ChamberId) -> Option<BlindedShare> {
        let Posted::Blinded { share, .. } = &self.posted else { return None };
        let ephemeral = &share.factors.ephemeral;
        Some(BlindedShare {
            chamber: U256::from(chamber.get()),
            points: words::from_points(&share.points),
            ephemeral: [ephemeral.x(), ephemeral.y()].map(|coordinate| words::from_field(&coordinate)),
            factors: share.factors.words.iter().map(words::from_field).collect(),
            h: words::from_field(&share.h),
            proof: self.proof,
        })
    }
}
