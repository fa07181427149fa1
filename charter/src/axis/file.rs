//! `axis.json`: an axis with the hashes of the agenda and the pilot from which it follows.

use serde::{Deserialize, Serialize};

use super::{Axis, AxisError, LearnError, learn_axis};
use crate::{agenda::Agenda, hash::Hash32, pilot::Pilot};

/// The version of the form that this program writes, and the only one that it reads.
pub const AXIS_VERSION: u32 = 1;
/// Greatest size of an axis file in bytes.
pub const MAX_AXIS_BYTES: usize = 16 << 10;

/// An axis and what it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisFile {
    /// The axis.
    pub axis: Axis,
    /// The agenda hash.
    pub agenda: Hash32,
    /// The pilot hash.
    pub pilot: Hash32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    agenda: Hash32,
    pilot: Hash32,
    threshold: i32,
    agree: Vec<i32>,
    disagree: Vec<i32>,
}

/// Text that is no axis file, or an axis that does not follow from its pilot.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AxisFileError {
    /// It is too large.
    #[error("the axis file has {0} bytes, at most {MAX_AXIS_BYTES} are read: check that it is the right file")]
    TooLarge(usize),
    /// It is not JSON of the form.
    #[error("the axis file is not JSON of the specified form: {0}")]
    Form(String),
    /// It has another version.
    #[error("the axis file has version {0}; this program reads version {AXIS_VERSION}")]
    Version(u32),
    /// Its numbers are no axis.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// It is of another agenda.
    #[error("the axis is of the agenda {stated}, not of {actual}")]
    Agenda {
        /// The hash in the file.
        stated: Hash32,
        /// The agenda's hash.
        actual: Hash32,
    },
    /// It has weights of another number of statements than the agenda.
    #[error(
        "the axis has {actual} pairs of weights, the agenda has {expected} statements: take the axis of this agenda"
    )]
    Length {
        /// Number of the agenda's statements.
        expected: usize,
        /// Number of the axis' pairs of weights.
        actual: usize,
    },
    /// It is of another pilot.
    #[error("the axis is of the pilot {stated}, not of {actual}")]
    Pilot {
        /// The hash in the file.
        stated: Hash32,
        /// The pilot's hash.
        actual: Hash32,
    },
    /// No axis follows from the pilot.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// Another axis follows from the pilot.
    #[error(
        "the axis does not follow from its pilot: its threshold is {stated}, recomputed {computed}; \
         {weights} weights differ"
    )]
    Differs {
        /// The threshold in the file.
        stated: i16,
        /// The recomputed threshold.
        computed: i16,
        /// Number of weights that differ.
        weights: usize,
    },
}

impl AxisFile {
    /// Learns the axis of an agenda from a pilot ([`learn_axis`]).
    ///
    /// # Errors
    /// As [`learn_axis`].
    pub fn learn(agenda: &Agenda, pilot: &Pilot) -> Result<Self, LearnError> {
        Ok(Self { axis: learn_axis(agenda, pilot)?, agenda: agenda.hash(), pilot: pilot.hash() })
    }

    /// Checks that the axis is of an agenda, as far as that follows without the pilot.
    ///
    /// # Errors
    /// [`AxisFileError::Agenda`] or [`AxisFileError::Length`].
    pub fn check_agenda(&self, agenda: &Agenda) -> Result<(), AxisFileError> {
        let (stated, actual) = (self.agenda, agenda.hash());
        if stated != actual {
            return Err(AxisFileError::Agenda { stated, actual });
        }
        let (expected, actual) = (agenda.len(), self.axis.len());
        if expected == actual { Ok(()) } else { Err(AxisFileError::Length { expected, actual }) }
    }

    /// Computes the axis anew and compares it: what a voter or an auditor does before it trusts one.
    ///
    /// # Errors
    /// [`AxisFileError`], which says whether the agenda, the pilot or the axis is another one.
    pub fn verify(&self, agenda: &Agenda, pilot: &Pilot) -> Result<(), AxisFileError> {
        self.check_agenda(agenda)?;
        let computed = Self::learn(agenda, pilot)?;
        if self.pilot != computed.pilot {
            return Err(AxisFileError::Pilot { stated: self.pilot, actual: computed.pilot });
        }
        if self.axis == computed.axis {
            return Ok(());
        }
        let cells = self.axis.len().max(computed.axis.len());
        let (ours, theirs) = (self.axis.to_bytes(cells), computed.axis.to_bytes(cells));
        Err(AxisFileError::Differs {
            stated: self.axis.threshold(),
            computed: computed.axis.threshold(),
            weights: ours.iter().zip(&theirs).filter(|(a, b)| a != b).count(),
        })
    }

    /// Writes it as JSON with a line break at the end.
    pub fn to_json(&self) -> String {
        let form = Form {
            version: AXIS_VERSION,
            agenda: self.agenda,
            pilot: self.pilot,
            threshold: self.axis.threshold().into(),
            agree: self.axis.agree().iter().map(|weight| i32::from(*weight)).collect(),
            disagree: self.axis.disagree().iter().map(|weight| i32::from(*weight)).collect(),
        };
        // Numbers and strings alone: serialisation has nothing to fail on.
        serde_json::to_string(&form).map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads an axis file. It does not compute the axis anew: [`AxisFile::verify`] does.
    ///
    /// # Errors
    /// [`AxisFileError`], if it is no axis file.
    pub fn parse_json(text: &str) -> Result<Self, AxisFileError> {
        if text.len() > MAX_AXIS_BYTES {
            return Err(AxisFileError::TooLarge(text.len()));
        }
        let form: Form = serde_json::from_str(text).map_err(|error| AxisFileError::Form(error.to_string()))?;
        if form.version != AXIS_VERSION {
            return Err(AxisFileError::Version(form.version));
        }
        let axis = Axis::new(&form.agree, &form.disagree, form.threshold)?;
        Ok(Self { axis, agenda: form.agenda, pilot: form.pilot })
    }
}
