//! Between the chain's words and the protocol's field elements, strictly.

use alloy_primitives::U256;
use psephos_protocol::{Fr, Point, field};

use crate::error::StateError;

/// Where words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// A node, or anybody: everything is checked.
    Untrusted,
    /// A store of our own, which kept it unchanged after it was applied without a finding: its points are not looked for in the subgroup again.
    Checked,
}

/// A field element as a word.
pub fn from_field(element: &Fr) -> U256 {
    U256::from_be_bytes(field::to_bytes(element))
}

/// A word as a field element.
///
/// # Errors
/// `Unexpected` if it is not below the field's order.
pub fn to_field(word: U256) -> Result<Fr, StateError> {
    field::from_bytes(&word.to_be_bytes()).map_err(|error| StateError::Unexpected(format!("{word}: {error}")))
}

/// A word as a small number.
///
/// # Errors
/// `Unexpected` if it does not fit.
pub fn to_u64(word: U256) -> Result<u64, StateError> {
    word.try_into().map_err(|_| StateError::Unexpected(format!("{word} is not a small number")))
}

/// Points as `x, y, x, y, ..`.
pub fn from_points(points: &[Point]) -> Vec<U256> {
    points.iter().flat_map(|point| [from_field(&point.x()), from_field(&point.y())]).collect()
}

/// `x, y, x, y, ..` as points of the subgroup.
///
/// # Errors
/// `Unexpected` if the number is odd, a word is not a field element, or a pair is not a point.
pub fn to_points(words: &[U256]) -> Result<Vec<Point>, StateError> {
    to_points_from(words, Provenance::Untrusted)
}

/// The same, of words of this source.
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
            let (x, y) = (to_field(*x)?, to_field(*y)?);
            point(x, y).map_err(|error| StateError::Unexpected(format!("a point: {error}")))
        })
        .collect()
}
