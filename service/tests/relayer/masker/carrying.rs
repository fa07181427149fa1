//! Replacements are carried in place of masks, and nothing that anyone can ask for tells which they are.

use alloy::providers::ext::AnvilApi;
use psephos_client::{
    remote::relay::{Inclusion, Promise, find_ballot},
    voter,
};
use psephos_protocol::fingerprint::PollFingerprint;
use psephos_state::{
    Ballot,
    record::{BallotRecord, ReplacedBallot},
};
use psephos_wire::{
    Package,
    ballot::Contents,
    relay::{SubmissionStage, ballot_id},
};

use super::scene::{MaskedScene, is_among, without_name};
use crate::local_system::actor;

/// Rebuilds the package of an update on the chain, as anyone can, but for its proof, which an id does not cover.
fn rebuild(scene: &MaskedScene, fingerprint: PollFingerprint, ballots: &[Ballot], update: &Ballot) -> Package {
    let masked = ballots.iter().find(|ballot| ballot.fingerprint() == update.previous).unwrap();
    let old = Some(ReplacedBallot::from_posted(&masked.posted, masked.previous));
    let contents = Contents { record: BallotRecord { proof: Default::default(), posted: update.posted.clone() }, old };
    Package::new(&scene.system.deployment, (scene.poll, fingerprint), scene.system.chamber, &contents)
}

#[tokio::test(flavor = "multi_thread")]
async fn replacements_take_the_place_of_masks_unannounced() {
    let scene = MaskedScene::open(4).await;
    let harness = scene.start(None).await;
    assert!(harness.relayer_info().await.masks);
    scene.cast_first_ballots(&harness).await;
    // Handed over: voter 1 changes from option 1 to option 2. It waits for the time of its slot.
    let replacement = scene.replace(1, 2).await;
    let receipt = harness.submit_ballot(&replacement).await.unwrap();
    receipt.verify().unwrap();
    assert_eq!(harness.submit_ballot(&replacement).await.unwrap(), receipt, "the same update has the same receipt");
    assert_eq!(harness.ballot_status(receipt.id).await.unwrap().stage, SubmissionStage::Waiting);
    let info = harness.relayer_info().await;
    assert_eq!((info.waiting, info.sent), (0, 0), "the number of waiting updates would tell when one came");

    scene.advance_to_turn().await;
    let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 8).await;
    assert_eq!(scene.updates().await, [1, 1, 1, 1], "one update a slot, replaced or not");
    assert!(is_among(&ballots, &replacement));
    let transactions: std::collections::BTreeSet<_> = ballots[4..].iter().map(|ballot| ballot.transaction).collect();
    assert_eq!(transactions.len(), 1, "all in one batch");

    // A request for what is on the chain gets the same answers for masks and for the replacement.
    let state = scene.system.read_chain_state().await;
    let fingerprint = state.poll(scene.poll).unwrap().require_fingerprint().unwrap();
    let mut answers = Vec::new();
    for update in &ballots[4..] {
        let package = rebuild(&scene, fingerprint, &ballots, update);
        let id = ballot_id(&package, &package.contents().unwrap());
        let status = harness.wait_for_stage(id, SubmissionStage::Included).await;
        let promised = harness.submit_ballot(&package).await.unwrap();
        assert_eq!(promised.id, id);
        answers.push((without_name(&promised), (status.stage, status.transaction, status.block, status.reason)));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(answers[0].0, without_name(&receipt), "also those that were given before it was sent");

    // On top of everything comes a mask. From here on nothing is carried any more.
    let late = harness.submit_ballot(&scene.replace(2, 1).await).await.unwrap_err();
    assert_eq!((late.status, late.code.as_str()), (409, "closed"));
    scene.advance_to_end().await;
    scene.wait_for_updates(|ballots| ballots.len() >= 12).await;
    assert_eq!(scene.updates().await, [2, 2, 2, 2]);
    harness.shut_down().await;
    assert_eq!(list_differences(&scene), Vec::<String>::new());
    assert_eq!(scene.system.close_and_tally(scene.poll).await, [2, 0, 2]);
}

