//! `psephos electorate`: checks files of voters and weights before they are used.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::files;
use psephos_demo::electorate::{self, Electorate, ElectorateError};
use psephos_state::exposure::{EXACT, Exposure};
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::format::thousands;
use crate::session::Session;
use crate::table::{Table, to_printable};

/// Operations on electorate files.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks a file with the columns proposal,account,weight,choice
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Check this proposal only
        #[arg(long, value_name = "NAME")]
        proposal: Option<String>,
    },
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    let Command::Check { file, proposal } = command;
    let refuse = |error: ElectorateError| match error {
        ElectorateError::File(error) => Failure::from(error),
        other => Failure::invalid_input(format!("{}: {other}", file.display()), "correct the file and check it again"),
    };
    let electorates = match &proposal {
        Some(proposal) => vec![electorate::read_proposal(&file, proposal).map_err(refuse)?],
        None => {
            let text = files::read_text(&file, electorate::MAX_FILE)?;
            let names = electorate::list_proposals(&text).map_err(refuse)?;
            let source = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let parse = |name: &String| electorate::parse_proposal(&text, name, &source);
            names.iter().map(parse).collect::<Result<Vec<_>, _>>().map_err(refuse)?
        }
    };
    show(session, &electorates)?;
    Ok(OK)
}

/// Measures the voters of each chamber that has some, as members of a weighted chamber.
fn measure_chambers(electorate: &Electorate) -> Vec<(String, Exposure)> {
    let measure = |(chamber, name): (usize, &String)| {
        let voters = electorate.voters.iter().filter(|voter| voter.chamber == chamber);
        let weights: Vec<u64> = voters.map(|voter| voter.weight.get()).collect();
        (name.clone(), Exposure::of_weights(&weights, EXACT))
    };
    let measured = electorate.chambers.iter().enumerate().map(measure);
    measured.filter(|(_, exposure)| exposure.members > 0).collect()
}

fn show(session: &Session, electorates: &[Electorate]) -> Result<(), Failure> {
    let measured: Vec<_> = electorates.iter().map(measure_chambers).collect();
    let entries: Vec<_> = electorates
        .iter()
        .zip(&measured)
        .map(|(electorate, measured)| {
            let exposure: Vec<Value> =
                measured.iter().map(|(name, exposure)| json!({ "chamber": name, "exposure": exposure })).collect();
            json!({
                "title": electorate.title, "voters": electorate.voters.len(), "total_weight": electorate.total_weight(),
                "options": electorate.options, "totals": electorate.plaintext_totals(), "chambers": electorate.chambers,
                "exposure": exposure,
            })
        })
        .collect();
    session.output().print_result(&json!({ "proposals": entries }), || {
        let mut table = Table::new(&["proposal", ">voters", ">weight", "totals", "privacy"]);
        for (electorate, measured) in electorates.iter().zip(&measured) {
            let totals = electorate.options.iter().zip(electorate.plaintext_totals());
            let totals: Vec<String> = totals.map(|(name, total)| format!("{name} {}", thousands(total))).collect();
            let (voters, weight) = (electorate.voters.len() as u64, electorate.total_weight());
            let verdicts: Vec<String> =
                measured.iter().map(|(name, exposure)| format!("{name} {}", exposure.verdict)).collect();
            let cells = [electorate.title.clone(), thousands(voters), thousands(weight.get()), totals.join(", ")];
            table.add_row(cells.into_iter().chain([verdicts.join(", ")]));
        }
        // A line for each chamber of each of many proposals would hide the table.
        let described = measured.iter().filter(|_| electorates.len() == 1).flatten();
        let lines = described.map(|(name, exposure)| {
            format!("\n  {}: {}: {}", to_printable(name), exposure.verdict, exposure.describe())
        });
        format!("{}{}", table.render(), lines.collect::<String>())
    })
}
