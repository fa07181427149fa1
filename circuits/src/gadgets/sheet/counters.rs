//! The values that a sheet encrypts, as selections among constants. Twin of
//! `psephos_protocol::sheet::Form::count_values`.

use std::sync::LazyLock;

use psephos_protocol::constants::{CAMP_COUNTER_BITS, WIDE_COUNTER_BITS};

use crate::gadgets::elgamal::{ConstantValue, Selection};
use crate::gadgets::sheet::{Cell, Form};
use crate::{Builder, Num};

/// The values that a cell or a turnout can have.
struct Units {
    zero: ConstantValue,
    one: ConstantValue,
    second_wide: ConstantValue,
    second: ConstantValue,
    third: ConstantValue,
    fourth: ConstantValue,
}

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let power = |bit: usize| ConstantValue::new(1 << bit);
    Units {
        zero: ConstantValue::new(0),
        one: power(0),
        second_wide: power(WIDE_COUNTER_BITS),
        second: power(CAMP_COUNTER_BITS),
        third: power(2 * CAMP_COUNTER_BITS),
        fourth: power(3 * CAMP_COUNTER_BITS),
    }
});

/// Returns the turnout: 1, or `2^20` in the upper camp; at no cost.
pub fn select_turnout(camp: &Num) -> Selection {
    Selection { base: UNITS.one, options: vec![(camp.clone(), UNITS.second_wide)] }
}

/// Selects a cell's value, for three constraints: `a + 2^20 d` without camps, `a + 2^13 d` in the lower camp, and
/// `2^26 a + 2^39 d` in the upper one.
///
/// At most one selector is 1, as [`Selection`] needs it: `a` and `d` are bits that are not both set, and `camp` is a
/// bit that is set only where `form.camps` is. `a` splits into the two camps, and `d` into no camps and the two camps.
pub fn select_cell(b: &mut Builder, form: &Form, camp: &Num, cell: &Cell) -> Selection {
    let Cell { agree, disagree } = cell;
    let upper_agree = b.mul(agree, camp);
    let in_camps = b.mul(disagree, &form.camps);
    let upper_disagree = b.mul(disagree, camp);
    let options = vec![
        (agree - &upper_agree, UNITS.one),
        (disagree - &in_camps, UNITS.second_wide),
        (&in_camps - &upper_disagree, UNITS.second),
        (upper_agree, UNITS.third),
        (upper_disagree, UNITS.fourth),
    ];
    Selection { base: UNITS.zero, options }
}
