//! The SIMD backend of the quotient's FFTs, eight lanes at a time.
//!
//! With `d = 8·m`, position `l·m + j` and frequency `k + 8·q`, an FFT of `d` values has four steps (Cooley-Tukey with
//! radix 8):
//!
//! 1. For each `j`, an FFT of eight values over `l`. Lanes are `j`, so values are loaded as they are in memory.
//! 2. A multiplication by the twiddle factor `w^(j·k)`, where `w` is the root of unity of order `d`.
//! 3. A transposition of eight vectors at a time: lanes are `k` from here on.
//! 4. For each `k`, an FFT of `m` values over `j`, in which one twiddle factor serves all lanes.
//!
//! The forward FFT takes the same steps in the opposite order.
//!
//! Values are in arkworks' Montgomery form (`R = 2^256`) throughout, and twiddle factors in that of the lanes
//! (`R = 2^260`). A product on lanes divides by `2^260`, so the product of a value with a twiddle factor is in
//! arkworks' form again, without conversions.

use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use zeroize::Zeroize;

use super::radix2::{Butterfly, TwiddleFactors, fft_from_bit_reversed, fft_to_bit_reversed};
use super::{coset_scales, powers_of, root_of_unity, twiddle_factors};
use crate::glv::{HalfScalars, decompose_limbs};
use crate::limbs::LazyFp;
use crate::simd::field::{Field8, FieldOps, PackedLimbs};
use crate::simd::prime::encode_radix52;
use crate::simd::vector::{Ifma, Kernel, transpose_8x8};

type Vector = Field8<FrConfig>;
/// A factor of all lanes, in limbs of 52 bits.
type TwiddleLimbs = [u64; 5];

/// The logarithm of the smallest domain that fills vectors: 64 points.
pub(crate) const MIN_LOG_SIZE: u32 = 6;

/// The constants of a domain's FFTs.
pub(crate) struct SimdDomain {
    ifma: Ifma,
    inverse: FftConstants,
    forward: FftConstants,
    /// `base^(8·q)/d` in bit-reversed order, and 16 times that: the product of two values in arkworks' form lacks a
    /// factor of 16.
    scales: [Vec<TwiddleLimbs>; 2],
    /// The missing factor.
    sixteen: TwiddleLimbs,
}

/// The constants of an FFT in one direction.
struct FftConstants {
    /// The powers 0 to 3 of the root of unity of order 8.
    eighth_roots: [TwiddleLimbs; 4],
    /// For each `k`, and then for eight `j` at a time, `w^(j·k)`; in the forward FFT, which evaluates on the coset,
    /// times the `k`-th power of the root of unity of order `2·d`.
    twiddles: Vec<PackedLimbs>,
    passes: TwiddleFactors<TwiddleLimbs>,
}

impl FftConstants {
    /// Prepares an FFT of `size` values with `generator` as root of unity; `shift` scales coefficient `k + 8·q` by
    /// `shift^k`.
    fn new(size: usize, generator: Fr, shift: Fr) -> FftConstants {
        let m = size / 8;
        let eighth = generator.pow([m as u64]);
        let mut twist = Vec::with_capacity(size / 8);
        for (base, scale) in powers_of(generator).zip(powers_of(shift)).take(8) {
            let row: Vec<Fr> = powers_of(base).take(m).map(|power| power * scale).collect();
            twist.extend(row.as_chunks::<8>().0.iter().map(|lanes| PackedLimbs::from_lanes(lanes.map(encode_radix52))));
        }
        let mut eighths = powers_of(eighth).map(encode_radix52);
        let eight = std::array::from_fn(|_| eighths.next().unwrap_or_default());
        FftConstants {
            eighth_roots: eight,
            twiddles: twist,
            passes: twiddle_factors(m, generator.pow([8]), encode_radix52),
        }
    }
}

