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

use super::passes::{Arithmetic, Roots, from_reversed, to_reversed};
use super::{powers, root, roots, scales};
use crate::lanes::field::{Constants, Field8, Kept};
use crate::lanes::prime::limbs_of;
use crate::lanes::vector::{Ifma, Work, transpose8};
use crate::split::{Halves, split_words};

type Vector = Field8<FrConfig>;
/// A factor of all lanes, in limbs of 52 bits.
type Root = [u64; 5];

/// The logarithm of the smallest domain that fills vectors: 64 points.
pub(crate) const LEAST_LOG: u32 = 6;

/// The constants of a domain's FFTs.
pub(crate) struct Domain {
    ifma: Ifma,
    inverse: Steps,
    forward: Steps,
    /// `base^(8·q)/d` in bit-reversed order, and 16 times that: the product of two values in arkworks' form lacks a
    /// factor of 16.
    scales: [Vec<Root>; 2],
    /// The missing factor.
    sixteen: Root,
}

/// The constants of an FFT in one direction.
struct Steps {
    /// The powers 0 to 3 of the root of unity of order 8.
    eight: [Root; 4],
    /// For each `k`, and then for eight `j` at a time, `w^(j·k)`; in the forward FFT, which evaluates on the coset,
    /// times the `k`-th power of the root of unity of order `2·d`.
    twist: Vec<Kept>,
    passes: Roots<Root>,
}

impl Steps {
    /// Prepares an FFT of `size` values with `generator` as root of unity; `shift` scales coefficient `k + 8·q` by
    /// `shift^k`.
    fn new(size: usize, generator: Fr, shift: Fr) -> Steps {
        let m = size / 8;
        let eighth = generator.pow([m as u64]);
        let mut twist = Vec::with_capacity(size / 8);
        for (base, scale) in powers(generator).zip(powers(shift)).take(8) {
            let row: Vec<Fr> = powers(base).take(m).map(|power| power * scale).collect();
            twist.extend(row.as_chunks::<8>().0.iter().map(|lanes| Kept::of(lanes.map(limbs_of))));
        }
        let mut eighths = powers(eighth).map(limbs_of);
        let eight = std::array::from_fn(|_| eighths.next().unwrap_or_default());
        Steps { eight, twist, passes: roots(m, generator.pow([8]), limbs_of) }
    }
}

impl Domain {
    /// Prepares a domain of `2^log` points. Returns `None` if the field has no root of unity of twice the order.
    pub(crate) fn new(ifma: Ifma, log: u32) -> Option<Domain> {
        let (size, generator, between) = (1usize << log, root(log)?, root(log + 1)?);
        let plain = scales(size / 8, between.pow([8]), size);
        let raised = plain.iter().map(|scale| limbs_of(*scale * Fr::from(16u64))).collect();
        Some(Domain {
            ifma,
            inverse: Steps::new(size, generator.inverse()?, Fr::ONE),
            forward: Steps::new(size, generator, between),
            scales: [plain.into_iter().map(limbs_of).collect(), raised],
            sixteen: limbs_of(Fr::from(16u64)),
        })
    }

    /// Computes the values of `a·b - a∘b` on the odd coset, as half-length scalars, from the values of `a` and `b` on
    /// the domain. `a∘b` is the polynomial of lower degree whose values there are the products.
    pub(crate) fn quotient(&self, a: &[Fr], b: &[Fr]) -> Vec<Halves> {
        let extend = |values: &[Fr], raised| self.ifma.run(Extend { domain: self, values, by: None, raised });
        let product = || self.ifma.run(Extend { domain: self, values: a, by: Some(b), raised: false });
        let ((mut a, mut b), mut c) = rayon::join(|| (extend(a, true), extend(b, false)), product);
        let halves = self.ifma.run(Combine { a: &a, b: &b, c: &c });
        [&mut a, &mut b, &mut c].into_iter().for_each(Zeroize::zeroize);
        halves
    }
}

/// Butterflies on eight independent FFTs, one a lane.
#[derive(Clone, Copy)]
struct Side(Constants<FrConfig>);

impl Side {
    #[inline(always)]
    fn times(self, value: &Kept, root: &Root) -> Vector {
        self.0.mul(&self.0.restore(value), &self.0.splat(root))
    }
}

impl Arithmetic for Side {
    type Value = Kept;
    type Root = Root;

    // All values are below 1.4p: sums are below 2.8p and then reduced, differences plus 2p below 3.4p and then
    // multiplied.
    #[inline(always)]
    fn decimate_frequency(self, a: &mut Kept, b: &mut Kept, root: &Root) {
        let (x, y) = (self.0.restore(a), self.0.restore(b));
        *b = self.0.mul(&self.0.sub(&x, &y, 2), &self.0.splat(root)).keep();
        *a = self.0.add_reduced(&x, &y).keep();
    }

    #[inline(always)]
    fn decimate_time(self, a: &mut Kept, b: &mut Kept, root: &Root) {
        let (x, y) = (self.0.restore(a), self.times(b, root));
        *b = self.0.sub_reduced(&x, &y, 2).keep();
        *a = self.0.add_reduced(&x, &y).keep();
    }
}

