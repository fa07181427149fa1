//! Scopes (section 6).

use std::collections::BTreeSet;

use psephos_protocol::{context, fingerprint::PollFingerprint, identifiers::ChamberId};

#[test]
fn scope_depends_on_the_fingerprint_and_the_chamber() {
    let scope = |byte, chamber| context::derive_scope(PollFingerprint::from_bytes([byte; 32]), ChamberId::new(chamber));
    let scopes = [scope(1, 2), scope(2, 2), scope(1, 1), scope(2, 1), scope(0, 0)];
    assert_eq!(scopes.iter().collect::<BTreeSet<_>>().len(), scopes.len());
}