/// Returns in which fields, but for names and contents, the records of updates in the relayer's file differ.
fn list_differences(scene: &MaskedScene) -> Vec<String> {
    use redb::{ReadableDatabase, ReadableTable, TableDefinition};
    let database = redb::Database::open(scene.file()).unwrap();
    let read = database.begin_read().unwrap();
    let table = read.open_table(TableDefinition::<&[u8], &[u8]>::new("items")).unwrap();
    let mut shapes = Vec::new();
    for entry in table.iter().unwrap() {
        let mut record: serde_json::Value = serde_json::from_slice(entry.unwrap().1.value()).unwrap();
        if record["update"].is_null() {
            continue;
        }
        assert!(record["json"].is_string(), "no update is final in this test");
        // Which transaction it is in is on the chain.
        assert!(record["state"]["included"].is_object() || record["state"]["sent"].is_object(), "{record}");
        for name in ["json", "update", "state"] {
            record[name] = serde_json::Value::Null;
        }
        for name in ["id", "signature"] {
            record["receipt"][name] = serde_json::Value::Null;
        }
        shapes.push(record.to_string());
    }
    assert_eq!(shapes.len(), 8, "a record for each update of the sweep");
    shapes.dedup();
    if shapes.len() == 1 { Vec::new() } else { shapes }
}