impl SimdDomain {
    /// Prepares a domain of `2^log` points. Returns `None` if the field has no root of unity of twice the order.
    pub(crate) fn new(ifma: Ifma, log: u32) -> Option<SimdDomain> {
        let (size, generator, between) = (1usize << log, root_of_unity(log)?, root_of_unity(log + 1)?);
        let plain = coset_scales(size / 8, between.pow([8]), size);
        let raised = plain.iter().map(|scale| encode_radix52(*scale * Fr::from(16u64))).collect();
        Some(SimdDomain {
            ifma,
            inverse: FftConstants::new(size, generator.inverse()?, Fr::ONE),
            forward: FftConstants::new(size, generator, between),
            scales: [plain.into_iter().map(encode_radix52).collect(), raised],
            sixteen: encode_radix52(Fr::from(16u64)),
        })
    }

    /// Computes the values of `a·b - a∘b` on the odd coset, as half-length scalars, from the values of `a` and `b` on
    /// the domain. `a∘b` is the polynomial of lower degree whose values there are the products.
    pub(crate) fn evaluate_quotient(&self, a: &[Fr], b: &[Fr]) -> Vec<HalfScalars> {
        self.combine_extensions(a, b, |a, b, c| self.ifma.run_kernel(QuotientCombination { a, b, c }))
    }

    /// Computes [`SimdDomain::evaluate_quotient`] as field elements.
    pub(crate) fn evaluate_quotient_elements(&self, a: &[Fr], b: &[Fr]) -> Vec<Fr> {
        self.combine_extensions(a, b, |a, b, c| self.ifma.run_kernel(QuotientElements { a, b, c }))
    }

    /// Extends `a`, `b` and their product to the coset, where `a` has 16 times its values, and combines the three.
    fn combine_extensions<T>(
        &self,
        a: &[Fr],
        b: &[Fr],
        combine: impl FnOnce(&[PackedLimbs], &[PackedLimbs], &[PackedLimbs]) -> T,
    ) -> T {
        let extend = |values: &[Fr], raised| {
            self.ifma.run_kernel(CosetExtension { domain: self, values, factors: None, times_sixteen: raised })
        };
        let product =
            || self.ifma.run_kernel(CosetExtension { domain: self, values: a, factors: Some(b), times_sixteen: false });
        let ((mut a, mut b), mut c) = rayon::join(|| (extend(a, true), extend(b, false)), product);
        let combined = combine(&a, &b, &c);
        [&mut a, &mut b, &mut c].into_iter().for_each(Zeroize::zeroize);
        combined
    }
}

/// Butterflies on eight independent FFTs, one a lane.
#[derive(Clone, Copy)]
struct SimdButterfly(FieldOps<FrConfig>);

impl SimdButterfly {
    #[inline(always)]
    fn mul_by_twiddle(self, value: &PackedLimbs, root: &TwiddleLimbs) -> Vector {
        self.0.mul(&self.0.load_packed(value), &self.0.splat(root))
    }
}

impl Butterfly for SimdButterfly {
    type Value = PackedLimbs;
    type Twiddle = TwiddleLimbs;

    // All values are below 1.4p: sums are below 2.8p and then reduced, differences plus 2p below 3.4p and then
    // multiplied.
    #[inline(always)]
    fn decimate_in_frequency(self, a: &mut PackedLimbs, b: &mut PackedLimbs, root: &TwiddleLimbs) {
        let (x, y) = (self.0.load_packed(a), self.0.load_packed(b));
        *b = self.0.mul(&self.0.sub(&x, &y, 2), &self.0.splat(root)).store_packed();
        *a = self.0.add_reduced(&x, &y).store_packed();
    }

    #[inline(always)]
    fn decimate_in_time(self, a: &mut PackedLimbs, b: &mut PackedLimbs, root: &TwiddleLimbs) {
        let (x, y) = (self.0.load_packed(a), self.mul_by_twiddle(b, root));
        *b = self.0.sub_reduced(&x, &y, 2).store_packed();
        *a = self.0.add_reduced(&x, &y).store_packed();
    }
}

