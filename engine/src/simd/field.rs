//! Vectors of eight elements of a 254-bit prime field: five limbs of 52 bits, Montgomery form with `R = 2^260`, lazy
//! reduction.
//!
//! Elements are *loose*: any representative that is not negative and below a bound, which each function states in
//! multiples of the prime `p`. There is headroom: `R` is 84 times `p`, so a product of two elements below `a·p` and
//! `b·p` is below `(1 + ab/84)·p`, and 256 bits of memory hold any value below `5·p`. Limbs are below 2^52 (*normal*)
//! unless stated otherwise; sums and differences of limbs are signed until [`FieldOps::propagate_carries`] propagates
//! carries.

use std::marker::PhantomData;

use super::prime::{LIMB_MASK, Prime, to_radix52};
use super::vector::{Ifma, Mask, V, scatter_words};

/// A vector of eight elements of the prime field of `M`.
pub(crate) struct Field8<M> {
    pub(crate) limbs: [V; 5],
    prime: PhantomData<fn() -> M>,
}

/// The arithmetic of the prime field of `M`: a token for the instructions and, by its type, the constants.
pub(crate) struct FieldOps<M> {
    pub(crate) ifma: Ifma,
    prime: PhantomData<fn() -> M>,
}

// Not derived: the prime's type need not be `Copy`.
impl<M> Clone for Field8<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Field8<M> {}
impl<M> Clone for FieldOps<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for FieldOps<M> {}

impl<M: Prime> FieldOps<M> {
    #[inline(always)]
    pub(crate) fn new(ifma: Ifma) -> FieldOps<M> {
        FieldOps { ifma, prime: PhantomData }
    }

    /// Returns `k·p` in every lane, for `k` below 8.
    #[inline(always)]
    pub(super) fn modulus_multiple(self, k: usize) -> [V; 5] {
        self.splat(&M::MULTIPLES[k]).limbs
    }

    /// Loads eight integers of four 64-bit limbs each.
    #[inline(always)]
    pub(crate) fn load_lanes(self, numbers: [&[u64; 4]; 8]) -> Field8<M> {
        let x = self.ifma.gather_words(numbers);
        let mask = self.ifma.splat(LIMB_MASK);
        Field8::new([
            x[0].and(mask),
            x[0].shr::<52>().or(x[1].shl::<12>()).and(mask),
            x[1].shr::<40>().or(x[2].shl::<24>()).and(mask),
            x[2].shr::<28>().or(x[3].shl::<36>()).and(mask),
            x[3].shr::<16>(),
        ])
    }

    /// Returns the same element in every lane.
    #[inline(always)]
    pub(crate) fn splat(self, limbs: &[u64; 5]) -> Field8<M> {
        let mut out = [self.ifma.zero(); 5];
        for i in 0..5 {
            out[i] = self.ifma.splat(limbs[i]);
        }
        Field8::new(out)
    }

    /// Returns one in every lane.
    #[inline(always)]
    pub(crate) fn one(self) -> Field8<M> {
        self.splat(&M::ONE)
    }

    /// Returns zero in every lane.
    #[inline(always)]
    pub(crate) fn zero(self) -> Field8<M> {
        Field8::new([self.ifma.zero(); 5])
    }

    /// Loads the limbs of all lanes as [`Field8::store_packed`] stored them.
    #[inline(always)]
    pub(crate) fn load_packed(self, packed: &PackedLimbs) -> Field8<M> {
        let mut out = [self.ifma.zero(); 5];
        for i in 0..5 {
            out[i] = self.ifma.load_array(&packed.0[i]);
        }
        Field8::new(out)
    }

    /// Propagates the carries of signed limbs. The value must not be negative.
    #[inline(always)]
    pub(crate) fn propagate_carries(self, mut limbs: [V; 5]) -> Field8<M> {
        let mask = self.ifma.splat(LIMB_MASK);
        for i in 0..4 {
            limbs[i + 1] = limbs[i + 1].add(limbs[i].shr_signed::<52>());
            limbs[i] = limbs[i].and(mask);
        }
        Field8::new(limbs)
    }

