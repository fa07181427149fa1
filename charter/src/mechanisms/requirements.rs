//! Decisions of a poll with required chambers and chambers with a veto, beside "k of n".
//!
//! An option is decided if at least `k` chambers choose it and more than any other
//! ([`psephos_protocol::decision::decide_poll`]), all *required* chambers are among them, and no *veto* chamber chooses
//! the refusing option. As there, a decision is final once no pending chamber could change it.
//!
//! Source: consent of particular chambers in bicameral constitutions; councils with a veto in DAOs.

use psephos_protocol::decision::{
    AGAINST, ChamberChoice, Decision, DecisionKind, FOR, MOTION_OPTIONS, choose_option, decide_poll,
};

use super::{ChamberMask, MaskError};

/// Which chambers must choose the decided option, and which can refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirements {
    /// Least number of chambers that must choose it.
    pub chambers: u8,
    /// Chambers that must be among them.
    pub required: ChamberMask,
    /// Chambers that stop it by choosing the refusing option.
    pub veto: ChamberMask,
    /// The refusing option, from 0: in a motion always [`AGAINST`]. It cannot be vetoed itself.
    pub refusing: usize,
}

/// Requirements that no poll of these chambers and options can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementsError {
    /// The number of chambers is out of range.
    #[error("{required} of {chambers} chambers cannot be required: name 1 to {chambers}")]
    Chambers {
        /// The number that must choose the option.
        required: u8,
        /// The number of the poll's chambers.
        chambers: usize,
    },
    /// A named chamber is none of the poll's.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// The refusing option is none of the poll's.
    #[error(
        "the refusing option {refusing} (counted from 0) is none of the {options} options; of a motion it is Against"
    )]
    Refusing {
        /// The option.
        refusing: usize,
        /// The number of the poll's options.
        options: usize,
    },
}

impl Requirements {
    /// Checks that a poll of these chambers and options can have them.
    ///
    /// # Errors
    /// [`RequirementsError`].
    pub fn check(&self, kind: DecisionKind, chambers: usize, options: usize) -> Result<(), RequirementsError> {
        if self.chambers == 0 || usize::from(self.chambers) > chambers {
            return Err(RequirementsError::Chambers { required: self.chambers, chambers });
        }
        self.required.check(chambers)?;
        self.veto.check(chambers)?;
        let is_known = match kind {
            DecisionKind::Options => self.refusing < options,
            DecisionKind::Motion => self.refusing == AGAINST && options == MOTION_OPTIONS,
        };
        if is_known { Ok(()) } else { Err(RequirementsError::Refusing { refusing: self.refusing, options }) }
    }
}

/// Returns the option that a chamber chooses, the refusing one included: in a motion a chamber chooses Against by the
/// same rule by which it chooses For, with the two exchanged.
pub fn choose_or_refuse(kind: DecisionKind, totals: &[u64], quorum: u64, threshold_bps: u16) -> Option<usize> {
    let chosen = choose_option(kind, totals, quorum, threshold_bps);
    match (kind, totals) {
        (DecisionKind::Motion, &[against, in_favour, abstain]) if chosen.is_none() => {
            choose_option(kind, &[in_favour, against, abstain], quorum, threshold_bps).map(|_| AGAINST)
        }
        _ => chosen,
    }
}

/// Returns what the choices of a poll's chambers give under these requirements. A chamber at place `j` is the one that
/// a mask's bit `j` names; in a motion the choice [`AGAINST`] says that it refuses.
///
/// # Errors
/// [`RequirementsError`], if the poll cannot have the requirements.
pub fn decide_with_requirements(
    kind: DecisionKind,
    choices: &[ChamberChoice],
    options: usize,
    requirements: &Requirements,
) -> Result<Decision, RequirementsError> {
    requirements.check(kind, choices.len(), options)?;
    let decide = |choices: &[ChamberChoice]| decide_poll(kind, choices.iter().copied(), options, requirements.chambers);
    let is_met = |option: usize, choices: &[ChamberChoice]| {
        choices.iter().enumerate().all(|(place, choice)| {
            let is_chosen = *choice == ChamberChoice::Option(option);
            // A veto chamber that is pending could still refuse.
            let may_refuse =
                matches!(choice, ChamberChoice::Pending) || *choice == ChamberChoice::Option(requirements.refusing);
            let is_stopped = requirements.veto.contains(place) && option != requirements.refusing && may_refuse;
            (is_chosen || !requirements.required.contains(place)) && !is_stopped
        })
    };
    if let Decision::Decided(option) = decide(choices)
        && is_met(option, choices)
    {
        return Ok(Decision::Decided(option));
    }
    // If all pending chambers chose it, would it be decided? Nothing helps an option more.
    let is_possible = |option: usize| {
        let completed: Vec<ChamberChoice> = choices
            .iter()
            .map(|choice| if *choice == ChamberChoice::Pending { ChamberChoice::Option(option) } else { *choice })
            .collect();
        decide(&completed) == Decision::Decided(option) && is_met(option, &completed)
    };
    let eligible = if kind == DecisionKind::Motion { FOR..FOR + 1 } else { 0..options };
    let is_open = eligible.into_iter().any(is_possible);
    Ok(if is_open { Decision::Open } else { Decision::Rejected })
}

#[cfg(test)]
#[path = "requirements_tests.rs"]
mod tests;
