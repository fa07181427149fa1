//! Calls in the calldata of a transaction, sent directly or forwarded by another contract.

use alloy::sol_types::SolCall;

/// The first call of this kind that `matches`, wherever its selector stands: a wallet, a bundler or a multicall passes on what it was given.
///
/// `None` also if a contract made up the call itself: then calldata does not hold it.
pub fn find<C: SolCall>(data: &[u8], matches: impl Fn(&C) -> bool) -> Option<C> {
    let starts = data.windows(4).enumerate().filter(|(_, window)| *window == C::SELECTOR);
    starts.filter_map(|(start, _)| C::abi_decode(&data[start..]).ok()).find(matches)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;

    use super::*;
    use crate::bindings::IPolls::finaliseCall;

    #[test]
    fn a_call_is_found_directly_and_in_another() {
        let call = |poll: u64| finaliseCall { poll: U256::from(poll) }.abi_encode();
        let is = |poll: u64| move |call: &finaliseCall| call.poll == U256::from(poll);
        assert!(find(&call(5), is(5)).is_some());
        assert!(find(&call(5), is(6)).is_none());
        let wrapped = [&[9; 7][..], &call(5), &[0; 3], &call(6), &[1]].concat();
        assert!(find(&wrapped, is(6)).is_some());
        assert!(find(&wrapped[..40], is(6)).is_none());
        assert!(find::<finaliseCall>(&[], |_| true).is_none());
    }
}