    /// Returns `a + b`.
    #[inline(always)]
    pub(crate) fn add(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        self.propagate_carries(add_limbs(a.limbs, &b.limbs))
    }

    /// Returns `a + b`, reduced by [`FieldOps::reduce_limbs`].
    #[inline(always)]
    pub(crate) fn add_reduced(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        self.reduce_limbs(add_limbs(a.limbs, &b.limbs))
    }

    /// Returns `a`, reduced by [`FieldOps::reduce_limbs`].
    #[inline(always)]
    pub(crate) fn reduce_element(self, a: &Field8<M>) -> Field8<M> {
        self.reduce_limbs(a.limbs)
    }

    /// Returns `a - b + k·p`. `b` must be at most `k·p`, so that the value is not negative.
    #[inline(always)]
    pub(crate) fn sub(self, a: &Field8<M>, b: &Field8<M>, k: usize) -> Field8<M> {
        self.propagate_carries(add_limbs(sub_limbs(a.limbs, &b.limbs), &self.modulus_multiple(k)))
    }

    /// Returns `a - b - c + k·p`, reduced by [`FieldOps::reduce_limbs`].
    #[inline(always)]
    pub(crate) fn sub_two(self, a: &Field8<M>, b: &Field8<M>, c: &Field8<M>, k: usize) -> Field8<M> {
        self.reduce_limbs(add_limbs(sub_limbs(sub_limbs(a.limbs, &b.limbs), &c.limbs), &self.modulus_multiple(k)))
    }

    /// Returns `a - 2·b - c + k·p`, reduced by [`FieldOps::reduce_limbs`].
    #[inline(always)]
    pub(crate) fn sub_twice(self, a: &Field8<M>, b: &Field8<M>, c: &Field8<M>, k: usize) -> Field8<M> {
        let difference = sub_limbs(sub_limbs(sub_limbs(a.limbs, &b.limbs), &b.limbs), &c.limbs);
        self.reduce_limbs(add_limbs(difference, &self.modulus_multiple(k)))
    }

    /// Returns `a - b + k·p`, reduced by [`FieldOps::reduce_limbs`].
    #[inline(always)]
    pub(crate) fn sub_reduced(self, a: &Field8<M>, b: &Field8<M>, k: usize) -> Field8<M> {
        self.reduce_limbs(add_limbs(sub_limbs(a.limbs, &b.limbs), &self.modulus_multiple(k)))
    }

    /// Returns `k·p - a` in the lanes of the mask and `a` in the others, in signed limbs: for sums and differences
    /// only.
    #[inline(always)]
    pub(crate) fn negate_unreduced_if(self, a: &Field8<M>, mask: Mask, k: usize) -> Field8<M> {
        let mut limbs = sub_limbs(self.modulus_multiple(k), &a.limbs);
        for i in 0..5 {
            limbs[i] = a.limbs[i].blend(mask, limbs[i]);
        }
        Field8::new(limbs)
    }

    /// Reduces a value below `8·p`, in signed limbs, to a representative below `1.06·p`.
    ///
    /// The multiple of `p` to subtract is estimated from the highest limb, less eight because the lower limbs may
    /// borrow from it. An estimate that is one too low leaves slightly more than `p`.
    #[inline(always)]
    pub(crate) fn reduce_limbs(self, mut limbs: [V; 5]) -> Field8<M> {
        let scale = self.ifma.splat((1 << 52) / (M::MULTIPLES[1][4] + 1));
        let high = limbs[4].sub(self.ifma.splat(8)).max(self.ifma.zero());
        let quotient = self.ifma.zero().madd_high(high, scale);
        for i in 0..5 {
            limbs[i] = limbs[i].sub(quotient.look_up(self.ifma.load_array(&M::MULTIPLES_BY_LIMB[i])));
        }
        self.propagate_carries(limbs)
    }

