//! Opening a chamber's total, and the reasons not to.

use std::path::PathBuf;

use psephos_chain::{
    Connection, Replay, Sent, U256,
    bindings::IPolls::{chamberCall, postShareCall},
    replay::PollState,
    words,
};
use psephos_protocol::{committee::TrusteeSecret, encryption::Ciphertext, field, statement::decryption};

use super::Journal;
use crate::{
    error::ClientError,
    keys::{Circuits, proof_words},
    verify::{self, recompute_context},
    voter::opened_chamber,
};

/// Why a trustee does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Ballots may still come.
    #[error("poll {poll} is {state}; only the total of a closed poll is opened")]
    NotClosed {
        /// The poll.
        poll: u64,
        /// Its state.
        state: PollState,
    },
    /// Too few ballots to hide in.
    #[error("chamber {chamber} has {ballots} ballots; fewer than {minimum} are never opened")]
    TooFewBallots {
        /// The chamber.
        chamber: u64,
        /// Ballots that count.
        ballots: usize,
        /// The least number.
        minimum: u32,
    },
    /// It is open already.
    #[error("chamber {chamber} has been opened")]
    AlreadyOpened {
        /// The chamber.
        chamber: u64,
    },
    /// The keys are not the committee's.
    #[error("these keys are not those of committee {committee}")]
    OtherKeys {
        /// The committee.
        committee: u64,
    },
    /// The contract's total is not the sum of the ballots.
    #[error("the contract's total of chamber {chamber} is not the sum of its {ballots} ballots")]
    WrongTotal {
        /// The chamber.
        chamber: u64,
        /// Ballots that count.
        ballots: usize,
    },
    /// The context is not the poll's.
    #[error("the context of chamber {chamber} does not follow from its poll: {reason}")]
    WrongContext {
        /// The chamber.
        chamber: u64,
        /// Why.
        reason: String,
    },
    /// A ballot that the chain took has no proof that holds: this node, or this contract, does not tell the truth.
    #[error("the ballots of chamber {chamber} are not all proved: {reason}")]
    Unproved {
        /// The chamber.
        chamber: u64,
        /// What does not hold.
        reason: String,
    },
    /// The proofs of some ballots cannot be read, so that only the node's word says that they were proved.
    #[error("the proofs of {count} ballots of chamber {chamber} cannot be read, as of {first}")]
    Unread {
        /// The chamber.
        chamber: u64,
        /// How many.
        count: usize,
        /// One of them.
        first: String,
    },
    /// Another total was opened for this chamber before.
    #[error("another total of this chamber was opened before, as {journal} says: two would give away their difference")]
    OpenedAnother {
        /// The note about it.
        journal: PathBuf,
    },
    /// The events cannot all be true.
    #[error("the chain's events do not fit together: {0}")]
    Finding(String),
}

/// What came of opening.
#[derive(Debug)]
pub enum Opening {
    /// The share was posted.
    Posted(Sent),
    /// The total's randomness is zero: it is open as it stands.
    Nothing,
}

/// What to do about ballots whose proofs are in no calldata that can be read, since a contract of its own making cast them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Do not open. Whoever casts in such a way can then stop a poll.
    Refuse,
    /// Believe the node that the contract took them, which it does only with a proof.
    Believe,
}

/// How careful a trustee is.
#[derive(Clone, Copy)]
pub struct Caution<'a> {
    /// What it opened before.
    pub journal: &'a Journal,
    /// What to do about ballots whose proofs cannot be read.
    pub unread: Unread,
}

/// Posts the share of one chamber's closed total.
///
/// The total is summed up anew from the ballots on chain, each with its proof checked, and compared with the contract's. So a node that makes up ballots
/// to surround one real one gets no share: it would need proofs for them. A node can still leave real ballots out, so a trustee asks one that it
/// trusts, and [`Journal`] keeps it from opening two totals of one chamber.
///
/// # Errors
/// `Refused`; `UnknownChamber`, `Prove`, `Chain`.
pub async fn open(
    connection: &Connection,
    replay: &Replay,
    circuits: &Circuits,
    secret: &TrusteeSecret,
    poll: u64,
    chamber: u64,
    caution: Caution<'_>,
) -> Result<Opening, ClientError> {
    let deployment = &replay.deployment;
    let total = total_to_open(replay, secret, poll, chamber)?;
    let mut replay = replay.clone();
    replay.load_proofs(connection, poll).await?;
    let replay = &replay;
    proved(replay, circuits, poll, chamber, caution.unread)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let view = connection
        .call(deployment.polls, &chamberCall { id: U256::from(poll), chamberId: U256::from(chamber) })
        .await?;
    let expected: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    if view.total != expected || view.ctx != words::from_field(&frozen.ctx) {
        return Err(Refusal::WrongTotal { chamber, ballots: listed.current.len() }.into());
    }
    if total.c.is_identity() {
        return Ok(Opening::Nothing);
    }
    caution.journal.note(&frozen.ctx, &total.c)?;
    let size = total.size();
    let (instance, witness, posted) = decryption::build(frozen.ctx, &total.c, secret, size);
    let proof = circuits.prove_decryption(deployment.chain_id, instance, witness)?;
    let call = postShareCall {
        poll: U256::from(poll),
        chamber: U256::from(chamber),
        share: words::from_points(&posted.share[..size]),
        h: words::from_field(&posted.h),
        proof: proof_words(&proof),
    };
    Ok(Opening::Posted(connection.send(deployment.polls, &call).await?))
}

/// Every ballot has a proof that holds, follows on the one before it, and there are no more than members.
fn proved(replay: &Replay, circuits: &Circuits, poll: u64, chamber: u64, unread: Unread) -> Result<(), ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let unproved = verify::unproved(circuits, entry, listed, frozen)?;
    let mut reasons: Vec<String> = unproved.iter().filter(|ballot| !ballot.unread).map(ToString::to_string).collect();
    reasons.extend(verify::replacements(listed));
    reasons.extend(verify::count(listed, frozen).err());
    if let Some(reason) = reasons.into_iter().next() {
        return Err(Refusal::Unproved { chamber, reason }.into());
    }
    match unproved.first() {
        Some(first) if unread == Unread::Refuse => {
            Err(Refusal::Unread { chamber, count: unproved.len(), first: first.to_string() }.into())
        }
        _ => Ok(()),
    }
}

/// The total that may be opened, from the ballots on chain.
fn total_to_open(replay: &Replay, secret: &TrusteeSecret, poll: u64, chamber: u64) -> Result<Ciphertext, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let state = replay.state(poll)?;
    if state != PollState::Closed {
        return Err(Refusal::NotClosed { poll, state }.into());
    }
    if listed.counted.is_some() || !listed.shares.is_empty() {
        return Err(Refusal::AlreadyOpened { chamber }.into());
    }
    let ballots = listed.current.len();
    if ballots < listed.rule.minBallots as usize {
        return Err(Refusal::TooFewBallots { chamber, ballots, minimum: listed.rule.minBallots }.into());
    }
    let committee = entry.parameters.committee;
    let keys = replay.committees.get(&committee).and_then(|committee| committee.keys.as_ref());
    if keys != Some(&secret.public()) {
        return Err(Refusal::OtherKeys { committee }.into());
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
    Ok(listed.encrypted_total(entry.size()))
}
