//! circomlib's Poseidon over `F_r` (specification, section 1).

use std::cell::RefCell;

use light_poseidon::{Poseidon, PoseidonHasher};

use crate::Fr;

/// Most inputs of one call.
pub const MAX_INPUTS: usize = 12;

thread_local! {
    static HASHERS: RefCell<[Option<Poseidon<Fr>>; MAX_INPUTS]> = const { RefCell::new([const { None }; MAX_INPUTS]) };
}

/// `Poseidon(a_1..a_n)`, state width `n + 1`.
///
/// # Panics
/// Unless `1 <= n <= 12`: the number of inputs is the caller's constant, so anything else is a programming error.
pub fn hash(inputs: &[Fr]) -> Fr {
    let n = inputs.len();
    assert!((1..=MAX_INPUTS).contains(&n), "Poseidon takes 1 to 12 inputs, not {n}");
    HASHERS.with_borrow_mut(|hashers| {
        let hasher = hashers[n - 1]
            .get_or_insert_with(|| Poseidon::<Fr>::new_circom(n).expect("parameters exist for 1 to 12 inputs"));
        hasher.hash(inputs).expect("the number of inputs is the hasher's")
    })
}

/// `Chain(a_1..a_n)`: `Poseidon` for up to 12 inputs, otherwise 12 first and then 11 at a time behind the hash so far.
///
/// The number of inputs must be fixed by the caller: there is no padding, so lists of different lengths are not separated.
///
/// # Panics
/// If there is no input.
pub fn chain(inputs: &[Fr]) -> Fr {
    let (first, rest) = inputs.split_at(inputs.len().min(MAX_INPUTS));
    rest.chunks(MAX_INPUTS - 1).fold(hash(first), |state, chunk| {
        let mut block = [state; MAX_INPUTS];
        block[1..=chunk.len()].copy_from_slice(chunk);
        hash(&block[..=chunk.len()])
    })
}
