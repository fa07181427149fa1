//! A form's words as bits and bytes.

use psephos_protocol::Fr;
use psephos_protocol::constants::{AXIS_BYTES_PER_WORD, tag};
use psephos_protocol::sheet;

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::{poseidon, power_of_two};
use crate::{Builder, Num};

/// Bits of a byte of the axis.
const BYTE_BITS: usize = 8;
/// The bit of the packed shape at which the last cells of groups begin.
const LASTS_AT: usize = 40;
/// The bit of the packed shape at which the five flags begin.
const FLAGS_AT: usize = 80;

/// The values of a form's words, in any of which a malicious prover may differ from a canonical form.
pub struct FormValues {
    /// The packed shape.
    pub shape: u128,
    /// `t'`.
    pub threshold: Fr,
    /// The hash of the pilot.
    pub pilot: Fr,
    /// The bytes of the axis, two for each cell.
    pub bytes: Vec<u8>,
}

impl FormValues {
    /// Returns the values of a form.
    pub fn from_form(form: &sheet::Form) -> FormValues {
        let words = form.to_words();
        FormValues {
            shape: words.shape,
            threshold: Fr::from(words.threshold),
            pilot: words.pilot.to_fr(),
            bytes: form.axis_bytes(),
        }
    }
}

/// A form.
pub struct Form {
    /// For each cell, whether it is used.
    pub used: Vec<Num>,
    /// For each cell, whether it is the last one of its group.
    pub lasts: Vec<Num>,
    /// Whether cells are candidates in groups.
    pub groups: Num,
    /// Whether exactly one cell of each group must be agreed with.
    pub exact: Num,
    /// Whether cells are the pairs of ranked options.
    pub ranking: Num,
    /// Whether cells have costs.
    pub approval: Num,
    /// Whether voters are in two camps.
    pub camps: Num,
    /// For each cell, the bytes of agreement and of disagreement.
    pub bytes: Vec<[Num; 2]>,
    /// `t'`, as the context's form has it: its range is that of the contract which made the form.
    pub threshold: Num,
    pilot: Num,
}

impl Form {
    /// Allocates a form for `size` cells: two constraints a cell for the shape, 16 for its bytes, and five.
    ///
    /// **Every bit and byte is ranged here**, not only in the contract. A word is a sum of its parts times powers of
    /// two: with parts beyond their range one word, and so one `form`, has many readings, and a voter would choose the
    /// weights that put it into the camp which it likes.
    pub fn allocate(b: &mut Builder, values: &FormValues, size: usize) -> Form {
        let mut bits = |at: usize, n: usize| -> Vec<Num> {
            (0..n).map(|i| b.allocate_bit(values.shape >> (at + i) & 1 == 1)).collect()
        };
        let (used, lasts) = (bits(0, size), bits(LASTS_AT, size));
        let mut flags = bits(FLAGS_AT, 5).into_iter();
        let mut flag = || flags.next().unwrap_or_else(Num::zero);
        let [groups, exact, ranking, approval, camps] = std::array::from_fn(|_| flag());
        // Exactly `2·size` bytes: a witness of another length must not change the constraint structure.
        let byte = |i: usize| u64::from(values.bytes.get(i).copied().unwrap_or_default());
        let mut allocate_byte = |i: usize| pack_bits(&allocate_bits(b, byte(i), BYTE_BITS));
        let bytes = (0..size).map(|cell| [allocate_byte(2 * cell), allocate_byte(2 * cell + 1)]).collect();
        let (threshold, pilot) = (b.allocate_free(values.threshold), b.allocate_free(values.pilot));
        Form { used, lasts, groups, exact, ranking, approval, camps, bytes, threshold, pilot }
    }

    /// Computes `form = Poseidon(FORM, shape, 0, axis)` with `axis = Chain(AXIS, pilot, t', words..)`. Twin of
    /// `psephos_protocol::sheet::FormWords::hash`.
    ///
    /// The third input is the constant 0: no sheet of a jury, whose lot would stand there, is proved without its lot.
    pub fn hash(&self, b: &mut Builder) -> Num {
        let mut inputs = vec![Num::constant(tag::axis()), self.pilot.clone(), self.threshold.clone()];
        inputs.extend(self.pack_axis());
        let axis = poseidon::chain(b, &inputs);
        poseidon::hash(b, &[Num::constant(tag::form()), self.pack_shape(), Num::zero(), axis])
    }

    fn pack_shape(&self) -> Num {
        let flags = [&self.groups, &self.exact, &self.ranking, &self.approval, &self.camps].map(Num::clone);
        let at = |from: usize, bits: &[Num]| pack_bits(bits).scale(power_of_two(from));
        &(&pack_bits(&self.used) + &at(LASTS_AT, &self.lasts)) + &at(FLAGS_AT, &flags)
    }

    /// Returns the axis words, 31 bytes each, the first byte lowest.
    fn pack_axis(&self) -> Vec<Num> {
        let bytes: Vec<&Num> = self.bytes.iter().flatten().collect();
        let word = |part: &[&Num]| {
            Num::linear_combination(part.iter().enumerate().map(|(i, byte)| (power_of_two(BYTE_BITS * i), *byte)))
        };
        bytes.chunks(AXIS_BYTES_PER_WORD).map(word).collect()
    }
}
