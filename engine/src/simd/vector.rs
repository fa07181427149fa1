//! Vectors of eight 64-bit lanes, and the few instructions on them that the engine uses. **All `unsafe` code of the
//! project is in this file.**
//!
//! Why it is sound: the instructions exist on the processor that runs them, as a [`V`] is only ever made from an
//! [`Ifma`] or from another `V`, and an `Ifma` only by [`Ifma::detect`]. Memory is read and written through references
//! to whole arrays of the right size. No other effect of these instructions can be undefined behaviour.
//!
//! All functions here are inlined into one that is compiled with the processor features enabled ([`Ifma::run_kernel`]):
//! elsewhere the code would be correct, but slow.
#![allow(unsafe_code, reason = "intrinsics; the module documentation argues their soundness")]

use std::arch::x86_64::*;

/// A token that proves that the processor supports AVX-512 IFMA.
#[derive(Clone, Copy)]
pub(crate) struct Ifma(());

/// A vector of eight lanes of 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct V(__m512i);

/// A selection of lanes: bit `i` stands for lane `i`.
pub(crate) type Mask = u8;

/// A computation that [`Ifma::run_kernel`] runs with the processor features enabled.
pub(crate) trait Kernel {
    /// The result.
    type Output;
    /// Computes the result. Must be `#[inline(always)]`: otherwise its intrinsics become calls.
    fn compute_on(self, ifma: Ifma) -> Self::Output;
}

impl Ifma {
    /// Detects whether the processor supports all instructions that the SIMD backend is compiled with.
    pub(crate) fn detect() -> Option<Ifma> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("adx");
        has.then_some(Ifma(()))
    }

    /// Runs a computation with the processor features enabled.
    #[inline]
    pub(crate) fn run_kernel<W: Kernel>(self, kernel: W) -> W::Output {
        #[target_feature(enable = "avx512f,avx512ifma,avx512dq,avx512bw,avx512vl,avx512vbmi2,bmi2,adx")]
        fn run_enabled<W: Kernel>(ifma: Ifma, kernel: W) -> W::Output {
            kernel.compute_on(ifma)
        }
        // SAFETY: an `Ifma` exists only if every one of these features was detected.
        unsafe { run_enabled(self, kernel) }
    }

    /// Returns the same integer in every lane.
    #[inline(always)]
    pub(crate) fn splat(self, x: u64) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_set1_epi64(x as i64) })
    }

    /// Returns zero in every lane.
    #[inline(always)]
    pub(crate) fn zero(self) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_setzero_si512() })
    }

    /// Loads the lanes from memory.
    #[inline(always)]
    pub(crate) fn load_array(self, lanes: &[u64; 8]) -> V {
        // SAFETY: see the module; the load needs no alignment.
        V(unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) })
    }

    /// Returns the highest bit of each integer.
    #[inline(always)]
    pub(crate) fn highest_bits(self, numbers: &[u32; 8]) -> Mask {
        // SAFETY: see the module; the load reads the whole array, and needs no alignment.
        unsafe { _mm256_movepi32_mask(_mm256_loadu_si256(numbers.as_ptr().cast())) }
    }

    /// Loads eight integers of four 64-bit words each, transposed: vector `i` of the result has word `i` of every
    /// integer, lowest first.
    #[inline(always)]
    pub(crate) fn gather_words(self, numbers: [&[u64; 4]; 8]) -> [V; 4] {
        // SAFETY: see the module; each load reads the 32 bytes of one array, and needs no alignment.
        unsafe {
            let mut pairs = [_mm512_setzero_si512(); 4];
            for n in 0..4 {
                let (low, high) = (numbers[n].as_ptr().cast(), numbers[n + 4].as_ptr().cast());
                pairs[n] =
                    _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256(low)), _mm256_loadu_si256(high), 1);
            }
            let [a, b, c, d] = transpose_4x4(pairs);
            [V(a), V(b), V(c), V(d)]
        }
    }
}

/// Transposes 4 by 4 words in both halves of the vectors. It is its own inverse.
#[inline(always)]
unsafe fn transpose_4x4(v: [__m512i; 4]) -> [__m512i; 4] {
    // SAFETY: the caller guarantees the processor features.
    unsafe {
        let low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
        let high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
        let (l01, h01) = (_mm512_unpacklo_epi64(v[0], v[1]), _mm512_unpackhi_epi64(v[0], v[1]));
        let (l23, h23) = (_mm512_unpacklo_epi64(v[2], v[3]), _mm512_unpackhi_epi64(v[2], v[3]));
        [
            _mm512_permutex2var_epi64(l01, low, l23),
            _mm512_permutex2var_epi64(h01, low, h23),
            _mm512_permutex2var_epi64(l01, high, l23),
            _mm512_permutex2var_epi64(h01, high, h23),
        ]
    }
}