/// Transforms eight values, from natural order to natural order, in every lane.
#[inline(always)]
fn eight(c: Constants<FrConfig>, v: [Vector; 8], roots: &[Root; 4]) -> [Vector; 8] {
    let mut v = v;
    for (half, stride) in [(4, 1), (2, 2), (1, 4)] {
        let mut first = 0;
        while first < 8 {
            for i in 0..half {
                let (x, y) = (v[first + i], v[first + half + i]);
                let difference = c.sub(&x, &y, 2);
                v[first + i] = c.add_reduced(&x, &y);
                v[first + half + i] = match i * stride {
                    0 => c.reduced(&difference),
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
fn turn(v: [Vector; 8]) -> [Vector; 8] {
    let mut out = v;
    for limb in 0..5 {
        let mut rows = [v[0].limbs[limb]; 8];
        for i in 0..8 {
            rows[i] = v[i].limbs[limb];
        }
        rows = transpose8(rows);
        for i in 0..8 {
            out[i].limbs[limb] = rows[i];
        }
    }
    out
}

/// Loads eight consecutive values.
#[inline(always)]
fn consecutive(c: Constants<FrConfig>, values: &[Fr], vector: usize) -> Vector {
    let v = &values.as_chunks::<8>().0[vector];
    c.load([&v[0].0.0, &v[1].0.0, &v[2].0.0, &v[3].0.0, &v[4].0.0, &v[5].0.0, &v[6].0.0, &v[7].0.0])
}

/// Extends a polynomial from its values on the domain to its values on the odd coset, in vectors of consecutive
/// positions.
struct Extend<'a> {
    domain: &'a Domain,
    values: &'a [Fr],
    /// Values that `values` are multiplied by first.
    by: Option<&'a [Fr]>,
    /// Whether the result is multiplied by 16, see [`Domain::scales`].
    raised: bool,
}

impl Extend<'_> {
    #[inline(always)]
    fn load(&self, c: Constants<FrConfig>, vector: usize) -> Vector {
        let values = consecutive(c, self.values, vector);
        match self.by {
            None => values,
            // Back to arkworks' form, as the product lacks a factor of 16.
            Some(by) => c.mul(&c.mul(&values, &consecutive(c, by, vector)), &c.splat(&self.domain.sixteen)),
        }
    }
}

impl Work for Extend<'_> {
    type Output = Vec<Kept>;

    #[inline(always)]
    fn work(self, ifma: Ifma) -> Vec<Kept> {
        let (c, domain) = (Constants::new(ifma), self.domain);
        let m = self.values.len() / 8;
        let blocks = m / 8;
        let mut vectors = vec![Kept::default(); m];
        for block in 0..blocks {
            let mut v = [c.zero(); 8];
            for l in 0..8 {
                v[l] = self.load(c, l * blocks + block);
            }
            v = eight(c, v, &domain.inverse.eight);
            for k in 1..8 {
                v[k] = c.mul(&v[k], &c.restore(&domain.inverse.twist[k * blocks + block]));
            }
            v = turn(v);
            for i in 0..8 {
                vectors[block * 8 + i] = v[i].keep();
            }
        }
        let side = Side(c);
        to_reversed(side, &mut vectors, &domain.inverse.passes);
        for (value, scale) in vectors.iter_mut().zip(&domain.scales[usize::from(self.raised)]) {
            *value = side.times(value, scale).keep();
        }
        from_reversed(side, &mut vectors, &domain.forward.passes);
        let mut out = vec![Kept::default(); m];
        for block in 0..blocks {
            let mut v = [c.zero(); 8];
            for i in 0..8 {
                v[i] = c.restore(&vectors[block * 8 + i]);
            }
            v = turn(v);
            for k in 1..8 {
                v[k] = c.mul(&v[k], &c.restore(&domain.forward.twist[k * blocks + block]));
            }
            v = eight(c, v, &domain.forward.eight);
            for l in 0..8 {
                out[l * blocks + block] = v[l].keep();
            }
        }
        vectors.zeroize();
        out
    }
}

/// Computes `a·b - c` in half-length scalars.
struct Combine<'a> {
    a: &'a [Kept],
    b: &'a [Kept],
    c: &'a [Kept],
}

impl Work for Combine<'_> {
    type Output = Vec<Halves>;

    #[inline(always)]
    fn work(self, ifma: Ifma) -> Vec<Halves> {
        let c = Constants::<FrConfig>::new(ifma);
        // Multiplying by the plain integer 16 = 2^4 on lanes divides by 2^256: values leave arkworks' Montgomery form.
        let plain = c.splat(&[16, 0, 0, 0, 0]);
        let mut halves = Vec::with_capacity(self.a.len() * 8);
        for ((x, y), z) in self.a.iter().zip(self.b).zip(self.c) {
            let product = c.mul(&c.restore(x), &c.restore(y));
            let value = c.mul(&c.sub(&product, &c.restore(z), 2), &plain);
            for words in &value.store() {
                halves.push(split_words(words));
            }
        }
        halves
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

    impl Work for Butterflies {
        type Output = ();

        fn work(self, ifma: Ifma) {
            let side = Side(Constants::new(ifma));
            let mut rng = StdRng::seed_from_u64(1);
            let root = Fr::rand(&mut rng);
            let packed = |words: &[u64; 4]| side.0.load([words; 8]).keep();
            let value = |packed: &Kept| {
                let mut words = BigInt::<4>(side.0.restore(packed).store()[0]);
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
                    side.decimate_frequency(&mut sum, &mut difference, &limbs_of(root));
                    assert_eq!((value(&sum), value(&difference)), (x + y, (x - y) * root));
                    let (mut sum, mut difference) = (packed(&a.0), packed(&b.0));
                    side.decimate_time(&mut sum, &mut difference, &limbs_of(root));
                    assert_eq!((value(&sum), value(&difference)), (x + y * root, x - y * root));
                }
            }
        }
    }

    #[test]
    fn butterflies_are_correct_at_their_bounds() {
        if let Some(ifma) = Ifma::detect() {
            ifma.run(Butterflies);
        }
    }
}
