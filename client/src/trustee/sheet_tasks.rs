//! The tasks that are due for a trustee about a closed sheet poll.

use psephos_chain::Address;
use psephos_protocol::identifiers::SheetId;
use psephos_state::{
    Committee, SheetState,
    sheet::{SheetChamber, SheetPoll},
};

use super::Task;

/// Returns the tasks of a sheet poll at a time: its end once every chamber is settled, or late; else shares and totals
/// of the blocks that are next.
pub(super) fn sheet_tasks(
    entry: &SheetPoll,
    sheet: SheetId,
    committee: &Committee,
    account: Address,
    time: u64,
) -> Vec<Task> {
    if entry.state_at(time) != SheetState::Closed {
        return Vec::new();
    }
    let pending = |chamber: &SheetChamber| chamber.pending_blocks(entry.used_blocks());
    let is_settled = entry.chambers.values().all(|chamber| pending(chamber).is_empty());
    if is_settled || time > entry.parameters.tally_deadline {
        return vec![Task::EndSheet { sheet }];
    }
    let has_key = !committee.retired_trustees.contains(&account);
    let (mut decrypts, mut tallies) = (false, false);
    for chamber in entry.chambers.values() {
        let total = chamber.encrypted_total(entry.parameters.size);
        for block in pending(chamber) {
            let is_public = total.blocks().get(block).is_some_and(|one| one.c.is_identity());
            let has_enough = is_public || chamber.shares_of(block).count() as u64 >= committee.threshold;
            tallies |= has_enough;
            decrypts |= has_key && !has_enough && !chamber.shares_of(block).any(|share| share.trustee == account);
        }
    }
    let due = [(decrypts, Task::DecryptSheet { sheet }), (tallies, Task::TallySheet { sheet })];
    due.into_iter().filter_map(|(is_due, task)| is_due.then_some(task)).collect()
}
