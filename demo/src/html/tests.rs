//! The page of a hand-written report: complete, escaped, and explicit about failures.

use crate::election::{
    ChamberReport, CommitteeReport, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, RewardReport,
    Timing, TrusteeReport,
};
use psephos_client::Phase;
use psephos_client::verify::{Check, CheckName, VerifyReport};
use psephos_protocol::identifiers::{ChainId, ChamberId, CommitteeId, PollId};
use psephos_report::{RewardReport as PublicReward, reward::PolicyReport};
use psephos_state::{Address, B256, PollState, U256, deployment::placeholder};

use super::render_report;

const INJECTION: &str = "<script>alert(\"1\")</script>";

fn gas_entry(call: &str, transactions: usize, items: usize, gas: u64) -> GasEntry {
    GasEntry { call: call.into(), transactions, gas, items, example: B256::ZERO }
}

fn chamber_report(id: ChamberId, name: &str, totals: Option<Vec<u64>>, choice: Option<usize>) -> ChamberReport {
    ChamberReport {
        chamber: id,
        name: name.into(),
        weighted: id.get().is_multiple_of(2),
        members: Some(40),
        total_weight: Some(123_456),
        exposure: None,
        ballots: 34,
        replaced: 2,
        min_ballots: 5,
        quorum: 1_000,
        threshold_bps: 5_000,
        root: Some(format!("0x{:064x}", 0xabcd + id.get())),
        ctx: Some(format!("0x{:064x}", 0x1234 + id.get())),
        shares: 3,
        totals,
        rounded: None,
        choice,
    }
}

fn poll_report(
    number: u64,
    options: &[&str],
    chambers: Vec<ChamberReport>,
    plaintext: Vec<Vec<u64>>,
    outcome: Outcome,
) -> PollReport {
    let checks = [CheckName::Verifiers, CheckName::Census, CheckName::BallotProofs, CheckName::EncryptedTotal];
    let checks = checks.into_iter().enumerate().map(|(at, name)| Check {
        name,
        chamber: (at > 0).then_some(ChamberId::new(0)),
        count: 3 + at,
        failures: Vec::new(),
    });
    PollReport {
        public: psephos_report::PollReport {
            poll: PollId::new(number),
            title: "Fund the evaluation of frontier models".into(),
            text_problem: None,
            words: "abandon-ability-able-about-above-absent-absorb-abstract".into(),
            fingerprint: Some(format!("0x{}", "5b".repeat(32))),
            rule: "plurality".into(),
            motion: false,
            circuit: if options.len() > 3 { 8 } else { 3 },
            options: options.iter().map(|&name| name.to_owned()).collect(),
            chambers,
            chambers_required: 2,
            schedule: [10, 100, 200],
            time: 500,
            state: if outcome == Outcome::Rejected { PollState::Rejected } else { PollState::Decided },
            outcome,
            ballots: 102,
            replaced: 6,
        },
        public_reward: (number == 1).then(|| PublicReward {
            token: Address::ZERO,
            unit: 1_000_000_000_000,
            funding: "the poll pays its reward".into(),
            claim_deadline: 900,
            funded: U256::from(90_000),
            paid: U256::from(77_500),
            withdrawn: U256::from(12_500),
            left: U256::ZERO,
            ratified: Some((PollId::new(3), Some(0))),
            policies: vec![PolicyReport {
                chamber: ChamberId::new(0),
                base: 1_000,
                per_weight: 0,
                cap: 0,
                bonus: 500,
                sealed: 60,
                batches: 3,
            }],
            claims: Vec::new(),
        }),
        plaintext,
        plaintext_outcome: outcome,
        gas: vec![
            gas_entry("castBatch of 32", 3, 96, 9_072_000),
            gas_entry("cast", 6, 6, 1_950_000),
            gas_entry("tally", 3, 3, 900_000),
        ],
        seconds_per_proof: 0.4,
        verify: VerifyReport {
            chain_id: ChainId::new(31_337),
            polls: Address::ZERO,
            poll: PollId::new(number),
            state: "Decided".into(),
            retired_trustees: Vec::new(),
            checks: checks.collect(),
        },
    }
}