/// Stores eight integers of four 64-bit words each: the inverse of [`Ifma::gather_words`].
#[inline(always)]
pub(crate) fn scatter_words(words: [V; 4]) -> [[u64; 4]; 8] {
    let mut out = [[0; 4]; 8];
    // SAFETY: see the module; each store writes the 32 bytes of one array.
    unsafe {
        let numbers = transpose_4x4([words[0].0, words[1].0, words[2].0, words[3].0]);
        for n in 0..4 {
            let pair = numbers[n];
            _mm256_storeu_si256(out[n].as_mut_ptr().cast(), _mm512_castsi512_si256(pair));
            _mm256_storeu_si256(out[n + 4].as_mut_ptr().cast(), _mm512_extracti64x4_epi64(pair, 1));
        }
    }
    out
}

/// Transposes 8 by 8 lanes. It is its own inverse.
#[inline(always)]
pub(crate) fn transpose_8x8(v: [V; 8]) -> [V; 8] {
    // SAFETY: see the module.
    unsafe {
        let mut t = [_mm512_setzero_si512(); 8];
        for i in 0..4 {
            t[i] = _mm512_unpacklo_epi64(v[2 * i].0, v[2 * i + 1].0);
            t[4 + i] = _mm512_unpackhi_epi64(v[2 * i].0, v[2 * i + 1].0);
        }
        let mut out = [V(t[0]); 8];
        // Quarters of 128 bits hold pairs of rows: first of even columns, then of odd ones.
        for odd in 0..2 {
            let q = 4 * odd;
            let (a, b) = (_mm512_shuffle_i64x2(t[q], t[q + 1], 0x88), _mm512_shuffle_i64x2(t[q + 2], t[q + 3], 0x88));
            let (c, d) = (_mm512_shuffle_i64x2(t[q], t[q + 1], 0xdd), _mm512_shuffle_i64x2(t[q + 2], t[q + 3], 0xdd));
            out[odd] = V(_mm512_shuffle_i64x2(a, b, 0x88));
            out[2 + odd] = V(_mm512_shuffle_i64x2(c, d, 0x88));
            out[4 + odd] = V(_mm512_shuffle_i64x2(a, b, 0xdd));
            out[6 + odd] = V(_mm512_shuffle_i64x2(c, d, 0xdd));
        }
        out
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($($argument:ident),*) = $intrinsic:ident;)*) => {
        impl V {
            $($(#[$doc])*
            #[inline(always)]
            pub(crate) fn $name(self, $($argument: V),*) -> V {
                // SAFETY: see the module.
                V(unsafe { $intrinsic(self.0, $($argument.0),*) })
            })*
        }
    };
}

operations! {
    /// Adds lane by lane, modulo 2^64.
    add(other) = _mm512_add_epi64;
    /// Subtracts lane by lane, modulo 2^64.
    sub(other) = _mm512_sub_epi64;
    /// Returns the bitwise conjunction.
    and(other) = _mm512_and_si512;
    /// Returns the bitwise disjunction.
    or(other) = _mm512_or_si512;
    /// Returns the greater of two signed lanes.
    max(other) = _mm512_max_epi64;
    /// Adds the low 52 bits of the 104-bit product of the low 52 bits of `a` and `b`.
    madd_low(a, b) = _mm512_madd52lo_epu64;
    /// Adds the high 52 bits of that product.
    madd_high(a, b) = _mm512_madd52hi_epu64;
}

impl V {
    /// Looks up lanes of `table`: lane `i` of the result is the lane of `table` whose index is in lane `i` of `self`.
    #[inline(always)]
    pub(crate) fn look_up(self, table: V) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_permutexvar_epi64(self.0, table.0) })
    }

    /// Shifts right by `N` bits, filling with zeros.
    #[inline(always)]
    pub(crate) fn shr<const N: u32>(self) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_srli_epi64::<N>(self.0) })
    }

    /// Shifts right by `N` bits, filling with the sign.
    #[inline(always)]
    pub(crate) fn shr_signed<const N: u32>(self) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_srai_epi64::<N>(self.0) })
    }

    /// Shifts left by `N` bits.
    #[inline(always)]
    pub(crate) fn shl<const N: u32>(self) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_slli_epi64::<N>(self.0) })
    }

    /// Returns the lanes that are equal.
    #[inline(always)]
    pub(crate) fn equal_lanes(self, other: V) -> Mask {
        // SAFETY: see the module.
        unsafe { _mm512_cmpeq_epi64_mask(self.0, other.0) }
    }

    /// Returns `other` in the lanes of the mask and `self` in the others.
    #[inline(always)]
    pub(crate) fn blend(self, mask: Mask, other: V) -> V {
        // SAFETY: see the module.
        V(unsafe { _mm512_mask_blend_epi64(mask, self.0, other.0) })
    }

    /// Returns the lanes as an array.
    #[inline(always)]
    pub(crate) fn to_array(self) -> [u64; 8] {
        let mut out = [0; 8];
        // SAFETY: see the module; the store needs no alignment.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), self.0) };
        out
    }
}

/// Prefetches the cache line of a value that will be read soon. Has no effect that a program can observe.
#[inline(always)]
pub(crate) fn prefetch_line<T>(value: &T) {
    // SAFETY: any address may be prefetched; this one may be read.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
}
