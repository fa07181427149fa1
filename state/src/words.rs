//! Strict conversions between the chain's 256-bit words and the protocol's types.

use alloy_primitives::U256;
use psephos_protocol::{
    Point,
    elements::Element,
    field,
    identifiers::{ChamberId, CommitteeId, PollId, SheetId},
    weight::Weight,
};

use crate::error::StateError;

/// Where words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// A node or any other party: everything is validated.
    Untrusted,
    /// The program's own store, which kept them unchanged after they were applied without a finding: subgroup
    /// membership of points is not checked again.
    Checked,
}

/// Returns a field element as a word.
pub fn from_field(element: &impl Element) -> U256 {
    U256::from_be_bytes(field::to_bytes(&element.to_fr()))
}

/// Returns a word as a field element of the meaning that the caller expects.
///
/// # Errors
/// `Unexpected` if it is not below the field's order.
pub fn to_field<E: Element>(word: U256) -> Result<E, StateError> {
    let element = field::from_bytes(&word.to_be_bytes());
    element.map(E::from_fr).map_err(|error| StateError::Unexpected(format!("{word}: {error}")))
}

/// Returns a word as an integer of 64 bits.
///
/// # Errors
/// `Unexpected` if it does not fit.
pub fn to_u64(word: U256) -> Result<u64, StateError> {
    word.try_into().map_err(|_| StateError::Unexpected(format!("{word} does not fit in 64 bits")))
}

/// Returns a word as the identifier of a poll.
///
/// # Errors
/// `Unexpected` if it does not fit 64 bits.
pub fn to_poll(word: U256) -> Result<PollId, StateError> {
    to_u64(word).map(PollId::new)
}

/// Returns a word as the identifier of a sheet poll.
///
/// # Errors
/// `Unexpected` if it does not fit 64 bits.
pub fn to_sheet(word: U256) -> Result<SheetId, StateError> {
    to_u64(word).map(SheetId::new)
}

/// Returns a word as the identifier of a chamber.
///
/// # Errors
/// `Unexpected` if it does not fit 64 bits.
pub fn to_chamber(word: U256) -> Result<ChamberId, StateError> {
    to_u64(word).map(ChamberId::new)
}

/// Returns a word as the identifier of a committee.
///
/// # Errors
/// `Unexpected` if it does not fit 64 bits.
pub fn to_committee(word: U256) -> Result<CommitteeId, StateError> {
    to_u64(word).map(CommitteeId::new)
}

/// Returns a word as a member's weight.
///
/// # Errors
/// `Unexpected` if it is not from 1 to `2^40 - 1`.
pub fn to_weight(word: U256) -> Result<Weight, StateError> {
    Weight::new(to_u64(word)?).map_err(|error| StateError::Unexpected(error.to_string()))
}

/// Returns points as `x, y, x, y, ..`.
pub fn from_points(points: &[Point]) -> Vec<U256> {
    points.iter().flat_map(|point| [from_field(&point.x()), from_field(&point.y())]).collect()
}

/// Returns `x, y, x, y, ..` as points of the subgroup.
///
/// # Errors
/// As for events: `Unexpected` if these are no points.
pub fn to_points(words: &[U256]) -> Result<Vec<Point>, StateError> {
    to_points_from(words, Provenance::Untrusted)
}

/// Returns `x, y, x, y, ..` of this provenance as points of the subgroup.
///
/// # Errors
/// `Unexpected` if the number of words is odd, a word is not a field element, or a pair is not a point of the subgroup.
pub(crate) fn to_points_from(words: &[U256], source: Provenance) -> Result<Vec<Point>, StateError> {
    let point = match source {
        Provenance::Untrusted => Point::from_coordinates,
        Provenance::Checked => Point::from_checked_coordinates,
    };
    let (pairs, []) = words.as_chunks::<2>() else {
        return Err(StateError::Unexpected("an odd number of coordinates".into()));
    };
    pairs
        .iter()
        .map(|[x, y]| {
            point([to_field(*x)?, to_field(*y)?])
                .map_err(|error| StateError::Unexpected(format!("invalid point: {error}")))
        })
        .collect()
}
