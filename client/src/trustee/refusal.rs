//! Why a trustee does not open.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use std::path::PathBuf;

use psephos_state::{Address, B256, PollState};

/// Why a trustee does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Ballots may still come.
    #[error("poll {poll} is {state}; only the total of a closed poll is opened")]
    NotClosed {
        /// The poll.
        poll: PollId,
        /// Its state.
        state: PollState,
    },
    /// Too few ballots to hide in.
    #[error("chamber {chamber} has {ballots} ballots; fewer than {minimum} are never opened")]
    TooFewBallots {
        /// The chamber.
        chamber: ChamberId,
        /// Ballots that count.
        ballots: usize,
        /// The least number.
        minimum: u32,
    },
    /// It is open already.
    #[error("chamber {chamber} has been counted")]
    AlreadyCounted {
        /// The chamber.
        chamber: ChamberId,
    },
    /// This trustee has posted its share.
    #[error("the share of this account for chamber {chamber} is posted")]
    AlreadyPosted {
        /// The chamber.
        chamber: ChamberId,
    },
    /// The close is too near: a reorganisation could still take a ballot away or bring one.
    #[error("poll {poll} closed less than {confirmations} blocks ago; wait, or ask for fewer confirmations")]
    NotDeep {
        /// The poll.
        poll: PollId,
        /// Blocks that must lie on the close.
        confirmations: u64,
    },
    /// The node shows a poll as closed that is not by the trustee's own clock.
    #[error("poll {poll} closes at {closes_at}, and by this machine's clock it is {now}: the node is ahead of time")]
    AheadOfTime {
        /// The poll.
        poll: PollId,
        /// When it closes, as its ballots bind.
        closes_at: u64,
        /// The trustee's time.
        now: u64,
    },
    /// A dealing does not hold what it commits to, or is not proved: this node does not tell the truth about the committee.
    #[error("the dealing of {dealer} in committee {committee} does not hold what it commits to")]
    BadDealing {
        /// The committee.
        committee: CommitteeId,
        /// The dealer.
        dealer: Address,
    },
    /// A dealing has no proof that holds.
    #[error("the dealings of committee {committee} are not all proved: {reason}")]
    UnprovedDealing {
        /// The committee.
        committee: CommitteeId,
        /// What does not hold.
        reason: String,
    },
    /// The keys are not those that this trustee has registered.
    #[error("these keys are not those that this account has registered with committee {committee}")]
    OtherKeys {
        /// The committee.
        committee: CommitteeId,
    },
    /// The contract's total is not the sum of the ballots.
    #[error("the contract's total of chamber {chamber} is not the sum of its {ballots} ballots")]
    WrongTotal {
        /// The chamber.
        chamber: ChamberId,
        /// Ballots that count.
        ballots: usize,
    },
    /// The context is not the poll's.
    #[error("the context of chamber {chamber} does not follow from its poll: {reason}")]
    WrongContext {
        /// The chamber.
        chamber: ChamberId,
        /// Why.
        reason: String,
    },
    /// A ballot that the chain took has no proof that holds: this node, or this contract, does not tell the truth.
    #[error("the ballots of chamber {chamber} are not all proved: {reason}")]
    Unproved {
        /// The chamber.
        chamber: ChamberId,
        /// What does not hold.
        reason: String,
    },
    /// Another total was opened for this chamber before.
    #[error("another total of this chamber was opened before, as {journal} says: two would give away their difference")]
    OpenedAnother {
        /// The note about it.
        journal: PathBuf,
    },
    /// The contract has not taken the share, and an event says so: the proof does not hold there.
    #[error(
        "the contract did not take the share for chamber {chamber} (transaction {transaction}): its keys or total are not those that this node shows"
    )]
    NotTaken {
        /// The chamber.
        chamber: ChamberId,
        /// The transaction that it was sent in.
        transaction: B256,
    },
    /// The events cannot all be true.
    #[error("the chain's events do not fit together: {0}")]
    Finding(String),
}
