//! circomlib's Poseidon over `F_r` (specification, section 1).
//!
//! The permutation is this crate's own, over light-poseidon's constants, in the form of the Poseidon paper's appendix
//! B: a partial round multiplies by a sparse matrix. The state stays on the stack, since the inputs may be secret. It
//! is tested against light-poseidon's own permutation and against frozen vectors of another implementation.

mod parameters;

use ark_ff::{Field, Zero};

use crate::Fr;
use parameters::WidthParameters;

/// Greatest number of inputs of one call.
pub const MAX_INPUTS: usize = 12;

/// Returns `Poseidon(a_1..a_n)`, with a state of width `n + 1`.
///
/// # Panics
/// Panics unless `1 <= n <= 12`: the number of inputs is the caller's constant, so anything else is a programming
/// error.
pub fn hash(inputs: &[Fr]) -> Fr {
    let mut state = [Fr::zero(); MAX_INPUTS + 1];
    match inputs.len() {
        n @ 1..=MAX_INPUTS => {
            state[1..=n].copy_from_slice(inputs);
            permute_state(&mut state[..=n], WidthParameters::for_inputs(n));
        }
        n => panic!("Poseidon takes 1 to 12 inputs, not {n}"),
    }
    state[0]
}

/// Number of elements that [`squeeze`] returns.
pub const SQUEEZE_LENGTH: usize = 8;

/// Returns the first 8 elements of the state after the permutation of width 9 on `(0, inputs, 0, ..)`: a stream of pads
/// (specification, section 5). One element of the state stays hidden, so that the permutation cannot be inverted.
///
/// # Panics
/// Panics if there are more than 8 inputs.
pub fn squeeze(inputs: &[Fr]) -> [Fr; SQUEEZE_LENGTH] {
    let mut state = [Fr::zero(); SQUEEZE_LENGTH + 1];
    state[1..=inputs.len()].copy_from_slice(inputs);
    permute_state(&mut state, WidthParameters::for_inputs(SQUEEZE_LENGTH));
    std::array::from_fn(|i| state[i])
}

/// Returns `Chain(a_1..a_n)`: `Poseidon` for up to 12 inputs, otherwise of the first 12, and then of the hash
/// so far and the next 11, until no input is left.
///
/// The number of inputs must be fixed by the caller: there is no padding, so lists of different lengths are not
/// separated.
///
/// # Panics
/// Panics if there is no input.
pub fn chain(inputs: &[Fr]) -> Fr {
    let (first, rest) = inputs.split_at(inputs.len().min(MAX_INPUTS));
    rest.chunks(MAX_INPUTS - 1).fold(hash(first), |state, chunk| {
        let mut block = [state; MAX_INPUTS];
        block[1..=chunk.len()].copy_from_slice(chunk);
        hash(&block[..=chunk.len()])
    })
}

fn permute_state(state: &mut [Fr], parameters: &WidthParameters) {
    let (last, before) = parameters.first_full.split_last().expect("there are four full rounds");
    for constants in before {
        full_round(state, constants, &parameters.mds);
    }
    full_round(state, last, &parameters.pre_sparse);
    for (index, element) in state.iter_mut().enumerate() {
        *element += parameters.partial_start[index];
    }
    for round in &parameters.partial {
        let first = fifth_power(state[0]) + round.constant;
        let mut sum = round.corner * first;
        for (index, element) in state.iter_mut().enumerate().skip(1) {
            sum += round.row[index - 1] * *element;
            *element += round.column[index - 1] * first;
        }
        state[0] = sum;
    }
    for constants in &parameters.last_full {
        full_round(state, constants, &parameters.mds);
    }
}

fn full_round(state: &mut [Fr], constants: &[Fr], matrix: &[Vec<Fr>]) {
    let mut boxed = [Fr::zero(); MAX_INPUTS + 1];
    for ((output, input), constant) in boxed.iter_mut().zip(state.iter()).zip(constants) {
        *output = fifth_power(*input + constant);
    }
    for (element, row) in state.iter_mut().zip(matrix) {
        *element = row.iter().zip(&boxed).map(|(factor, value)| *factor * value).sum();
    }
}

fn fifth_power(value: Fr) -> Fr {
    value.square().square() * value
}

#[cfg(test)]
mod tests {
    use light_poseidon::{Poseidon, PoseidonHasher};
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[should_panic(expected = "1 to 12 inputs, not 0")]
    fn hash_rejects_empty_input() {
        hash(&[]);
    }

    #[test]
    #[should_panic(expected = "1 to 12 inputs, not 13")]
    fn hash_rejects_thirteen_inputs() {
        hash(&[Fr::zero(); 13]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn first_squeezed_element_equals_hash(n in 1usize..=8, seed in any::<[u64; 8]>()) {
            let mut inputs = [Fr::zero(); SQUEEZE_LENGTH];
            inputs[..n].iter_mut().zip(seed).for_each(|(input, value)| *input = Fr::from(value));
            let pads = squeeze(&inputs[..n]);
            prop_assert_eq!(pads[0], hash(&inputs));
            prop_assert!((1..SQUEEZE_LENGTH).all(|i| !pads[..i].contains(&pads[i])));
        }

        #[test]
        fn hash_equals_light_poseidon(n in 1usize..=12, seed in any::<[u64; 12]>()) {
            let inputs: Vec<Fr> = seed[..n].iter().map(|&value| Fr::from(value).inverse().unwrap_or_default()).collect();
            let expected = Poseidon::<Fr>::new_circom(n).unwrap().hash(&inputs).unwrap();
            prop_assert_eq!(hash(&inputs), expected);
        }
    }
}
