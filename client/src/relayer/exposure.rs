//! What the account that sends a ballot says about its voter.
//!
//! A ballot shows no account, its transaction does. Sent from the account that is enrolled, it has its voter's name on
//! it; and a relayer by hand cannot tell whose ballot it sends. So an account that is a member of a ballot's chamber
//! sends nothing unless its owner says that this is known.

use psephos_chain::Address;
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::ChainState;
use psephos_submission::schedule::BallotQueue;

use super::error::RelayerError;

/// Returns whether an account is a member of a chamber: of the census that a poll has frozen, or of the present one.
pub fn is_member(state: &ChainState, poll: PollId, chamber: ChamberId, account: Address) -> bool {
    let frozen = state.polls.get(&poll).and_then(|poll| poll.chambers.get(&chamber)?.frozen.as_ref());
    let now = state.chambers.get(&chamber);
    frozen.map(|frozen| &frozen.chamber).into_iter().chain(now).any(|one| one.members.contains_key(&account))
}

/// Returns whether an account is, or was when some poll or sheet poll opened, a member of any chamber. Everyone can
/// know it.
pub fn is_known_member(state: &ChainState, account: Address) -> bool {
    let polls = state.polls.values().flat_map(|poll| poll.chambers.values()).filter_map(|one| one.frozen.as_ref());
    let sheets = state.sheets.values().flat_map(|sheet| sheet.chambers.values()).filter_map(|one| one.frozen.as_ref());
    let frozen = polls.map(|frozen| &frozen.chamber).chain(sheets.map(|frozen| &frozen.chamber));
    let mut chambers = state.chambers.values().chain(frozen);
    chambers.any(|chamber| chamber.members.contains_key(&account))
}

/// Requires that the account that sends is a member of none of the chambers that the ballots are for.
///
/// # Errors
/// `SenderIsMember`.
pub(super) fn require_unrelated_sender(
    state: &ChainState,
    queues: &[BallotQueue],
    sender: Option<Address>,
) -> Result<(), RelayerError> {
    let Some(account) = sender else { return Ok(()) };
    let found = queues.iter().find(|queue| is_member(state, queue.poll, queue.chamber, account));
    match found {
        None => Ok(()),
        Some(queue) => {
            Err(RelayerError::SenderIsMember { account, chamber: queue.chamber, ballots: queue.ballots.len() })
        }
    }
}
