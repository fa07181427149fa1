//! The portable backend's field arithmetic: a 254-bit prime field in four 64-bit limbs, Montgomery form with lazy
//! reduction.
//!
//! The form is arkworks' (`R = 2^256`), but elements may be any representative below `2·p`. As `4·p` is below 2^256,
//! the product of two such representatives needs no final subtraction, which saves an eighth of its time.

pub(crate) mod coordinate;

use std::marker::PhantomData;

use ark_ff::{BigInt, Fp, MontBackend, MontConfig};

/// An element of the prime field of `M`, as a representative below `2·p`.
pub(crate) struct LazyFp<M>([u64; 4], PhantomData<fn() -> M>);

// Not derived: the prime's type need not be `Copy`.
impl<M> Clone for LazyFp<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for LazyFp<M> {}
impl<M> Default for LazyFp<M> {
    #[inline(always)]
    fn default() -> Self {
        LazyFp([0; 4], PhantomData)
    }
}

impl<M> zeroize::DefaultIsZeroes for LazyFp<M> {}

/// Twice the prime, `2·p`.
struct TwiceModulus<M>(PhantomData<M>);

impl<M: MontConfig<4>> TwiceModulus<M> {
    const P: [u64; 4] = {
        let p = M::MODULUS.0;
        [p[0] << 1, p[1] << 1 | p[0] >> 63, p[2] << 1 | p[1] >> 63, p[3] << 1 | p[2] >> 63]
    };
}

/// Returns the low and high limb of `a + b·c + carry`.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(b) * u128::from(c) + u128::from(a) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// Returns `a - b` modulo `2^(64·N)` and whether it borrows.
#[inline(always)]
fn sub_limbs<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let (mut out, mut borrow) = ([0; N], false);
    for i in 0..N {
        let (difference, first) = a[i].overflowing_sub(b[i]);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        out[i] = difference;
        borrow = first | second;
    }
    (out, borrow)
}

/// Returns `a + b` modulo `2^(64·N)`.
#[inline(always)]
fn add_limbs<const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let (mut out, mut carry) = ([0; N], false);
    for i in 0..N {
        let (sum, first) = a[i].overflowing_add(b[i]);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        out[i] = sum;
        carry = first | second;
    }
    out
}

impl<M: MontConfig<4>> LazyFp<M> {
    #[inline(always)]
    fn new(words: [u64; 4]) -> Self {
        LazyFp(words, PhantomData)
    }

    /// Wraps a representative below `2·p`, in arkworks' form.
    #[inline(always)]
    pub(crate) fn from_words(words: [u64; 4]) -> Self {
        LazyFp::new(words)
    }

    /// Converts an element from arkworks' type.
    pub(crate) fn encode_element(element: Fp<MontBackend<M, 4>, 4>) -> Self {
        LazyFp::new(element.0.0)
    }

    /// Converts an element to arkworks' type.
    pub(crate) fn decode_element(&self) -> Fp<MontBackend<M, 4>, 4> {
        Fp::new_unchecked(BigInt(self.reduce_canonical()))
    }

    /// Returns the representative below `p`.
    #[inline(always)]
    fn reduce_canonical(&self) -> [u64; 4] {
        let (less, borrow) = sub_limbs(&self.0, &M::MODULUS.0);
        if borrow { self.0 } else { less }
    }

