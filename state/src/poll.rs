//! A poll, its chambers and their ballots, rebuilt from events.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{
    constants::{RECORD_PROOF_WORDS, size_for_options},
    decision::{ChamberChoice, Decision, DecisionKind, decide_poll},
    elements::{CensusRoot, Context, Nullifier},
    encryption::Ciphertext,
    fingerprint::{ContentHash, PollFingerprint},
    identifiers::{ChamberId, CommitteeId},
    rounding::{DecisionNumbers, RoundingParameters},
    rule::{Rule, RuleKind},
    statement::ballot::PostedBallot,
};
use serde::{Deserialize, Serialize};

pub use crate::poll_state::PollState;
pub use crate::share::{Blinding, DecryptionShare, PostedWords, RefusedShare};
pub use crate::tally::{RoundedResult, Tally, TallyResult};
use crate::{
    chamber::Chamber,
    error::StateError,
    log::EventPosition,
    metadata::{Metadata, MetadataError},
};

/// A poll.
#[derive(Clone, Debug)]
pub struct Poll {
    /// The parameters it was created with, except for its chambers' rules.
    pub parameters: PollParameters,
    /// The account that created it.
    pub creator: Address,
    /// The hash of its content, computed from its parameters.
    pub content: ContentHash,
    /// Its fingerprint, computed from its parameters and its committee's keys; `None` if the committee had none when
    /// the poll was created, which the contract does not allow.
    pub fingerprint: Option<PollFingerprint>,
    /// Its chambers.
    pub chambers: BTreeMap<ChamberId, PollChamber>,
    /// Whether it was opened.
    pub opened: bool,
    /// Its final state and outcome, as the contract says.
    pub ended: Option<(PollState, u8)>,
    /// Where it ended; none if it has not.
    pub ended_at: Option<EventPosition>,
}

/// The parameters of a poll that hold for all of its chambers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollParameters {
    /// The reference to the proposal that it decides about.
    pub proposal: B256,
    /// The number of its options; the contract allows 2 to 8.
    pub options: u8,
    /// Its ballot rule.
    pub rule: StatedRule,
    /// How its chambers' choices decide; `None` if the contract's number is not one of a kind.
    pub decision: Option<DecisionKind>,
    /// The account that may cancel it, and the last second in which it may, since 1970; `None` if it cannot be
    /// cancelled.
    pub cancellation: Option<Cancellation>,
    /// The first second in which it may be opened, since 1970.
    pub opens_at: u64,
    /// The first second in which no ballot is accepted any more, since 1970.
    pub closes_at: u64,
    /// The last second in which decryption shares and totals are accepted, since 1970.
    pub tally_deadline: u64,
    /// The committee under whose keys ballots are encrypted.
    pub committee: CommitteeId,
    /// The index of the trustee that learns the exact totals of a rounded poll; 0 in others.
    pub teller: u8,
    /// The number of chambers that must choose an option for a decision.
    pub chambers_required: u8,
    /// The question and the names of the options ([`crate::metadata::Metadata`]).
    pub metadata: String,
}

/// The bounds that a DAO sets once for all its polls and sheet polls, when it deploys. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PollBounds {
    /// The least minimum of ballots of a chamber; at least 1. With 1, a total may be the ballot of one member.
    pub min_ballots: u32,
    /// The least size of a camp that a sheet poll may ask for; at least 1. With fewer voters in a camp, its answers are
    /// never decrypted.
    pub least_camp: u32,
    /// The least time from opening to the close.
    pub min_casting_time: u64,
    /// The least time from the close to the tally deadline. Trustees wait for finality before they decrypt.
    pub min_tally_time: u64,
    /// The greatest time from creation to the tally deadline.
    pub max_duration: u64,
}

impl PollBounds {
    /// No bounds but those that hold for all polls: for tests and local chains.
    pub const NONE: Self =
        Self { min_ballots: 1, least_camp: 1, min_casting_time: 0, min_tally_time: 0, max_duration: u64::MAX };
}

