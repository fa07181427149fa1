//! The sum over a poll's chambers, where one makes sense.

use psephos_client::election::PollReport;

/// The totals of all chambers together, on chain and in plaintext. None unless there are several chambers, all were opened, and all
/// count the same thing: weights and members do not add up.
pub(crate) fn together(poll: &PollReport) -> Option<(Vec<u64>, Vec<u64>)> {
    let first = poll.chambers.first()?;
    if poll.chambers.len() < 2 || poll.chambers.iter().any(|chamber| chamber.weighted != first.weighted) {
        return None;
    }
    let mut sums = (vec![0_u64; poll.options.len()], vec![0_u64; poll.options.len()]);
    for chamber in &poll.chambers {
        let totals = chamber.totals.as_ref()?;
        let pairs = totals.iter().zip(&chamber.plaintext).zip(sums.0.iter_mut().zip(sums.1.iter_mut()));
        for ((total, plaintext), (on_chain, expected)) in pairs {
            *on_chain = on_chain.saturating_add(*total);
            *expected = expected.saturating_add(*plaintext);
        }
    }
    Some(sums)
}
