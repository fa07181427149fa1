//! Eight elements of a prime field of 254 bits: five limbs of 52 bits, Montgomery form with `R = 2^260`.
//!
//! Elements are *loose*: any representative that is not negative and below a bound that each function names in multiples of the prime
//! `p`. There is room: `R` is 84 times `p`, so a product of two elements below `a·p` and `b·p` is below `(1 + ab/84)·p`, and 256 bits
//! of memory hold anything below `5·p`. Limbs are below 2^52 (*normal*) unless said otherwise; sums of limbs are signed numbers until
//! [`Field8::normal`] carries.

use std::marker::PhantomData;

use ark_ff::{BigInteger, Fp, MontBackend, MontConfig};

use super::vector::{Ifma, Mask, V, scatter};

/// The low 52 bits.
const LIMB: u64 = (1 << 52) - 1;

/// A prime of 254 bits, by the arkworks field that has it.
pub(crate) trait Prime: MontConfig<4> {
    /// Limbs of `k·p`.
    const MULTIPLES: [[u64; 5]; 8] = multiples(Self::MODULUS.0);
    /// The same limb by limb.
    const COLUMNS: [[u64; 8]; 5] = columns(Self::MULTIPLES);
    /// One: `2^260` modulo `p`, from arkworks' `2^256`.
    const ONE: [u64; 5] = limbs(times_sixteen(Self::R.0, Self::MODULUS.0));
    /// `-1/p` modulo 2^52.
    const INVERSE: u64 = Self::INV & LIMB;
}

impl<T: MontConfig<4>> Prime for T {}

/// An element of the field in arkworks' form.
pub(crate) type Element<M> = Fp<MontBackend<M, 4>, 4>;

const fn limbs(x: [u64; 4]) -> [u64; 5] {
    [
        x[0] & LIMB,
        (x[0] >> 52 | x[1] << 12) & LIMB,
        (x[1] >> 40 | x[2] << 24) & LIMB,
        (x[2] >> 28 | x[3] << 36) & LIMB,
        x[3] >> 16,
    ]
}

/// By doubling: both are below 2^254.
const fn times_sixteen(mut x: [u64; 4], p: [u64; 4]) -> [u64; 4] {
    let mut n = 0;
    while n < 4 {
        let doubled = [x[0] << 1, x[1] << 1 | x[0] >> 63, x[2] << 1 | x[1] >> 63, x[3] << 1 | x[2] >> 63];
        let (mut less, mut borrow, mut i) = ([0; 4], false, 0);
        while i < 4 {
            let (d, b) = doubled[i].overflowing_sub(p[i]);
            let (d, c) = d.overflowing_sub(borrow as u64);
            less[i] = d;
            borrow = b || c;
            i += 1;
        }
        x = if borrow { doubled } else { less };
        n += 1;
    }
    x
}

const fn multiples(p: [u64; 4]) -> [[u64; 5]; 8] {
    let (p, mut out) = (limbs(p), [[0; 5]; 8]);
    let mut k = 0;
    while k < 8 {
        let (mut carry, mut i) = (0, 0);
        while i < 5 {
            let sum = p[i] * k as u64 + carry;
            out[k][i] = sum & LIMB;
            carry = sum >> 52;
            i += 1;
        }
        k += 1;
    }
    out
}

const fn columns(multiples: [[u64; 5]; 8]) -> [[u64; 8]; 5] {
    let mut out = [[0; 8]; 5];
    let mut k = 0;
    while k < 8 {
        let mut i = 0;
        while i < 5 {
            out[i][k] = multiples[k][i];
            i += 1;
        }
        k += 1;
    }
    out
}

/// Eight elements.
pub(crate) struct Field8<M> {
    pub(crate) limbs: [V; 5],
    prime: PhantomData<fn() -> M>,
}

/// The field's arithmetic.
pub(crate) struct Constants<M> {
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
impl<M> Clone for Constants<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Constants<M> {}

impl<M: Prime> Constants<M> {
    #[inline(always)]
    pub(crate) fn new(ifma: Ifma) -> Constants<M> {
        Constants { ifma, prime: PhantomData }
    }

    /// `k·p` in every lane, for `k` below 8.
    #[inline(always)]
    fn multiple(self, k: usize) -> [V; 5] {
        self.splat(&M::MULTIPLES[k]).limbs
    }

