//! Profiles: which rules a class of action is decided by, as data.
//!
//! An emergency is decided fast by few, a change of the rules slowly by many: "pause" in a day by a half, "resume" in a
//! week by two thirds of two of three chambers, "amend" in two weeks by all required chambers.

use std::collections::HashSet;

use psephos_protocol::{
    constants::BASIS_POINTS,
    decision::{AGAINST, DecisionKind, MOTION_OPTIONS},
};
use serde::{Deserialize, Serialize};

use crate::hash::{Address, Hash32};

use super::{
    ChamberMask,
    requirements::{Requirements, RequirementsError},
};

/// Greatest length of a class's name in bytes.
pub const MAX_CLASS_BYTES: usize = 32;
/// Least ballot period in seconds: one hour, so that ballots can be made and carried at all.
pub const MIN_PERIOD: u64 = 60 * 60;
/// Greatest ballot period in seconds: 90 days, after which the census it was frozen with says little.
pub const MAX_PERIOD: u64 = 90 * 24 * 60 * 60;

/// How a class of action is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The class of action: lower-case letters, digits and hyphens.
    pub class: String,
    /// Time in which ballots are taken, in seconds.
    pub ballot_period: u64,
    /// Least sum of a chamber's totals that count, as of polls.
    pub quorum: u64,
    /// Approval threshold of each chamber, in basis points.
    pub threshold_bps: u16,
    /// Least number of chambers that must choose For.
    pub chambers: u8,
    /// Chambers that must be among them, as bits.
    #[serde(default)]
    pub required: ChamberMask,
    /// Chambers that can refuse, as bits.
    #[serde(default)]
    pub veto: ChamberMask,
    /// The account that may start such an action; without one, any account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starter: Option<Address>,
}

/// Profiles that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// A name is not of the form.
    #[error("`{0}` is no name of a class: use 1 to {MAX_CLASS_BYTES} lower-case letters, digits and hyphens")]
    Class(String),
    /// Two profiles have one class.
    #[error("the class `{0}` has two profiles: remove one of them")]
    Duplicate(String),
    /// The ballot period is out of range.
    #[error("class `{class}`: a ballot period of {seconds} seconds is not between {MIN_PERIOD} and {MAX_PERIOD}")]
    Period {
        /// The class.
        class: String,
        /// The period.
        seconds: u64,
    },
    /// The threshold is more than the whole.
    #[error("class `{class}`: the threshold is {threshold_bps} basis points, more than the whole")]
    Threshold {
        /// The class.
        class: String,
        /// The threshold.
        threshold_bps: u16,
    },
    /// The chambers do not fit the poll's.
    #[error("class `{class}`: {error}")]
    Requirements {
        /// The class.
        class: String,
        /// What is wrong.
        error: RequirementsError,
    },
    /// More chambers are required by name than must choose For.
    #[error(
        "class `{class}`: {named} chambers are required by name, but only {chambers} must choose For: raise the number"
    )]
    Named {
        /// The class.
        class: String,
        /// The number required by name.
        named: usize,
        /// The number that must choose For.
        chambers: u8,
    },
}

impl Profile {
    /// Returns the key of the class in the contract `ActionClasses`: the hash of its name.
    pub fn class_hash(&self) -> Hash32 {
        Hash32::of(self.class.as_bytes())
    }

    /// Returns what a motion of this class needs of the chambers.
    pub fn requirements(&self) -> Requirements {
        Requirements { chambers: self.chambers, required: self.required, veto: self.veto, refusing: AGAINST }
    }

    /// Checks the profile for polls of this number of chambers.
    ///
    /// # Errors
    /// [`ProfileError`], which names the class.
    pub fn check(&self, chambers: usize) -> Result<(), ProfileError> {
        let class = || self.class.clone();
        let is_named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.class.is_empty() || self.class.len() > MAX_CLASS_BYTES || !self.class.chars().all(is_named) {
            return Err(ProfileError::Class(crate::text::truncate(&self.class)));
        }
        if !(MIN_PERIOD..=MAX_PERIOD).contains(&self.ballot_period) {
            return Err(ProfileError::Period { class: class(), seconds: self.ballot_period });
        }
        if self.threshold_bps > BASIS_POINTS {
            return Err(ProfileError::Threshold { class: class(), threshold_bps: self.threshold_bps });
        }
        self.requirements()
            .check(DecisionKind::Motion, chambers, MOTION_OPTIONS)
            .map_err(|error| ProfileError::Requirements { class: class(), error })?;
        let named = self.required.count();
        if named > usize::from(self.chambers) {
            return Err(ProfileError::Named { class: class(), named, chambers: self.chambers });
        }
        Ok(())
    }
}

/// Checks a list of profiles: each by itself, and that no class has two.
///
/// # Errors
/// The first [`ProfileError`].
pub fn check_profiles(profiles: &[Profile], chambers: usize) -> Result<(), ProfileError> {
    let mut classes = HashSet::new();
    for profile in profiles {
        profile.check(chambers)?;
        if !classes.insert(&profile.class) {
            return Err(ProfileError::Duplicate(profile.class.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amend() -> Profile {
        Profile {
            class: "amend".into(),
            ballot_period: 14 * 24 * 60 * 60,
            quorum: 30,
            threshold_bps: 6_667,
            chambers: 3,
            required: ChamberMask::of(&[0, 1, 2]).unwrap(),
            veto: ChamberMask::default(),
            starter: None,
        }
    }

    #[test]
    fn profiles_are_read_from_json() {
        let text =
            r#"{"class":"amend","ballot_period":1209600,"quorum":30,"threshold_bps":6667,"chambers":3,"required":7}"#;
        assert_eq!(serde_json::from_str::<Profile>(text).unwrap(), amend());
        assert!(serde_json::from_str::<Profile>(&text.replace("quorum", "qorum")).is_err());
        assert_eq!(check_profiles(&[amend(), Profile { class: "pause".into(), ..amend() }], 3), Ok(()));
    }

    #[test]
    fn profiles_that_cannot_be_used_are_rejected() {
        let check = |profile: Profile| profile.check(3);
        for class in ["", "Amend", "a b", &"a".repeat(33)] {
            assert!(matches!(check(Profile { class: class.into(), ..amend() }), Err(ProfileError::Class(_))));
        }
        for ballot_period in [0, MIN_PERIOD - 1, MAX_PERIOD + 1] {
            assert!(matches!(check(Profile { ballot_period, ..amend() }), Err(ProfileError::Period { .. })));
        }
        assert!(matches!(check(Profile { threshold_bps: 10_001, ..amend() }), Err(ProfileError::Threshold { .. })));
        assert!(matches!(check(Profile { chambers: 4, ..amend() }), Err(ProfileError::Requirements { .. })));
        assert!(matches!(check(Profile { chambers: 2, ..amend() }), Err(ProfileError::Named { named: 3, .. })));
        assert!(matches!(amend().check(2), Err(ProfileError::Requirements { .. })));
        assert_eq!(check_profiles(&[amend(), amend()], 3), Err(ProfileError::Duplicate("amend".into())));
    }
}
