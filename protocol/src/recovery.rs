//! Recovery of a voter's ballot from its seed and the chain (specification, section 12).

use std::{iter, mem};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    Point,
    committee::KeyVector,
    dlog,
    elements::{Context, NoteCommitment},
    encryption::{Ciphertext, Randomness},
    identity::Identity,
    note::NoteOpening,
    rule::RuleParameters,
    weight::Weight,
};

/// The greatest number of steps of [`RuleParameters::enumerate_choices`] up to which trying all choices against the
/// note is faster than finding `r`.
const MAX_ENUMERATION_STEPS: usize = 1 << 12;

/// The reason why a ballot is not recovered. No variant reveals anything about the vote.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryError {
    /// The ciphertext has fewer values than the poll has options, or more than the committee has keys.
    #[error("a ciphertext of {size} values does not fit a poll of {options} options")]
    Size {
        /// The number of the ciphertext's values.
        size: usize,
        /// The poll's options.
        options: usize,
    },
    /// `C` does not come from randomness that the seed gives for this context and predecessor.
    #[error(
        "the encryption randomness of the ballot does not follow from this seed: use the identity that cast the ballot \
         (another program may have drawn it at random)"
    )]
    UnknownRandomness,
    /// The note holds no choice, and its blinder does not follow from this seed and the ballot.
    #[error(
        "the blinder of the ballot's note does not follow from this seed: use the identity that cast the ballot (another \
         program may have drawn it at random)"
    )]
    UnknownBlinder,
    /// `C` does, but the rest is not a valid ballot for these keys, this weight and this note.
    #[error(
        "the ballot was made with this seed, but is invalid under the ballot rule, weight, committee keys and note \
         commitment on chain"
    )]
    InvalidBallot,
}

/// A ballot on the chain, with the chamber's public parameters; all of it is public except the voter it belongs to.
/// Without `Debug`.
#[derive(Clone, Copy)]
pub struct CastBallot<'a> {
    /// The chamber's ballot rule.
    pub rule: &'a RuleParameters,
    /// The committee's keys.
    pub keys: &'a KeyVector,
    /// The chamber's context.
    pub ctx: Context,
    /// The fingerprint of the ballot that this one replaces, zeros for a first one.
    pub previous: [u8; 32],
    /// The ballot's ciphertext.
    pub ciphertext: &'a Ciphertext,
    /// The ballot's note commitment.
    pub note: NoteCommitment,
    /// The voter's weight in the frozen census.
    pub weight: Weight,
}

impl CastBallot<'_> {
    /// Recovers the opening of this voter's note, for every rule. A note without a choice is opened by the weight and
    /// the seed's blinder. If the rule has few choices, they are tried against the note, which works for every ballot
    /// whose note has the seed's blinder. Otherwise, or if none fits, [`Identity::find_randomness`] finds `r`; it calls
    /// `progress`.
    ///
    /// # Errors
    /// Returns [`RecoveryError`] if the ciphertext's size does not fit the poll, the randomness or the blinder is not
    /// the seed's, or the ballot is not valid.
    pub fn recover_opening(
        &self,
        identity: &Identity,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Result<NoteOpening, RecoveryError> {
        self.check_size()?;
        if !self.rule.choice_in_note {
            let x = vec![0; self.ciphertext.size()];
            return self.find_opening(identity, [x]).ok_or(RecoveryError::UnknownBlinder);
        }
        if let Some(opening) = self.find_choice(identity) {
            return Ok(opening);
        }
        let found = identity.find_randomness(self.ctx, self.previous, &self.ciphertext.c, progress);
        self.decrypt_with(identity, &found.ok_or(RecoveryError::UnknownRandomness)?)
    }

    /// Decrypts the ballot with its randomness, in a poll whose notes hold choices.
    ///
    /// # Errors
    /// Returns [`RecoveryError::Size`] if the ciphertext's size does not fit the poll, and
    /// [`RecoveryError::InvalidBallot`] if the randomness or the chamber's parameters are not those of the ballot.
    pub fn decrypt_with(&self, identity: &Identity, randomness: &Randomness) -> Result<NoteOpening, RecoveryError> {
        self.check_size()?;
        let mut x = self.decrypt_choices(randomness).ok_or(RecoveryError::InvalidBallot)?;
        let opening = NoteOpening { weight: self.weight, x: mem::take(&mut x), blinder: randomness.blinder().clone() };
        match opening.compute_note(&identity.commitment(), self.ctx) == Ok(self.note) {
            true => Ok(opening),
            false => Err(RecoveryError::InvalidBallot),
        }
    }

    fn check_size(&self) -> Result<(), RecoveryError> {
        let (size, options) = (self.ciphertext.size(), self.rule.options);
        match (options..=self.keys.keys().len()).contains(&size) {
            true => Ok(()),
            false => Err(RecoveryError::Size { size, options }),
        }
    }

    fn find_choice(&self, identity: &Identity) -> Option<NoteOpening> {
        let choices = self.rule.enumerate_choices(self.ciphertext.size(), self.weight, MAX_ENUMERATION_STEPS)?;
        self.find_opening(identity, choices)
    }

    /// Finds the opening of the note with the seed's blinder among these choices.
    fn find_opening(&self, identity: &Identity, choices: impl IntoIterator<Item = Vec<u64>>) -> Option<NoteOpening> {
        let blinder = identity.derive_note_blinder(self.ctx, &self.ciphertext.c);
        NoteOpening::find_opening(self.note, &identity.commitment(), self.ctx, self.weight, blinder, choices)
    }

    /// Decrypts `x_1..x_M` from `D_j - r·PK_j = u_j·G`, zeros after the poll's options.
    fn decrypt_choices(&self, randomness: &Randomness) -> Option<Zeroizing<Vec<u64>>> {
        let pairs = self.ciphertext.d.iter().zip(self.keys.keys()).take(self.rule.options);
        let points: Vec<Point> = pairs.map(|(d, key)| *d - key.mul(randomness.expose())).collect();
        let found = Zeroizing::new(match self.rule.capped {
            true => self.find_unit_multiples(&points),
            false => dlog::solve_all(&points, self.rule.max_choice(self.weight), |_, _| ()),
        });
        let mut x = Zeroizing::new(Vec::with_capacity(self.ciphertext.size()));
        for value in found.iter() {
            x.push((*value)?);
        }
        x.resize(self.ciphertext.size(), 0);
        Some(x)
    }

    /// Finds each `x_j` of a capped rule: `u_j` is `x_j` times the weight or 1, and `x_j` is at most the cap, which is
    /// at most 255, so all multiples are computed.
    fn find_unit_multiples(&self, points: &[Point]) -> Vec<Option<u64>> {
        let unit = Point::generator().mul_u64(if self.rule.weighted { self.weight.get() } else { 1 });
        let next = |point: &Point| Some(*point + unit);
        let multiples: Vec<Point> =
            iter::successors(Some(Point::identity()), next).take(usize::from(self.rule.cap) + 1).collect();
        let value = |point| multiples.iter().position(|multiple| multiple == point).map(|x| x as u64);
        points.iter().map(value).collect()
    }
}
