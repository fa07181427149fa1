//! A poll as the chain has it: question, chambers, totals and outcome.

use psephos_protocol::{
    decision::DecisionKind,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{
    ChainState, PollChamber, PollState, RoundedResult, StateError, exposure::Exposure, fingerprint::ContentWords,
};
use serde::{Deserialize, Serialize};

use crate::text::{describe_rule, read_text};

mod description;

/// A poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollReport {
    /// Its number.
    pub poll: PollId,
    /// Its question, or that there is none to show.
    pub title: String,
    /// Why the poll's own text is not shown.
    pub text_problem: Option<String>,
    /// The eight words of its content, which people compare.
    pub words: String,
    /// Its fingerprint, which every ballot is bound to; none if its committee had no keys when it was created.
    pub fingerprint: Option<String>,
    /// Its ballot rule in words, such as `plurality`.
    pub rule: String,
    /// Whether it is a motion: of Against, For and Abstain, only For can be decided.
    pub motion: bool,
    /// The circuit's number of options, 3 or 8.
    pub circuit: usize,
    /// The options' names.
    pub options: Vec<String>,
    /// Its chambers.
    pub chambers: Vec<ChamberReport>,
    /// Number of chambers that must choose an option.
    pub chambers_required: u8,
    /// Opening, close and tally deadline, in seconds since 1970.
    pub schedule: [u64; 3],
    /// The time of the last block, in seconds since 1970.
    pub time: u64,
    /// Its state at that time.
    pub state: PollState,
    /// The outcome on chain.
    pub outcome: Outcome,
    /// Number of ballots that count.
    pub ballots: usize,
    /// Number of ballots that their voters replaced.
    pub replaced: usize,
}

/// One chamber of one poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChamberReport {
    /// Its number in the registry.
    pub chamber: ChamberId,
    /// Its name.
    pub name: String,
    /// Whether weights count here.
    pub weighted: bool,
    /// Members in the frozen census; none before the poll opens.
    pub members: Option<usize>,
    /// The sum of their weights.
    pub total_weight: Option<u64>,
    /// What its totals can say about these members.
    pub exposure: Option<Exposure>,
    /// Number of ballots that count.
    pub ballots: usize,
    /// Number of ballots that were replaced.
    pub replaced: usize,
    /// Minimum number of ballots for the total to be decrypted.
    pub min_ballots: u32,
    /// Quorum: minimum sum of totals for a choice.
    pub quorum: u64,
    /// Approval threshold: part of that sum that an option needs, in basis points.
    pub threshold_bps: u16,
    /// The frozen census root, `0x..`.
    pub root: Option<String>,
    /// The context, `0x..`.
    pub ctx: Option<String>,
    /// Number of decryption shares.
    pub shares: usize,
    /// The totals on chain, in the order of the options; none if they were not decrypted, or only rounded.
    pub totals: Option<Vec<u64>>,
    /// What a rounded chamber has published of its totals.
    pub rounded: Option<RoundedReport>,
    /// The option chosen on chain, from 0.
    pub choice: Option<usize>,
}

/// What a rounded chamber publishes of its totals.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RoundedReport {
    /// The rounding step.
    pub step: u64,
    /// The option with the greatest total, the first of equals, from 0.
    pub greatest: usize,
    /// The least and the greatest total that each option can have; none for the one with the greatest total.
    pub bounds: Vec<Option<(u64, u64)>>,
}

/// The outcome of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An option, from 0.
    Decided(usize),
    /// No option was chosen by enough chambers.
    Rejected,
    /// It was not tallied before the deadline.
    Undecided,
    /// Its canceller ended it.
    Cancelled,
    /// Not decided yet.
    Pending,
}

/// Returns the sum of totals, which come from a chain: at most the greatest number.
pub fn sum_totals(totals: &[u64]) -> u64 {
    totals.iter().fold(0, |sum: u64, total| sum.saturating_add(*total))
}

impl Outcome {
    /// Returns the outcome that the chain has.
    pub fn new(ended: Option<(PollState, u8)>) -> Self {
        match ended {
            Some((PollState::Decided, option)) => Self::Decided(usize::from(option)),
            Some((PollState::Rejected, _)) => Self::Rejected,
            Some((PollState::Undecided, _)) => Self::Undecided,
            Some((PollState::Cancelled, _)) => Self::Cancelled,
            _ => Self::Pending,
        }
    }
}

