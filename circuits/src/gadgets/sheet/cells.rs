//! The answers to the cells of a sheet.

use crate::gadgets::sheet::Form;
use crate::{Builder, Num};

/// The answer to one cell: two bits of which at most one is set.
#[derive(Clone)]
pub struct Cell {
    /// Whether the cell is agreed with.
    pub agree: Num,
    /// Whether the cell is disagreed with.
    pub disagree: Num,
}

impl Cell {
    /// Allocates the answers to all cells of the form, for four constraints each.
    ///
    /// With both bits set, a cell would count for agreement and for disagreement: two voices. A cell behind the used
    /// ones would carry what no result shows.
    pub fn allocate_all(b: &mut Builder, form: &Form, values: &[[bool; 2]]) -> Vec<Cell> {
        let cell = |(index, used): (usize, &Num)| {
            let [agree, disagree] = values.get(index).copied().unwrap_or_default().map(|bit| b.allocate_bit(bit));
            b.assert_product("agreement or disagreement", &agree, &disagree, &Num::zero());
            b.assert_product("no answer to an unused cell", &(&Num::one() - used), &(&agree + &disagree), &Num::zero());
            Cell { agree, disagree }
        };
        form.used.iter().enumerate().map(cell).collect()
    }
}
