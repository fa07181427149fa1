//! Eight lanes at a time.
//!
//! With `d = 8·m`, position `l·m + j` and frequency `k + 8·q`, a transform is, for each `j`, one of eight values over `l`; a product with
//! the root of order `d` to the power `j·k`; and, for each `k`, one of `m` values over `j`. The first has lanes `j`, so values are read
//! as they stand; the last has lanes `k`, so that one root serves a whole vector. Between them eight vectors change rows and columns. The
//! transform back takes the same steps in the opposite order.
//!
//! Values are in arkworks' form throughout and roots in the lanes': a product of the two is in arkworks' again.

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
/// A number that all lanes are multiplied with.
type Root = [u64; 5];

/// The least domain that fills vectors has 64 points.
pub(crate) const LEAST_LOG: u32 = 6;

/// What the transforms of a domain need.
pub(crate) struct Domain {
    ifma: Ifma,
    inverse: Steps,
    forward: Steps,
    /// `base^(8·q)/d` in bit-reversed order, and 16 times that: the product of two values in arkworks' form lacks a factor of 16.
    scales: [Vec<Root>; 2],
    sixteen: Root,
}

/// One direction.
struct Steps {
    /// The root of order 8 to the powers 0 to 3.
    eight: [Root; 4],
    /// For `k` and then eight `j` at a time, the root of order `d` to the power `j·k`; on the way to the points between, times the `k`-th power of
    /// the root of order `2·d`.
    twist: Vec<Kept>,
    passes: Roots<Root>,
}

impl Steps {
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
    /// For a domain of `2^log` points.
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

    /// The halves of the values of `a·b - a∘b` between the points of the domain, for values `a` and `b` on it.
    pub(crate) fn quotient(&self, a: &[Fr], b: &[Fr]) -> Vec<Halves> {
        let extend = |values: &[Fr], raised| self.ifma.run(Extend { domain: self, values, by: None, raised });
        let product = || self.ifma.run(Extend { domain: self, values: a, by: Some(b), raised: false });
        let ((mut a, mut b), mut c) = rayon::join(|| (extend(a, true), extend(b, false)), product);
        let halves = self.ifma.run(Combine { a: &a, b: &b, c: &c });
        [&mut a, &mut b, &mut c].into_iter().for_each(Zeroize::zeroize);
        halves
    }
}

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

    // All values are below 1.4p: sums are below 2.8p and reduced, differences with 2p added below 3.4p and multiplied.
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

/// Eight values transformed, natural order to natural order.
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

/// Rows to columns, limb by limb.
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

/// Eight values that stand side by side.
#[inline(always)]
fn consecutive(c: Constants<FrConfig>, values: &[Fr], vector: usize) -> Vector {
    let v = &values.as_chunks::<8>().0[vector];
    c.load([&v[0].0.0, &v[1].0.0, &v[2].0.0, &v[3].0.0, &v[4].0.0, &v[5].0.0, &v[6].0.0, &v[7].0.0])
}

/// Values on the domain, times others if there are, to values between its points: vectors of consecutive positions.
struct Extend<'a> {
    domain: &'a Domain,
    values: &'a [Fr],
    by: Option<&'a [Fr]>,
    raised: bool,
}

impl Extend<'_> {
    #[inline(always)]
    fn load(&self, c: Constants<FrConfig>, vector: usize) -> Vector {
        let values = consecutive(c, self.values, vector);
        match self.by {
            None => values,
            // In arkworks' form, which lacks the factor again.
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

/// `a·b - c`, out of Montgomery form and split.
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
        // Sixteen as it stands: arkworks' form over 2^260, times 2^4.
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

    /// Butterflies of values between `p` and `1.06·p` and of zeros, which the difference of is as negative as can be.
    struct Butterflies;

    impl Work for Butterflies {
        type Output = ();

        fn work(self, ifma: Ifma) {
            let side = Side(Constants::new(ifma));
            let mut rng = StdRng::seed_from_u64(1);
            let root = Fr::rand(&mut rng);
            let kept = |words: &[u64; 4]| side.0.load([words; 8]).keep();
            let value = |kept: &Kept| {
                let words = side.0.restore(kept).store()[0];
                let mut words = BigInt::<4>(words);
                while words >= FrConfig::MODULUS {
                    words.sub_with_borrow(&FrConfig::MODULUS);
                }
                Fr::new_unchecked(words)
            };
            for small in [BigInt::from(0u64), BigInt::from(1u64), BigInt([7, 7, 7, FrConfig::MODULUS.0[3] / 20])] {
                let mut raised = small;
                raised.add_with_carry(&FrConfig::MODULUS);
                for (a, b) in [(Fr::ZERO.0, raised), (raised, Fr::ZERO.0), (raised, raised), (small, raised)] {
                    let (x, y) = (value(&kept(&a.0)), value(&kept(&b.0)));
                    let (mut sum, mut rest) = (kept(&a.0), kept(&b.0));
                    side.decimate_frequency(&mut sum, &mut rest, &limbs_of(root));
                    assert_eq!((value(&sum), value(&rest)), (x + y, (x - y) * root));
                    let (mut sum, mut rest) = (kept(&a.0), kept(&b.0));
                    side.decimate_time(&mut sum, &mut rest, &limbs_of(root));
                    assert_eq!((value(&sum), value(&rest)), (x + y * root, x - y * root));
                }
            }
        }
    }

    #[test]
    fn butterflies_at_the_ends() {
        if let Some(ifma) = Ifma::detect() {
            ifma.run(Butterflies);
        }
    }
}
