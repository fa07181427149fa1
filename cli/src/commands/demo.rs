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
    /// Voters and weights: a file with the columns proposal,account,weight,choice (default: a sample of its own)
    #[arg(long, value_name = "FILE", requires = "proposal")]
    electorate: Option<PathBuf>,
    /// Which proposal of the file
    #[arg(long, value_name = "NAME", requires = "electorate")]
    proposal: Option<String>,
    /// The directory for the report
    #[arg(long, value_name = "DIR", default_value = "psephos-demo")]
    out: PathBuf,
    /// Write no report
    #[arg(long)]
    no_report: bool,
    /// The address of a local chain that runs already (default: one is started)
    #[arg(long, value_name = "URL")]
    chain: Option<String>,
    /// Ballots in a transaction at most
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = batch_size())]
    batch: u16,
    /// Of every so many voters one replaces its ballot; 0 for none
    #[arg(long, value_name = "N", default_value_t = 10)]
    replace_every: usize,
    /// At most so many voters a poll (sample only)
    #[arg(long, value_name = "N", conflicts_with = "electorate")]
    limit: Option<usize>,
    /// Trustees of the committee
    #[arg(long, value_name = "N", default_value_t = 5)]
    trustees: usize,
    /// How many of them open a total
    #[arg(long, value_name = "N", default_value_t = 3)]
    threshold: usize,
    /// How many of them, first those who dealt, are gone before anything is opened
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
        second_poll: !args.one_poll,
        limit: args.limit,
        trustees: args.trustees,
        threshold: args.threshold,
        absent: args.absent,
    }
}