impl PollReport {
    /// Reports on a poll.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn new(state: &ChainState, id: PollId) -> Result<Self, StateError> {
        let poll = state.poll(id)?;
        let text = read_text(poll);
        let parameters = &poll.parameters;
        let chambers: Vec<ChamberReport> =
            poll.chambers.iter().map(|(id, listed)| ChamberReport::new(state, *id, listed)).collect();
        Ok(Self {
            poll: id,
            title: text.title,
            text_problem: text.problem.map(|problem| problem.to_string()),
            words: ContentWords::new(poll.content).to_string(),
            fingerprint: poll.fingerprint.map(|fingerprint| fingerprint.to_string()),
            rule: describe_rule(poll),
            motion: parameters.decision == Some(DecisionKind::Motion),
            circuit: poll.circuit_size(),
            options: text.options,
            chambers_required: parameters.chambers_required,
            schedule: [parameters.opens_at, parameters.closes_at, parameters.tally_deadline],
            time: state.time,
            state: poll.state_at(state.time),
            outcome: Outcome::new(poll.ended),
            ballots: chambers.iter().map(|chamber| chamber.ballots).sum(),
            replaced: chambers.iter().map(|chamber| chamber.replaced).sum(),
            chambers,
        })
    }

    /// Returns the totals of all chambers together. None unless there are several chambers, all have been tallied, and
    /// all count in the same unit: weights and members do not add up.
    pub fn combined_totals(&self) -> Option<Vec<u64>> {
        let first = self.chambers.first()?;
        if self.chambers.len() < 2 || self.chambers.iter().any(|chamber| chamber.weighted != first.weighted) {
            return None;
        }
        let mut sums = vec![0_u64; self.options.len()];
        for chamber in &self.chambers {
            let totals = chamber.totals.as_ref()?;
            sums.iter_mut().zip(totals).for_each(|(sum, total)| *sum = sum.saturating_add(*total));
        }
        Some(sums)
    }
}

impl RoundedReport {
    fn new(published: &RoundedResult, step: u64) -> Self {
        let greatest = usize::from(published.greatest);
        let bounds = published.buckets.iter().enumerate().map(|(option, bucket)| {
            let least = bucket.saturating_mul(step);
            (option != greatest).then_some((least, least.saturating_add(step - 1)))
        });
        Self { step, greatest, bounds: bounds.collect() }
    }
}

impl ChamberReport {
    fn new(state: &ChainState, id: ChamberId, listed: &PollChamber) -> Self {
        let (rule, frozen) = (&listed.rule, listed.frozen.as_ref());
        let registered = state.chambers.get(&id);
        let named = frozen.map(|frozen| &frozen.chamber).or(registered);
        Self {
            chamber: id,
            name: named.map_or_else(|| format!("chamber {id}"), |chamber| chamber.name.clone()),
            weighted: rule.weighted,
            members: frozen.map(|frozen| frozen.chamber.members.len()),
            total_weight: frozen.map(|frozen| frozen.chamber.total_weight().get()),
            exposure: frozen.map(|frozen| Exposure::of_chamber(&frozen.chamber, rule.weighted, rule.step)),
            ballots: listed.latest.len(),
            replaced: listed.ballots.iter().filter(|ballot| ballot.replaced).count(),
            min_ballots: rule.min_ballots,
            quorum: rule.quorum,
            threshold_bps: rule.threshold_bps,
            root: frozen.map(|frozen| frozen.root.to_hex()),
            ctx: frozen.map(|frozen| frozen.ctx.to_hex()),
            shares: listed.shares.len(),
            totals: listed.tally.as_ref().and_then(|tally| tally.exact_totals()).map(<[u64]>::to_vec),
            rounded: listed
                .tally
                .as_ref()
                .and_then(|tally| tally.rounded())
                .map(|published| RoundedReport::new(published, rule.step)),
            choice: listed.tally.as_ref().and_then(|tally| tally.choice).map(usize::from),
        }
    }
}