/// At least two ballots, 30 voters in a camp, ten minutes to cast them, and for the tally the 64 blocks of 12 seconds
/// after which trustees take a block for final; at most a year.
impl Default for PollBounds {
    fn default() -> Self {
        Self {
            min_ballots: 2,
            least_camp: 30,
            min_casting_time: 600,
            min_tally_time: 64 * 12,
            max_duration: 365 * 24 * 3600,
        }
    }
}

/// Who may cancel a poll, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The account.
    pub canceller: Address,
    /// The last second in which it may, since 1970.
    pub deadline: u64,
}

/// A ballot rule as a contract states it: its kind may be one that this program does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedRule {
    /// The kind; `None` if the contract's number is not one of a kind.
    pub kind: Option<RuleKind>,
    /// The parameter; which one depends on the kind ([`Rule::parameter`]).
    pub parameter: u16,
    /// Whether the whole budget must be spent.
    pub exact: bool,
    /// Whether notes hold the choices ([`Rule::choice_in_note`]).
    pub choice_in_note: bool,
    /// Whether anyone may re-encrypt ballots ([`Rule::masked`]).
    pub masked: bool,
}

/// A chamber's part in a poll: whether weights count, and its decision rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChamberRule {
    /// Its id in the registry.
    pub chamber: ChamberId,
    /// Whether the members' weights count.
    pub weighted: bool,
    /// The minimum ballots: a total of fewer is never decrypted. The contract allows no 0.
    pub min_ballots: u32,
    /// The approval threshold: the least part of the sum of totals that the chosen option needs, in basis points
    /// (1/10,000).
    pub threshold_bps: u16,
    /// The quorum: the least sum of totals for the chamber to make a choice.
    pub quorum: u64,
    /// The rounding step: 1 for exact totals; otherwise only buckets of totals are published.
    pub step: u64,
}

impl ChamberRule {
    /// Whether only buckets of the totals are published.
    pub fn is_rounded(&self) -> bool {
        self.step != 1
    }
}

/// One chamber of one poll.
#[derive(Clone, Debug)]
pub struct PollChamber {
    /// Its decision rule.
    pub rule: ChamberRule,
    /// What was fixed when the poll was opened.
    pub frozen: Option<FrozenChamber>,
    /// All ballots in order, including replaced ones.
    pub ballots: Vec<Ballot>,
    /// For each nullifier, the index in `ballots` of the ballot that counts.
    pub latest: BTreeMap<Nullifier, usize>,
    /// The skipped ballots, in order.
    pub skips: Vec<SkippedBallot>,
    /// The calls that brought the ballots, as far as they are known: those that contracts made as their events come,
    /// and those that are whole transactions once their calldata is loaded ([`crate::ChainState::load_calls`]).
    pub batches: Vec<BallotBatch>,
    /// The decryption shares.
    pub shares: Vec<DecryptionShare>,
    /// The shares that were refused because their proofs do not hold.
    pub refusals: Vec<RefusedShare>,
    /// Trustees without a share, if the poll ended without this chamber's total.
    pub missing_trustees: Vec<Address>,
    /// Tellers that could have tallied this rounded chamber, if the poll ended without.
    pub silent_tellers: Vec<Address>,
    /// The tally.
    pub tally: Option<Tally>,
}

/// What the contract fixed when a poll was opened, and the chamber at that moment as the events say.
#[derive(Clone, Debug)]
pub struct FrozenChamber {
    /// The census root in force.
    pub root: CensusRoot,
    /// The context in force.
    pub ctx: Context,
    /// The packed ballot rule in force.
    pub packed_rule: U256,
    /// Members and census at that moment.
    pub chamber: Arc<Chamber>,
}

/// A ballot that the contract accepted.
#[derive(Clone, Debug)]
pub struct Ballot {
    /// The posted part of its record: everything but the proof.
    pub posted: PostedBallot,
    /// The fingerprint of the ballot that it replaces, or zeros.
    pub previous: [u8; 32],
    /// Its transaction.
    pub transaction: B256,
    /// The number of its block.
    pub block: u64,
    /// The ordinal of its nullifier: the number of nullifiers that had cast before it.
    pub ordinal: usize,
    /// Whether a later ballot of the same nullifier counts instead.
    pub replaced: bool,
    /// Its proof.
    pub proof: ProofData,
}