    /// Returns the lanes in which a difference of two elements below `1.5·p`, with `2·p` added, may be zero modulo `p`.
    ///
    /// A difference that is zero is one of the multiples `p`, `2·p` and `3·p`. Only the lowest limbs are compared: a
    /// zero is never missed, and a difference that is not zero is reported with probability about 2^-50.
    #[inline(always)]
    pub(crate) fn may_be_zero(self, difference: &Field8<M>) -> Mask {
        let at = |k: usize| difference.limbs[0].equal_lanes(self.ifma.splat(M::MULTIPLES[k][0]));
        at(1) | at(2) | at(3)
    }
}

// Loops, not closures, here and wherever vectors are computed with: a closure that the compiler does not inline is
// compiled without the processor features, and each of its intrinsics becomes a call.

/// Returns `a + b`, limb by limb, without carries.
#[inline(always)]
pub(crate) fn add_limbs<const N: usize>(mut a: [V; N], b: &[V; N]) -> [V; N] {
    for i in 0..N {
        a[i] = a[i].add(b[i]);
    }
    a
}

/// Returns `a - b`, limb by limb, without borrows: limbs may become negative.
#[inline(always)]
pub(crate) fn sub_limbs<const N: usize>(mut a: [V; N], b: &[V; N]) -> [V; N] {
    for i in 0..N {
        a[i] = a[i].sub(b[i]);
    }
    a
}

/// Eight elements in memory: for each 52-bit limb, lowest first, its eight lanes.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct PackedLimbs([[u64; 8]; 5]);

impl zeroize::DefaultIsZeroes for PackedLimbs {}

impl PackedLimbs {
    /// Returns a lane's value, which must be below 2^256, in 64-bit limbs.
    pub(crate) fn extract_lane(&self, lane: usize) -> [u64; 4] {
        let [a, b, c, d, e] = self.0.map(|limb| limb[lane]);
        [a | b << 52, b >> 12 | c << 40, c >> 24 | d << 28, d >> 36 | e << 16]
    }

    /// Replaces a lane's value by one in 64-bit limbs.
    pub(crate) fn set_lane(&mut self, lane: usize, words: &[u64; 4]) {
        self.0.iter_mut().zip(to_radix52(*words)).for_each(|(limb, value)| limb[lane] = value);
    }

    /// Packs the 52-bit limbs of eight elements.
    pub(crate) fn from_lanes(lanes: [[u64; 5]; 8]) -> PackedLimbs {
        PackedLimbs(std::array::from_fn(|limb| std::array::from_fn(|lane| lanes[lane][limb])))
    }
}

impl<M: Prime> Field8<M> {
    #[inline(always)]
    fn new(limbs: [V; 5]) -> Field8<M> {
        Field8 { limbs, prime: PhantomData }
    }

    /// Stores the limbs of all lanes.
    #[inline(always)]
    pub(crate) fn store_packed(&self) -> PackedLimbs {
        let mut out = [[0; 8]; 5];
        for i in 0..5 {
            out[i] = self.limbs[i].to_array();
        }
        PackedLimbs(out)
    }

    /// Stores eight elements, whose values must be below 2^256, in 64-bit limbs.
    #[inline(always)]
    pub(crate) fn store_lanes(&self) -> [[u64; 4]; 8] {
        let l = &self.limbs;
        scatter_words([
            l[0].or(l[1].shl::<52>()),
            l[1].shr::<12>().or(l[2].shl::<40>()),
            l[2].shr::<24>().or(l[3].shl::<28>()),
            l[3].shr::<36>().or(l[4].shl::<16>()),
        ])
    }

    /// Returns `other` in the lanes of the mask and `self` in the others.
    #[inline(always)]
    pub(crate) fn blend(&self, mask: Mask, other: &Field8<M>) -> Field8<M> {
        let mut limbs = self.limbs;
        for i in 0..5 {
            limbs[i] = limbs[i].blend(mask, other.limbs[i]);
        }
        Field8::new(limbs)
    }
}
