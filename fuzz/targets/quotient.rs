//! Fuzz target: the portable and the SIMD backend compute the same quotient for any values.
//!
//! `cargo install cargo-fuzz`, then `RUSTC_BOOTSTRAP=1 cargo fuzz run quotient` in this folder.
#![no_main]

use ark_bn254::{Fr, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::PrimeField;
use libfuzzer_sys::fuzz_target;
use psephos_engine::{Backend, QuotientDomain, HalfScalars};
use zeroize::Zeroizing;

fn recombine_halves([k1, k2]: &HalfScalars) -> Fr {
    Fr::from(*k1) + g1::Config::LAMBDA * Fr::from(*k2)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((log, rest)) = bytes.split_first() else { return };
    let size = 1usize << (log % 9);
    // The input's words, repeated until there are enough: all limbs full, or none.
    let values = |skip: usize| -> Zeroizing<Vec<Fr>> {
        let words = rest.chunks(32).skip(skip).chain(std::iter::repeat(&[][..]));
        Zeroizing::new(words.take(size).map(Fr::from_le_bytes_mod_order).collect())
    };
    let of = |arithmetic| {
        let domain = QuotientDomain::new(arithmetic, size).expect("the domain is small");
        let halves = domain.evaluate_quotient(values(0), values(size / 2));
        halves.iter().map(recombine_halves).collect::<Vec<Fr>>()
    };
    assert!(of(Backend::portable()) == of(Backend::detect()));
});