    /// Returns whether the element is zero, in either representative.
    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == [0; 4] || self.0 == M::MODULUS.0
    }

    /// Returns `self + other`.
    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let sum = add_limbs(&self.0, &other.0);
        let (less, borrow) = sub_limbs(&sum, &TwiceModulus::<M>::P);
        LazyFp::new(if borrow { sum } else { less })
    }

    /// Returns `self - other`.
    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = sub_limbs(&self.0, &other.0);
        LazyFp::new(if borrow { add_limbs(&difference, &TwiceModulus::<M>::P) } else { difference })
    }

    /// Returns the Montgomery product, one limb of `other` at a time (CIOS; Koç, Acar, Kaliski, 1996). No sum
    /// overflows, as the highest limb of `p` leaves two bits unused.
    #[inline(always)]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        let p = M::MODULUS.0;
        let mut t = [0; 4];
        for limb in other.0 {
            let (low, mut carry) = multiply_add(t[0], self.0[0], limb, 0);
            let m = low.wrapping_mul(M::INV);
            let (_, mut reduction_carry) = multiply_add(low, m, p[0], 0);
            for i in 1..4 {
                let (sum, next) = multiply_add(t[i], self.0[i], limb, carry);
                let (sum, reduction_next) = multiply_add(sum, m, p[i], reduction_carry);
                (t[i - 1], carry, reduction_carry) = (sum, next, reduction_next);
            }
            t[3] = carry + reduction_carry;
        }
        LazyFp::new(t)
    }

    /// Returns all eight limbs of the product of two integers below 2^256.
    #[inline(always)]
    fn mul_wide(a: &[u64; 4], b: &[u64; 4]) -> [u64; 8] {
        let mut t = [0; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = multiply_add(t[i + j], a[j], b[i], carry);
            }
            t[i + 4] = carry;
        }
        t
    }

    /// Divides an integer below `2^256·p` by `2^256` (Montgomery reduction).
    #[inline(always)]
    fn montgomery_reduce(mut t: [u64; 8]) -> Self {
        let p = M::MODULUS.0;
        let mut high_carry = false;
        for i in 0..4 {
            let m = t[i].wrapping_mul(M::INV);
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = multiply_add(t[i + j], m, p[j], carry);
            }
            let (sum, first) = t[i + 4].overflowing_add(carry);
            let (sum, second) = sum.overflowing_add(u64::from(high_carry));
            t[i + 4] = sum;
            high_carry = first | second;
        }
        LazyFp::new([t[4], t[5], t[6], t[7]])
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::{Fq, FqConfig};
    use ark_ff::{BigInteger, PrimeField};

    use super::*;

    /// Limbs that make every carry and every borrow propagate.
    #[test]
    fn carries_and_borrows_propagate() {
        let edges = [0, 1, u64::MAX - 1, u64::MAX];
        let number = |i: usize| std::array::from_fn::<u64, 4, _>(|j| edges[i >> (2 * j) & 3]);
        for (i, j) in (0..256).flat_map(|i| (0..256).map(move |j| (i, j))) {
            let (a, b) = (BigInt(number(i)), BigInt(number(j)));
            let (mut sum, mut difference) = (a, a);
            let borrow = difference.sub_with_borrow(&b);
            sum.add_with_carry(&b);
            assert_eq!(sub_limbs(&a.0, &b.0), (difference.0, borrow));
            assert_eq!(add_limbs(&a.0, &b.0), sum.0);
        }
    }

    /// Representatives at both ends of both ranges, below `p` and below `2·p`.
    #[test]
    fn results_stay_below_twice_the_modulus() {
        let p = Fq::MODULUS;
        let mut numbers =
            vec![BigInt::from(0u64), BigInt::from(1u64), BigInt::from(u64::MAX), BigInt([0, 0, 0, 1 << 61])];
        for i in 0..numbers.len() {
            let (mut below, mut above, mut below_twice) = (p, p, BigInt(TwiceModulus::<FqConfig>::P));
            below.sub_with_borrow(&numbers[i].max(BigInt::from(1u64)));
            above.add_with_carry(&numbers[i]);
            below_twice.sub_with_borrow(&numbers[i].max(BigInt::from(1u64)));
            numbers.extend([below, above, below_twice]);
        }
        let element = |number: &BigInt<4>| {
            let mut number = *number;
            while number >= p {
                number.sub_with_borrow(&p);
            }
            Fq::new_unchecked(number)
        };
        for a in &numbers {
            for b in &numbers {
                let (x, y) = (LazyFp::<FqConfig>::new(a.0), LazyFp::<FqConfig>::new(b.0));
                let below_twice = |result: LazyFp<FqConfig>, expected: Fq| {
                    assert!(BigInt(result.0) < BigInt(TwiceModulus::<FqConfig>::P));
                    assert_eq!(result.decode_element(), expected);
                };
                below_twice(x.add(&y), element(a) + element(b));
                below_twice(x.sub(&y), element(a) - element(b));
                below_twice(x.mul(&y), element(a) * element(b));
                below_twice(
                    LazyFp::montgomery_reduce(LazyFp::<FqConfig>::mul_wide(&a.0, &b.0)),
                    element(a) * element(b),
                );
            }
        }
    }
}
