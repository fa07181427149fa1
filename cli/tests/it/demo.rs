//! A small election with both polls by `psephos demo`, and a charter of a real conversation, each from an empty chain.

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

/// The totals of the first 60 voters by lot were counted by another program, from the export alone.
#[test]
fn charter_of_sixty_people_is_that_of_the_plain_computation() {
    let folder = CommandFolder::new();
    let polis = concat!(env!("CARGO_MANIFEST_DIR"), "/../charter/data/polis/vtaiwan.uberx");
    let run = folder.run(&["demo", "--charter", polis, "--voters", "60", "--out", "report"]);
    run.succeeds("");
    assert!(run.stdout.contains("✓ Turnout, totals and adopted statements on chain"), "{}", run.stdout);
    assert!(run.stdout.contains("the least camp: lowered from 30 to 5 voters"), "{}", run.stdout);
    let read = |name: &str| std::fs::read_to_string(folder.path("report").join(name)).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).expect("the report");
    let statements = report["statements"].as_array().expect("statements");
    assert_eq!((statements.len(), report["voters"].as_u64()), (40, Some(60)));
    // Counted from the export by a program in another language, with the axis of the whole pilot.
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    assert_eq!([0, 1].map(|camp| number(&report["turnout"][camp])), [40, 20]);
    let sum =
        |camp: usize, answer: usize| -> u64 { statements.iter().map(|one| number(&one["camps"][camp][answer])).sum() };
    assert_eq!([[sum(0, 0), sum(0, 1)], [sum(1, 0), sum(1, 1)]], [[417, 274], [346, 91]]);
    let with = |outcome: &str| -> Vec<u64> {
        statements.iter().filter(|one| one["outcome"] == outcome).map(|one| number(&one["id"])).collect()
    };
    assert_eq!(with("adopted"), [7, 16, 40, 65]);
    assert_eq!(with("contested").len(), 5);
    assert_eq!(report["replaced"], 6);
    assert_eq!(report["gateway"]["refused"].as_array().map(Vec::len), Some(2));
    assert_eq!((report["reward"]["sealed"].as_u64(), report["reward"]["claims"].as_u64()), (Some(60), Some(10)));
    assert!(read("report.html").contains("<svg") && read("report.html").contains("What is not"));
    // The prompt that a gateway starts with holds the charter, and one with a letter missing does not.
    let hash = report["charter"].as_str().expect("a hash");
    let prompt = folder.path("report").join("constitution.md");
    folder.run(&["charter", "check", "--prompt", &prompt.display().to_string(), "--hash", hash]).succeeds("");
    let changed = read("constitution.md").replacen("安全第一", "安全", 1);
    assert_ne!(changed, read("constitution.md"));
    std::fs::write(folder.path("changed.md"), changed).expect("a file");
    folder.run(&["charter", "check", "--prompt", "changed.md", "--hash", hash]).fails(1, "was changed");
}

#[test]
fn conversation_with_too_few_people_is_refused_before_a_chain_starts() {
    let folder = CommandFolder::new();
    let polis = concat!(env!("CARGO_MANIFEST_DIR"), "/../charter/data/polis/vtaiwan.uberx");
    let too_many = ["demo", "--charter", polis, "--voters", "1219"];
    folder.run(&too_many).fails(2, "1218 people with enough answers, fewer than the 1219");
    folder.run(&["demo", "--charter", polis, "--pilot", "1300"]).fails(2, "with --pilot N");
    folder.run(&["demo", "--charter", "nowhere"]).fails(2, "comments.csv");
}
