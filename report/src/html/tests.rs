//! Pages of polls in every state: complete, escaped, and explicit about failures.

mod recorded;
mod samples;

use psephos_state::exposure::{EXACT, Exposure};
use psephos_state::{Address, B256, PollState, U256};

use super::render_poll;
use crate::{
    Outcome, RewardReport,
    reward::{ClaimReport, PolicyReport},
};
use samples::{OPTIONS, decided_poll, motion, write_for_eyes};

const INJECTION: &str = "<script>alert(\"1\")</script>\u{202e}";

#[test]
fn page_has_no_outside_resources_and_balanced_tags() {
    for (name, report) in samples::all() {
        let page = render_poll(&report);
        write_for_eyes(name, &page);
        for outside in ["http://", "https://", "src=", "<link", "@import", "url(", "<script"] {
            assert!(!page.contains(outside), "{name}: the page refers to {outside}");
        }
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{name}");
        for tag in [
            "section", "table", "thead", "tbody", "tr", "td", "th", "svg", "g", "details", "ul", "li", "div", "figure",
            "dl", "p", "span", "bdi", "code", "h2", "h3",
        ] {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{name}: <{tag}>");
        }
    }
}

#[test]
fn page_shows_totals_decision_trustees_transactions_and_identity_of_the_poll() {
    let page = render_poll(&decided_poll(3, OPTIONS));
    for expected in [
        "All 4 checks pass. Decided: For.",
        "61,200",
        "Not decrypted: 2 ballots, and at least 5 are needed",
        "Chamber 2",
        "2 of 3 trustees decrypt a total: 2 dealt, 2 posted decryption shares.",
        "<code>abandon-ability-able-about-above-absent-absorb-abstract</code>",
        "<code>0x5b5b",
        &B256::repeat_byte(0x31).to_string(),
        "ballots (32)",
        "3,000,000",
        "not known",
        "an option needs 2 of 3 chambers",
        "development keys",
    ] {
        assert!(page.contains(expected), "missing: {expected}");
    }
    let charts = page.matches("<svg role=\"img\"").count();
    assert_eq!(charts, 2);
    assert_eq!((page.matches("<title id=").count(), page.matches("<desc id=").count()), (charts, charts));
    assert!(!page.contains("plaintext"), "only a demonstration has a plaintext count");
}

#[test]
fn page_without_totals_says_why() {
    for (state, outcome, time, expected) in [
        (PollState::Created, Outcome::Pending, 5, "Not begun yet"),
        (PollState::Created, Outcome::Pending, 50, "Not opened yet"),
        (PollState::Created, Outcome::Pending, 500, "Never opened"),
        (PollState::Open, Outcome::Pending, 50, "34 ballots so far. Nothing is decrypted before the close."),
        (PollState::Closed, Outcome::Pending, 150, "Not tallied yet: 34 ballots, 1 decryption share posted."),
        (PollState::Undecided, Outcome::Undecided, 500, "Not tallied before the deadline: 34 ballots."),
        (PollState::Cancelled, Outcome::Cancelled, 500, "Not decrypted: 34 ballots, and the poll was cancelled."),
        (PollState::Rejected, Outcome::Rejected, 500, "The decision did not depend on it any more."),
    ] {
        let page = render_poll(&samples::untallied(state, outcome, time));
        assert!(page.contains(expected), "missing: {expected}");
        assert!(!page.contains("<svg role=\"img\""), "{expected}");
        assert!(!page.contains("Decrypted totals"), "{expected}");
    }
}

#[test]
fn failing_checks_come_first() {
    let mut report = decided_poll(1, OPTIONS);
    report.verify.checks[2].failures.push("ballot 7: the proof does not hold".into());
    let page = render_poll(&report);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("missing: {text}"));
    assert!(at("1 of 4 checks fail.") < at("Checks that fail"));
    assert!(at("Checks that fail") < at("ballot 7: the proof does not hold"));
    assert!(at("ballot 7: the proof does not hold") < at("id=\"poll-1\""), "before the poll itself");
    let all = &page[at("Verified from chain data alone")..];
    let first_check = all.find("<li>").unwrap();
    assert!(all[first_check..].starts_with("<li><span class=\"bad\">✗</span> every counted ballot"), "{all}");
    assert!(!page.contains("checks pass. "));
}

