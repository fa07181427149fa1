//! Where the polls contract keeps the context of a poll's chamber: for proofs of storage against a block's hash.
//!
//! The layout is that of `PollData.Poll` and `PollData.Chamber` (`verifier-contracts/src/polls/PollData.sol`), by the
//! rules of Solidity for mappings and packed slots. The contracts' code is compared by its hash, so a deployment of
//! another layout is refused before this is asked.

use alloy_primitives::{U256, keccak256};
use psephos_protocol::identifiers::{ChamberId, PollId};

/// The slot of the mapping of polls.
const POLLS: u64 = 0;
/// The position of the mapping of chambers in a poll.
const CHAMBERS: u64 = 8;
/// The position of the context in a chamber: after one slot of packed counters and flags.
const CONTEXT: u64 = 1;

/// Returns the storage slot of the context of a chamber in a poll.
pub fn context_slot(poll: PollId, chamber: ChamberId) -> U256 {
    let poll = mapping_slot(U256::from(poll.get()), U256::from(POLLS));
    let chamber = mapping_slot(U256::from(chamber.get()), poll.wrapping_add(U256::from(CHAMBERS)));
    chamber.wrapping_add(U256::from(CONTEXT))
}

/// Returns the slot of a mapping's value.
fn mapping_slot(key: U256, mapping: U256) -> U256 {
    U256::from_be_bytes(keccak256([key.to_be_bytes::<32>(), mapping.to_be_bytes()].concat()).0)
}
