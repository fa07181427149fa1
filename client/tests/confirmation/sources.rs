//! Honest sources confirm a poll; those that are behind, on another fork, strangers or too few do not.

use alloy::{primitives::B256, providers::ext::AnvilApi, signers::local::PrivateKeySigner};
use psephos_chain::{LocalChain, NodesError};
use psephos_client::{
    NodeSet,
    confirm::{
        Announcement, ConfirmError, Disregarded, Mismatch, SourceKind, Sources, confirm_context, find_equivocations,
    },
};
use psephos_protocol::{fingerprint::PollFingerprint, identifiers::PollId};
use psephos_submission::contexts::ContextError;
use psephos_testkit::LyingNode;

use crate::fixture::{Fixture, sign};

/// A change of one field of an attestation.
type Change = fn(&mut psephos_wire::Attestation);

#[tokio::test]
async fn every_kind_of_source_confirms_an_honest_poll() {
    let fixture = Fixture::start().await;
    let (poll, chamber) = (fixture.poll, fixture.chamber);
    let state = fixture.read_state(fixture.local.chain.connection()).await;
    let mut sources = fixture.attested_sources(&[0, 2]).await;
    sources.nodes =
        NodeSet::connect(sources.nodes.primary().clone(), &[sources.nodes.primary().url().to_owned()]).await.unwrap();
    let fingerprint = state.poll(poll).unwrap().fingerprint.unwrap();
    let root = state.opened_chamber(poll, chamber).unwrap().1.root;
    sources.announcement = Some(Announcement { fingerprint, root });
    sources.trusted_block = Some(fixture.local.chain.connection().newest_hash().await.unwrap());
    let confirmation = confirm_context(&sources, &state, poll, chamber).await.unwrap();
    let all = [SourceKind::Nodes, SourceKind::Trustees, SourceKind::Announcement, SourceKind::TrustedBlock];
    assert_eq!(confirmation.kinds.into_iter().collect::<Vec<_>>(), all);
    // Two nodes on one machine are one operator's.
    assert_eq!(confirmation.operators, 1);

    let other = PollFingerprint::from_bytes([1; 32]);
    sources.announcement = Some(Announcement { fingerprint: other, root });
    let error = confirm_context(&sources, &state, poll, chamber).await.unwrap_err();
    assert!(matches!(error, ConfirmError::Differs { what: Mismatch::Fingerprint, .. }), "{error}");
    sources.announcement = None;

    // The last block has the opening; the one before it has the creation only.
    let created = fixture.local.chain.connection().block_hash(state.block - 1).await.unwrap();
    let error = confirm_context(&Sources { trusted_block: created, ..sources.clone() }, &state, poll, chamber).await;
    assert!(matches!(error, Err(ConfirmError::BlockBeforeOpening { .. })), "{error:?}");
    let unknown = Some(B256::repeat_byte(1));
    let error = confirm_context(&Sources { trusted_block: unknown, ..sources }, &state, poll, chamber).await;
    assert!(matches!(error, Err(ConfirmError::StateProof(_))), "{error:?}");
}

#[tokio::test]
async fn attestations_of_strangers_of_too_few_and_of_other_blocks_do_not_count() {
    let fixture = Fixture::start().await;
    let (poll, chamber) = (fixture.poll, fixture.chamber);
    let state = fixture.read_state(fixture.local.chain.connection()).await;
    let stranger = PrivateKeySigner::random();
    let by_stranger = sign(fixture.attest(0).await, &stranger);
    let other_block = fixture.attest_falsely(1, |one| one.block_hash = B256::ZERO).await;
    let later_block = fixture.attest_falsely(1, |one| one.block += 1_000).await;
    let other_poll = fixture.attest_falsely(1, |one| one.poll = PollId::new(9)).await;
    let mut unsigned = fixture.attest(1).await;
    unsigned.signature = fixture.attest(2).await.signature;
    let honest = fixture.attest(0).await;
    let mut sources = Sources::nodes_only(fixture.honest_nodes());
    sources.attestations = vec![honest.clone(), honest, by_stranger, other_block, later_block, other_poll, unsigned];
    let confirmation = confirm_context(&sources, &state, poll, chamber).await.unwrap();
    assert!(!confirmation.kinds.contains(&SourceKind::Trustees));
    let (first, second) = (fixture.trustees[0].address(), fixture.trustees[1].address());
    assert_eq!(confirmation.attestations.trustees.into_iter().collect::<Vec<_>>(), [first]);
    let reasons = &confirmation.attestations.disregarded;
    assert_eq!(
        reasons[..4],
        [
            Disregarded::Stranger(stranger.address()),
            Disregarded::OtherBlock(second),
            Disregarded::OtherBlock(second),
            Disregarded::OtherPoll(second)
        ]
    );
    assert!(matches!(reasons[4..], [Disregarded::Invalid(_)]), "{reasons:?}");

    // Without addresses from elsewhere a node could invent the trustees too.
    let unpinned =
        psephos_chain::read_state(fixture.local.chain.connection(), &fixture.local.deployment).await.unwrap();
    let sources = fixture.attested_sources(&[0, 1, 2]).await;
    let confirmation = confirm_context(&sources, &unpinned, poll, chamber).await.unwrap();
    assert!(!confirmation.kinds.contains(&SourceKind::Trustees));
}

