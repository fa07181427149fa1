//! A node that makes a census for one voter alone, by which it would recognise that voter's ballot. Each further source
//! finds it, and names what differs.

use psephos_client::{
    NodeSet,
    confirm::{Announcement, ConfirmError, Mismatch, SourceKind, Sources, confirm_context},
    voter,
};

use crate::fixture::Fixture;

#[tokio::test]
async fn census_made_for_one_voter_is_found_by_every_other_source() {
    let fixture = Fixture::start().await;
    let (liar, shown) = fixture.start_liar(6).await;
    let node = liar.connect().await;
    let state = fixture.read_state(&node).await;
    let (poll, chamber) = (fixture.poll, fixture.chamber);
    assert_eq!(state.opened_chamber(poll, chamber).unwrap().1.ctx, shown);
    let only_liar = Sources::nodes_only(NodeSet::single(node.clone()));

    // Alone it is believed: this is the risk that one kind of source leaves, and why a voter is asked for two.
    let voter = fixture.members[0].voter();
    assert!(voter::prepare_ballot(&state, voter, poll, chamber, &[1, 0, 0], false).is_ok());
    let alone = confirm_context(&only_liar, &state, poll, chamber).await.unwrap();
    assert_eq!(alone.kinds.into_iter().collect::<Vec<_>>(), [SourceKind::Nodes]);

    let confirm = async |sources: Sources| confirm_context(&sources, &state, poll, chamber).await.unwrap_err();
    let urls = [fixture.local.chain.connection().url().to_owned()];
    let both = NodeSet::connect(node.clone(), &urls).await.unwrap();
    let error = confirm(Sources { nodes: both, ..only_liar.clone() }).await;
    assert!(matches!(&error, ConfirmError::Nodes(_)) && error.to_string().contains("chamber("), "{error}");

    let attestations = vec![fixture.attest(1).await];
    let error = confirm(Sources { attestations, ..only_liar.clone() }).await;
    assert!(matches!(error, ConfirmError::OtherAttested { what: Mismatch::CensusRoot, .. }), "{error}");

    let honest = fixture.read_state(fixture.local.chain.connection()).await;
    let fingerprint = honest.poll(poll).unwrap().fingerprint.unwrap();
    let root = honest.opened_chamber(poll, chamber).unwrap().1.root;
    let announcement = Some(Announcement { fingerprint, root });
    let error = confirm(Sources { announcement, ..only_liar.clone() }).await;
    let (kind, what) = (SourceKind::Announcement, Mismatch::CensusRoot);
    assert!(matches!(&error, ConfirmError::Differs { kind: k, what: w, .. } if (*k, *w) == (kind, what)), "{error}");

    let trusted_block = Some(fixture.local.chain.connection().newest_hash().await.unwrap());
    let error = confirm(Sources { trusted_block, ..only_liar }).await;
    let (kind, what) = (SourceKind::TrustedBlock, Mismatch::Context);
    assert!(matches!(&error, ConfirmError::Differs { kind: k, what: w, .. } if (*k, *w) == (kind, what)), "{error}");
}
