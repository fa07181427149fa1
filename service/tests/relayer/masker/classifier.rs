//! A classifier that is shown everything that the chain shows of updates tells replacements from masks no better than
//! chance; and it finds out a relayer that sends replacements alone, or last in their batches.
//!
//! Only updates that may carry something are classified: that the second half of the sweep is all masks is public.
//! The test in CI has 64 updates for each kind of observation. With two thousand:
//!
//! ```console
//! cargo test -p psephos-service --test relayer -- --ignored --nocapture masker::classifier::two_thousand
//! ```

mod boosting;
mod observation;

use std::time::Duration;

use alloy::providers::ext::AnvilApi;
use psephos_chain::NodeSet;
use psephos_client::{
    Connection, Silent,
    relayer::{self, RelayConfig, Submission},
};
use psephos_wire::Package;
use rand::{Rng, rngs::OsRng, seq::SliceRandom};

use super::scene::MaskedScene;
use crate::local_system::actor;
use boosting::{Sample, held_out_accuracy};
use observation::observe_updates;

#[tokio::test(flavor = "multi_thread")]
async fn masks_and_replacements_are_told_apart_by_chance_only() {
    require_chance(&watch_polls(32, 2, None).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn making_updates_stale_on_purpose_tells_nothing() {
    require_chance(&watch_polls(32, 2, Some(4)).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: two thousand updates, and two thousand more under attack"]
async fn two_thousand_masks_and_replacements_are_told_apart_by_chance_only() {
    for attacked in [None, Some(4)] {
        require_chance(&watch_polls(100, 20, attacked).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relayer_that_sends_replacements_alone_or_last_is_found_out() {
    for leak in [Leak::Alone, Leak::Last] {
        let samples = watch_leaky_relayer(leak).await;
        let accuracy = held_out_accuracy(&samples);
        eprintln!("{} updates of a relayer that leaks ({leak:?}): {:.0} % right", samples.len(), 100.0 * accuracy);
        assert!(accuracy > 0.9, "{leak:?}: {accuracy}");
    }
}

/// Requires that a classifier that learned from one half of the updates is right about the other no more often than
/// the larger class is frequent, within four standard deviations: one of thirty thousand honest relayers exceeds
/// that.
fn require_chance(samples: &[Sample]) {
    let count = samples.len() as f64;
    let replaced = samples.iter().filter(|sample| sample.replaced).count() as f64 / count;
    let chance = replaced.max(1.0 - replaced);
    let bound = chance + 4.0 * (chance * (1.0 - chance) / count).sqrt();
    let accuracy = held_out_accuracy(samples);
    eprintln!(
        "{count} updates, {:.0} % replacements: {:.1} % right, chance is {:.1} %, the bound {:.1} %",
        100.0 * replaced,
        100.0 * accuracy,
        100.0 * chance,
        100.0 * bound
    );
    assert!((0.3..0.7).contains(&replaced), "{replaced}");
    assert!(accuracy < bound, "{accuracy} is more than {bound}");
}

/// Lets half of the voters of each poll hand over a replacement, and returns what is seen of the updates that may
/// carry one. With `attacked`, one of this many updates is made stale while its batch is pending.
async fn watch_polls(voters: usize, polls: usize, attacked: Option<usize>) -> Vec<Sample> {
    let mut scene = MaskedScene::open(voters).await;
    scene.settings.batch = 16;
    let harness = scene.start(None).await;
    let mut samples = Vec::new();
    for poll in 0..polls {
        if poll > 0 {
            scene.open_another_poll().await;
        }
        scene.cast_first_ballots(&harness).await;
        let mut chosen: Vec<usize> = (0..voters).collect();
        chosen.shuffle(&mut OsRng);
        let mut handed = Vec::new();
        for voter in &chosen[..voters / 2] {
            let replacement = scene.replace(*voter, OsRng.gen_range(0..3)).await;
            harness.submit_ballot(&replacement).await.unwrap();
            handed.push(replacement);
        }
        let from = scene.system.dao.newest_block().await.unwrap();
        match attacked {
            None => scene.advance_to_turn().await,
            Some(one_of) => overtake_while_pending(&scene, voters / one_of).await,
        }
        scene.wait_until_swept(voters).await;
        samples.extend(observe_updates(&scene, from, scene.system.signer.address(), &handed).await);
    }
    harness.shut_down().await;
    samples
}

/// Lets the masker send its batches, takes them out of the node's pool, and has strangers update some of the slots
/// first.
async fn overtake_while_pending(scene: &MaskedScene, attacked: usize) {
    let provider = scene.system.chain.connection().provider();
    let stranger = actor(scene.system.chain.connection()).await;
    let mut masks = Vec::new();
    for voter in 0..attacked {
        masks.push(scene.mask(voter).await);
    }
    provider.anvil_set_auto_mine(false).await.unwrap();
    scene.advance_to_turn().await;
    // The masker's batches are pending by then, or are not made yet: the attacker is early or late, as it may be.
    tokio::time::sleep(Duration::from_millis(OsRng.gen_range(500..4_000))).await;
    provider.anvil_drop_all_transactions().await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    send_updates(&stranger, scene, &masks, 64).await;
}

/// How a relayer leaks.
#[derive(Clone, Copy, Debug)]
enum Leak {
    /// It sends each replacement in a transaction of its own.
    Alone,
    /// It sends replacements after the masks of the same batch.
    Last,
}

/// Returns what is seen of a relayer that sends the same updates, and leaks.
async fn watch_leaky_relayer(leak: Leak) -> Vec<Sample> {
    const VOTERS: usize = 24;
    let scene = MaskedScene::open(VOTERS).await;
    let first = scene.system.prove_ballots(scene.poll, 0..VOTERS).await;
    let sender = actor(scene.system.chain.connection()).await;
    send_updates(&sender, &scene, &first, 64).await;
    let (mut masks, mut replacements) = (Vec::new(), Vec::new());
    for voter in 0..VOTERS {
        match voter % 2 {
            0 => masks.push(scene.mask(voter).await),
            _ => replacements.push(scene.replace(voter, voter % 3).await),
        }
    }
    let from = scene.system.dao.newest_block().await.unwrap();
    match leak {
        Leak::Alone => {
            send_updates(&sender, &scene, &masks, 64).await;
            send_updates(&sender, &scene, &replacements, 1).await;
        }
        Leak::Last => send_updates(&sender, &scene, &[masks, replacements.clone()].concat(), 64).await,
    }
    observe_updates(&scene, from, sender.sender().unwrap(), &replacements).await
}

/// Sends packages in this order, from an account.
async fn send_updates(account: &Connection, scene: &MaskedScene, packages: &[Package], batch: usize) {
    let submissions: Vec<_> = packages.iter().map(|package| Submission::new("update", package)).collect();
    let config = RelayConfig { batch, ..RelayConfig::default() };
    let (source, nodes) = (scene.system.source(), NodeSet::single(account.clone()));
    relayer::relay_ballots(&source, &nodes, &scene.system.circuits, &submissions, config, &Silent).await.unwrap();
}