#[tokio::test]
async fn false_attestation_of_a_trustee_is_named_and_two_prove_the_lie() {
    let fixture = Fixture::start().await;
    let (poll, chamber) = (fixture.poll, fixture.chamber);
    let state = fixture.read_state(fixture.local.chain.connection()).await;
    let liar = fixture.trustees[1].address();
    let changes: [(Mismatch, Change); 7] = [
        (Mismatch::Contracts, |one| one.registry = liar_address()),
        (Mismatch::Fingerprint, |one| one.fingerprint = PollFingerprint::from_bytes([1; 32])),
        (Mismatch::Keys, |one| one.keys_hash = B256::ZERO),
        (Mismatch::Chambers, |one| one.chambers[0].chamber = psephos_protocol::identifiers::ChamberId::new(7)),
        (Mismatch::CensusRoot, |one| one.chambers[0].root = B256::ZERO),
        (Mismatch::Members, |one| one.chambers[0].members += 1),
        (Mismatch::Context, |one| one.chambers[0].ctx = B256::ZERO),
    ];
    let honest = fixture.attest(1).await;
    for (expected, change) in changes {
        let mut sources = fixture.attested_sources(&[0, 2]).await;
        let lie = fixture.attest_falsely(1, change).await;
        sources.attestations.push(lie.clone());
        // Enough others agree; still one of two statements is a lie, and the voter decides.
        let error = confirm_context(&sources, &state, poll, chamber).await.unwrap_err();
        let named = matches!(&error, ConfirmError::OtherAttested { trustee, what, .. } if (*trustee, *what) == (liar, expected));
        assert!(named, "{error}");
        let both = [honest.clone(), lie.clone()];
        assert_eq!(find_equivocations(&both), [(&both[0], &both[1])], "{expected}");
    }
    assert!(find_equivocations(&[honest.clone(), honest]).is_empty());
}

#[tokio::test]
async fn node_that_is_behind_or_on_another_fork_is_named() {
    let fixture = Fixture::start().await;
    let (poll, chamber) = (fixture.poll, fixture.chamber);
    let honest = fixture.local.chain.connection();
    let state = fixture.read_state(honest).await;
    let confirm = async |nodes: NodeSet| confirm_context(&Sources::nodes_only(nodes), &state, poll, chamber).await;
    let named = |result: Result<_, ConfirmError>| match result {
        Err(ConfirmError::Nodes(ContextError::Nodes(error))) => *error,
        other => panic!("{other:?}"),
    };

    let late = LyingNode::start(honest).await;
    late.stop_at(honest.newest_block().await.unwrap());
    honest.provider().anvil_mine(Some(40), None).await.unwrap();
    let nodes = NodeSet::connect(honest.clone(), &[late.url().to_owned()]).await.unwrap();
    assert!(matches!(named(confirm(nodes).await), NodesError::Behind { behind: 40, .. }));

    let other_chain = LocalChain::start().await.unwrap();
    other_chain.connection().provider().anvil_mine(Some(honest.newest_block().await.unwrap()), None).await.unwrap();
    let fork = LyingNode::start(other_chain.connection()).await;
    let nodes = NodeSet::connect(honest.clone(), &[fork.url().to_owned()]).await.unwrap();
    assert!(matches!(named(confirm(nodes).await), NodesError::OtherFork { .. }));

    let nowhere = NodeSet::connect(honest.clone(), &["http://127.0.0.1:9".to_owned()]).await.unwrap_err();
    assert!(matches!(nowhere, NodesError::Unusable { .. }), "{nowhere}");
}

fn liar_address() -> psephos_chain::Address {
    psephos_chain::Address::repeat_byte(9)
}
