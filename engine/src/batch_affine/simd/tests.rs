//! Additions of points whose coordinates are not canonical: sums have coordinates below `1.06·p`, not below `p`.

use ark_bn254::{Fq, FqConfig, g1, g2};
use ark_ec::short_weierstrass::Projective;
use ark_ff::{BigInteger, MontConfig, UniformRand};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::*;
use crate::batch_affine::NEGATE_FLAG;
use crate::simd::field::Field8;
use crate::simd::fq2::Fq2x8;
use crate::simd::prime::decode_limbs;

/// The highest 64-bit limb of `0.05·p`.
const SMALL_HIGH_LIMB: u64 = FqConfig::MODULUS.0[3] / 20;

/// An element's limbs, to which `p` is added half of the time if they are small enough.
trait AddModulus {
    fn add_modulus_randomly(&mut self, rng: &mut StdRng);
}

impl AddModulus for [u64; 4] {
    fn add_modulus_randomly(&mut self, rng: &mut StdRng) {
        if self[3] < SMALL_HIGH_LIMB && rng.r#gen() {
            let mut words = ark_ff::BigInt::<4>(*self);
            assert!(!words.add_with_carry(&FqConfig::MODULUS));
            *self = words.0;
        }
    }
}

impl AddModulus for [[u64; 4]; 2] {
    fn add_modulus_randomly(&mut self, rng: &mut StdRng) {
        self.iter_mut().for_each(|words| words.add_modulus_randomly(rng));
    }
}

/// Returns an element whose limbs in the lanes' Montgomery form are below `0.05·p`.
fn small_element(rng: &mut StdRng) -> Fq {
    decode_limbs::<FqConfig>(&[rng.r#gen(), rng.r#gen(), rng.r#gen(), rng.gen_range(0..SMALL_HIGH_LIMB)])
}

fn check_additions<C, F, const N: usize>(ifma: Ifma, small: impl Fn(&mut StdRng) -> F::Element)
where
    C: EndomorphismCurve + SWCurveConfig<BaseField = F::Element>,
    F: Coordinate,
    F::Limbs: AddModulus,
{
    let (adder, mut rng) = (SimdAdder::<C, F, N>::new(ifma), StdRng::seed_from_u64(1));
    let mut affine: Vec<Affine<C>> = (0..40).map(|_| Projective::<C>::rand(&mut rng).into()).collect();
    while affine.len() < 160 {
        affine.extend(Affine::<C>::get_point_from_x_unchecked(small(&mut rng), rng.r#gen()));
    }
    // Equal and opposite points, in other representatives.
    affine.extend_from_within(60..100);
    let opposite: Vec<Affine<C>> = affine[60..100].iter().map(|point| -*point).collect();
    affine.extend(opposite);
    let points: Vec<Point<F::Limbs>> = affine
        .iter()
        .map(|point| {
            let mut point = adder.encode_point(point);
            point.x.add_modulus_randomly(&mut rng);
            point.y.add_modulus_randomly(&mut rng);
            point
        })
        .collect();
    let mut number = || rng.gen_range(0..points.len() as u32) | if rng.r#gen() { NEGATE_FLAG } else { 0 };
    let (mut left, mut right): (Vec<u32>, Vec<u32>) = (0..4000).map(|_| (number(), number())).unzip();
    let signed = |number: u32| {
        let point = affine[(number & !NEGATE_FLAG) as usize];
        if number & NEGATE_FLAG == 0 { point } else { -point }
    };
    let (mut to, mut scratch) = (Vec::new(), Scratch::default());
    let exceptions = adder.add_points(&points, [&mut left, &mut right], &mut to, &mut scratch);
    let mut exceptional = vec![false; left.len()];
    exceptions.iter().for_each(|pair| exceptional[*pair as usize] = true);
    for (i, exceptional) in exceptional.into_iter().enumerate() {
        let (p, q) = (signed(left[i]), signed(right[i]));
        assert_eq!(exceptional, p.x == q.x, "pair {i}");
        if !exceptional {
            assert!(adder.extract_lane(&to[i / 8], i % 8) == p + q, "pair {i}");
        }
    }
    let mut doubled = points.clone();
    adder.double_points(&mut doubled, &mut scratch);
    assert!(doubled.iter().zip(&affine).all(|(double, point)| adder.decode_point(double) == *point + *point));
}

#[test]
fn additions_accept_any_representatives() {
    let Some(ifma) = Ifma::detect() else { return };
    check_additions::<g1::Config, Field8<FqConfig>, 4>(ifma, small_element);
    check_additions::<g2::Config, Fq2x8, 2>(ifma, |rng| ark_bn254::Fq2::new(small_element(rng), small_element(rng)));
}
