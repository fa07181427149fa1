//! The ballot rule and the scope of a chamber, from a poll's parameters as the chain's events give them.

use psephos_protocol::{
    committee::KeyVector,
    context,
    elements::{Context, Scope},
    identifiers::{ChamberId, PollId},
    rule::{RuleError, RuleParameters},
};
use psephos_state::{ChainState, FrozenChamber, Poll, PollChamber, StateError};

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
///
/// # Errors
/// Returns `UnknownPoll`, or `Inconsistent` if the poll has no fingerprint.
pub fn chamber_scope(state: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Scope, StateError> {
    Ok(context::derive_scope(state.poll(poll)?.require_fingerprint()?, chamber))
}

/// Wraps the text of an error that only inconsistent chain data can cause.
pub fn inconsistent(error: impl std::fmt::Display) -> StateError {
    StateError::Inconsistent(error.to_string())
}

/// Requires that a ballot is for the context in force.
///
/// # Errors
/// Returns `Inconsistent` if it is for another one: the chain's context is not that of its own events.
pub fn require_context(
    frozen: &FrozenChamber,
    ctx: Context,
    poll: PollId,
    chamber: ChamberId,
) -> Result<(), StateError> {
    match ctx == frozen.ctx {
        true => Ok(()),
        false => Err(inconsistent(format_args!(
            "poll {poll}, chamber {chamber}: the context in force is {}, its events give {}",
            frozen.ctx.to_hex(),
            ctx.to_hex()
        ))),
    }
}

/// Returns the keys that a poll's ballots are encrypted under.
///
/// # Errors
/// Returns `Inconsistent` if the poll's committee has none.
pub fn committee_keys<'a>(state: &'a ChainState, poll: &Poll) -> Result<&'a KeyVector, StateError> {
    let committee = state.committees.get(&poll.committee());
    let keys = committee.and_then(|committee| committee.keys.as_ref());
    keys.ok_or_else(|| inconsistent("the poll was opened, but its committee has no keys"))
}
