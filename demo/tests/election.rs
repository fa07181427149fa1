//! A small election with both polls, from an empty chain to a verified result.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_client::{KeyRing, Observer, Phase};
use psephos_demo::election::{self, ElectionConfig, Outcome};

/// Prints progress.
struct PrintingObserver;

impl Observer for PrintingObserver {
    fn begin(&self, phase: Phase, steps: u64) {
        eprintln!("{phase} ({steps})");
    }
    fn note(&self, phase: Phase, message: &str) {
        eprintln!("{phase}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tally_on_chain_equals_plaintext_count() {
    let config = ElectionConfig { limit: Some(9), replace_every: 4, batch: 2, ..ElectionConfig::default() };
    let report = election::run_election(&config, &KeyRing::default(), &PrintingObserver).await.unwrap();
    eprintln!("{:#?}", report.timings);
    assert!(report.passed());
    assert!(psephos_demo::html::render_report(&report).contains("✓ Every decrypted total equals the plaintext count"));
    let reward = &report.reward;
    assert!(reward.balances() && reward.claims == report.polls[0].public.ballots && reward.bonuses > 0, "{reward:#?}");
    // All polls but the last one, which ratifies an option, have replaced ballots.
    assert!(report.polls.split_last().is_some_and(|(_, polls)| polls.iter().all(|poll| poll.public.replaced > 0)));
    for poll in &report.polls {
        assert_eq!(poll.public.outcome, poll.plaintext_outcome);
        assert_ne!(poll.public.outcome, Outcome::Pending);
        for (chamber, plaintext) in poll.public.chambers.iter().zip(&poll.plaintext) {
            match chamber.ballots >= chamber.min_ballots as usize {
                true => assert_eq!(chamber.totals.as_ref(), Some(plaintext), "{}", chamber.name),
                false => assert_eq!(chamber.totals, None, "{} has too few ballots to be decrypted", chamber.name),
            }
        }
    }
}