#[test]
fn names_cannot_inject_markup_or_reorder_text() {
    let mut report = decided_poll(1, OPTIONS);
    report.poll.title = INJECTION.into();
    report.poll.rule = INJECTION.into();
    report.poll.text_problem = Some(INJECTION.into());
    report.poll.words = INJECTION.into();
    report.poll.fingerprint = Some(INJECTION.into());
    report.poll.options[0] = INJECTION.into();
    report.poll.chambers[0].name = INJECTION.into();
    report.poll.chambers[0].root = Some(INJECTION.into());
    report.deployment.keys = Some(INJECTION.into());
    report.warnings.push(INJECTION.into());
    report.verify.checks[1].failures.push(INJECTION.into());
    report.reward = Some(RewardReport { funding: INJECTION.into(), ..reward() });
    let page = render_poll(&report);
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\u{fffd}"));
    assert!(page.contains("<bdi>&lt;script"), "names are isolated");
}

#[test]
fn reward_is_shown_with_its_claims() {
    let mut report = decided_poll(1, OPTIONS);
    report.reward = Some(reward());
    let page = render_poll(&report);
    for expected in [
        "Poll 3 ratified &quot;For&quot;. 60 notes sealed in 1 note batch, 1 claim paid",
        "15000 wei",
        "units of 1000 wei",
        &Address::repeat_byte(0x77).to_string(),
        &B256::repeat_byte(0x78).to_string(),
    ] {
        assert!(page.contains(expected), "missing: {expected}");
    }
    assert!(!render_poll(&decided_poll(1, OPTIONS)).contains("Reward of poll"), "a poll without one");
}

fn reward() -> RewardReport {
    let chamber = samples::chamber_id(0);
    RewardReport {
        token: Address::ZERO,
        unit: 1_000,
        funding: "the poll pays its reward".into(),
        claim_deadline: 900,
        funded: U256::from(90_000),
        paid: U256::from(15_000),
        withdrawn: U256::ZERO,
        left: U256::from(75_000),
        ratified: Some((samples::poll_id(3), Some(0))),
        policies: vec![PolicyReport { chamber, base: 10, per_weight: 0, cap: 0, bonus: 5, sealed: 60, batches: 1 }],
        claims: vec![ClaimReport {
            chamber,
            recipient: Address::repeat_byte(0x77),
            amount: U256::from(15_000),
            fee: U256::from(100),
            transaction: B256::repeat_byte(0x78),
        }],
    }
}

#[test]
fn chart_of_a_motion_has_its_threshold_at_for_alone() {
    let page = render_poll(&motion());
    // 50 % of 30 + 10, of a chart of 340 for a sum of 80.
    assert_eq!(page.matches("<line class=\"threshold\" x1=\"85.0\"").count(), 1, "{page}");
    assert!(page.contains("For needs 50 % of For and Against") && page.contains("the motion needs 1 of 1 chamber"));
    let options = render_poll(&decided_poll(1, OPTIONS));
    assert_eq!(options.matches("<line class=\"threshold\" x1=\"170.0\"").count(), 3);
}

/// A chart is drawn in a box of fixed size and grows with its panel: as wide as the page, its letters would be three
/// times as large as the text around it.
#[test]
fn panel_of_a_single_chamber_is_limited_in_width() {
    let page = render_poll(&decided_poll(1, OPTIONS));
    let rule = page.split(".panel {").nth(1).and_then(|rest| rest.split('}').next());
    assert!(rule.is_some_and(|rule| rule.contains("max-width: 24rem")), "{rule:?}");
}

#[test]
fn totals_beyond_any_sum_are_shown() {
    let mut report = decided_poll(2, OPTIONS);
    for chamber in &mut report.poll.chambers {
        chamber.totals = Some(vec![u64::MAX, u64::MAX, 1]);
        chamber.weighted = true;
    }
    assert!(render_poll(&report).contains("18,446,744,073,709,551,615"));
}

#[test]
fn page_says_what_totals_expose_of_each_chamber() {
    let mut report = decided_poll(3, OPTIONS);
    report.poll.chambers[0].exposure = Some(Exposure::of_weights(&[3, 70, 900], EXACT));
    report.poll.chambers[0].name = "<script>".into();
    report.poll.chambers[1].exposure = Some(Exposure::of_members(40, EXACT));
    let page = render_poll(&report);
    assert!(
        page.contains("<span class=\"bad\">red</span> <bdi>&lt;script&gt;</bdi>: it has fewer than 5 members"),
        "{page}"
    );
    assert!(page.contains("<span>amber</span> <bdi>Chamber 1</bdi>: all members count alike"), "{page}");
    report.poll.chambers.iter_mut().for_each(|chamber| chamber.exposure = None);
    assert!(!render_poll(&report).contains("What the totals can say"), "before the opening nothing is measured");
}
