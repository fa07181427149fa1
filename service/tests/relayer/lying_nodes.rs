//! A relayer whose nodes do not agree takes no ballot for the poll that they disagree about, and takes it once they do.

use psephos_chain::{NodeSet, U256};
use psephos_state::bindings::IPolls::chamberCall;
use psephos_testkit::LyingNode;
use psephos_wire::relay::SubmissionStage;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

#[tokio::test(flavor = "multi_thread")]
async fn ballots_of_a_poll_about_which_nodes_disagree_are_not_taken() {
    let system = LocalSystem::new(1).await;
    let poll = system.open_poll().await;
    let liar = LyingNode::start(system.chain.connection()).await;
    liar.alter_view(system.deployment.polls, |_: &chamberCall, view| view.ctx = U256::from(7));
    let nodes = NodeSet::connect(system.chain.connection().clone(), &[liar.url().to_owned()]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let harness = RelayerHarness::start_with_nodes(&system, &file, quick_settings(), nodes, None).await;
    let package = system.prove_ballots(poll, 0..1).await.remove(0);
    let refused = harness.submit_ballot(&package).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "not_confirmed"));
    liar.be_honest();
    let receipt = harness.submit_ballot(&package).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    // What was confirmed once is not asked for again: a node that fails later stops nothing.
    liar.alter_answers(|_, answer| *answer = Err(serde_json::json!({ "code": 1, "message": "gone" })));
    assert_eq!(harness.submit_ballot(&package).await.unwrap(), receipt);
    harness.shut_down().await;
}