    /// Words below 2^256 as limbs.
    #[inline(always)]
    pub(crate) fn load(self, numbers: [&[u64; 4]; 8]) -> Field8<M> {
        let x = self.ifma.gather(numbers);
        let mask = self.ifma.splat(LIMB);
        Field8::new([
            x[0].and(mask),
            x[0].shr::<52>().or(x[1].shl::<12>()).and(mask),
            x[1].shr::<40>().or(x[2].shl::<24>()).and(mask),
            x[2].shr::<28>().or(x[3].shl::<36>()).and(mask),
            x[3].shr::<16>(),
        ])
    }

    /// The same element in every lane.
    #[inline(always)]
    pub(crate) fn splat(self, limbs: &[u64; 5]) -> Field8<M> {
        let mut out = [self.ifma.zero(); 5];
        for i in 0..5 {
            out[i] = self.ifma.splat(limbs[i]);
        }
        Field8::new(out)
    }

    /// One, in every lane.
    #[inline(always)]
    pub(crate) fn one(self) -> Field8<M> {
        self.splat(&M::ONE)
    }

    /// Zero, in every lane.
    #[inline(always)]
    pub(crate) fn zero(self) -> Field8<M> {
        Field8::new([self.ifma.zero(); 5])
    }

    /// Limbs that were kept as they were.
    #[inline(always)]
    pub(crate) fn restore(self, kept: &Kept) -> Field8<M> {
        let mut out = [self.ifma.zero(); 5];
        for i in 0..5 {
            out[i] = self.ifma.load(&kept.0[i]);
        }
        Field8::new(out)
    }

    /// `a·b/R`, below `(1 + ab/84)·p` for factors below `a·p` and `b·p`.
    #[inline(always)]
    pub(crate) fn mul(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        let [product] = self.products([a], [b]);
        product
    }

    /// Products side by side: each step waits for the one before, and two that do not wait for each other keep the multipliers busy.
    #[inline(always)]
    pub(crate) fn products<const N: usize>(self, a: [&Field8<M>; N], b: [&Field8<M>; N]) -> [Field8<M>; N] {
        let p = self.multiple(1);
        let (inverse, zero) = (self.ifma.splat(M::INVERSE), self.ifma.zero());
        let mut t = [[zero; 5]; N];
        // One limb of b at a time: its products are added, then the multiple of p that clears the lowest limb, which is shifted out.
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
            out[n] = self.normal(t[n]);
        }
        out
    }

