//! Scopes (section 6).

use std::collections::BTreeSet;

use psephos_protocol::{
    context,
    identifiers::{ChainId, ChamberId, PollId},
};

#[test]
fn scope_depends_on_the_chamber_and_on_when_totals_may_be_decrypted() {
    let scope = |chain_id, contract, poll, chamber, min_ballots, closes_at| {
        context::scope(
            ChainId::new(chain_id),
            contract,
            PollId::new(poll),
            ChamberId::new(chamber),
            min_ballots,
            closes_at,
        )
    };
    let contract = [7; 20];
    let scopes = [
        scope(31_337, contract, 1, 2, 10, 20),
        scope(1, contract, 1, 2, 10, 20),
        scope(31_337, [8; 20], 1, 2, 10, 20),
        scope(31_337, contract, 2, 2, 10, 20),
        scope(31_337, contract, 1, 3, 10, 20),
        scope(31_337, contract, 1, 2, 9, 20),
        scope(31_337, contract, 1, 2, 10, 19),
        // Each value has its own word: none can take the role of another.
        scope(31_337, contract, 1, 2, 20, 10),
        scope(31_337, contract, 2, 1, 10, 20),
        scope(31_337, contract, 1, 2, 0, 10),
    ];
    assert_eq!(scopes.iter().collect::<BTreeSet<_>>().len(), scopes.len());
}