impl Ballot {
    /// Returns its fingerprint, which its slot held once it was accepted.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.posted.fingerprint(self.previous)
    }
}

/// A ballot's proof, which is in its transaction's calldata, or in an event if a contract forwarded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofData {
    /// Not loaded yet ([`crate::ChainState::load_calls`]).
    NotLoaded,
    /// The words of all candidates; one of them verifies, or the ballot was not proved.
    Found(Vec<[U256; RECORD_PROOF_WORDS]>),
    /// In neither place, so no contract of the deployment accepted it: why.
    Missing(String),
}

/// A ballot of a batch that could not apply any more when the batch was cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedBallot {
    /// Its nullifier.
    pub nullifier: U256,
    /// Where it was skipped.
    pub position: EventPosition,
    /// The number of the chamber's ballots that were accepted before it.
    pub after: usize,
}

/// One call that casts ballots: each of them was accepted or skipped, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotBatch {
    /// The transaction.
    pub transaction: B256,
    /// The nullifiers of the ballots.
    pub nullifiers: Vec<U256>,
}

impl Poll {
    /// Whether only buckets of its totals are published: in all chambers, or in none.
    pub fn is_rounded(&self) -> bool {
        self.chambers.values().any(|chamber| chamber.rule.is_rounded())
    }

    /// Returns what decides a chamber of it.
    ///
    /// # Errors
    /// `Inconsistent` if the contract's numbers are none that it accepts.
    pub fn rounding_parameters(&self, rule: &ChamberRule) -> Result<RoundingParameters, StateError> {
        let kind =
            self.parameters.decision.ok_or_else(|| StateError::Inconsistent("unknown kind of decision".into()))?;
        let ChamberRule { quorum, threshold_bps, step, .. } = *rule;
        RoundingParameters::new(self.options(), kind, DecisionNumbers { quorum, threshold_bps, step })
            .map_err(|error| StateError::Inconsistent(error.to_string()))
    }

    /// Returns the time after which another trustee may replace the poll's teller, in seconds since 1970: the middle of
    /// the time from the close to the tally deadline.
    pub fn replaces_teller_after(&self) -> u64 {
        let (close, deadline) = (self.parameters.closes_at, self.parameters.tally_deadline);
        close + deadline.saturating_sub(close) / 2
    }

    /// Returns its state at a time, in seconds since 1970.
    pub fn state_at(&self, time: u64) -> PollState {
        match self.ended {
            Some((state, _)) => state,
            None if !self.opened => PollState::Created,
            None if time < self.parameters.closes_at => PollState::Open,
            None => PollState::Closed,
        }
    }

    /// Returns whether it has been opened and takes no more ballots at a time: its totals may be decrypted. A poll
    /// stays closed when its decision is sure and it has ended. No total of a cancelled poll is decrypted.
    pub fn is_closed_at(&self, time: u64) -> bool {
        self.opened && time >= self.parameters.closes_at && self.state_at(time) != PollState::Cancelled
    }

    /// Returns what its chambers' choices give so far (specification, section 10). Nothing is sure under a kind of
    /// decision that this program does not know.
    pub fn decision(&self) -> Decision {
        let Some(kind) = self.parameters.decision else { return Decision::Open };
        let choices = self.chambers.values().map(PollChamber::choice);
        decide_poll(kind, choices, self.options(), self.parameters.chambers_required)
    }

    /// Reads its question and the names of its options.
    ///
    /// # Errors
    /// [`MetadataError`] if they are not of the form that voters are shown.
    pub fn metadata(&self) -> Result<Metadata, MetadataError> {
        let kind = self.parameters.decision.unwrap_or(DecisionKind::Options);
        Metadata::parse(&self.parameters.metadata, kind, self.options())
    }