    /// The ten columns of `a·b`, added to or (by their complements) taken from nothing: unsigned, below 2^56.
    #[inline(always)]
    pub(crate) fn wide(self, a: &[V; 5], b: &[V; 5]) -> [V; 10] {
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

    /// Ten signed columns, over `R`. The value may be negative as long as it is above `-R·p`: `p` is added, which the caller's bound counts.
    #[inline(always)]
    fn divide(self, t: [V; 10]) -> Field8<M> {
        self.divide_above(t, 1)
    }

    /// Ten signed columns below 2^62, over `R`. The value may be negative as long as it is above `-k·R·p`: below `(k + 1 + v/84)·p` for a
    /// value below `v·p^2`.
    #[inline(always)]
    pub(crate) fn divide_above(self, mut t: [V; 10], k: usize) -> Field8<M> {
        let (p, raise) = (self.multiple(1), self.multiple(k));
        let (inverse, zero) = (self.ifma.splat(M::INVERSE), self.ifma.zero());
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
        self.normal([t[5], t[6], t[7], t[8], t[9]])
    }

    /// `a·b` in Fq[u]/(u^2 + 1), both components below `(2 + ab/42)·p`: three products (Karatsuba) and two reductions.
    #[inline(always)]
    pub(crate) fn mul_quadratic(self, a: &[Field8<M>; 2], b: &[Field8<M>; 2]) -> [Field8<M>; 2] {
        let real = self.wide(&a[0].limbs, &b[0].limbs);
        let imaginary = self.wide(&a[1].limbs, &b[1].limbs);
        let both = self.wide(&self.add(&a[0], &a[1]).limbs, &self.add(&b[0], &b[1]).limbs);
        [self.divide(sub(real, &imaginary)), self.divide(sub(sub(both, &real), &imaginary))]
    }

    /// `a·a` in Fq[u]/(u^2 + 1): `(a0 + a1)(a0 - a1) + 2·a0·a1·u`, for components below `4·p`.
    #[inline(always)]
    pub(crate) fn square_quadratic(self, a: &[Field8<M>; 2]) -> [Field8<M>; 2] {
        let (sum, difference) = (self.add(&a[0], &a[1]), self.sub(&a[0], &a[1], 4));
        self.products([&sum, &self.add(&a[0], &a[0])], [&difference, &a[1]])
    }

    /// Carries signed limbs; the value must not be negative.
    #[inline(always)]
    pub(crate) fn normal(self, mut limbs: [V; 5]) -> Field8<M> {
        let mask = self.ifma.splat(LIMB);
        for i in 0..4 {
            limbs[i + 1] = limbs[i + 1].add(limbs[i].shr_signed::<52>());
            limbs[i] = limbs[i].and(mask);
        }
        Field8::new(limbs)
    }

    /// `a + b`.
    #[inline(always)]
    pub(crate) fn add(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        self.normal(add(a.limbs, &b.limbs))
    }

    /// `a + b`, reduced as by [`Constants::reduce`].
    #[inline(always)]
    pub(crate) fn add_reduced(self, a: &Field8<M>, b: &Field8<M>) -> Field8<M> {
        self.reduce(add(a.limbs, &b.limbs))
    }

    /// `a`, reduced as by [`Constants::reduce`].
    #[inline(always)]
    pub(crate) fn reduced(self, a: &Field8<M>) -> Field8<M> {
        self.reduce(a.limbs)
    }

    /// `a - b + k·p`: not negative if `b` is at most `k·p`.
    #[inline(always)]
    pub(crate) fn sub(self, a: &Field8<M>, b: &Field8<M>, k: usize) -> Field8<M> {
        self.normal(add(sub(a.limbs, &b.limbs), &self.multiple(k)))
    }

    /// `a - b - c + k·p`, reduced as by [`Constants::reduce`].
    #[inline(always)]
    pub(crate) fn sub_two(self, a: &Field8<M>, b: &Field8<M>, c: &Field8<M>, k: usize) -> Field8<M> {
        self.reduce(add(sub(sub(a.limbs, &b.limbs), &c.limbs), &self.multiple(k)))
    }

    /// `a - 2·b - c + k·p`, reduced as by [`Constants::reduce`].
    #[inline(always)]
    pub(crate) fn sub_twice(self, a: &Field8<M>, b: &Field8<M>, c: &Field8<M>, k: usize) -> Field8<M> {
        let difference = sub(sub(sub(a.limbs, &b.limbs), &b.limbs), &c.limbs);
        self.reduce(add(difference, &self.multiple(k)))
    }

    /// `a - b + k·p`, reduced as by [`Constants::reduce`].
    #[inline(always)]
    pub(crate) fn sub_reduced(self, a: &Field8<M>, b: &Field8<M>, k: usize) -> Field8<M> {
        self.reduce(add(sub(a.limbs, &b.limbs), &self.multiple(k)))
    }

    /// `k·p - a` in the lanes of the mask, `a` in the others, in signed limbs: for sums and differences only.
    #[inline(always)]
    pub(crate) fn negate_loosely_if(self, a: &Field8<M>, mask: Mask, k: usize) -> Field8<M> {
        let mut limbs = sub(self.multiple(k), &a.limbs);
        for i in 0..5 {
            limbs[i] = a.limbs[i].blend(mask, limbs[i]);
        }
        Field8::new(limbs)
    }

    /// From a value below `8·p`, in signed limbs, a representative below `1.01·p`.
    ///
    /// The multiple to subtract is read off the highest limb, eight less than it is as the others may borrow from it. An estimate that
    /// is one too low leaves `p` and a little.
    #[inline(always)]
    pub(crate) fn reduce(self, mut limbs: [V; 5]) -> Field8<M> {
        let scale = self.ifma.splat((1 << 52) / (M::MULTIPLES[1][4] + 1));
        let high = limbs[4].sub(self.ifma.splat(8)).max(self.ifma.zero());
        let quotient = self.ifma.zero().madd_high(high, scale);
        for i in 0..5 {
            limbs[i] = limbs[i].sub(quotient.look_up(self.ifma.load(&M::COLUMNS[i])));
        }
        self.normal(limbs)
    }

    /// Where a difference of two elements below `1.5·p`, with `2·p` added, is zero: it then is one of three multiples. Compares the
    /// lowest limb, which a number that is not zero has in common with one of them once in 2^50 times; never misses a zero.
    #[inline(always)]
    pub(crate) fn may_be_zero(self, difference: &Field8<M>) -> Mask {
        let at = |k: usize| difference.limbs[0].equal(self.ifma.splat(M::MULTIPLES[k][0]));
        at(1) | at(2) | at(3)
    }
}

// Loops, not closures, here and wherever lanes are computed with: a closure that the compiler does not inline has none of the
// processor's features, and each of its instructions becomes a call.

#[inline(always)]
pub(crate) fn add<const N: usize>(mut a: [V; N], b: &[V; N]) -> [V; N] {
    for i in 0..N {
        a[i] = a[i].add(b[i]);
    }
    a
}

#[inline(always)]
pub(crate) fn sub<const N: usize>(mut a: [V; N], b: &[V; N]) -> [V; N] {
    for i in 0..N {
        a[i] = a[i].sub(b[i]);
    }
    a
}

/// Eight elements in memory, limb by limb.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Kept([[u64; 8]; 5]);

impl zeroize::DefaultIsZeroes for Kept {}

impl Kept {
    /// A lane's words, for a value below 2^256.
    pub(crate) fn lane(&self, lane: usize) -> [u64; 4] {
        let [a, b, c, d, e] = self.0.map(|limb| limb[lane]);
        [a | b << 52, b >> 12 | c << 40, c >> 24 | d << 28, d >> 36 | e << 16]
    }

