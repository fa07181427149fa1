//! What others may try with ballots, packages, polls and keys: each attempt is refused by name, and nothing is lost.
//!
//! One chain and a handful of proofs, because proofs are slow: the attempts follow one another in one test.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod counting;
mod house;
mod indexing;
mod lying;
mod making;
mod scene;
mod sending;
mod swapping;

use scene::{AGAINST, FOR};

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_refused_by_name_and_nothing_is_lost() {
    let scene = scene::open().await;
    let alice = scene.ballot(0, scene.polls[0], &FOR, false).await;
    let bob = scene.ballot(1, scene.polls[0], &AGAINST, false).await;
    let other_poll = scene.ballot(0, scene.polls[1], &FOR, false).await;

    making::censuses(&scene).await;
    making::rules(&scene).await;
    making::packages(&scene, &alice, &other_poll).await;
    making::another_contract(&scene, &alice).await;
    making::unfunded(&scene, &alice).await;
    swapping::verifiers(&scene).await;
    sending::batches(&scene, &alice, &bob).await;
    sending::replacements(&scene, &bob).await;
    sending::through_another_contract(&scene, &other_poll).await;
    lying::to_a_voter(&scene).await;
    lying::about_the_close(&scene).await;
    counting::deadline(&scene).await;
    lying::about_the_least_number(&scene).await;
    counting::counting(&scene).await;
    indexing::an_index(&scene).await;
}
