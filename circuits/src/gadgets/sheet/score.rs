//! One sum for camps and for budgets. Twin of `psephos_protocol::sheet::Form::score` and `camp`.

use ark_ff::BigInteger256;
use psephos_protocol::Fr;
use psephos_protocol::constants::{CAMP_THRESHOLD_OFFSET, THRESHOLD_BITS};

use crate::gadgets::compare::is_at_least;
use crate::gadgets::sheet::{Cell, Form};
use crate::{Builder, Num};

/// The byte that adds nothing to a score.
const NEUTRAL: u64 = 128;

/// Constrains an approval to its budget, and computes the camp of a sheet with camps, 1 for the upper one; for three
/// constraints a cell and 25.
///
/// A cell adds `agree_j - 128` or `disagree_j - 128`; in an approval it adds its cost, `agree_j + 256·disagree_j`. With
/// camps the sum is within `40·128 = 5120` and the threshold within `2^13`, in an approval the sum is below `40·2^16`
/// and the budget below `2^22`: their difference is above `-2^22` and below `2^22`, so the comparison is one of
/// integers. `t'` itself is ranged by the contract that made the form: with another one, the assertion of the
/// comparison refuses every sheet whose difference is out of that range.
///
/// Which camp a voter is in, it cannot choose: the comparison has one result. On a sheet without camps the result is
/// multiplied by zero.
///
/// `lower` is the value that a malicious prover assigns to the lower bits of the comparison.
pub fn enforce_score(b: &mut Builder, form: &Form, cells: &[Cell], lower: Option<BigInteger256>) -> Num {
    let neutral = (&Num::one() - &form.approval).scale(NEUTRAL);
    let mut score = Num::zero();
    for (cell, [agree, disagree]) in cells.iter().zip(&form.bytes) {
        let high = b.mul(&form.approval, disagree).scale(Fr::from(1u64 << 8));
        let agreement = b.mul(&cell.agree, &(&(agree + &high) - &neutral));
        let disagreement = b.mul(&cell.disagree, &(disagree - &neutral));
        score = &(&score + &agreement) + &disagreement;
    }
    let offset = (&Num::one() - &form.approval).scale(Fr::from(CAMP_THRESHOLD_OFFSET));
    let limit = &form.threshold - &offset;
    let within = is_at_least(b, "a score in range", &limit, &score, THRESHOLD_BITS, lower);
    let above = &Num::one() - &within;
    b.assert_product("costs within the budget", &form.approval, &above, &Num::zero());
    b.mul(&form.camps, &above)
}
