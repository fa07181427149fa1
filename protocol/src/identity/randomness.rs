//! A ballot's encryption randomness, which its voter can recover from its seed and the chain (specification, section
//! 2).

use ark_ff::Zero;
use hkdf::Hkdf;
use rand::{CryptoRng, RngCore};
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{Identity, SALT, randomness_search};
use crate::{
    Point, Scalar, constants::sheet_blocks, elements::Context, encryption::Randomness, scalar, sheet::SheetRandomness,
};

const INFO: &[u8] = b"ballot-randomness";

impl Identity {
    /// Draws randomness for a ballot whose note holds no choice. `r` follows from nothing and is erased with the
    /// result, so that no seed opens the ballot later: it is no vote receipt. The blinder, which a reward claim needs,
    /// still follows from the seed and the chain: [`Identity::derive_note_blinder`].
    pub fn draw_erasable_randomness(&self, ctx: Context, rng: &mut (impl RngCore + CryptoRng)) -> Randomness {
        let r = Zeroizing::new(scalar::random_nonzero_scalar(rng));
        let c = Point::generator().mul(&r);
        Randomness::from_parts(*r, self.derive_note_blinder(ctx, &c))
    }

    /// Draws randomness for a sheet of `size` cells, as [`Identity::draw_erasable_randomness`] for a ballot: nothing
    /// gives the scalars again, and the blinder follows from the seed, `ctx` and the sheet's first point `C_0`.
    pub fn draw_sheet_randomness(
        &self,
        ctx: Context,
        size: usize,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> SheetRandomness {
        let mut scalars = Vec::with_capacity(sheet_blocks(size));
        scalars.extend((0..sheet_blocks(size)).map(|_| scalar::random_nonzero_scalar(rng)));
        let c = Point::generator().mul(&scalars[0]);
        SheetRandomness::from_parts(scalars, self.derive_note_blinder(ctx, &c))
    }

    /// Draws randomness for a ballot whose note holds its choice, in the chamber of `ctx`, that replaces the ballot
    /// with the fingerprint `previous` (zeros for a first one). Both `r` and the blinder can be recovered from the seed
    /// and the chain: [`Identity::find_randomness`], [`Identity::derive_note_blinder`]. So the seed opens the ballot,
    /// for ever.
    ///
    /// The ballot must be signed for the same `previous`. Two ballots with the same `ctx` and `previous` have the same
    /// `r` with a probability of `2^-32`; an observer of both then sees the difference of their votes.
    pub fn draw_randomness(
        &self,
        ctx: Context,
        previous: [u8; 32],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Randomness {
        loop {
            let numbers = [rng.next_u32() as u16, rng.next_u32() as u16];
            let randomness = self.derive_randomness(ctx, previous, numbers);
            if !randomness.expose().is_zero() {
                return randomness;
            }
        }
    }

    /// Derives the randomness of the numbers `a`, `b`: `r = p_0(a) + p_1(b) mod l`.
    pub fn derive_randomness(&self, ctx: Context, previous: [u8; 32], numbers: [u16; 2]) -> Randomness {
        let r = RandomnessDeriver::new(self, ctx, previous).derive_scalar(numbers);
        let c = Point::generator().mul(&r);
        Randomness::from_parts(*r, self.derive_note_blinder(ctx, &c))
    }

    /// Recovers the randomness of a ballot of this voter whose ciphertext begins with `C`, for the chamber of `ctx`,
    /// replacing the ballot with the fingerprint `previous`. Returns `None` if [`Identity::draw_randomness`] did not
    /// make it for these arguments: the ballot is another voter's, or was made for another `ctx` or `previous`.
    ///
    /// Takes `2^17` multiplications, about a second of one core, spread over all cores. `progress` is called from
    /// several threads with the number of multiplications done and their total number. Memory access and time depend on
    /// the seed and the result: this is for the voter's own machine.
    pub fn find_randomness(
        &self,
        ctx: Context,
        previous: [u8; 32],
        c: &Point,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Option<Randomness> {
        let place = RandomnessDeriver::new(self, ctx, previous);
        let r = place.derive_scalar(randomness_search::find_numbers(&place, c, progress)?);
        Some(Randomness::from_parts(*r, self.derive_note_blinder(ctx, c)))
    }
}

/// The HKDF state from which a voter's ballots in one chamber that replace the same ballot (or none) derive their
/// randomness. Never outlives the call that made it.
pub(super) struct RandomnessDeriver(Hkdf<Sha512>);

impl RandomnessDeriver {
    pub(super) fn new(identity: &Identity, ctx: Context, previous: [u8; 32]) -> RandomnessDeriver {
        let mut input = Zeroizing::new([0; 128]);
        input[..64].copy_from_slice(identity.blinding.as_ref());
        input[64..96].copy_from_slice(&ctx.to_bytes());
        input[96..].copy_from_slice(&previous);
        RandomnessDeriver(Hkdf::new(Some(SALT), input.as_ref()))
    }

    /// Derives `p_half(number)`, within `2^-257` of uniform for any party that does not know the seed.
    pub(super) fn derive_part(&self, half: u8, number: u16) -> Scalar {
        let mut output = Zeroizing::new([0; 64]);
        self.0
            .expand_multi_info(&[INFO, &[half], &number.to_be_bytes()], output.as_mut())
            .expect("64 bytes are within HKDF's limit");
        scalar::from_wide(&output)
    }

    /// Returns `p_0(a) + p_1(b)`.
    fn derive_scalar(&self, [a, b]: [u16; 2]) -> Zeroizing<Scalar> {
        Zeroizing::new(self.derive_part(0, a) + self.derive_part(1, b))
    }
}
