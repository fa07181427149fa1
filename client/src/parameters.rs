//! The ballot rule and the scope of a chamber, from a poll's parameters as the chain's events give them.

use psephos_protocol::{
    context,
    elements::Scope,
    identifiers::{ChamberId, PollId},
    rule::{RuleError, RuleParameters},
};
use psephos_state::{ChainState, Poll, PollChamber, StateError};

/// A ballot rule that cannot be derived from a poll's parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// The poll's events name a rule that does not exist.
    #[error(transparent)]
    State(#[from] StateError),
    /// The rule's parameters are out of range.
    #[error("the ballot rule of the poll is invalid: {0}")]
    Rule(#[from] RuleError),
}

/// Returns the parameters of a chamber's ballot rule.
///
/// # Errors
/// Returns `State` with `Inconsistent` if the poll's events name a rule that does not exist, and `Rule` if its
/// parameters are out of range.
pub fn ballot_parameters(poll: &Poll, chamber: &PollChamber) -> Result<RuleParameters, ParametersError> {
    let unknown = || StateError::Inconsistent("the poll has an unknown ballot rule".into());
    let rule = poll.rule().ok_or_else(unknown)?;
    Ok(rule.to_parameters(poll.options(), chamber.rule.weighted)?)
}

/// Returns the scope of a chamber, from the very parameters that a voter is shown and that determine when its total may
/// be decrypted: voters prove under it, and trustees verify ballots under it.
pub(crate) fn chamber_scope(state: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Scope, StateError> {
    Ok(context::derive_scope(state.poll(poll)?.require_fingerprint()?, chamber))
}

/// Wraps the text of an error that only inconsistent chain data can cause.
pub(crate) fn inconsistent(error: impl std::fmt::Display) -> StateError {
    StateError::Inconsistent(error.to_string())
}
