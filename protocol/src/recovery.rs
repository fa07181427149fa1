//! What a voter's ballot holds, from its seed and the chain (specification, section 12).

use std::{iter, mem};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Fr, Point,
    committee::KeyVector,
    constants::VALUE_BITS,
    encryption::{Ciphertext, Randomness},
    identity::Identity,
    note::Opening,
    rule::Parameters,
    tally,
};

/// Up to so many steps of [`Parameters::choices`], trying all choices against the note is faster than finding `r`.
const STEPS: usize = 1 << 12;

/// Why a ballot is not recovered. No variant says anything about the vote.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryError {
    /// A ciphertext has at least as many values as the poll has options, and at most as many as the committee has keys.
    #[error("a ciphertext of {size} values is not of a poll of {options} options")]
    Size {
        /// The ciphertext's values.
        size: usize,
        /// The poll's options.
        options: usize,
    },
    /// `C` is not of randomness that the seed gives for this place.
    #[error("this seed does not give the ballot's randomness: it is another voter's, or was not made from the seed")]
    Underived,
    /// `C` is, but the rest is not a valid ballot of these keys, of this weight and this note.
    #[error("the ballot is of this seed, but it does not open with this rule and weight and these keys")]
    Unopened,
}

/// A ballot on the chain, and what it was made for: all of it public but for whose it is. Without `Debug`.
#[derive(Clone, Copy)]
pub struct Cast<'a> {
    /// The chamber's rule.
    pub rule: &'a Parameters,
    /// The committee's keys.
    pub keys: &'a KeyVector,
    /// The chamber's context.
    pub ctx: Fr,
    /// The fingerprint of the ballot that this one replaces, zeros for a first one.
    pub previous: [u8; 32],
    /// Its ciphertext.
    pub ciphertext: &'a Ciphertext,
    /// Its note.
    pub note: Fr,
    /// The voter's weight in the frozen census, below `2^40`.
    pub weight: u64,
}

impl Cast<'_> {
    /// Finds what the ballot of this voter holds, for every rule. Where the rule has few choices they are tried against the note, which takes any ballot whose note has the
    /// seed's blinder; else, or if none fits, [`Identity::find_randomness`] gives `r`, and `progress` is called as it says.
    ///
    /// # Errors
    /// [`RecoveryError`].
    pub fn recover(
        &self,
        identity: &Identity,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Result<Opening, RecoveryError> {
        self.check_size()?;
        if let Some(opening) = self.find_choice(identity) {
            return Ok(opening);
        }
        let found = identity.find_randomness(self.ctx, self.previous, &self.ciphertext.c, progress);
        self.open(identity, &found.ok_or(RecoveryError::Underived)?)
    }

    /// What the ballot holds, if this is its randomness.
    ///
    /// # Errors
    /// [`RecoveryError::Size`], [`RecoveryError::Unopened`].
    pub fn open(&self, identity: &Identity, randomness: &Randomness) -> Result<Opening, RecoveryError> {
        self.check_size()?;
        let mut x = self.decrypt(randomness).ok_or(RecoveryError::Unopened)?;
        let opening = Opening { weight: self.weight, x: mem::take(&mut x), blinder: *randomness.blinder() };
        match opening.note(&identity.commitment(), self.ctx) == Ok(self.note) {
            true => Ok(opening),
            false => Err(RecoveryError::Unopened),
        }
    }

    fn check_size(&self) -> Result<(), RecoveryError> {
        let (size, options) = (self.ciphertext.size(), self.rule.options);
        match (options..=self.keys.keys().len()).contains(&size) {
            true => Ok(()),
            false => Err(RecoveryError::Size { size, options }),
        }
    }

    fn find_choice(&self, identity: &Identity) -> Option<Opening> {
        let choices = self.rule.choices(self.ciphertext.size(), self.weight, STEPS)?;
        let blinder = identity.note_blinder(self.ctx, &self.ciphertext.c);
        Opening::find(self.note, &identity.commitment(), self.ctx, self.weight, blinder, choices)
    }

    /// `x_1..x_M` of `D_j - r·PK_j = u_j·G`, zeros behind the poll's options.
    fn decrypt(&self, randomness: &Randomness) -> Option<Zeroizing<Vec<u64>>> {
        if self.weight >> VALUE_BITS != 0 {
            return None;
        }
        let pairs = self.ciphertext.d.iter().zip(self.keys.keys()).take(self.rule.options);
        let points: Vec<Point> = pairs.map(|(d, key)| *d - key.mul(randomness.expose())).collect();
        let found = Zeroizing::new(match self.rule.capped {
            true => self.multiples_of_unit(&points),
            false => tally::solve_many(&points, self.rule.greatest(self.weight), |_, _| ()),
        });
        let mut x = Zeroizing::new(Vec::with_capacity(self.ciphertext.size()));
        for value in found.iter() {
            x.push((*value)?);
        }
        x.resize(self.ciphertext.size(), 0);
        Some(x)
    }

    /// `u_j` is `x_j` times the weight or 1, and `x_j` at most the cap, which is at most 255: all multiples are computed.
    fn multiples_of_unit(&self, points: &[Point]) -> Vec<Option<u64>> {
        let unit = Point::generator().mul_u64(if self.rule.weighted { self.weight } else { 1 });
        let next = |point: &Point| Some(*point + unit);
        let multiples: Vec<Point> =
            iter::successors(Some(Point::identity()), next).take(usize::from(self.rule.cap) + 1).collect();
        let value = |point| multiples.iter().position(|multiple| multiple == point).map(|x| x as u64);
        points.iter().map(value).collect()
    }
}