/// Transforms eight values, from natural order to natural order, in every lane.
#[inline(always)]
fn fft_of_eight(c: FieldOps<FrConfig>, v: [Vector; 8], roots: &[TwiddleLimbs; 4]) -> [Vector; 8] {
    let mut v = v;
    for (half, stride) in [(4, 1), (2, 2), (1, 4)] {
        let mut first = 0;
        while first < 8 {
            for i in 0..half {
                let (x, y) = (v[first + i], v[first + half + i]);
                let difference = c.sub(&x, &y, 2);
                v[first + i] = c.add_reduced(&x, &y);
                v[first + half + i] = match i * stride {
                    0 => c.reduce_element(&difference),
                    power => c.mul(&difference, &c.splat(&roots[power])),
                };
            }
            first += 2 * half;
        }
    }
    [v[0], v[4], v[2], v[6], v[1], v[5], v[3], v[7]]
}

/// Transposes eight vectors, limb by limb.
#[inline(always)]
fn transpose_vectors(v: [Vector; 8]) -> [Vector; 8] {
    let mut out = v;
    for limb in 0..5 {
        let mut rows = [v[0].limbs[limb]; 8];
        for i in 0..8 {
            rows[i] = v[i].limbs[limb];
        }
        rows = transpose_8x8(rows);
        for i in 0..8 {
            out[i].limbs[limb] = rows[i];
        }
    }
    out
}

/// Loads eight consecutive values.
#[inline(always)]
fn load_consecutive(c: FieldOps<FrConfig>, values: &[Fr], vector: usize) -> Vector {
    let v = &values.as_chunks::<8>().0[vector];
    c.load_lanes([&v[0].0.0, &v[1].0.0, &v[2].0.0, &v[3].0.0, &v[4].0.0, &v[5].0.0, &v[6].0.0, &v[7].0.0])
}

/// Extends a polynomial from its values on the domain to its values on the odd coset, in vectors of consecutive
/// positions.
struct CosetExtension<'a> {
    domain: &'a SimdDomain,
    values: &'a [Fr],
    /// Values that `values` are multiplied by first.
    factors: Option<&'a [Fr]>,
    /// Whether the result is multiplied by 16, see [`SimdDomain::scales`].
    times_sixteen: bool,
}

impl CosetExtension<'_> {
    #[inline(always)]
    fn load_vector(&self, c: FieldOps<FrConfig>, vector: usize) -> Vector {
        let values = load_consecutive(c, self.values, vector);
        match self.factors {
            None => values,
            // Back to arkworks' form, as the product lacks a factor of 16.
            Some(by) => c.mul(&c.mul(&values, &load_consecutive(c, by, vector)), &c.splat(&self.domain.sixteen)),
        }
    }
}

impl Kernel for CosetExtension<'_> {
    type Output = Vec<PackedLimbs>;

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) -> Vec<PackedLimbs> {
        let (c, domain) = (FieldOps::new(ifma), self.domain);
        let m = self.values.len() / 8;
        let blocks = m / 8;
        let mut vectors = vec![PackedLimbs::default(); m];
        for block in 0..blocks {
            let mut v = [c.zero(); 8];
            for l in 0..8 {
                v[l] = self.load_vector(c, l * blocks + block);
            }
            v = fft_of_eight(c, v, &domain.inverse.eighth_roots);
            for k in 1..8 {
                v[k] = c.mul(&v[k], &c.load_packed(&domain.inverse.twiddles[k * blocks + block]));
            }
            v = transpose_vectors(v);
            for i in 0..8 {
                vectors[block * 8 + i] = v[i].store_packed();
            }
        }
        let side = SimdButterfly(c);
        fft_to_bit_reversed(side, &mut vectors, &domain.inverse.passes);
        for (value, scale) in vectors.iter_mut().zip(&domain.scales[usize::from(self.times_sixteen)]) {
            *value = side.mul_by_twiddle(value, scale).store_packed();
        }
        fft_from_bit_reversed(side, &mut vectors, &domain.forward.passes);
        let mut out = vec![PackedLimbs::default(); m];
        for block in 0..blocks {
            let mut v = [c.zero(); 8];
            for i in 0..8 {
                v[i] = c.load_packed(&vectors[block * 8 + i]);
            }
            v = transpose_vectors(v);
            for k in 1..8 {
                v[k] = c.mul(&v[k], &c.load_packed(&domain.forward.twiddles[k * blocks + block]));
            }
            v = fft_of_eight(c, v, &domain.forward.eighth_roots);
            for l in 0..8 {
                out[l * blocks + block] = v[l].store_packed();
            }
        }
        vectors.zeroize();
        out
    }
}

