//! Modular inversion, four times as fast as arkworks'.
//!
//! This is Bernstein and Yang's division-step algorithm as libsecp256k1 arranges it (`safegcd`):
//!
//! 1. A batch of 62 division steps depends on the lowest 62 bits of `f` and `g` only. It yields a transition matrix.
//! 2. The matrix is applied to `f` and `g`, and modulo the prime to `d` and `e`, which track their multiples of `1/x`.
//! 3. Batches repeat until `g` is zero. Then `f` is 1 or -1, and `d` is the inverse up to that sign.
//!
//! The number of steps depends on the input, as in arkworks' inversion: it is **not constant time**. Witness
//! assignments, which invert secret values, are computed where no one else measures time.

use ark_ff::{BigInt, Fp, MontBackend, MontConfig, Zero};

/// The division steps of a batch, which is also the number of bits in a limb of [`Signed62`].
const STEPS_PER_BATCH: u32 = 62;
const LIMB_MASK: u64 = (1 << STEPS_PER_BATCH) - 1;

/// Returns `1/x`, or `None` for zero. Takes variable time.
pub fn modular_inverse<M: MontConfig<4>>(x: Fp<MontBackend<M, 4>, 4>) -> Option<Fp<MontBackend<M, 4>, 4>> {
    if x.is_zero() {
        return None;
    }
    let modulus = Signed62::from(M::MODULUS);
    // `x` is stored as `x·R`. `R^2` divided by that is `R/x`, the Montgomery form of `1/x`.
    let (mut d, mut e) = (Signed62([0; 5]), Signed62::from(M::R2));
    let (mut f, mut g) = (modulus, Signed62::from(x.0));
    let mut eta = -1;
    while !g.is_zero() {
        let steps = TransitionMatrix::from_division_steps(&mut eta, f.0[0] as u64, g.0[0] as u64);
        (d, e) = steps.update_de(&d, &e, &modulus, M::INV.wrapping_neg());
        (f, g) = steps.update_fg(&f, &g);
    }
    // `f` is now 1 or -1, and `d` is `f·R/x` modulo the prime `r`, above `-2r` and below `r`.
    while d.is_negative() {
        d = d.add_carrying(&modulus);
    }
    let result = Fp::new_unchecked(d.into());
    Some(if f.is_negative() { -result } else { result })
}

/// A signed integer in five limbs of 62 bits, lowest first. Only the highest limb may be negative.
#[derive(Clone, Copy)]
struct Signed62([i64; 5]);

impl From<BigInt<4>> for Signed62 {
    fn from(BigInt([a, b, c, d]): BigInt<4>) -> Signed62 {
        let limbs = [a, a >> 62 | b << 2, b >> 60 | c << 4, c >> 58 | d << 6, d >> 56];
        Signed62(limbs.map(|limb| (limb & LIMB_MASK) as i64))
    }
}

impl From<Signed62> for BigInt<4> {
    /// Converts an integer that must be neither negative nor longer than 256 bits.
    fn from(Signed62(limbs): Signed62) -> BigInt<4> {
        let [a, b, c, d, e] = limbs.map(|limb| limb as u64);
        BigInt([a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56])
    }
}

impl Signed62 {
    fn is_zero(&self) -> bool {
        self.0 == [0; 5]
    }

    fn is_negative(&self) -> bool {
        self.0[4] < 0
    }

    fn add_carrying(&self, other: &Signed62) -> Signed62 {
        let mut carry = 0;
        let mut limbs = [0; 5];
        for (out, (a, b)) in limbs.iter_mut().zip(self.0.iter().zip(&other.0)) {
            carry += a + b;
            *out = (carry as u64 & LIMB_MASK) as i64;
            carry >>= STEPS_PER_BATCH;
        }
        // The carry out of the highest limb is its sign.
        limbs[4] += carry << STEPS_PER_BATCH;
        Signed62(limbs)
    }
}

/// The transition matrix of 62 division steps, times `2^62`: `f` becomes `(u·f + v·g)/2^62` and `g` becomes
/// `(q·f + r·g)/2^62`.
struct TransitionMatrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

