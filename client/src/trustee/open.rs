//! Opening a chamber's total: one share of several.

use std::time::SystemTime;

use psephos_chain::{Address, ChainError, Connection, Sent, StateSource, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    committee::{Commitments, TransportSecret},
    encryption::Ciphertext,
    field,
    identifiers::{ChamberId, CommitteeId, PollId},
    statement::decryption,
};
use psephos_state::{
    ChainState, PollState,
    bindings::IPolls::{SharePosted, chamberCall, postShareCall},
    words,
};

use super::{Journal, Refusal, key_share};
use crate::{
    error::ClientError,
    keys::{Circuits, ballots_of, proof_words},
    operator::event,
    verify::{self, recompute_context},
    voter::opened_chamber,
};

/// What came of opening.
#[derive(Debug)]
pub enum Opening {
    /// The share was posted.
    Posted(Sent),
    /// As many shares as it takes are there already: another one would only cost.
    Enough,
    /// The total's randomness is zero: it is open as it stands.
    Nothing,
}

/// How careful a trustee is.
#[derive(Clone, Copy)]
pub struct Caution<'a> {
    /// What it opened before.
    pub journal: &'a Journal,
    /// How many blocks must lie on the close of a poll.
    pub confirmations: u64,
    /// Where the proofs of ballots that no event carries are read.
    pub proofs: &'a dyn StateSource,
    /// The trustee's own clock, in seconds since 1970. None where a chain's time is moved by hand.
    pub clock: Option<fn() -> u64>,
}

/// Blocks that make a close final: none on a local chain, two epochs of Ethereum elsewhere.
pub fn default_confirmations(chain_id: u64) -> u64 {
    if psephos_prover::DEVELOPMENT_CHAINS.contains(&chain_id) { 0 } else { 64 }
}

/// This machine's clock, but on a local chain, whose time is moved by hand.
pub fn default_clock(chain_id: u64) -> Option<fn() -> u64> {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    (!psephos_prover::DEVELOPMENT_CHAINS.contains(&chain_id)).then_some(now)
}

/// Posts this trustee's share of one chamber's closed total.
///
/// The total is summed up anew from the ballots on chain, each with its proof checked, and compared with the contract's; the same goes for the dealings. So a node
/// that makes up ballots to surround one real one gets no share: it would need proofs for them. Nor does one that shows another `minBallots` or `closesAt`:
/// proofs are checked under the context that follows from both, before there is a share. A node can still leave real ballots out, so a trustee
/// asks one that it trusts, waits until the close is final, and [`Journal`] keeps it from opening two totals of one chamber.
///
/// # Errors
/// `Refused`; `NotTrustee`, `UnknownChamber`, `Prove`, `Chain`.
pub async fn open(
    connection: &Connection,
    replay: &ChainState,
    circuits: &Circuits,
    secret: &TransportSecret,
    poll: PollId,
    chamber: ChamberId,
    caution: Caution<'_>,
) -> Result<Opening, ClientError> {
    let deployment = &replay.deployment;
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let total = total_to_open(replay, account, poll, chamber)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let committee = replay.poll(poll)?.parameters.committee;
    let entry = replay.committee(CommitteeId::new(committee))?;
    if listed.shares.len() as u64 >= entry.threshold {
        return Ok(Opening::Enough);
    }
    let size = replay.poll(poll)?.circuit_size();
    circuits.guard(connection, deployment, &[ballots_of(size), Name::Decryption]).await?;
    past(replay, poll, caution.clock)?;
    deep(connection, replay, poll, caution.confirmations).await?;
    let index = entry
        .trustee_index(account)
        .ok_or(ClientError::NotTrustee { committee: CommitteeId::new(committee), account })?;
    let share = key_share(replay, CommitteeId::new(committee), index, secret)?;
    dealt(replay, circuits, CommitteeId::new(committee))?;
    let mut replay = replay.clone();
    caution.proofs.load_proofs(&mut replay, poll).await?;
    proved(&replay, circuits, poll, chamber)?;
    let view = connection
        .call(deployment.polls, &chamberCall { id: U256::from(poll.get()), chamberId: U256::from(chamber.get()) })
        .await?;
    let expected: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    if view.total != expected || view.ctx != words::from_field(&frozen.ctx) {
        return Err(Refusal::WrongTotal { chamber, ballots: listed.latest.len() }.into());
    }
    if total.c.is_identity() {
        return Ok(Opening::Nothing);
    }
    caution.journal.note(&frozen.ctx, &total.c)?;
    let size = total.size();
    let (instance, witness, posted) = decryption::build(frozen.ctx, &total.c, &share, size);
    let proof = circuits.prove_decryption(deployment.chain_id, instance, witness)?;
    let call = postShareCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        index: U256::from(index),
        share: words::from_points(&posted.share[..size]),
        keys: words::from_points(&posted.keys[..size]),
        others: sums(entry.commitments())?.key_hashes_at(index + 1)[1].into(),
        h: words::from_field(&posted.h),
        proof: proof_words(&proof),
    };
    let sent = connection.send_call(deployment.polls, &call).await?;
    // A share that the contract does not take is no failed transaction: it names the trustee, for everybody to see.
    match event::<SharePosted>(&sent, deployment.polls) {
        Ok(_) => Ok(Opening::Posted(sent)),
        Err(_) => Err(Refusal::NotTaken { chamber, transaction: sent.hash }.into()),
    }
}

