//! `psephos demo --charter`: a charter from a conversation, on a local chain.

use std::path::PathBuf;

use psephos_demo::charter::{self, CharterConfig, CharterReport, render_charter_page};
use serde::Serialize;

use super::{Demo, checks};
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::format::{percent, thousands};
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{Table, to_printable};

/// The result as JSON.
#[derive(Serialize)]
struct Demonstration<'a> {
    passed: bool,
    report: Option<PathBuf>,
    #[serde(flatten)]
    charter: &'a CharterReport,
}

/// Runs the demonstration, prints it, and writes the report, the charter and its export.
pub(super) async fn run(session: &Session, args: Demo, polis: PathBuf) -> Result<u8, Failure> {
    let output = session.output();
    let (out, written) = (args.out.clone(), !args.no_report);
    let config = CharterConfig {
        voters: args.voters.map(|voters| voters as usize),
        least_moderation: args.moderated,
        pilot: args.pilot as usize,
        replace_every: args.replace_every,
        batch: args.batch.into(),
        chain: args.chain,
        trustees: args.trustees,
        threshold: args.threshold,
        absent: args.absent,
        ..CharterConfig::new(polis)
    };
    let report = charter::run_charter(&config, &session.open_circuits()?, &Progress::new(output)).await?;
    let page = written.then(|| out.join("report.html"));
    if let Some(page) = &page {
        files::write_file(page, render_charter_page(&report).as_bytes(), true)?;
        files::write_file(&out.join("constitution.md"), report.prompt.as_bytes(), true)?;
        files::write_file(&out.join("constitution.jsonl"), report.jsonl.as_bytes(), true)?;
        let json = serde_json::to_vec_pretty(&report)
            .map_err(|error| Failure::internal_error(format!("the report has no JSON: {error}")))?;
        files::write_file(&out.join("report.json"), &json, true)?;
    }
    let shown = Demonstration { passed: report.passed(), report: page.clone(), charter: &report };
    output.print_result(&shown, || {
        let mut text = describe_report(&report);
        if let Some(page) = &page {
            text.push_str(&format!("\nReport: {}\n", page.display()));
        }
        text
    })?;
    Ok(if report.passed() { OK } else { CHECK_FAILED })
}

fn describe_report(report: &CharterReport) -> String {
    let [lower, upper] = report.turnout.map(thousands);
    let mut text = format!(
        "\nA charter from {}: {} statements, {} voters ({} replaced their sheet)\n",
        to_printable(&report.source),
        report.statements.len(),
        thousands(report.voters as u64),
        report.replaced
    );
    text.push_str(&format!(
        "  {lower} voters in camp A, {upper} in camp B; {:.2} s per proof of {} cells\n\n",
        report.seconds_per_proof, report.cells
    ));
    let mut table = Table::new(&[">place", ">camp A", ">agree", ">camp B", ">agree", "outcome", "plain", "text"]);
    for (place, statement) in (1_usize..).zip(&report.statements) {
        let cells = statement.camps.map(|[agrees, disagrees]| {
            let whole = agrees + disagrees;
            let share = if whole == 0 { String::new() } else { percent(agrees, whole) };
            [format!("{agrees} : {disagrees}"), share]
        });
        let plain = if statement.plain_majority { "yes" } else { "" };
        let first = std::iter::once(place.to_string()).chain(cells.into_iter().flatten());
        table.add_row(first.chain([statement.outcome.clone(), plain.to_owned(), to_printable(&statement.text)]));
    }
    text.push_str(&table.render());
    text.push_str(&format!(
        "\n{} adopted by both camps, {} contested, {} unheard; a plain majority would adopt {}\n",
        report.count("adopted"),
        report.count("contested"),
        report.count("unheard"),
        report.statements.iter().filter(|statement| statement.plain_majority).count()
    ));
    text.push_str(&format!("\nCharter, version {}, in force: {}\n", report.version, report.charter));
    for reason in &report.gateway.refused {
        text.push_str(&format!("  a gateway did not start: {reason}\n"));
    }
    text.push_str(&format!(
        "\nRewards: {} notes sealed, {} claimed to fresh addresses\n",
        report.reward.sealed, report.reward.claims
    ));
    let mut gas = Table::new(&["call", ">transactions", ">gas per item"]);
    for entry in &report.gas {
        gas.add_row([entry.call.clone(), entry.transactions.to_string(), thousands(entry.per_item())]);
    }
    text.push_str(&format!("\n{}\nReal here\n", gas.render()));
    report.real.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    text.push_str("Not real\n");
    report.played.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    text.push_str(&format!("\nVerified from chain data alone\n{}", checks(&report.verify.summarize())));
    let seconds: f64 = report.timings.iter().map(|timing| timing.seconds).sum();
    let verdict = match report.passed() {
        true => {
            "✓ Turnout, totals and adopted statements on chain are those of the plain computation, and all checks hold"
        }
        false => "✗ The chain and the plain computation differ, or the gateway, a claim or a check failed",
    };
    text.push_str(&format!("\n{verdict} ({seconds:.0} s)\n"));
    text
}
