//! Trustees attest after finality, once, and decrypt only what all of their nodes show.

use alloy::{providers::ext::AnvilApi, signers::SignerSync};
use psephos_client::{
    ChainState, NodeSet,
    confirm::ConfirmError,
    trustee::{self, AttestationBook, Journal, Precautions, Refusal, TrusteeError, attest_poll, polls_to_attest},
};
use psephos_state::bindings::IPolls::chamberCall;
use psephos_submission::contexts::ContextError;
use psephos_testkit::LyingNode;
use psephos_wire::Attestation;

use crate::fixture::Fixture;

async fn try_attest(
    fixture: &Fixture,
    nodes: &NodeSet,
    state: &ChainState,
    confirmations: u64,
    book: &AttestationBook,
) -> Result<Attestation, TrusteeError> {
    let signer = &fixture.trustees[0];
    let sign = async |attestation: &Attestation| signer.sign_hash_sync(&attestation.signing_hash());
    attest_poll(nodes, state, fixture.poll, confirmations, book, (signer.address(), sign)).await
}

#[tokio::test]
async fn poll_is_attested_after_finality_and_only_once() {
    let fixture = Fixture::start().await;
    let nodes = fixture.honest_nodes();
    let state = fixture.read_state(nodes.primary()).await;
    let folder = tempfile::tempdir().unwrap();
    let book = AttestationBook::beside(&folder.path().join("trustee.keys"));
    let account = fixture.local.trustees[0].account.sender().unwrap();
    assert_eq!(polls_to_attest(&state, account, &book).unwrap(), [fixture.poll]);
    assert!(polls_to_attest(&state, fixture.members[0].address(), &book).unwrap().is_empty());

    // One block before the poll was created, one between creation and opening, and enough.
    for confirmations in [2, 1] {
        let early = try_attest(&fixture, &nodes, &state, confirmations, &book).await.unwrap_err();
        assert!(matches!(early, TrusteeError::Refused(Refusal::NotFinal { .. })), "{early}");
    }
    nodes.primary().provider().anvil_mine(Some(2), None).await.unwrap();
    let first = try_attest(&fixture, &nodes, &state, 2, &book).await.unwrap();
    assert_eq!(first.verify(), Ok(()));
    assert!(polls_to_attest(&state, account, &book).unwrap().is_empty());
    assert_eq!(
        try_attest(&fixture, &nodes, &state, 0, &book).await.unwrap(),
        first,
        "the same again, at the same block"
    );

    // A node that shows another census gets no second signature.
    let (liar, _) = fixture.start_liar(6).await;
    let other = fixture.read_state(&liar.connect().await).await;
    let refused = try_attest(&fixture, &NodeSet::single(liar.connect().await), &other, 0, &book).await.unwrap_err();
    assert!(matches!(refused, TrusteeError::Refused(Refusal::OtherAttestation { .. })), "{refused}");
}

#[tokio::test]
async fn nothing_is_attested_that_one_node_alone_shows() {
    let fixture = Fixture::start().await;
    let (liar, _) = fixture.start_liar(6).await;
    let node = liar.connect().await;
    let state = fixture.read_state(&node).await;
    let folder = tempfile::tempdir().unwrap();
    let book = AttestationBook::beside(&folder.path().join("trustee.keys"));
    let urls = [fixture.local.chain.connection().url().to_owned()];
    let both = NodeSet::connect(node, &urls).await.unwrap();
    let refused = try_attest(&fixture, &both, &state, 0, &book).await.unwrap_err();
    assert!(matches!(refused, TrusteeError::Confirm(ConfirmError::Nodes(ContextError::Nodes(_)))), "{refused}");
    assert!(book.read(&state, fixture.poll).unwrap().is_none(), "nothing was signed");
    // Events that contradict the views of an honest node alone are found too.
    let refused = try_attest(&fixture, &fixture.honest_nodes(), &state, 0, &book).await.unwrap_err();
    assert!(matches!(refused, TrusteeError::Confirm(ConfirmError::Nodes(ContextError::Differs { .. }))), "{refused}");
}

#[tokio::test]
async fn total_that_one_node_alone_shows_is_not_decrypted() {
    let fixture = Fixture::start().await;
    let local = &fixture.local;
    let state = local.read_state().await;
    for member in &fixture.members[..2] {
        let place = (fixture.poll, fixture.chamber);
        let package = local.prove_ballot(&state, member.voter(), place, &[1, 0, 0], false);
        psephos_client::voter::submit_ballot(&local.relayer, &package).await.unwrap();
    }
    local.advance_past_close().await;
    let liar = LyingNode::start(local.chain.connection()).await;
    liar.alter_view(local.deployment.polls, |_: &chamberCall, view| view.total.swap(0, 2));
    let (trustee, source, state) = (&local.trustees[0], local.source(), local.read_state().await);
    let decrypt = async |nodes: &NodeSet| {
        let caution =
            Precautions { journal: &Journal::disabled(), confirmations: 0, proofs: &source, nodes, clock: None };
        let (poll, chamber) = (fixture.poll, fixture.chamber);
        trustee::decrypt_total(&trustee.account, &state, &local.circuits, &trustee.secret, poll, chamber, caution).await
    };
    let both = NodeSet::connect(trustee.account.clone(), &[liar.url().to_owned()]).await.unwrap();
    let refused = decrypt(&both).await.unwrap_err();
    assert!(matches!(refused, TrusteeError::Confirm(ConfirmError::Nodes(ContextError::Nodes(_)))), "{refused}");
    liar.be_honest();
    assert!(matches!(decrypt(&both).await, Ok(trustee::DecryptionOutcome::Posted(_))));
}