fn sums(commitments: Option<Commitments>) -> Result<Commitments, ClientError> {
    commitments.ok_or_else(|| ClientError::Inconsistent("a poll runs under a committee without its dealings".into()))
}

/// The close is past by the trustee's own clock too. Ballots bind the close; the times of blocks are whatever the node says.
fn past(replay: &ChainState, poll: PollId, clock: Option<fn() -> u64>) -> Result<(), ClientError> {
    let closes_at = replay.poll(poll)?.parameters.closesAt;
    match clock.map(|clock| clock()) {
        Some(now) if now < closes_at => Err(Refusal::AheadOfTime { poll, closes_at, now }.into()),
        _ => Ok(()),
    }
}

/// The poll was closed as of a block that as many others lie on: no reorganisation that is not deeper changes its ballots.
async fn deep(
    connection: &Connection,
    replay: &ChainState,
    poll: PollId,
    confirmations: u64,
) -> Result<(), ClientError> {
    let closes_at = replay.poll(poll)?.parameters.closesAt;
    let shallow = Refusal::NotDeep { poll, confirmations };
    let Some(block) = replay.block.checked_sub(confirmations) else { return Err(shallow.into()) };
    match connection.block_time(block).await? >= closes_at {
        true => Ok(()),
        false => Err(shallow.into()),
    }
}

/// Every dealing has a proof that holds. Keys that were dealt without one could be anybody's.
fn dealt(replay: &ChainState, circuits: &Circuits, committee: CommitteeId) -> Result<(), ClientError> {
    match verify::unproved_dealings(replay, circuits, committee)?.into_iter().next() {
        Some(reason) => Err(Refusal::UnprovedDealing { committee, reason }.into()),
        None => Ok(()),
    }
}

/// Every ballot has a proof that holds, follows on the one before it, and there are no more than members.
fn proved(replay: &ChainState, circuits: &Circuits, poll: PollId, chamber: ChamberId) -> Result<(), ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let mut reasons = verify::unproved(circuits, entry, listed, frozen)?;
    reasons.extend(verify::replacements(listed));
    reasons.extend(verify::count(listed, frozen).err());
    match reasons.into_iter().next() {
        Some(reason) => Err(Refusal::Unproved { chamber, reason }.into()),
        None => Ok(()),
    }
}

/// The total that may be opened, from the ballots on chain.
fn total_to_open(
    replay: &ChainState,
    account: Address,
    poll: PollId,
    chamber: ChamberId,
) -> Result<Ciphertext, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let state = replay.poll_state(poll)?;
    if state != PollState::Closed {
        return Err(Refusal::NotClosed { poll, state }.into());
    }
    if listed.tally.is_some() {
        return Err(Refusal::AlreadyCounted { chamber }.into());
    }
    if listed.shares.iter().any(|share| share.trustee == account) {
        return Err(Refusal::AlreadyPosted { chamber }.into());
    }
    let ballots = listed.latest.len();
    if ballots < listed.rule.minBallots as usize {
        return Err(Refusal::TooFewBallots { chamber, ballots, minimum: listed.rule.minBallots }.into());
    }
    if let Some(finding) = replay.findings.iter().find(|finding| finding.poll.is_none_or(|other| other == poll)) {
        return Err(Refusal::Finding(finding.to_string()).into());
    }
    let recomputed = recompute_context(replay, poll, chamber)?;
    if recomputed != frozen.ctx {
        let reason =
            format!("{} is in force, the events give {}", field::to_hex(&frozen.ctx), field::to_hex(&recomputed));
        return Err(Refusal::WrongContext { chamber, reason }.into());
    }
    Ok(listed.encrypted_total(entry.circuit_size()))
}
