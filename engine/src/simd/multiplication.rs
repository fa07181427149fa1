//! Montgomery multiplication of vectors: limb by limb with interleaved reduction, and in the quadratic extension with a
//! single reduction for each component.

use super::field::{Field8, FieldOps, sub_limbs};
use super::prime::Prime;
use super::vector::V;

impl<M: Prime> FieldOps<M> {
    /// Returns the Montgomery product `a·b/R`, below `(1 + ab/84)·p` for factors below `a·p` and `b·p`.
    #[inline(always)]
    pub(crate) fn mul(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        let [product] = self.mul_interleaved([a], [b]);
        product
    }

    /// Returns `N` Montgomery products, computed interleaved: the steps of one depend on each other, and two
    /// independent products keep the multipliers busy.
    #[inline(always)]
    pub(crate) fn mul_interleaved<const N: usize>(self, a: [&Field8<M>; N], b: [&Field8<M>; N]) -> [Field8<M>; N] {
        let p = self.modulus_multiple(1);
        let (inverse, zero) = (self.ifma.splat(M::NEGATED_INVERSE), self.ifma.zero());
        let mut t = [[zero; 5]; N];
        // One limb of b at a time: add its products with a, then the multiple of p that clears the lowest limb, and
        // shift that limb out.
        for i in 0..5 {
            let (mut m, mut top) = ([zero; N], [zero; N]);
            for n in 0..N {
                t[n][0] = t[n][0].madd_low(a[n].limbs[0], b[n].limbs[i]);
            }
            for n in 0..N {
                m[n] = zero.madd_low(t[n][0], inverse);
            }
            for j in 1..5 {
                for n in 0..N {
                    t[n][j] = t[n][j].madd_low(a[n].limbs[j], b[n].limbs[i]);
                }
            }
            for j in 1..5 {
                for n in 0..N {
                    t[n][j] = t[n][j].madd_high(a[n].limbs[j - 1], b[n].limbs[i]);
                }
            }
            for n in 0..N {
                top[n] = zero.madd_high(a[n].limbs[4], b[n].limbs[i]);
            }
            for j in 0..5 {
                for n in 0..N {
                    t[n][j] = t[n][j].madd_low(m[n], p[j]);
                }
            }
            for j in 1..5 {
                for n in 0..N {
                    t[n][j] = t[n][j].madd_high(m[n], p[j - 1]);
                }
            }
            for n in 0..N {
                top[n] = top[n].madd_high(m[n], p[4]);
                t[n] = [t[n][1].add(t[n][0].shr::<52>()), t[n][2], t[n][3], t[n][4], top[n]];
            }
        }
        let mut out = [self.zero(); N];
        for n in 0..N {
            out[n] = self.propagate_carries(t[n]);
        }
        out
    }

    /// Returns the ten columns of the double-width product `a·b`: unsigned, below 2^56, without carries.
    #[inline(always)]
    pub(crate) fn mul_wide(self, a: &[V; 5], b: &[V; 5]) -> [V; 10] {
        let mut t = [self.ifma.zero(); 10];
        for i in 0..5 {
            for j in 0..5 {
                t[i + j] = t[i + j].madd_low(a[j], b[i]);
            }
            for j in 0..5 {
                t[i + j + 1] = t[i + j + 1].madd_high(a[j], b[i]);
            }
        }
        t
    }

    /// Divides ten signed columns by `R` (Montgomery reduction). The value may be negative as long as it is above
    /// `-R·p`: `p` is added to the result, which the caller's bound must include.
    #[inline(always)]
    fn montgomery_reduce(self, t: [V; 10]) -> Field8<M> {
        self.montgomery_reduce_above(t, 1)
    }

    /// Divides ten signed columns, each below 2^62, by `R` (Montgomery reduction), and adds `k·p`. The value may be
    /// negative as long as it is above `-k·R·p`; the result is below `(k + 1 + v/84)·p` for a value below `v·p^2`.
    #[inline(always)]
    pub(crate) fn montgomery_reduce_above(self, mut t: [V; 10], k: usize) -> Field8<M> {
        let (p, raise) = (self.modulus_multiple(1), self.modulus_multiple(k));
        let (inverse, zero) = (self.ifma.splat(M::NEGATED_INVERSE), self.ifma.zero());
        for j in 0..5 {
            t[5 + j] = t[5 + j].add(raise[j]);
        }
        for i in 0..5 {
            let m = zero.madd_low(t[i], inverse);
            for j in 0..5 {
                t[i + j] = t[i + j].madd_low(m, p[j]);
            }
            for j in 0..5 {
                t[i + j + 1] = t[i + j + 1].madd_high(m, p[j]);
            }
            t[i + 1] = t[i + 1].add(t[i].shr_signed::<52>());
        }
        self.propagate_carries([t[5], t[6], t[7], t[8], t[9]])
    }

    /// Returns `a·b` in `Fq[u]/(u^2 + 1)`, both components below `(2 + ab/42)·p`. Takes three products (Karatsuba) and
    /// two reductions.
    #[inline(always)]
    pub(crate) fn mul_quadratic(self, a: &[Field8<M>; 2], b: &[Field8<M>; 2]) -> [Field8<M>; 2] {
        let real = self.mul_wide(&a[0].limbs, &b[0].limbs);
        let imaginary = self.mul_wide(&a[1].limbs, &b[1].limbs);
        let both = self.mul_wide(&self.add(&a[0], &a[1]).limbs, &self.add(&b[0], &b[1]).limbs);
        [
            self.montgomery_reduce(sub_limbs(real, &imaginary)),
            self.montgomery_reduce(sub_limbs(sub_limbs(both, &real), &imaginary)),
        ]
    }

    /// Returns `a·a = (a0 + a1)(a0 - a1) + 2·a0·a1·u` in `Fq[u]/(u^2 + 1)`, for components below `4·p`.
    #[inline(always)]
    pub(crate) fn square_quadratic(self, a: &[Field8<M>; 2]) -> [Field8<M>; 2] {
        let (sum, difference) = (self.add(&a[0], &a[1]), self.sub(&a[0], &a[1], 4));
        self.mul_interleaved([&sum, &self.add(&a[0], &a[0])], [&difference, &a[1]])
    }
}
