//! The words of a form, from which a contract computes the form's hash.

use ark_ff::{PrimeField, Zero};

use super::{Axis, Form, FormError, FormKind};
use crate::{
    Fr,
    constants::{AXIS_BYTES_PER_WORD, CAMP_THRESHOLD_OFFSET, SHEET_SIZES, tag},
    elements::{FormHash, PilotHash},
    field, poseidon,
};

/// The bit of the shape at which the marks of groups begin; the mask of used cells is below it.
const LASTS_AT: u32 = 40;
const GROUPS: u32 = 80;
const EXACT: u32 = 81;
const RANKING: u32 = 82;
const APPROVAL: u32 = 83;
const CAMPS: u32 = 84;

/// The byte that adds nothing to a score.
const NEUTRAL: u8 = 128;

/// The words of a form: as a contract stores and hashes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormWords {
    /// Bits 0 to 39: the mask of used cells, 40 to 79: the last cells of groups, 80: groups, 81: exactly one cell of
    /// each group, 82: ranking, 83: approval, 84: camps.
    pub shape: u128,
    /// `t'`: a camp's threshold plus `2^13`, an approval's budget, otherwise `2^13`.
    pub threshold: u32,
    /// The hash of the pilot; zero without camps.
    pub pilot: PilotHash,
    /// The bytes `agree_1, disagree_1, agree_2, ..` of all cells, 31 to a word, the first byte lowest: 2 or 3 words.
    pub axis: Vec<Fr>,
}

impl FormWords {
    /// Returns `form = Poseidon(FORM, shape, 0, axis)` with `axis = Chain(AXIS, pilot, t', words..)`. The third input
    /// is reserved for a jury's lot.
    pub fn hash(&self) -> FormHash {
        let mut axis = vec![tag::axis(), self.pilot.to_fr(), Fr::from(self.threshold)];
        axis.extend_from_slice(&self.axis);
        let inputs = [tag::form(), Fr::from(self.shape), Fr::zero(), poseidon::chain(&axis)];
        FormHash::from_fr(poseidon::hash(&inputs))
    }
}

impl Form {
    /// Returns the hash that the context of the sheet's chambers binds.
    pub fn hash(&self) -> FormHash {
        self.to_words().hash()
    }

    /// Returns the words of this form.
    pub fn to_words(&self) -> FormWords {
        let flag = |at: u32, set: bool| u128::from(set) << at;
        let used = (1u128 << self.count()) - 1;
        let (flags, threshold, pilot) = match self.kind() {
            FormKind::Statements { camps: None } => (0, CAMP_THRESHOLD_OFFSET, PilotHash::NONE),
            FormKind::Statements { camps: Some(axis) } => {
                let threshold = i32::from(axis.threshold) + CAMP_THRESHOLD_OFFSET as i32;
                (flag(CAMPS, true), threshold.unsigned_abs(), axis.pilot)
            }
            FormKind::Groups { lasts, exact } => {
                let flags = flag(GROUPS, true) | flag(EXACT, *exact) | u128::from(*lasts) << LASTS_AT;
                (flags, CAMP_THRESHOLD_OFFSET, PilotHash::NONE)
            }
            FormKind::Ranking { .. } => (flag(RANKING, true), CAMP_THRESHOLD_OFFSET, PilotHash::NONE),
            FormKind::Approval { budget, .. } => (flag(APPROVAL, true), *budget, PilotHash::NONE),
        };
        let axis = self.axis_bytes().chunks(AXIS_BYTES_PER_WORD).map(Fr::from_le_bytes_mod_order).collect();
        FormWords { shape: used | flags, threshold, pilot, axis }
    }

    /// Returns the bytes `agree_1, disagree_1, agree_2, ..` of all cells.
    pub fn axis_bytes(&self) -> Vec<u8> {
        let (used, padding): (Vec<[u8; 2]>, u8) = match self.kind() {
            FormKind::Statements { camps: Some(axis) } => {
                let byte = |weight: i8| weight.cast_unsigned().wrapping_add(NEUTRAL);
                (axis.weights.iter().map(|pair| pair.map(byte)).collect(), NEUTRAL)
            }
            FormKind::Approval { costs, .. } => (costs.iter().map(|cost| cost.to_le_bytes()).collect(), 0),
            _ => (Vec::new(), NEUTRAL),
        };
        let mut bytes: Vec<u8> = used.into_iter().flatten().collect();
        bytes.resize(2 * self.size(), padding);
        bytes
    }

