//! Attacks with ballots, packages, polls and keys: each is refused by name and changes nothing.
//!
//! All of them run on one chain in one test, one after another, because a local chain and proofs take long.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod false_indexer;
mod false_state;
mod invalid_ballots;
mod scenario;
mod submission;
mod swapped_verifiers;
mod tallying;

use scenario::{AGAINST, FOR, Scenario};

#[tokio::test(flavor = "multi_thread")]
async fn attacks_are_refused_by_name_and_change_nothing() {
    let scenario = Scenario::start().await;
    let alice = scenario.prove_ballot(0, scenario.polls[0], &FOR, false).await;
    let bob = scenario.prove_ballot(1, scenario.polls[0], &AGAINST, false).await;
    let other_poll = scenario.prove_ballot(0, scenario.polls[1], &FOR, false).await;

    invalid_ballots::refuse_non_members(&scenario).await;
    invalid_ballots::refuse_invalid_choices(&scenario).await;
    invalid_ballots::refuse_altered_packages(&scenario, &alice, &other_poll).await;
    invalid_ballots::refuse_ballot_of_other_contract(&scenario, &alice).await;
    invalid_ballots::refuse_unfunded_relayer(&scenario, &alice).await;
    swapped_verifiers::refuse_swapped_verifiers(&scenario).await;
    submission::refuse_spoilt_and_repeated_ballots(&scenario, &alice, &bob).await;
    submission::refuse_invalid_replacements(&scenario, &bob).await;
    submission::count_forwarded_ballot(&scenario, &other_poll).await;
    false_state::deceive_voter(&scenario).await;
    false_state::show_earlier_close(&scenario).await;
    tallying::refuse_late_ballots_and_early_decryption(&scenario).await;
    false_state::show_lower_minimum(&scenario).await;
    tallying::refuse_invalid_shares_and_tally(&scenario).await;
    false_indexer::detect_every_false_event(&scenario).await;
}