/// Computes `a·b - c` in half-length scalars.
struct QuotientCombination<'a> {
    a: &'a [PackedLimbs],
    b: &'a [PackedLimbs],
    c: &'a [PackedLimbs],
}

impl Kernel for QuotientCombination<'_> {
    type Output = Vec<HalfScalars>;

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) -> Vec<HalfScalars> {
        let c = FieldOps::<FrConfig>::new(ifma);
        // Multiplying by the plain integer 16 = 2^4 on lanes divides by 2^256: values leave arkworks' Montgomery form.
        let plain = c.splat(&[16, 0, 0, 0, 0]);
        let mut halves = Vec::with_capacity(self.a.len() * 8);
        for ((x, y), z) in self.a.iter().zip(self.b).zip(self.c) {
            let product = c.mul(&c.load_packed(x), &c.load_packed(y));
            let value = c.mul(&c.sub(&product, &c.load_packed(z), 2), &plain);
            for words in &value.store_lanes() {
                halves.push(decompose_limbs(words));
            }
        }
        halves
    }
}

/// Computes `a·b - c` in arkworks' form.
struct QuotientElements<'a> {
    a: &'a [PackedLimbs],
    b: &'a [PackedLimbs],
    c: &'a [PackedLimbs],
}

impl Kernel for QuotientElements<'_> {
    type Output = Vec<Fr>;

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) -> Vec<Fr> {
        let c = FieldOps::<FrConfig>::new(ifma);
        let mut elements = Vec::with_capacity(self.a.len() * 8);
        for ((x, y), z) in self.a.iter().zip(self.b).zip(self.c) {
            let product = c.mul(&c.load_packed(x), &c.load_packed(y));
            // Below 1.06·p, so that at most one `p` is left to subtract.
            let value = c.sub_reduced(&product, &c.load_packed(z), 2);
            for words in &value.store_lanes() {
                elements.push(LazyFp::<FrConfig>::from_words(*words).decode_element());
            }
        }
        elements
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{AdditiveGroup, BigInt, BigInteger, MontConfig, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    /// Butterflies of values between `p` and `1.06·p` and of zeros, whose differences are at the lower bound.
    struct Butterflies;

    impl Kernel for Butterflies {
        type Output = ();

        fn compute_on(self, ifma: Ifma) {
            let side = SimdButterfly(FieldOps::new(ifma));
            let mut rng = StdRng::seed_from_u64(1);
            let root = Fr::rand(&mut rng);
            let packed = |words: &[u64; 4]| side.0.load_lanes([words; 8]).store_packed();
            let value = |packed: &PackedLimbs| {
                let mut words = BigInt::<4>(side.0.load_packed(packed).store_lanes()[0]);
                while words >= FrConfig::MODULUS {
                    words.sub_with_borrow(&FrConfig::MODULUS);
                }
                Fr::new_unchecked(words)
            };
            for small in [BigInt::from(0u64), BigInt::from(1u64), BigInt([7, 7, 7, FrConfig::MODULUS.0[3] / 20])] {
                let mut raised = small;
                raised.add_with_carry(&FrConfig::MODULUS);
                for (a, b) in [(Fr::ZERO.0, raised), (raised, Fr::ZERO.0), (raised, raised), (small, raised)] {
                    let (x, y) = (value(&packed(&a.0)), value(&packed(&b.0)));
                    let (mut sum, mut difference) = (packed(&a.0), packed(&b.0));
                    side.decimate_in_frequency(&mut sum, &mut difference, &encode_radix52(root));
                    assert_eq!((value(&sum), value(&difference)), (x + y, (x - y) * root));
                    let (mut sum, mut difference) = (packed(&a.0), packed(&b.0));
                    side.decimate_in_time(&mut sum, &mut difference, &encode_radix52(root));
                    assert_eq!((value(&sum), value(&difference)), (x + y * root, x - y * root));
                }
            }
        }
    }

    #[test]
    fn butterflies_are_correct_at_their_bounds() {
        if let Some(ifma) = Ifma::detect() {
            ifma.run_kernel(Butterflies);
        }
    }
}
