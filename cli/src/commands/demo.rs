//! `psephos demo`: a whole election on a local chain, shown beside its plaintext count.

use std::path::PathBuf;

use clap::Args;
use psephos_demo::election::{self, ElectionConfig, ElectionReport, ElectorateSource};
use psephos_demo::html::render_report;
use serde::Serialize;

use crate::commands::relay::batch_size;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;

mod charter;
mod summary;

pub(crate) use summary::checks;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Voters and weights: a CSV file with the columns proposal,account,weight,choice [default: built-in sample]
    #[arg(long, value_name = "FILE", requires = "proposal")]
    electorate: Option<PathBuf>,
    /// The proposal of the file to run
    #[arg(long, value_name = "NAME", requires = "electorate")]
    proposal: Option<String>,
    /// The directory for the report
    #[arg(long, value_name = "DIR", default_value = "psephos-demo")]
    out: PathBuf,
    /// Do not write a report
    #[arg(long)]
    no_report: bool,
    /// URL of a running local chain [default: start one]
    #[arg(long, value_name = "URL")]
    chain: Option<String>,
    /// Maximum number of ballots in a transaction
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = batch_size())]
    batch: u16,
    /// Every N-th voter replaces its ballot; 0 disables replacements
    #[arg(long, value_name = "N", default_value_t = 10)]
    replace_every: usize,
    /// Maximum number of voters (sample only)
    #[arg(long, value_name = "N", conflicts_with = "electorate")]
    limit: Option<usize>,
    /// Number of trustees in the committee
    #[arg(long, value_name = "N", default_value_t = 5)]
    trustees: usize,
    /// Number of trustees whose shares decrypt a total
    #[arg(long, value_name = "N", default_value_t = 3)]
    threshold: usize,
    /// Number of trustees, beginning with those that dealt, that are absent when totals are decrypted
    #[arg(long, value_name = "N", default_value_t = 2)]
    absent: usize,
    /// Instead of an election: a charter from a Polis export, its statements answered as its people answered them
    #[arg(long, value_name = "DIR", conflicts_with_all = ["electorate", "limit", "one_poll"])]
    charter: Option<PathBuf>,
    /// Number of voters of the export, the first by lot [default: all]
    #[arg(long, value_name = "N", requires = "charter", value_parser = clap::value_parser!(u32).range(1..))]
    voters: Option<u32>,
    /// Number of people of the export whose answers the axis is computed from, drawn by lot
    #[arg(long, value_name = "N", requires = "charter", default_value_t = 200, value_parser = clap::value_parser!(u32).range(30..))]
    pilot: u32,
    /// Statements of the export that count: 1 those that moderators accepted, 0 those that they did not reject, -1 all
    #[arg(long, value_name = "N", requires = "charter", default_value_t = 0, allow_negative_numbers = true,
        value_parser = clap::value_parser!(i8).range(-1..=1))]
    moderated: i8,
    /// Leave out the eight-option poll (sample only)
    #[arg(long, conflicts_with = "electorate")]
    one_poll: bool,
}

/// The result as JSON.
#[derive(Serialize)]
struct Demonstration<'a> {
    passed: bool,
    report: Option<PathBuf>,
    #[serde(flatten)]
    election: &'a ElectionReport,
}

/// Runs the election, prints it, and writes the report.
pub(crate) async fn run(session: &Session, args: Demo) -> Result<u8, Failure> {
    if let Some(polis) = args.charter.clone() {
        return charter::run(session, args, polis).await;
    }
    let output = session.output();
    let page = (!args.no_report).then(|| args.out.join("report.html"));
    let data = (!args.no_report).then(|| args.out.join("report.json"));
    let election = election::run_election(&config(args), &session.open_circuits()?, &Progress::new(output)).await?;
    if let (Some(page), Some(data)) = (&page, &data) {
        files::write_file(page, render_report(&election).as_bytes(), true)?;
        files::write_file(data, &summary::json(&election)?, true)?;
    }
    let shown = Demonstration { passed: election.passed(), report: page.clone(), election: &election };
    output.print_result(&shown, || {
        let mut text = summary::text(&election);
        if let Some(page) = &page {
            text.push_str(&format!("\nReport: {}\n", page.display()));
        }
        text
    })?;
    Ok(if election.passed() { OK } else { CHECK_FAILED })
}

fn config(args: Demo) -> ElectionConfig {
    let electorate = match (args.electorate, args.proposal) {
        (Some(path), Some(proposal)) => ElectorateSource::File { path, proposal },
        _ => ElectorateSource::Sample,
    };
    ElectionConfig {
        electorate,
        chain: args.chain,
        batch: args.batch.into(),
        replace_every: args.replace_every,
        quadratic_poll: !args.one_poll,
        limit: args.limit,
        trustees: args.trustees,
        threshold: args.threshold,
        absent: args.absent,
    }
}
