//! How well an axis agrees with the opinion groups of a conversation.

use std::collections::BTreeMap;

use super::{Axis, AxisError};
use crate::answers::Answer;

/// How many people are in the camp of their group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// People whose camp is the one of their group.
    pub agreeing: usize,
    /// People whose group is known.
    pub known: usize,
}

impl Accuracy {
    /// Returns the share in basis points, rounded down; `None` if no group is known.
    pub fn basis_points(self) -> Option<u16> {
        u16::try_from((self.agreeing * 10_000).checked_div(self.known)?).ok()
    }
}

/// Measures the accuracy of an axis on people with known groups.
///
/// Which camp is which group's is taken as the assignment of two different groups to the two camps that most people
/// agree with; people of further groups count as not agreeing.
///
/// # Errors
/// [`AxisError::Answers`], if answers are to another number of statements.
pub fn measure_accuracy<'a>(
    axis: &Axis,
    people: impl IntoIterator<Item = (&'a [Option<Answer>], Option<u64>)>,
) -> Result<Accuracy, AxisError> {
    let (mut counts, mut known) = (BTreeMap::<u64, [usize; 2]>::new(), 0);
    for (answers, group) in people {
        let camp = axis.assign_camp(answers)?;
        if let Some(group) = group {
            counts.entry(group).or_default()[camp.index()] += 1;
            known += 1;
        }
    }
    let single = counts.values().flatten().copied().max().unwrap_or(0);
    let pairs = counts.iter().flat_map(|(group, in_a)| {
        let others = counts.iter().filter(move |(other, _)| *other != group);
        others.map(|(_, in_b)| in_a[0] + in_b[1])
    });
    Ok(Accuracy { agreeing: pairs.max().unwrap_or(0).max(single), known })
}
