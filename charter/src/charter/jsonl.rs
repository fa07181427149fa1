//! A charter as JSON lines, one a principle: what a training run or an evaluation takes.

use serde::Serialize;

use super::Charter;
use crate::{hash::Hash32, outcome::ChamberTotals};

/// The totals of one principle in a camp, or in a chamber without camps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GroupRecord {
    /// Members who voted.
    pub turnout: u64,
    /// Members who agree.
    pub agrees: u64,
    /// Members who disagree.
    pub disagrees: u64,
}

/// The totals of one principle: for each chamber its groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PrincipleTotals(pub Vec<Vec<GroupRecord>>);

impl PrincipleTotals {
    /// Takes the totals of the statement at a place, from 0, of all chambers; chambers without it give no groups.
    pub fn of(chambers: &[ChamberTotals], statement: usize) -> Self {
        let take = |totals: &ChamberTotals| {
            let groups = totals.groups().iter().filter_map(|group| {
                let cell = group.cells().get(statement)?;
                Some(GroupRecord { turnout: group.turnout(), agrees: cell.agrees, disagrees: cell.disagrees })
            });
            groups.collect()
        };
        Self(chambers.iter().map(take).collect())
    }
}

#[derive(Serialize)]
struct Line<'a> {
    charter: Hash32,
    version: u64,
    number: usize,
    /// The place in the agenda, from 0.
    index: usize,
    principle: &'a str,
    /// Keccak-256 of the principle's text.
    hash: Hash32,
    totals: Option<&'a PrincipleTotals>,
    poll: Hash32,
}

/// Writes a line a principle: charter hash, version, number from 1, place in the agenda from 0, text, keccak256 of the
/// text, totals by chamber and camp, and the fingerprint of the poll. `totals` are in the order of the principles; a
/// principle without any gets `null`.
pub fn export_jsonl(charter: &Charter, totals: &[PrincipleTotals]) -> String {
    let (hash, terms) = (charter.hash(), charter.terms());
    let lines = charter.principles().iter().enumerate().map(|(place, principle)| {
        let line = Line {
            charter: hash,
            version: terms.version,
            number: place + 1,
            index: principle.index,
            principle: &principle.text,
            hash: Hash32::of(principle.text.as_bytes()),
            totals: totals.get(place),
            poll: terms.poll,
        };
        // Numbers and strings alone: serialisation has nothing to fail on.
        serde_json::to_string(&line).map(|text| text + "\n").unwrap_or_default()
    });
    lines.collect()
}
