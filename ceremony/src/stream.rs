//! Public, reproducible randomness: a beacon's secret, and the points that transcripts are hashed to.
//!
//! snarkjs draws elements and points from ChaCha20 keyed with the first 32 bytes of a hash, read as big-endian words;
//! this module must produce the same stream, or a contribution made with snarkjs would not verify.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{BigInt, BigInteger, Field, Fp, MontBackend, MontConfig, PrimeField, Zero};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

/// The largest number of a beacon's iterations that is accepted, as an exponent of two. A verifier must repeat them:
/// half a minute on one core, rather than the days that the format allows.
pub const MAX_BEACON_ITERATIONS: u8 = 28;
/// The smallest number that the format allows, as an exponent of two.
pub const MIN_BEACON_ITERATIONS: u8 = 10;

/// A deterministic stream of elements and points.
pub(crate) struct Stream(ChaCha20Rng);

impl Stream {
    /// Creates a stream keyed with the first 32 bytes of a hash.
    pub(crate) fn from_hash(hash: &[u8]) -> Stream {
        let mut seed = [0; 32];
        // Each word is read big-endian and laid out little-endian, as the cipher's state is.
        for (word, bytes) in seed.chunks_exact_mut(4).zip(hash.chunks_exact(4)) {
            word.copy_from_slice(bytes);
            word.reverse();
        }
        Stream(ChaCha20Rng::from_seed(seed))
    }

    /// Creates a stream keyed with a beacon hashed `2^iterations` times, so that no one could try many beacons in time.
    pub(crate) fn from_beacon(value: &[u8], iterations: u8) -> Stream {
        let mut hash = Sha256::digest(value);
        for _ in 1..1u64 << iterations {
            hash = Sha256::digest(hash);
        }
        Stream::from_hash(&hash)
    }

    /// Draws 256 bits as four 64-bit words, each from two 32-bit words, the higher first; bits above the modulus's
    /// length are cut off, and the number is the element's Montgomery form.
    fn element<C: MontConfig<4>>(&mut self) -> Fp<MontBackend<C, 4>, 4> {
        loop {
            let mut limbs = [0; 4];
            for limb in &mut limbs {
                *limb = u64::from(self.0.next_u32()) << 32 | u64::from(self.0.next_u32());
            }
            limbs[3] &= u64::MAX >> (256 - C::MODULUS.num_bits());
            if BigInt(limbs) < C::MODULUS {
                return Fp::new_unchecked(BigInt(limbs));
            }
        }
    }

    pub(crate) fn scalar(&mut self) -> Fr {
        self.element()
    }

    pub(crate) fn g1(&mut self) -> G1Affine {
        loop {
            let x: Fq = self.element();
            let greatest = self.0.next_u32() & 1 == 1;
            if let Some(y) = (x.square() * x + ark_bn254::g1::Config::COEFF_B).sqrt() {
                return G1Affine::new_unchecked(x, if greatest == is_negative(&y) { y } else { -y });
            }
        }
    }

    pub(crate) fn g2(&mut self) -> G2Affine {
        loop {
            let x = Fq2::new(self.element(), self.element());
            let greatest = self.0.next_u32() & 1 == 1;
            if let Some(y) = (x.square() * x + ark_bn254::g2::Config::COEFF_B).sqrt() {
                let negative = if y.c1.is_zero() { is_negative(&y.c0) } else { is_negative(&y.c1) };
                let point = G2Affine::new_unchecked(x, if greatest == negative { y } else { -y });
                return point.mul_by_cofactor();
            }
        }
    }
}

/// Hashes a transcript to a point of G2.
pub(crate) fn hash_to_g2(transcript: &[u8; 64]) -> G2Affine {
    Stream::from_hash(transcript).g2()
}

fn is_negative(x: &Fq) -> bool {
    x.into_bigint() > Fq::MODULUS_MINUS_ONE_DIV_TWO
}