    /// Returns its fingerprint, as computed here.
    ///
    /// # Errors
    /// `Inconsistent` if its committee had no keys when it was created.
    pub fn require_fingerprint(&self) -> Result<PollFingerprint, StateError> {
        let missing = || format!("committee {} had no keys when its poll was created", self.committee());
        self.fingerprint.ok_or_else(|| StateError::Inconsistent(missing()))
    }

    /// Returns its committee.
    pub fn committee(&self) -> CommitteeId {
        self.parameters.committee
    }

    /// Returns the number of its options.
    pub fn options(&self) -> usize {
        usize::from(self.parameters.options)
    }

    /// Returns the size of its circuit: 3 or 8.
    pub fn circuit_size(&self) -> usize {
        // The contract creates no poll with another number of options; 8 fits any.
        size_for_options(self.options()).unwrap_or(8)
    }

    /// Whether anyone may re-encrypt its ballots: replacements are updates then.
    pub fn is_masked(&self) -> bool {
        self.parameters.rule.masked
    }

    /// Returns its ballot rule; `None` if the contract's value is not one of a rule.
    pub fn rule(&self) -> Option<Rule> {
        let StatedRule { kind, parameter, exact, choice_in_note, masked } = self.parameters.rule;
        Some(Rule { kind: kind?, parameter, exact, choice_in_note, masked })
    }
}

impl PollChamber {
    /// Returns whether it is to be tallied, and is not yet: it has at least as many ballots as its minimum.
    pub fn is_pending(&self) -> bool {
        self.tally.is_none() && self.latest.len() >= self.rule.min_ballots as usize
    }

    /// Returns what it contributes to its poll's decision.
    pub fn choice(&self) -> ChamberChoice {
        match &self.tally {
            None if self.is_pending() => ChamberChoice::Pending,
            None => ChamberChoice::NoOption,
            Some(tally) => tally.choice.map_or(ChamberChoice::NoOption, |option| ChamberChoice::Option(option.into())),
        }
    }

    /// Returns a chamber of a poll that has not opened, with this rule.
    pub fn new(rule: ChamberRule) -> Self {
        Self {
            rule,
            frozen: None,
            ballots: Vec::new(),
            latest: BTreeMap::new(),
            skips: Vec::new(),
            batches: Vec::new(),
            shares: Vec::new(),
            refusals: Vec::new(),
            missing_trustees: Vec::new(),
            silent_tellers: Vec::new(),
            tally: None,
        }
    }

    /// Returns the bits of the trustees that have posted shares, by index.
    pub fn share_mask(&self) -> u64 {
        self.shares.iter().fold(0, |bits, share| bits | 1 << share.index.min(63))
    }

    /// Returns the ballots that count.
    pub fn counted_ballots(&self) -> impl Iterator<Item = &Ballot> {
        self.ballots.iter().filter(|ballot| !ballot.replaced)
    }

    /// Returns the ballots that count, ordered by the ordinals of their nullifiers.
    pub fn ballots_by_ordinal(&self) -> Vec<&Ballot> {
        let mut ballots: Vec<&Ballot> = self.counted_ballots().collect();
        ballots.sort_by_key(|ballot| ballot.ordinal);
        ballots
    }

    /// Returns the ballot that counts for a nullifier.
    pub fn counted_ballot(&self, nullifier: &Nullifier) -> Option<&Ballot> {
        self.latest.get(nullifier).and_then(|&index| self.ballots.get(index))
    }

    /// Returns the fingerprint of the ballot that counts for a nullifier; zeros if there is none.
    pub fn counted_fingerprint(&self, nullifier: &Nullifier) -> [u8; 32] {
        self.counted_ballot(nullifier).map_or([0; 32], Ballot::fingerprint)
    }

    /// Returns the sum of the ciphertexts that count, for a circuit of this size.
    pub fn encrypted_total(&self, size: usize) -> Ciphertext {
        let counting = self.counted_ballots().map(|ballot| &ballot.posted.ciphertext);
        Ciphertext::sum_ciphertexts(size, counting.filter(|ciphertext| ciphertext.size() == size))
    }
}
