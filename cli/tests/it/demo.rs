//! A small election with both polls by `psephos demo`, from an empty chain to a verified result.

use crate::support::CommandFolder;
use psephos_demo::election::{ElectionReport, Outcome};

#[test]
fn tally_on_chain_equals_plaintext_count() {
    let folder = CommandFolder::new();
    let run = folder.run(&["demo", "--limit", "9", "--replace-every", "4", "--batch", "2", "--out", "report"]);
    run.succeeds("");
    assert!(run.stdout.contains("✓ Every decrypted total equals the plaintext count"), "{}", run.stdout);
    let read = |name: &str| std::fs::read_to_string(folder.path("report").join(name)).expect("a report");
    assert!(read("report.html").contains("✓ Every decrypted total equals the plaintext count"));
    let report: ElectionReport = serde_json::from_str(&read("report.json")).expect("the report");
    assert!(report.passed());
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