/// Returns a report with two polls, a chamber whose total was not decrypted, and long names.
pub(crate) fn sample_report() -> ElectionReport {
    let three_counts = vec![vec![61_200, 31_000, 8_001], vec![20, 4, 1], vec![2, 1, 0]];
    let three = vec![
        chamber_report(ChamberId::new(0), "Researchers", Some(three_counts[0].clone()), Some(0)),
        chamber_report(ChamberId::new(1), "Ethicists", Some(three_counts[1].clone()), Some(0)),
        chamber_report(ChamberId::new(2), "Public", None, None),
    ];
    let names = [
        "Safety",
        "Health",
        "Climate",
        "Open weights",
        "Compute",
        "A very long name of an option that has no room",
        "Law",
        "Art",
    ];
    let eight_counts = vec![
        vec![11, 25, 31, 4, 0, 99, 12, 3],
        vec![1, 2, 3, 4, 0, 9, 12, 3],
        vec![389_999_999_999, 0, 0, 0, 0, 1, 0, 0],
    ];
    let eight = vec![
        chamber_report(ChamberId::new(0), "Researchers", Some(eight_counts[0].clone()), Some(5)),
        chamber_report(ChamberId::new(1), "Ethicists", Some(eight_counts[1].clone()), None),
        chamber_report(ChamberId::new(2), "Public", Some(eight_counts[2].clone()), Some(0)),
    ];
    ElectionReport {
        electorate: ElectorateSummary {
            source: "built-in sample".into(),
            members: 120,
            total_weight: 567_890,
            division: "by the class of each voter".into(),
        },
        deployment: placeholder(|_| Address::ZERO),
        local: true,
        committee: CommitteeReport {
            committee: CommitteeId::new(0),
            threshold: 3,
            trustees: (0..5)
                .map(|index| TrusteeReport {
                    address: Address::repeat_byte(index),
                    registered: true,
                    dealt: index < 3,
                    shares: if index < 2 { 0 } else { 6 },
                    refused: 0,
                    missing: 0,
                })
                .collect(),
        },
        absent: 2,
        polls: vec![
            poll_report(1, &["For", "Against", "Abstain"], three, three_counts, Outcome::Decided(0)),
            poll_report(2, &names, eight, eight_counts, Outcome::Rejected),
        ],
        reward: RewardReport {
            poll: PollId::new(1),
            base: 1_000,
            bonus: 500,
            unit: 1_000_000_000_000,
            ratified_by: 3,
            ratified: Some(0),
            sealed: 60,
            batches: 3,
            claims: 60,
            bonuses: 35,
            funded: 90_000,
            paid: 77_500,
            plaintext: 77_500,
            withdrawn: 12_500,
            left: 0,
            received: true,
            seconds_per_proof: 0.3,
            gas: vec![gas_entry("claim", 60, 60, 20_000_000)],
        },
        gas: vec![gas_entry("deploy", 9, 9, 21_000_000), gas_entry("enrol", 120, 120, 17_000_000)],
        timings: [Phase::Chain, Phase::Keys, Phase::Deploy, Phase::Enrol, Phase::Prove, Phase::Relay, Phase::Tally]
            .into_iter()
            .zip([0.4, 12.2, 1.1, 9.0, 71.3, 8.2, 2.5])
            .map(|(phase, seconds)| Timing { phase, seconds })
            .collect(),
        agrees: true,
    }
}

#[test]
fn page_has_no_outside_resources() {
    let page = render_report(&sample_report());
    for outside in ["http://", "https://", "src=", "<link", "@import", "url(", "<script"] {
        assert!(!page.contains(outside), "the page refers to {outside}");
    }
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
}

#[test]
fn page_shows_every_total_and_describes_every_chart() {
    let page = render_report(&sample_report());
    for expected in [
        "61,200",
        "389,999,999,999",
        "not decrypted",
        "Decided: For",
        "Rejected",
        "all 8 checks hold",
        "94,500",
        "3 dealt, 3 posted decryption shares. 2 were absent at the close.",
        "60 claims paid, 35 with the bonus",
        "The books balance: 90,000 in, 90,000 out.",
        "<code>abandon-ability-able-about-above-absent-absorb-abstract</code>",
        "<code>0x5b5b",
    ] {
        assert!(page.contains(expected), "missing: {expected}");
    }
    let charts = page.matches("<svg role=\"img\"").count();
    assert_eq!(charts, 5);
    assert_eq!(page.matches("<title id=").count(), charts);
    assert_eq!(page.matches("<desc id=").count(), charts);
}

#[test]
fn chambers_are_summed_only_in_equal_units() {
    let mut report = sample_report();
    assert_eq!(report.polls[0].public.combined_totals(), None, "one was not decrypted, and one counts members");
    for chamber in &mut report.polls[1].public.chambers {
        chamber.weighted = true;
    }
    let on_chain = report.polls[1].public.combined_totals().expect("all decrypted, all weighted");
    assert_eq!((on_chain[0], report.polls[1].combined_plaintext()[5]), (390_000_000_011, 109));
    assert!(render_report(&report).contains("All chambers"));
}

#[test]
fn page_tags_are_balanced() {
    let page = render_report(&sample_report());
    for tag in [
        "section", "table", "thead", "tbody", "tr", "td", "th", "svg", "g", "details", "ul", "li", "div", "figure",
        "dl", "p", "span",
    ] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
}

#[test]
fn names_cannot_inject_markup() {
    let mut report = sample_report();
    report.electorate.source = INJECTION.into();
    report.electorate.division = INJECTION.into();
    report.polls[0].public.title = INJECTION.into();
    report.polls[0].public.rule = INJECTION.into();
    report.polls[0].public.options[0] = INJECTION.into();
    report.polls[0].public.chambers[0].name = INJECTION.into();
    report.polls[0].public.chambers[0].root = Some(INJECTION.into());
    report.polls[0].gas[0].call = format!("castBatch {INJECTION}");
    report.polls[0].verify.checks[1].failures.push(INJECTION.into());
    let page = render_report(&report);
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));
}

#[test]
fn page_shows_differing_count() {
    let mut report = sample_report();
    report.polls[0].plaintext[0][1] += 1;
    report.agrees = false;
    let page = render_report(&report);
    assert!(page.contains("The chain and the plaintext count differ"));
    assert!(page.contains("<td class=\"edge bad\">different</td>"));
    assert!(!page.contains("Every decrypted total equals"));
}

#[test]
fn page_shows_unbalanced_books() {
    let changes: [fn(&mut RewardReport); 3] = [
        |reward| reward.paid += 1,
        |reward| reward.received = false,
        |reward| (reward.paid, reward.withdrawn) = (77_501, 12_499),
    ];
    for change in changes {
        let mut report = sample_report();
        change(&mut report.reward);
        report.agrees = false;
        assert!(render_report(&report).contains("✗ The books do not balance."));
    }
}

#[test]
fn page_shows_failed_check() {
    let mut report = sample_report();
    report.polls[1].verify.checks[2].failures.push("ballot 7: the proof does not hold".into());
    let page = render_report(&report);
    assert!(page.contains("1 of 8 checks fail"));
    assert!(page.contains("ballot 7: the proof does not hold"));
}
