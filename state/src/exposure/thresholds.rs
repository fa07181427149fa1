//! The numbers that decide about a verdict; the book's page on exposure argues for each.

/// The step of totals that are published as they are.
pub const EXACT: u64 = 1;
/// A weight that at least this many members share hides them among one another.
pub const SHARED_BY: usize = 5;
/// The minorities that are looked at, as parts of the members. The first one decides about red: results are usually
/// lopsided, and the fewer dissenters there are, the fewer sums can be theirs.
pub const MINORITIES: [f64; 3] = [0.05, 0.2, 0.5];
/// A member is named if its vote has at least this probability, given weights and totals.
pub const NAMED: f64 = 0.9;
/// From this part of the dissenters on that would be named, the verdict is red.
pub const RED_NAMED: f64 = 0.1;
/// Up to this part of the dissenters the verdict can be green.
pub const GREEN_NAMED: f64 = 0.02;
/// Up to this probability of a unanimous result the verdict can be green.
pub const GREEN_UNANIMOUS: f64 = 0.1;
