//! Candidates in groups. Twin of a part of `psephos_protocol::sheet::Form::check_answers`.

use ark_ff::One;
use psephos_protocol::Fr;

use crate::gadgets::sheet::{Cell, Form};
use crate::{Builder, Num};

/// Constrains a sheet of groups to at most one agreement in each group, or exactly one, for three constraints a cell
/// and one more; and a sheet of groups or of costs to no disagreement.
///
/// A running sum counts the agreements in the current group: at its last cell the sum is checked and taken away. The
/// first cell's sum is a product of bits; every other one is asserted to be 0 or 1, so none of the terms of "an
/// agreement in every group" is negative, and their sum is zero only if each of them is. In sheets of other kinds the
/// sum is always zero.
pub fn enforce_groups(b: &mut Builder, form: &Form, cells: &[Cell]) {
    let disagreements = Num::sum(cells.iter().map(|cell| &cell.disagree));
    b.assert_product("agreement only", &(&form.groups + &form.approval), &disagreements, &Num::zero());
    let mut before = Num::zero();
    let mut empty = Num::zero();
    for (index, (cell, last)) in cells.iter().zip(&form.lasts).enumerate() {
        let sum = &before + &b.mul(&form.groups, &cell.agree);
        if index > 0 {
            b.assert_product("one agreement in a group", &sum, &sum.add_constant(-Fr::one()), &Num::zero());
        }
        let finished = b.mul(last, &sum);
        before = &sum - &finished;
        empty = &empty + &(last - &finished);
    }
    b.assert_product("an agreement in every group", &form.exact, &empty, &Num::zero());
}
