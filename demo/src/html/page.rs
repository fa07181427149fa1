//! The page around the polls: verdict, key figures, deployment, durations, and its privacy properties.

use crate::election::ElectionReport;

use super::markup::Markup;
use super::{committee, gas, poll, reward};
use crate::format::{plural, thousands};

/// The policy forbids every outside resource, so that even a mistake here cannot leak a reader's IP address.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">\
<title>Psephos: report of an election</title><style>";

/// Two ballots as Athenian jurors held them: a full and a pierced disc.
const MARK: &str = "<svg viewBox=\"0 0 64 64\" aria-hidden=\"true\"><circle class=\"solid\" cx=\"24\" cy=\"26\" r=\"17\"/>\
<circle class=\"hollow\" cx=\"42\" cy=\"42\" r=\"14\"/></svg>";

const PRIVACY: &str = "<section aria-labelledby=\"privacy\"><h2 id=\"privacy\">What this page does and does not show</h2>\
<div class=\"columns\"><div><h3>Not shown to anyone</h3><ul><li>Which member cast which ballot: a ballot carries a proof of membership, \
not a name, an address or a weight.</li><li>The content of a single ballot: the contract added the encrypted ballots, and the trustees \
decrypted the totals only.</li><li>The total of a chamber with fewer ballots than its minimum.</li></ul></div>\
<div><h3>Public</h3><ul><li>Who is enrolled, in which chamber and with which weight.</li><li>How many ballots each chamber cast, when, \
and which of them replace an earlier one.</li><li>The totals of the chambers that were decrypted. A unanimous total shows every vote in \
it.</li></ul></div><div><h3>Not promised</h3><ul><li>Receipt-freeness: a voter who keeps its own randomness can show a buyer how it \
voted. Only the last ballot before the close counts.</li><li>Network privacy: the receiver of a ballot sees the IP address it comes from. Use a \
relayer.</li><li>Secrecy from the trustees together: as many as the committee threshold can decrypt a single ballot, though not learn whose it is.</li></ul>\
</div></div><p class=\"soft\">The plaintext column exists because this demonstration made its own voters. In a real election no one has \
it: the checks replace it.</p></section>";

/// Writes the page.
pub(crate) fn write_page(page: &mut Markup, report: &ElectionReport) {
    page.raw(HEAD).raw(include_str!("style.css")).raw("</style></head><body><main><header>").raw(MARK);
    page.raw("<div><h1>Report of an election</h1><p>").text(&report.electorate.source).raw(": ");
    page.text(plural(report.electorate.members as u64, "voter")).raw(", total weight ");
    page.text(thousands(report.electorate.total_weight)).raw("; ");
    page.text(&report.electorate.division).raw("</p></div></header>");
    write_verdict(page, report);
    write_tiles(page, report);
    for each in &report.polls {
        poll::write_section(page, each);
    }
    reward::write_section(page, report);
    committee::write_section(page, &report.committee);
    page.raw(PRIVACY);
    write_deployment(page, report);
    page.raw("<footer>Made by psephos. Every figure can be recomputed from the chain with <code>psephos verify</code>");
    page.text(if report.local { "; this local chain ended with the demonstration." } else { "." });
    page.raw("</footer></main></body></html>\n");
}

fn write_verdict(page: &mut Markup, report: &ElectionReport) {
    let failed: usize = report.polls.iter().map(|poll| poll.verify.failed().count()).sum();
    if report.passed() {
        page.raw("<div class=\"verdict\" role=\"status\">✓ Every decrypted total equals the plaintext count, the books of the rewards balance, and all ");
        page.text(count_checks(report)).raw(" checks hold.</div>");
        return;
    }
    page.raw("<div class=\"verdict bad\" role=\"status\">✗ ");
    page.text(if report.agrees { "" } else { "The chain and the plaintext count differ. " });
    page.text(if failed > 0 { format!("{failed} of {} checks fail. ", count_checks(report)) } else { String::new() });
    page.raw("<p>Do not rely on this result; the tables below show where it breaks.</p></div>");
}

fn count_checks(report: &ElectionReport) -> usize {
    report.polls.iter().map(|poll| poll.verify.checks.len()).sum()
}

fn write_tiles(page: &mut Markup, report: &ElectionReport) {
    let ballots: usize = report.polls.iter().map(|poll| poll.ballots).sum();
    let replaced: usize = report.polls.iter().map(|poll| poll.replaced).sum();
    let seconds: f64 = report.timings.iter().map(|timing| timing.seconds).sum();
    page.raw("<dl class=\"tiles\">");
    write_tile(page, "voters", &thousands(report.electorate.members as u64));
    write_tile(page, "ballots counted", &thousands(ballots as u64));
    write_tile(page, "ballots replaced", &thousands(replaced as u64));
    for poll in &report.polls {
        let cheapest =
            poll.gas.iter().filter(|entry| entry.call.starts_with("castBatch")).min_by_key(|entry| entry.per_item());
        if let Some(entry) = cheapest {
            write_tile(
                page,
                &format!("gas per ballot, poll {}, {}", poll.poll, entry.call),
                &thousands(entry.per_item()),
            );
        }
    }
    write_tile(page, "total seconds", &format!("{seconds:.0}"));
    page.raw("</dl>");
}

fn write_tile(page: &mut Markup, name: &str, value: &str) {
    page.raw("<div class=\"tile\"><dt>").text(name).raw("</dt><dd>").text(value).raw("</dd></div>");
}

fn write_deployment(page: &mut Markup, report: &ElectionReport) {
    let deployment = &report.deployment;
    page.raw("<section aria-labelledby=\"deployment\"><h2 id=\"deployment\">Deployment, enrolment and durations</h2><div class=\"columns\"><div>");
    page.raw("<h3>Gas</h3>");
    gas::write_table(page, &report.gas);
    page.raw("</div><div><h3>Time</h3>");
    gas::write_timings(page, &report.timings);
    page.raw("</div></div><details><summary>Contracts on chain ")
        .text(deployment.chain_id)
        .raw("</summary><div class=\"scroll\"><table><tbody>");
    let contracts = [
        ("Registry of chambers", deployment.registry),
        ("Membership policy", deployment.policy),
        ("Committees", deployment.committee),
        ("Polls", deployment.polls),
        ("Verifier, ballots of 3", deployment.verifiers.ballot3),
        ("Verifier, ballots of 8", deployment.verifiers.ballot8),
        ("Verifier, dealings to 5", deployment.verifiers.dealing5),
        ("Verifier, dealings to 16", deployment.verifiers.dealing16),
        ("Verifier, committees' keys", deployment.verifiers.committee_keys),
        ("Verifier, decryption", deployment.verifiers.decryption),
        ("Rewards", deployment.rewards),
        ("Verifier, note batches", deployment.verifiers.notes),
        ("Verifier, claims for 3", deployment.verifiers.claim3),
        ("Verifier, claims for 8", deployment.verifiers.claim8),
    ];
    for (name, address) in contracts {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th><td><code>").text(address).raw("</code></td></tr>");
    }
    page.raw("</tbody></table></div></details></section>");
}
