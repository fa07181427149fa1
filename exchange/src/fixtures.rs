//! What several tests need.

use psephos_chain::{Address, Deployment, Verifiers};

/// A deployment on a local chain that is not there.
pub(crate) fn deployment() -> Deployment {
    let at = Address::repeat_byte;
    let verifiers = Verifiers {
        ballot3: at(5),
        ballot8: at(6),
        decryption: at(7),
        dealing5: at(8),
        dealing16: at(9),
        committee_keys: at(10),
        notes: at(11),
        claim3: at(12),
        claim8: at(13),
    };
    Deployment {
        chain_id: 31_337,
        from_block: 0,
        registry: at(1),
        policy: at(2),
        committee: at(3),
        polls: at(4),
        rewards: at(14),
        fee_pot: None,
        verifiers,
        keys: None,
    }
}
