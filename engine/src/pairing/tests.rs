//! Vectors of Fq12 compared with arkworks, at the limits of the bounds that [`super::fq12`] states.

use ark_bn254::{Fq, Fq2, Fq6, Fq12, FqConfig};
use ark_ff::{BigInteger, Field, MontConfig, UniformRand};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::fq12::{Fq12x8, ProductBuffer};
use super::twist::Line;
use crate::simd::coordinate::Coordinate;
use crate::simd::fq2::Fq2x8;
use crate::simd::prime::{decode_limbs, encode_limbs};
use crate::simd::vector::{Ifma, Kernel};

type Words = [[u64; 4]; 2];

/// The magnitude of a component: zero, as large as its bound allows, or any representative below that.
#[derive(Clone, Copy)]
enum Magnitude {
    Zero,
    Maximal,
    Any,
}

/// Returns an element of Fq2 and limbs for it that are below `bound·p + 2^128`.
fn loose_element(rng: &mut StdRng, bound: u32, magnitudes: [Magnitude; 2]) -> (Words, Fq2) {
    let words = magnitudes.map(|magnitude| {
        let (words, times) = match magnitude {
            Magnitude::Zero => ([0; 4], 0),
            Magnitude::Maximal => ([rng.r#gen(), rng.r#gen(), 0, 0], bound),
            Magnitude::Any => (encode_limbs(Fq::rand(rng)), rng.gen_range(0..bound)),
        };
        let mut words = ark_ff::BigInt::<4>(words);
        (0..times).for_each(|_| assert!(!words.add_with_carry(&FqConfig::MODULUS)));
        words.0
    });
    (words, Fq2::new(decode_limbs(&words[0]), decode_limbs(&words[1])))
}

/// Eight lanes of elements with their limbs.
type Eight = [(Words, Fq2); 8];

/// A squaring, or a multiplication by a line if there is one. Returns the resulting elements and their limbs.
struct Operation<'a> {
    f: &'a [Eight; 6],
    line: Option<&'a [Eight; 3]>,
}

impl Kernel for Operation<'_> {
    type Output = ([Fq12; 8], [[Words; 8]; 6]);

    fn compute_on(self, ifma: Ifma) -> Self::Output {
        let load = |eight: &Eight| Fq2x8::load_lanes(ifma, eight.each_ref().map(|(words, _)| words));
        let mut f = Fq12x8(self.f.each_ref().map(load));
        match self.line {
            None => f.square(ifma),
            Some(line) => f.mul_by_line(ifma, &Line(line.each_ref().map(load)), &mut ProductBuffer::new(ifma)),
        }
        (f.decode_elements(), f.0.each_ref().map(Fq2x8::store_lanes))
    }
}

#[test]
fn squares_and_line_products_stay_within_bounds() {
    let Some(ifma) = Ifma::detect() else { return };
    let mut rng = StdRng::seed_from_u64(1);
    let all = [Magnitude::Zero, Magnitude::Maximal, Magnitude::Any];
    let pairs = || all.iter().flat_map(|real| all.map(|imaginary| [*real, imaginary]));
    for value_magnitudes in pairs() {
        for line_magnitudes in pairs() {
            let mut eight = |bound, magnitudes| std::array::from_fn(|_| loose_element(&mut rng, bound, magnitudes));
            let f: [Eight; 6] = std::array::from_fn(|_| eight(4, value_magnitudes));
            let line: [Eight; 3] = std::array::from_fn(|_| eight(1, line_magnitudes));
            check_operation(ifma, &f, None);
            check_operation(ifma, &f, Some(&line));
        }
    }
}

fn check_operation(ifma: Ifma, f: &[Eight; 6], line: Option<&[Eight; 3]>) {
    let (values, words) = ifma.run_kernel(Operation { f, line });
    for lane in 0..8 {
        let [a, b, c, d, e, g] = f.each_ref().map(|eight| eight[lane].1);
        let mut expected = Fq12::new(Fq6::new(a, c, e), Fq6::new(b, d, g));
        match line {
            None => expected = expected.square(),
            Some([l0, l1, l3]) => expected.mul_by_034(&l0[lane].1, &l1[lane].1, &l3[lane].1),
        }
        assert_eq!(values[lane], expected, "line: {}", line.is_some());
    }
    // 4.25 times the modulus, by the highest limb.
    let bound = FqConfig::MODULUS.0[3] * 4 + FqConfig::MODULUS.0[3] / 4 + 4;
    assert!(words.as_flattened().as_flattened().iter().all(|words| words[3] <= bound));
}
