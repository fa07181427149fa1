//! Double-width products in Fq2 before Montgomery reduction: a sum of any number of them takes a single reduction (lazy
//! reduction; Aranha, Karabina, Longa, Gebotys, López, "Faster explicit formulas for computing pairings over ordinary
//! curves", 2011).

use ark_bn254::FqConfig;

use super::field::{FieldOps, add_limbs, sub_limbs};
use super::fq2::Fq2x8;
use super::vector::{Ifma, V};

/// The signed columns of the real and of the imaginary part.
///
/// For a single product, columns of the real part are within `±10·2^52`, those of the imaginary part between `-20·2^52`
/// and `10·2^52`. All sums must stay within `±2^62`.
///
/// For components below `a·p` and `b·p`, the value of the real part is between `-ab·p^2` and `ab·p^2`, that of the
/// imaginary part between 0 and `2ab·p^2`.
#[derive(Clone, Copy)]
pub(crate) struct UnreducedFq2x8([[V; 10]; 2]);

impl UnreducedFq2x8 {
    /// Returns zero.
    #[inline(always)]
    pub(crate) fn zero(ifma: Ifma) -> UnreducedFq2x8 {
        UnreducedFq2x8([[ifma.zero(); 10]; 2])
    }

    /// Returns `a·b`, by three products (Karatsuba). The sums of both components must be below `84·p`.
    #[inline(always)]
    pub(crate) fn mul_unreduced(ifma: Ifma, a: &Fq2x8, b: &Fq2x8) -> UnreducedFq2x8 {
        let c = FieldOps::<FqConfig>::new(ifma);
        let real = c.mul_wide(&a.0[0].limbs, &b.0[0].limbs);
        let imaginary = c.mul_wide(&a.0[1].limbs, &b.0[1].limbs);
        let both = c.mul_wide(&c.add(&a.0[0], &a.0[1]).limbs, &c.add(&b.0[0], &b.0[1]).limbs);
        UnreducedFq2x8([sub_limbs(real, &imaginary), sub_limbs(sub_limbs(both, &real), &imaginary)])
    }

    /// Writes `N` products to `out`. Computed in a loop: the code would not fit the instruction cache unrolled.
    #[inline(always)]
    pub(crate) fn mul_many<const N: usize>(ifma: Ifma, a: [&Fq2x8; N], b: [&Fq2x8; N], out: &mut [UnreducedFq2x8; N]) {
        for n in 0..N {
            out[n] = UnreducedFq2x8::mul_unreduced(ifma, a[n], b[n]);
        }
    }

    /// Returns `self + other`.
    #[inline(always)]
    pub(crate) fn add(&self, other: &UnreducedFq2x8) -> UnreducedFq2x8 {
        UnreducedFq2x8([add_limbs(self.0[0], &other.0[0]), add_limbs(self.0[1], &other.0[1])])
    }

    /// Returns `self - other`.
    #[inline(always)]
    pub(crate) fn sub(&self, other: &UnreducedFq2x8) -> UnreducedFq2x8 {
        UnreducedFq2x8([sub_limbs(self.0[0], &other.0[0]), sub_limbs(self.0[1], &other.0[1])])
    }

    /// Returns the product with the nonresidue `9 + u`, over which Fq12 is defined. Columns become at most twelve times
    /// as large.
    #[inline(always)]
    pub(crate) fn mul_by_nonresidue(&self) -> UnreducedFq2x8 {
        let [real, imaginary] = &self.0;
        UnreducedFq2x8([sub_limbs(mul_by_nine(real), imaginary), add_limbs(mul_by_nine(imaginary), real)])
    }

    /// Reduces `N` values. Real parts must be above `-2·84·p^2`, imaginary parts above `-84·p^2`; the results are below
    /// `(3 + v/84)·p` and `(2 + v/84)·p` for values below `v·p^2`.
    #[inline(always)]
    pub(crate) fn reduce_all<const N: usize>(ifma: Ifma, values: &[UnreducedFq2x8; N], out: &mut [Fq2x8; N]) {
        let c = FieldOps::<FqConfig>::new(ifma);
        for n in 0..N {
            out[n] =
                Fq2x8([c.montgomery_reduce_above(values[n].0[0], 2), c.montgomery_reduce_above(values[n].0[1], 1)]);
        }
    }
}

/// Multiplies columns by 9.
#[inline(always)]
fn mul_by_nine(columns: &[V; 10]) -> [V; 10] {
    let mut out = *columns;
    for i in 0..10 {
        out[i] = columns[i].shl::<3>().add(columns[i]);
    }
    out
}
