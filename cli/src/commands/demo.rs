//! `psephos demo`: a whole election on a local chain, shown beside its plaintext count.

use std::path::PathBuf;

use clap::Args;
use psephos_demo::election::{self, ElectionConfig, ElectionReport, ElectorateSource};
use psephos_demo::html::render_report;
use serde::Serialize;

use crate::commands::relay::batch_size;
use crate::failure::{FALSE, Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;

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
    let output = session.output();
    let page = (!args.no_report).then(|| args.out.join("report.html"));
    let data = (!args.no_report).then(|| args.out.join("report.json"));
    let election = election::run_election(&config(args), &session.circuits()?, &Progress::new(output)).await?;
    if let (Some(page), Some(data)) = (&page, &data) {
        files::write(page, render_report(&election).as_bytes(), true)?;
        files::write(data, &summary::json(&election)?, true)?;
    }
    let shown = Demonstration { passed: election.passed(), report: page.clone(), election: &election };
    output.result(&shown, || {
        let mut text = summary::text(&election);
        if let Some(page) = &page {
            text.push_str(&format!("\nReport: {}\n", page.display()));
        }
        text
    })?;
    Ok(if election.passed() { OK } else { FALSE })
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