    /// Puts words into a lane.
    pub(crate) fn set_lane(&mut self, lane: usize, words: &[u64; 4]) {
        self.0.iter_mut().zip(limbs(*words)).for_each(|(limb, value)| limb[lane] = value);
    }

    /// Of eight elements' limbs.
    pub(crate) fn of(lanes: [[u64; 5]; 8]) -> Kept {
        Kept(std::array::from_fn(|limb| std::array::from_fn(|lane| lanes[lane][limb])))
    }
}

impl<M: Prime> Field8<M> {
    #[inline(always)]
    fn new(limbs: [V; 5]) -> Field8<M> {
        Field8 { limbs, prime: PhantomData }
    }

    /// The limbs, to be kept.
    #[inline(always)]
    pub(crate) fn keep(&self) -> Kept {
        let mut out = [[0; 8]; 5];
        for i in 0..5 {
            out[i] = self.limbs[i].lanes();
        }
        Kept(out)
    }

    /// Eight elements as words, for values below 2^256.
    #[inline(always)]
    pub(crate) fn store(&self) -> [[u64; 4]; 8] {
        let l = &self.limbs;
        scatter([
            l[0].or(l[1].shl::<52>()),
            l[1].shr::<12>().or(l[2].shl::<40>()),
            l[2].shr::<24>().or(l[3].shl::<28>()),
            l[3].shr::<36>().or(l[4].shl::<16>()),
        ])
    }

    /// `other` where the mask is set.
    #[inline(always)]
    pub(crate) fn blend(&self, mask: Mask, other: &Field8<M>) -> Field8<M> {
        let mut limbs = self.limbs;
        for i in 0..5 {
            limbs[i] = limbs[i].blend(mask, other.limbs[i]);
        }
        Field8::new(limbs)
    }
}

/// An element's words in this module's form, below the prime: arkworks' `R` is 2^256.
pub(crate) fn store<M: Prime>(element: Element<M>) -> [u64; 4] {
    (element * Element::<M>::from(16u64)).0.0
}

/// An element's limbs in this module's form.
pub(crate) fn limbs_of<M: Prime>(element: Element<M>) -> [u64; 5] {
    limbs(store(element))
}

/// The element with these words, of which any representative below 2^256 is taken.
pub(crate) fn fetch<M: Prime>(words: &[u64; 4]) -> Element<M> {
    fetch_raw::<M>(words) * sixteenth::<M>()
}

/// 16 times the element with these words.
pub(crate) fn fetch_raw<M: Prime>(words: &[u64; 4]) -> Element<M> {
    let mut words = ark_ff::BigInt::<4>(*words);
    while words >= M::MODULUS {
        words.sub_with_borrow(&M::MODULUS);
    }
    Element::<M>::new_unchecked(words)
}

/// The words of a sixteenth of an element.
pub(crate) fn store_raw<M: Prime>(element: Element<M>) -> [u64; 4] {
    element.0.0
}

/// `1/16`: computed by halving.
fn sixteenth<M: Prime>() -> Element<M> {
    // (p + 1)/2 is a half.
    let mut half = M::MODULUS;
    half.div2();
    let half = Element::<M>::new(half) + Element::<M>::from(1u64);
    half * half * (half * half)
}
