//! Masked polls: a relayer that does not mask takes no updates.

use psephos_client::voter;
use psephos_wire::{Package, relay::SubmissionStage};

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

#[tokio::test(flavor = "multi_thread")]
async fn updates_of_masked_polls_are_refused_and_first_ballots_taken() {
    let system = LocalSystem::new(1).await;
    let poll = system.open_masked_poll().await;
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;
    let first = system.prove_ballot(poll, 0, 0, false).await;
    let receipt = harness.submit_ballot(&first).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;

    let refused = async |package: &Package| {
        let problem = harness.submit_ballot(package).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "not_masking"));
    };
    // A voter's replacement would stand out, and a stranger's mask is no business of this relayer.
    refused(&system.prove_ballot(poll, 0, 1, true).await).await;
    let state = system.read_chain_state().await;
    let nullifier = first.contents().unwrap().record.posted.nullifier;
    let mask = voter::prepare_mask(&state, poll, system.chamber, &nullifier).unwrap();
    refused(&voter::prove_ballot(&system.circuits, mask).unwrap()).await;
}