/// Someone hands over many updates of a slot. It gets as many updates as the others, the last of which is a mask, and
/// the voter's is accepted all the same.
#[tokio::test(flavor = "multi_thread")]
async fn flood_of_updates_costs_nothing_locks_no_one_out_and_is_not_last() {
    let scene = MaskedScene::open(3).await;
    let harness = scene.start(None).await;
    scene.cast_first_ballots(&harness).await;
    let mut handed = Vec::new();
    for _ in 0..12 {
        let update = scene.mask(0).await;
        let receipt = harness.submit_ballot(&update).await.unwrap();
        handed.push((update, receipt));
    }
    let replacement = scene.replace(0, 2).await;
    let receipt = harness.submit_ballot(&replacement).await.unwrap();
    handed.push((replacement, receipt));
    for (_, receipt) in &handed {
        assert_eq!(without_name(receipt), without_name(&handed[0].1));
        let stage = harness.ballot_status(receipt.id).await.unwrap().stage;
        assert_eq!(stage, SubmissionStage::Waiting, "no one learns which one is kept");
    }
    scene.advance_to_turn().await;
    let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 6).await;
    let carried: Vec<_> = handed.iter().filter(|(update, _)| is_among(&ballots, update)).collect();
    assert_eq!(carried.len(), 1, "one of them is carried");
    for (update, receipt) in &handed {
        let status = harness.ballot_status(receipt.id).await.unwrap();
        match is_among(&ballots, update) {
            true => assert_eq!(status.stage, SubmissionStage::Included),
            false => {
                assert_eq!((status.stage, status.reason.as_deref()), (SubmissionStage::Refused, Some("overtaken")))
            }
        }
    }
    scene.advance_to_end().await;
    let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 9).await;
    assert_eq!(scene.updates().await, [2, 2, 2], "strangers' updates make the relayer pay for nothing");
    let slot = scene.nullifier(0).await;
    let last = ballots.iter().rfind(|ballot| ballot.posted.nullifier == slot).unwrap();
    assert!(handed.iter().all(|(update, _)| update.contents().unwrap().record.posted != last.posted));
    harness.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overtaken_replacement_is_no_broken_promise_and_is_not_sent_again() {
    let scene = MaskedScene::open(2).await;
    let harness = scene.start(None).await;
    scene.cast_first_ballots(&harness).await;
    let replacement = scene.replace(0, 1).await;
    let receipt = harness.submit_ballot(&replacement).await.unwrap();
    assert_eq!(receipt.promised_by, scene.closes_at, "sent before the close, or overtaken");
    let stranger = actor(scene.system.chain.connection()).await;
    voter::submit_ballot(&stranger, &scene.mask(0).await).await.unwrap();
    let status = harness.wait_for_stage(receipt.id, SubmissionStage::Refused).await;
    assert_eq!((status.reason.as_deref(), status.block), (Some("overtaken"), None));
    let promise = Promise { url: harness.url.clone(), receipt: receipt.clone() };
    let state = scene.system.read_chain_state().await;
    let found = find_ballot(&state, &replacement, Some(&promise), scene.closes_at + 1).unwrap();
    assert_eq!(found, Inclusion::Overtaken);
    // It is refused on arrival by now, without a word about what else waits.
    let again = scene.replace(0, 1).await;
    scene.advance_to_turn().await;
    let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 5).await;
    assert_eq!(scene.updates().await, [2, 1], "its slot is updated at its time, as any other");
    assert!(!is_among(&ballots, &replacement));
    let stale = harness.submit_ballot(&again).await.unwrap_err();
    assert_eq!(stale.status, 409);
    harness.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_of_other_contents_than_the_counted_one_are_refused() {
    let scene = MaskedScene::open(1).await;
    let harness = scene.start(None).await;
    scene.cast_first_ballots(&harness).await;
    let (known, stale) = (scene.replace(0, 1).await, scene.replace(0, 2).await);
    let receipt = harness.submit_ballot(&known).await.unwrap();
    let stranger = actor(scene.system.chain.connection()).await;
    // The limit of ballots of one voter counts no updates.
    for _ in 0..10 {
        voter::submit_ballot(&stranger, &scene.mask(0).await).await.unwrap();
    }
    // The relayer has seen the chain once it knows that the first one is overtaken.
    harness.wait_for_stage(receipt.id, SubmissionStage::Refused).await;
    let refused = harness.submit_ballot(&stale).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "wrong_previous"));
    // What is not on the chain has no answer that depends on what waits: not even an update of a waiting one.
    let current = scene.replace(0, 1).await;
    let receipt = loop {
        match harness.submit_ballot(&current).await {
            Ok(receipt) => break receipt,
            // The relayer has not seen all ten masks yet.
            Err(problem) => assert_eq!(problem.code, "wrong_previous"),
        }
    };
    assert_eq!(harness.ballot_status(receipt.id).await.unwrap().stage, SubmissionStage::Waiting);
    harness.shut_down().await;
}

/// A mask in place of a replacement is one update like all others, and the replacement is overtaken by it.
#[tokio::test(flavor = "multi_thread")]
async fn passed_over_replacement_leaves_its_slot_with_as_many_updates() {
    let mut scene = MaskedScene::open(2).await;
    scene.masker.own_percent = 100;
    let harness = scene.start(None).await;
    scene.cast_first_ballots(&harness).await;
    let replacement = scene.replace(0, 1).await;
    let receipt = harness.submit_ballot(&replacement).await.unwrap();
    // Blocks come when the test says so: the masker waits for its transaction, with the replacement still at hand.
    let provider = scene.system.chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();
    scene.advance_to_turn().await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    provider.anvil_set_auto_mine(true).await.unwrap();
    provider.anvil_mine(Some(1), None).await.unwrap();
    scene.wait_for_updates(|ballots| ballots.len() >= 4).await;
    let status = harness.wait_for_stage(receipt.id, SubmissionStage::Refused).await;
    assert_eq!(status.reason.as_deref(), Some("overtaken"));
    scene.advance_to_end().await;
    let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 6).await;
    harness.shut_down().await;
    assert!(!is_among(&ballots, &replacement));
    assert_eq!(scene.updates().await, [2, 2]);
}
