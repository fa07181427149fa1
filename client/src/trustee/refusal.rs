//! The reasons why a trustee does not decrypt a total, or does not attest a poll.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId, SheetId};
use std::path::PathBuf;

use psephos_state::{Address, B256, PollState, lifetime::name_polls};

use crate::confirm::Mismatch;

/// The reason why a trustee does not decrypt a total, or does not attest a poll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The poll is not closed: ballots may still come.
    #[error("poll {poll} is {state}; only the totals of a closed poll are decrypted")]
    NotClosed {
        /// The poll.
        poll: PollId,
        /// Its state.
        state: PollState,
    },
    /// The chamber has fewer ballots than its minimum: the anonymity set is too small.
    #[error("chamber {chamber} has {ballots} ballots; a total of fewer than {minimum} is never decrypted")]
    TooFewBallots {
        /// The chamber.
        chamber: ChamberId,
        /// Number of ballots that count.
        ballots: usize,
        /// The chamber's minimum.
        minimum: u32,
    },
    /// The totals were posted.
    #[error("chamber {chamber} has been tallied already")]
    AlreadyTallied {
        /// The chamber.
        chamber: ChamberId,
    },
    /// This trustee has posted its share.
    #[error("this account has posted its decryption share for chamber {chamber} already")]
    AlreadyPosted {
        /// The chamber.
        chamber: ChamberId,
    },
    /// The teller of a rounded poll has no transport key.
    #[error("trustee {teller} (from 0), the teller of poll {poll}, has registered no transport key")]
    NoTeller {
        /// The poll.
        poll: PollId,
        /// The teller's index in the committee.
        teller: u64,
    },
    /// The blinded shares were made for another key.
    #[error(
        "the blinded shares of chamber {chamber} that name trustee {teller} (from 0) as their teller do not open with \
         this key file: use the key file of this committee"
    )]
    NotTheTeller {
        /// The chamber.
        chamber: ChamberId,
        /// The index in the committee.
        teller: u64,
    },
    /// No decision can be proved for the totals.
    #[error("the decision of chamber {chamber} cannot be proved: {reason}")]
    NoDecision {
        /// The chamber.
        chamber: ChamberId,
        /// The reason.
        reason: String,
    },
    /// The close is too recent: a reorganisation could still remove or add a ballot.
    #[error("poll {poll} closed less than {confirmations} blocks ago; wait, or require fewer confirmations")]
    NotConfirmed {
        /// The poll.
        poll: PollId,
        /// Number of blocks that must follow the first one after the close.
        confirmations: u64,
    },
    /// The node shows a poll as closed that is open by the trustee's own clock.
    #[error(
        "poll {poll} closes at {closes_at}, but this machine's clock shows {now} (in seconds since 1970): the node \
         reports a future time"
    )]
    ClockDisagrees {
        /// The poll.
        poll: PollId,
        /// The close that its ballots are bound to, in seconds since 1970.
        closes_at: u64,
        /// The trustee's time, in seconds since 1970.
        now: u64,
    },
    /// A dealing contradicts its commitments: this node shows a false committee.
    #[error("the dealing of {dealer} in committee {committee} contradicts its commitments")]
    InvalidDealing {
        /// The committee.
        committee: CommitteeId,
        /// The dealer.
        dealer: Address,
    },
    /// A dealing has no valid proof.
    #[error("a dealing of committee {committee} has no valid proof: {reason}")]
    UnprovedDealing {
        /// The committee.
        committee: CommitteeId,
        /// The reason.
        reason: String,
    },
    /// The transport key is not the one that this account has registered.
    #[error(
        "the transport key of this file is not the one that this account has registered with committee {committee}: \
         use the key file of this committee"
    )]
    UnregisteredKey {
        /// The committee.
        committee: CommitteeId,
    },
    /// The contract's encrypted total or context is not that of the ballots.
    #[error("the contract's encrypted total of chamber {chamber} is not the sum of its {ballots} ballots")]
    WrongTotal {
        /// The chamber.
        chamber: ChamberId,
        /// Number of ballots that count.
        ballots: usize,
    },
    /// The context in force does not follow from the poll.
    #[error("the context of chamber {chamber} does not follow from its poll: {reason}")]
    WrongContext {
        /// The chamber.
        chamber: ChamberId,
        /// The reason.
        reason: String,
    },
    /// An accepted ballot has no valid proof: this node shows false ballots, or the contract accepts them.
    #[error("a ballot of chamber {chamber} has no valid proof, or does not belong there: {reason}")]
    UnprovedBallot {
        /// The chamber.
        chamber: ChamberId,
        /// The reason.
        reason: String,
    },
    /// Another total of this chamber was decrypted before.
    #[error("{journal} records another decrypted total of this chamber: two of them would reveal their difference")]
    OtherTotalDecrypted {
        /// The journal's file.
        journal: PathBuf,
    },
    /// The contract rejected the share in an event: the proof is invalid for its keys or total.
    #[error(
        "the contract rejected the decryption share for chamber {chamber} (transaction {transaction}): its keys or \
         total are not those that this node shows"
    )]
    ShareRejected {
        /// The chamber.
        chamber: ChamberId,
        /// The transaction of the share.
        transaction: B256,
    },
    /// The opening of the poll is too recent: a reorganisation could still change its censuses.
    #[error("poll {poll} was opened less than {confirmations} blocks ago; wait")]
    NotFinal {
        /// The poll.
        poll: PollId,
        /// Number of blocks that must follow the opening.
        confirmations: u64,
    },
    /// This trustee has attested something else.
    #[error(
        "{book} has an attestation of poll {poll} with another value of {what}: a second one would be a proof that this          trustee lied"
    )]
    OtherAttestation {
        /// The poll.
        poll: PollId,
        /// What differs.
        what: Mismatch,
        /// The attestation.
        book: PathBuf,
    },
    /// The events contradict each other.
    #[error("the events of the chain are inconsistent: {0}")]
    InvalidEvents(String),
    /// Polls or sheet polls still need the key.
    #[error(
        "{} of committee {committee} still {} its keys", name_polls(polls, sheets),
        if polls.len() + sheets.len() == 1 { "needs" } else { "need" }
    )]
    KeysNeeded {
        /// The committee.
        committee: CommitteeId,
        /// The polls.
        polls: Vec<PollId>,
        /// The sheet polls.
        sheets: Vec<SheetId>,
    },
    /// Further polls or sheet polls can be created under the committee.
    #[error(
        "committee {committee} is not at its end: {polls} polls and {sheets} sheet polls may still be created under it, \
         tallied until {until}"
    )]
    CommitteeLives {
        /// The committee.
        committee: CommitteeId,
        /// The number of polls that may still be created.
        polls: u64,
        /// The number of sheet polls that may still be created.
        sheets: u64,
        /// The end of its life, in seconds since 1970.
        until: u64,
    },
    /// The nodes show something else than the events.
    #[error("{what}: {difference}")]
    ViewsDiffer {
        /// What the nodes were asked about.
        what: String,
        /// The difference.
        difference: String,
    },
}
