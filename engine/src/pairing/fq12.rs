//! Vectors of eight elements of Fq12: `sum f_i·w^i` for `i` below 6, with coefficients in Fq2 and `w^6 = 9 + u`.
//! arkworks' tower of extensions has the even coefficients in `c0` and the odd ones in `c1`.

use ark_bn254::{Fq6, Fq12};

use super::twist::Line;
use crate::simd::coordinate::Coordinate;
use crate::simd::fq2::Fq2x8;
use crate::simd::fq2_unreduced::UnreducedFq2x8;
use crate::simd::vector::Ifma;

/// A vector of eight elements of Fq12, by their coefficients. Between operations, components are below `4.25·p`.
#[derive(Clone, Copy)]
pub(crate) struct Fq12x8(pub(super) [Fq2x8; 6]);

/// A buffer for the products of [`Fq12x8::mul_by_line`]. Each call overwrites it: clearing a new one would take as long
/// as several products.
pub(crate) struct ProductBuffer([UnreducedFq2x8; 13]);

impl ProductBuffer {
    /// Creates the buffer.
    #[inline(always)]
    pub(crate) fn new(ifma: Ifma) -> ProductBuffer {
        ProductBuffer([UnreducedFq2x8::zero(ifma); 13])
    }
}

impl Fq12x8 {
    /// Returns one in every lane.
    #[inline(always)]
    pub(crate) fn one(ifma: Ifma) -> Fq12x8 {
        let one = Fq2x8::one(ifma);
        let zero = one.sub_reduced(ifma, &one, 0);
        Fq12x8([one, zero, zero, zero, zero, zero])
    }

    /// Squares the elements, by all 21 products of two coefficients: its cost hardly matters, as many vectors share a
    /// squaring.
    ///
    /// Coefficients are reduced below `1.06·p` first. The lowest coefficient of the square then has parts between
    /// `-56·1.13·p^2` and `97·1.13·p^2`, the others smaller ones: above `-84·p^2`, and after Montgomery reduction below
    /// `3.4·p` (imaginary; real ones `3.6·p`). Five products times `9 + u` have columns below `950·2^52`.
    #[inline(always)]
    pub(crate) fn square(&mut self, ifma: Ifma) {
        let mut once = self.0;
        let mut twice = self.0;
        for i in 0..6 {
            once[i] = self.0[i].reduce_element(ifma);
            twice[i] = once[i].double(ifma);
        }
        let mut sums = [UnreducedFq2x8::zero(ifma); 12];
        for i in 0..6 {
            for j in i..6 {
                let other = if i == j { &once[j] } else { &twice[j] };
                sums[i + j] = sums[i + j].add(&UnreducedFq2x8::mul_unreduced(ifma, &once[i], other));
            }
        }
        let mut values = [sums[0]; 6];
        for i in 0..6 {
            values[i] = sums[i].add(&sums[i + 6].mul_by_nonresidue());
        }
        UnreducedFq2x8::reduce_all(ifma, &values, &mut self.0);
    }

    /// Multiplies by a line `l0 + l1·w + l3·w^3`, with 13 products in Fq2, as arkworks' `mul_by_034` does.
    ///
    /// With `f_i` below `F = 4.25·p` and `l_i` below `C = 1.1·p`, `FC` is below `4.68·p^2`. The largest coefficient is
    /// `f0·l0 + (9 + u)(f5·l1 + f3·l3)`: its real part is between `-23·FC` and `19·FC`, its imaginary part between
    /// `-2·FC` and `40·FC`. After Montgomery reduction they are below `4.1·p` and `4.25·p`. Columns stay below
    /// `400·2^52`.
    #[inline(always)]
    pub(crate) fn mul_by_line(&mut self, ifma: Ifma, line: &Line, space: &mut ProductBuffer) {
        let f = &self.0;
        let [l0, l1, l3] = &line.0;
        let (f13, l13) = (f[1].add(ifma, &f[3]), l1.add(ifma, l3));
        // Sums of even and odd coefficients, for Karatsuba over Fq6.
        let (s0, s1, s2) = (f[0].add(ifma, &f[1]), f[2].add(ifma, &f[3]), f[4].add(ifma, &f[5]));
        let l01 = l0.add(ifma, l1);
        let (s01, l013) = (s0.add(ifma, &s1), l01.add(ifma, l3));
        let p = &mut space.0;
        UnreducedFq2x8::mul_many(
            ifma,
            [&f[0], &f[2], &f[4], &f[1], &f[3], &f[5], &f[5], &f13, &s0, &s1, &s2, &s2, &s01],
            [l0, l0, l0, l1, l3, l3, l1, &l13, &l01, l3, l3, &l01, &l013],
            p,
        );
        // f1·l3 + f3·l1, and the corresponding cross term of the sums.
        let crossed = p[7].sub(&p[3]).sub(&p[4]);
        let crossed_sums = p[12].sub(&p[8]).sub(&p[9]);
        let values = [
            p[6].add(&p[4]).mul_by_nonresidue().add(&p[0]),
            p[10].sub(&p[5]).mul_by_nonresidue().add(&p[8]).sub(&p[0]).sub(&p[3]),
            p[5].mul_by_nonresidue().add(&p[1]).add(&p[3]),
            crossed_sums.sub(&p[1]).sub(&crossed),
            crossed.add(&p[2]),
            p[11].add(&p[9]).sub(&p[2]).sub(&p[6]).sub(&p[4]),
        ];
        UnreducedFq2x8::reduce_all(ifma, &values, &mut self.0);
    }

    /// Returns the eight elements in arkworks' form.
    #[inline(always)]
    pub(crate) fn decode_elements(&self) -> [Fq12; 8] {
        let words = [
            self.0[0].store_lanes(),
            self.0[1].store_lanes(),
            self.0[2].store_lanes(),
            self.0[3].store_lanes(),
            self.0[4].store_lanes(),
            self.0[5].store_lanes(),
        ];
        std::array::from_fn(|lane| {
            let [a, b, c, d, e, f] = words.each_ref().map(|words| Fq2x8::decode_element(&words[lane]));
            Fq12::new(Fq6::new(a, c, e), Fq6::new(b, d, f))
        })
    }
}
