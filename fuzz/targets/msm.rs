//! Fuzz target: the multi-scalar multiplication of the portable and the SIMD backend, against arkworks', for bases
//! that are related to each other and any scalars.
//!
//! `cargo install cargo-fuzz`, then `RUSTC_BOOTSTRAP=1 cargo fuzz run msm` in this folder.
#![no_main]

use arbitrary::Arbitrary;
use ark_bn254::{Fr, G1Affine, G1Projective, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{Field, PrimeField};
use libfuzzer_sys::fuzz_target;
use psephos_engine::{Backend, Bases, Digits, MsmPlan, decompose_scalars};

#[derive(Arbitrary, Debug)]
enum Base {
    New(u64),
    Same(u8),
    Opposite(u8),
    Double(u8),
    Image(u8),
    Sum(u8, u8),
}

#[derive(Arbitrary, Debug)]
enum Scalar {
    Any([u8; 32]),
    Small(i16),
    Same(u8),
    Opposite(u8),
    Power(u8),
    TimesLambda(u8),
}

#[derive(Arbitrary, Debug)]
struct Case {
    bits: u8,
    sets: u8,
    terms: Vec<(Base, Scalar)>,
}

fuzz_target!(|case: Case| {
    let (mut bases, mut scalars): (Vec<G1Affine>, Vec<Fr>) = (Vec::new(), Vec::new());
    for (base, scalar) in &case.terms {
        let at = |i: &u8| bases.get(*i as usize % bases.len().max(1)).copied().unwrap_or(G1Affine::generator());
        let point: G1Affine = match base {
            Base::New(seed) => (G1Affine::generator() * Fr::from(*seed)).into_affine(),
            Base::Same(i) => at(i),
            Base::Opposite(i) => -at(i),
            Base::Double(i) => (at(i) + at(i)).into(),
            Base::Image(i) => g1::Config::endomorphism_affine(&at(i)),
            Base::Sum(i, j) => (at(i) + at(j)).into(),
        };
        let at = |i: &u8| scalars.get(*i as usize % scalars.len().max(1)).copied().unwrap_or(Fr::ONE);
        let scalar = match scalar {
            Scalar::Any(bytes) => Fr::from_le_bytes_mod_order(bytes),
            Scalar::Small(n) => Fr::from(*n),
            Scalar::Same(i) => at(i),
            Scalar::Opposite(i) => -at(i),
            Scalar::Power(n) => Fr::from(2u64).pow([u64::from(*n)]),
            Scalar::TimesLambda(i) => at(i) * g1::Config::LAMBDA,
        };
        // Callers of the engine never pass the point at infinity.
        if !point.is_zero() {
            bases.push(point);
            scalars.push(scalar);
        }
    }
    let bits = 2 + u32::from(case.bits) % 12;
    let windows = 128usize.div_ceil(bits as usize);
    let plan = MsmPlan { bits, tables: windows.div_ceil(1 + case.sets as usize % windows) };
    let digits = Digits::new(plan, &decompose_scalars(&scalars));
    let expected = G1Projective::msm(&bases, &scalars).expect("bases and scalars have the same length");
    for arithmetic in [Backend::portable(), Backend::detect()] {
        assert_eq!(Bases::<g1::Config>::new(arithmetic, plan, &bases).multiscalar_mul(&digits), expected, "{}", arithmetic.name());
    }
});
