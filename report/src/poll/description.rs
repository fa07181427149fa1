//! A poll and its parts in words.

use psephos_protocol::identifiers::ChamberId;
use psephos_state::PollState;

use super::{ChamberReport, Outcome, PollReport};
use crate::format::plural;

impl PollReport {
    /// Describes an outcome, with the option's name.
    pub fn describe_outcome(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Decided(option) => format!("Decided: {}", self.option_name(option)),
            Outcome::Rejected => "Rejected".into(),
            Outcome::Undecided => "Undecided".into(),
            Outcome::Cancelled => "Cancelled".into(),
            Outcome::Pending => "Pending".into(),
        }
    }

    /// Describes how far the poll is, in a few words: its outcome once it has ended.
    pub fn describe_state(&self) -> String {
        let [opens_at, closes_at, _] = self.schedule;
        match self.state {
            PollState::Created if self.time >= closes_at => "Never opened".into(),
            PollState::Created if self.time >= opens_at => "Not opened yet".into(),
            PollState::Created => "Not begun yet".into(),
            PollState::Open => "Open".into(),
            PollState::Closed => "Closed, not tallied yet".into(),
            _ => self.describe_outcome(self.outcome),
        }
    }

    /// Returns whether anything can still change: not once the poll has ended, or can no longer be opened.
    pub fn is_final(&self) -> bool {
        match self.state {
            PollState::Created => self.time >= self.schedule[1],
            state => !matches!(state, PollState::Open | PollState::Closed),
        }
    }

    /// Returns the name of an option.
    pub fn option_name(&self, option: usize) -> String {
        self.options.get(option).cloned().unwrap_or_else(|| format!("option {option}"))
    }

    /// Returns the name of a chamber.
    pub fn chamber_name(&self, id: ChamberId) -> String {
        let found = self.chambers.iter().find(|chamber| chamber.chamber == id);
        found.map_or_else(|| format!("chamber {id}"), |chamber| chamber.name.clone())
    }

    /// Describes why a chamber has no totals.
    pub fn describe_missing_total(&self, chamber: &ChamberReport) -> String {
        let ballots = plural(chamber.ballots as u64, "ballot");
        match self.state {
            PollState::Created => "The poll was not opened: there are no ballots.".into(),
            PollState::Open => format!("{ballots} so far. Nothing is decrypted before the close."),
            PollState::Cancelled => format!("Not decrypted: {ballots}, and the poll was cancelled."),
            _ if chamber.ballots < chamber.min_ballots as usize => format!(
                "Not decrypted: {ballots}, and at least {} are needed: the total of fewer would reveal single votes.",
                chamber.min_ballots
            ),
            PollState::Closed => {
                let shares = plural(chamber.shares as u64, "decryption share");
                format!("Not tallied yet: {ballots}, {shares} posted.")
            }
            PollState::Undecided => format!("Not tallied before the deadline: {ballots}."),
            _ => format!("Not tallied: {ballots}. The decision did not depend on it any more."),
        }
    }
}
