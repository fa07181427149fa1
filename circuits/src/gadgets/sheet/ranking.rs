//! Rankings as pairs. Twin of a part of `psephos_protocol::sheet::Form::check_answers`.

use ark_ff::{One, Zero};
use psephos_protocol::Fr;
use psephos_protocol::constants::{RANK_BITS, max_ranked_options, pairs_of};
use psephos_protocol::sheet::ranked_pairs;

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::sheet::{Cell, Form};
use crate::{Builder, Num};

/// Constrains the cells of a ranking sheet to say of each pair which option has the lower rank, for seven constraints a
/// pair and four an option.
///
/// Of the pair `(i, k)`: `(agree - disagree)·t = p_k - p_i`, where `t` is one plus four bits. So `t` is positive, and
/// the sign of the difference is the answer's: agreement needs `p_i < p_k`, disagreement `p_i > p_k`, a pass equal
/// ranks. Without the lower bound on `t`, a voter's pairs could contradict each other, and it would have more than one
/// voice in a cycle of options. All ranks are below 16, so the difference is within `±15` and fits.
///
/// *Not constrained*: ranks and `t` of pairs that no ranking uses, and `t` of ties. They enter nothing else.
pub fn enforce_ranking(b: &mut Builder, form: &Form, cells: &[Cell], ranks: &[u8]) {
    let options = max_ranked_options(cells.len());
    let ranks: Vec<Num> = (0..options)
        .map(|i| pack_bits(&allocate_bits(b, u64::from(ranks.get(i).copied().unwrap_or_default()), RANK_BITS)))
        .collect();
    for (((i, k), cell), used) in ranked_pairs(options).zip(cells).zip(&form.used).take(pairs_of(options)) {
        let sign = &cell.agree - &cell.disagree;
        let difference = &ranks[k] - &ranks[i];
        let tie = sign.value().is_zero();
        let excess = if tie { Fr::zero() } else { sign.value() * difference.value() - Fr::one() };
        let distance = pack_bits(&allocate_bits(b, excess, RANK_BITS)).add_constant(Fr::one());
        let signed = b.mul(&sign, &distance);
        let active = b.mul(&form.ranking, used);
        b.assert_product("pairs as the ranks have them", &active, &(&signed - &difference), &Num::zero());
    }
}