    /// Returns the form of these words, of a sheet of `size` cells.
    ///
    /// # Errors
    /// Returns [`FormError`] if the words are not those of [`Form::to_words`] of some form: then a contract refuses the
    /// sheet, and no client takes part in it.
    pub fn from_words(size: usize, words: &FormWords) -> Result<Form, FormError> {
        if !SHEET_SIZES.contains(&size) {
            return Err(FormError::Size { size });
        }
        let bytes = unpack_bytes(2 * size, &words.axis)?;
        let count = (words.shape as u64 & ((1 << LASTS_AT) - 1)).count_ones() as usize;
        if !(1..=size).contains(&count) {
            return Err(FormError::Count { count, size });
        }
        let form = Form::new(size, count, read_kind(count, words, &bytes)?)?;
        let expected = form.to_words();
        if words.shape != expected.shape {
            return Err(FormError::Shape(words.shape));
        }
        if words.threshold != expected.threshold {
            return Err(FormError::Threshold(words.threshold));
        }
        if words.pilot != expected.pilot {
            return Err(FormError::UnusedPilot);
        }
        match words.axis.iter().zip(&expected.axis).position(|(given, expected)| given != expected) {
            Some(index) => Err(FormError::AxisWord { index }),
            None => Ok(form),
        }
    }
}

/// Returns the kind that the flags name, with the parameters of the used cells. What it does not read, the caller
/// compares.
fn read_kind(count: usize, words: &FormWords, bytes: &[u8]) -> Result<FormKind, FormError> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let used = &pairs[..count];
    let marks = (words.shape >> LASTS_AT) as u64 & ((1 << LASTS_AT) - 1);
    let set = [GROUPS, EXACT, RANKING, APPROVAL, CAMPS].map(|bit| words.shape >> bit & 1 == 1);
    Ok(match set {
        [false, false, false, false, false] => FormKind::Statements { camps: None },
        [true, exact, false, false, false] => FormKind::Groups { lasts: marks, exact },
        [false, false, true, false, false] => {
            // The least number of options with at least `count` pairs; `Form::new` refuses it if it has more.
            let options = (2..=count + 1).find(|&m| crate::constants::pairs_of(m) >= count).unwrap_or_default();
            FormKind::Ranking { options }
        }
        [false, false, false, true, false] => {
            let costs = used.iter().map(|cost| u16::from_le_bytes(*cost)).collect();
            FormKind::Approval { costs, budget: words.threshold }
        }
        [false, false, false, false, true] => {
            let weight = |byte: u8| byte.wrapping_sub(NEUTRAL).cast_signed();
            let threshold = i16::try_from(i64::from(words.threshold) - i64::from(CAMP_THRESHOLD_OFFSET))
                .map_err(|_| FormError::Threshold(words.threshold))?;
            let weights = used.iter().map(|pair| pair.map(weight)).collect();
            FormKind::Statements { camps: Some(Axis { weights, threshold, pilot: words.pilot }) }
        }
        _ => return Err(FormError::Flags(words.shape)),
    })
}

fn unpack_bytes(length: usize, words: &[Fr]) -> Result<Vec<u8>, FormError> {
    let expected = length.div_ceil(AXIS_BYTES_PER_WORD);
    if words.len() != expected {
        return Err(FormError::AxisWords { expected, actual: words.len() });
    }
    let mut bytes = Vec::with_capacity(length);
    for (index, word) in words.iter().enumerate() {
        let held = AXIS_BYTES_PER_WORD.min(length - AXIS_BYTES_PER_WORD * index);
        let mut little_endian = field::to_bytes(word);
        little_endian.reverse();
        let (own, rest) = little_endian.split_at(held);
        if rest.iter().any(|byte| *byte != 0) {
            return Err(FormError::AxisWord { index });
        }
        bytes.extend_from_slice(own);
    }
    Ok(bytes)
}
