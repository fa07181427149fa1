//! Arithmetic on unreduced numbers, as snarkjs' WebAssembly performs it.
//!
//! For domains above 2^14 snarkjs hashes one power too many, and reads the bytes after the last one if the file has no
//! more (see `digest`). As coordinates these bytes may exceed the modulus. Its sums, differences and products then
//! reduce once, not fully, and the result depends on that: an equal hash needs the same arithmetic here.

use ark_bn254::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, BigInteger, Field, MontConfig, PrimeField};

/// A 256-bit number, possibly unreduced, that represents an element in Montgomery form.
#[derive(Clone, Copy)]
struct Raw(BigInt<4>);

impl Raw {
    fn read(bytes: &[u8]) -> Raw {
        let mut limbs = [0; 4];
        for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
        }
        Raw(BigInt(limbs))
    }

    /// Subtracts. On a borrow the modulus is added, once, modulo 2^256.
    fn minus(mut self, other: Raw) -> Raw {
        if self.0.sub_with_borrow(&other.0) {
            self.0.add_with_carry(&Fq::MODULUS);
        }
        self
    }

    /// Adds. On a carry, or if the sum is not less than the modulus, the modulus is subtracted, once, modulo 2^256.
    fn plus(mut self, other: Raw) -> Raw {
        let carry = self.0.add_with_carry(&other.0);
        self.less_modulus(carry)
    }

    fn double(self) -> Raw {
        self.plus(self)
    }

    fn less_modulus(mut self, carry: bool) -> Raw {
        if carry || self.0 >= Fq::MODULUS {
            self.0.sub_with_borrow(&Fq::MODULUS);
        }
        self
    }

    /// Computes the Montgomery product `(a·b + m·q) / 2^256`, where `m` makes the division exact; then the modulus is
    /// subtracted, at most once.
    fn times(self, other: Raw) -> Raw {
        let mut sum = [0u64; 9];
        let add = |sum: &mut [u64; 9], at: usize, x: u64, y: &[u64; 4]| {
            let mut carry = 0u128;
            for (place, y) in sum[at..].iter_mut().zip(y.iter().copied().chain([0; 5])) {
                carry += u128::from(*place) + u128::from(x) * u128::from(y);
                *place = carry as u64;
                carry >>= 64;
            }
        };
        (0..4).for_each(|i| add(&mut sum, i, self.0.0[i], &other.0.0));
        for i in 0..4 {
            let m = sum[i].wrapping_mul(<ark_bn254::FqConfig as MontConfig<4>>::INV);
            add(&mut sum, i, m, &Fq::MODULUS.0);
        }
        Raw(BigInt([sum[4], sum[5], sum[6], sum[7]])).less_modulus(sum[8] != 0)
    }

    fn element(self) -> Fq {
        // Reduced on purpose: the number may exceed the modulus, and represents its residue.
        let bytes: Vec<u8> = self.0.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        let inverse_of_r = Fq::new_unchecked(BigInt::one());
        Fq::from_le_bytes_mod_order(&bytes) * inverse_of_r
    }
}

/// Computes what snarkjs computes as `P - Q`, where `P` is any 64 bytes.
pub(crate) fn difference(p: &[u8], q: &G1Affine) -> G1Affine {
    let minus_q = -*q;
    let (x1, y1) = (Raw::read(&p[..32]), Raw::read(&p[32..64]));
    let (h, d) = (Raw(minus_q.x.0).minus(x1), Raw(minus_q.y.0).minus(y1));
    let i = h.times(h).double().double();
    let (j, r, v) = (h.times(i), d.double(), x1.times(i));
    let x = r.times(r).minus(j).minus(v.double());
    let y = v.minus(x).times(r).minus(y1.times(j).double());
    match h.double().element().inverse() {
        Some(z) => G1Affine::new_unchecked(x.element() * z.square(), y.element() * z.square() * z),
        // Equal or opposite points, which occur in degenerate powers only.
        None => G1Affine::zero(),
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::{Fr, G1Projective};
    use ark_ec::CurveGroup;
    use psephos_formats::elements::FilePoint;

    use super::*;

    fn hashed(point: &G1Affine) -> String {
        let mut bytes = Vec::new();
        point.hashed(&mut bytes);
        hex::encode(bytes)
    }

    #[test]
    fn difference_of_points_is_exact() {
        let generator = G1Affine::generator();
        let [p, q]: [G1Affine; 2] = [5u64, 17].map(|k| (generator * Fr::from(k)).into_affine());
        let mut bytes = Vec::new();
        p.encode(&mut bytes);
        assert_eq!(difference(&bytes, &q), (G1Projective::from(p) - q).into_affine());
    }

    /// The result of snarkjs 0.7.6 for the bytes after the last of 2^16 - 1 powers, less the generator.
    #[test]
    fn difference_of_other_bytes_equals_that_of_snarkjs() {
        let bytes = hex::decode(concat!(
            "0300000000004000000000002620bc02d1b5838e72017b493519ebdcdf1a8197",
            "4726b8fb3b5096af4138571940614ca87d73b4afc4d802585add4360862fa052",
        ));
        let found = difference(&bytes.unwrap_or_default(), &G1Affine::generator());
        assert_eq!(
            hashed(&found),
            concat!(
                "11dcf4801718d74daf30fcb9521127687377e54ffba1ac3041bcd65ebbdc1a44",
                "2e7e19cc5951ef3f1c3c048a6a80aa9c3788dc0951b14362ca007d13e658c9e8",
            )
        );
    }
}