impl TransitionMatrix {
    /// Computes the matrix from the low 64 bits of `f`, which must be odd, and `g`. Arithmetic is modulo `2^64`: only
    /// the lower bits matter.
    fn from_division_steps(eta: &mut i64, mut f: u64, mut g: u64) -> TransitionMatrix {
        let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
        let mut left = STEPS_PER_BATCH;
        loop {
            let zeros = (g | u64::MAX << left).trailing_zeros();
            g >>= zeros;
            (u, v) = (u << zeros, v << zeros);
            *eta -= i64::from(zeros);
            left -= zeros;
            if left == 0 {
                return TransitionMatrix { u: u as i64, v: v as i64, q: q as i64, r: r as i64 };
            }
            if *eta < 0 {
                *eta = -*eta;
                (f, g) = (g, f.wrapping_neg());
                (u, q) = (q, u.wrapping_neg());
                (v, r) = (r, v.wrapping_neg());
            }
            // Until `f` and `g` are swapped again, steps only clear the lowest bits of `g`: a multiple of `f` clears
            // several at once.
            let clear = (*eta + 1).min(i64::from(left)).min(6) as u32;
            let mask = (1u64 << clear) - 1;
            // `-1/f` modulo `2^6`, by one Newton iteration from `f`, which is its own inverse modulo `2^3`.
            let factor = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)).wrapping_mul(g) & mask;
            g = g.wrapping_add(f.wrapping_mul(factor));
            q = q.wrapping_add(u.wrapping_mul(factor));
            r = r.wrapping_add(v.wrapping_mul(factor));
        }
    }

    /// Applies the matrix to `f` and `g`. The division by `2^62` is exact.
    fn update_fg(&self, f: &Signed62, g: &Signed62) -> (Signed62, Signed62) {
        let row = |a: i64, b: i64| divide_by_2_62(|i| widening_mul(a, f.0[i]) + widening_mul(b, g.0[i]));
        (row(self.u, self.v), row(self.q, self.r))
    }

    /// Applies the matrix to `d` and `e` modulo `modulus`, a multiple of which makes the division by `2^62` exact.
    /// `inverse` is the inverse of `modulus` modulo `2^62`.
    fn update_de(&self, d: &Signed62, e: &Signed62, modulus: &Signed62, inverse: u64) -> (Signed62, Signed62) {
        let (below_d, below_e) = (d.0[4] >> 63, e.0[4] >> 63);
        let row = |a: i64, b: i64| {
            // As if the modulus were added to negative operands: the results stay above `-2r` and below `r`.
            let start = (a & below_d) + (b & below_e);
            let low = (a as u64).wrapping_mul(d.0[0] as u64).wrapping_add((b as u64).wrapping_mul(e.0[0] as u64));
            let factor = start - (inverse.wrapping_mul(low).wrapping_add(start as u64) & LIMB_MASK) as i64;
            divide_by_2_62(|i| widening_mul(a, d.0[i]) + widening_mul(b, e.0[i]) + widening_mul(factor, modulus.0[i]))
        };
        (row(self.u, self.v), row(self.q, self.r))
    }
}

fn widening_mul(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// Divides the integer with these unnormalised limbs by `2^62`: propagates carries and drops the lowest limb, which
/// must be a multiple of `2^62`.
fn divide_by_2_62(limb: impl Fn(usize) -> i128) -> Signed62 {
    let mut carry = limb(0) >> STEPS_PER_BATCH;
    let mut out = [0; 5];
    for i in 1..5 {
        carry += limb(i);
        out[i - 1] = (carry as u64 & LIMB_MASK) as i64;
        carry >>= STEPS_PER_BATCH;
    }
    out[4] = carry as i64;
    Signed62(out)
}

#[cfg(test)]
mod tests {
    use ark_ff::{Field, One, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    /// Returns elements whose Montgomery form is short, long, or full of zeros and ones, and their neighbours.
    fn edge_cases<M: MontConfig<4>>() -> Vec<Fp<MontBackend<M, 4>, 4>> {
        let powers = (0..254).map(|i| BigInt::<4>::from(1u64) << i);
        let stored = powers.filter(|power| *power < M::MODULUS).map(Fp::new_unchecked);
        let numbers = stored.chain((0..254).map(|i| Fp::from(2u64).pow([i])));
        numbers.flat_map(|x| [x, -x, x + Fp::one(), x - Fp::one(), Fp::new_unchecked(BigInt::from(1u64)) - x]).collect()
    }

    fn assert_matches_arkworks<M: MontConfig<4>>() {
        let mut rng = StdRng::seed_from_u64(1);
        assert_eq!(modular_inverse::<M>(Fp::zero()), None);
        for x in edge_cases().into_iter().chain((0..20_000).map(|_| Fp::rand(&mut rng))) {
            assert_eq!(modular_inverse::<M>(x), x.inverse(), "{x}");
        }
    }

    #[test]
    fn inverses_match_arkworks_in_both_fields() {
        assert_matches_arkworks::<ark_bn254::FqConfig>();
        assert_matches_arkworks::<ark_bn254::FrConfig>();
    }
}
