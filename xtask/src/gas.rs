//! `cargo xtask gas`: measures gas in whole elections on a local chain and writes that section of the book's page.
//!
//! These figures depend on the ballots of a run, so they are not exact; the exact ones, of single calls, are written by
//! `cargo xtask figures`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::figures::separate_thousands;
use crate::workspace::Workspace;
use crate::{npm, process};

const PAGE: &str = "docs/src/gas.md";
/// The section between these marks is written anew.
const START: &str = "<!-- elections -->\n";
const END: &str = "<!-- end of elections -->";

/// The largest number of voters of a poll in each election, to compare what the tally costs.
const VOTERS: &[&str] = &["12", "1000"];

/// Gas of one kind of call in one circuit, over all elections that made it.
#[derive(Default)]
struct Total {
    transactions: u64,
    items: u64,
    gas: u64,
}

/// Runs the elections and writes the section.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    let psephos = workspace.build_psephos()?;
    let mut calls: BTreeMap<(String, String), Total> = BTreeMap::new();
    let mut tallies = Vec::new();
    for voters in VOTERS {
        let report = run_election(workspace, &psephos, voters)?;
        add_entries(&mut calls, "", &report["gas"])?;
        add_entries(&mut calls, "", &report["reward"]["gas"])?;
        for poll in read_array(&report["polls"])? {
            let circuit = format!("ballot-{}", read_number(&poll["circuit"])?);
            add_entries(&mut calls, &circuit, &poll["gas"])?;
            tallies.push(read_tally(&circuit, poll)?);
        }
    }
    let path = workspace.path(PAGE);
    let page = fs::read_to_string(&path).map_err(|error| format!("cannot read {PAGE}: {error}"))?;
    let section = write_call_table(&calls) + &write_tally_table(&tallies);
    fs::write(&path, replace_section(&page, &section)?).map_err(|error| format!("cannot write {PAGE}: {error}"))?;
    eprintln!("    written to {PAGE}");
    Ok(())
}

fn replace_section(page: &str, section: &str) -> Result<String, String> {
    let missing = || format!("{PAGE} has no section between `{}` and `{END}`", START.trim_end());
    let (before, rest) = page.split_once(START).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok([before, START, section, END, after].concat())
}

fn run_election(workspace: &Workspace, psephos: &Path, voters: &str) -> Result<Value, String> {
    let mut command = workspace.command(&psephos.to_string_lossy(), ".");
    command.args(["--json", "--quiet", "demo", "--no-report", "--limit", voters]);
    eprintln!("    an election of at most {voters} voters");
    let text = process::capture(&mut command)?;
    serde_json::from_str(&text).map_err(|error| format!("the report of the election is not JSON: {error}"))
}

fn add_entries(calls: &mut BTreeMap<(String, String), Total>, circuit: &str, entries: &Value) -> Result<(), String> {
    for entry in read_array(entries)? {
        let name = entry["call"].as_str().ok_or("a gas entry of the report has no name")?;
        let total = calls.entry((name.to_owned(), circuit.to_owned())).or_default();
        total.transactions += read_number(&entry["transactions"])?;
        total.items += read_number(&entry["items"])?;
        total.gas += read_number(&entry["gas"])?;
    }
    Ok(())
}

/// Circuit, ballots, and gas of `tally` for one chamber.
fn read_tally(circuit: &str, poll: &Value) -> Result<(String, u64, u64), String> {
    let mut gas = 0;
    for entry in read_array(&poll["gas"])? {
        if entry["call"].as_str().is_some_and(|call| call.starts_with("tally")) {
            gas = read_number(&entry["gas"])? / read_number(&entry["items"])?.max(1);
        }
    }
    Ok((circuit.to_owned(), read_number(&poll["ballots"])?, gas))
}

fn write_call_table(calls: &BTreeMap<(String, String), Total>) -> String {
    let mut table =
        String::from("| call | circuit | transactions | items | gas per item |\n|---|---|---:|---:|---:|\n");
    let mut rows: Vec<_> = calls.iter().collect();
    rows.sort_by_key(|((call, circuit), _)| (split_number(call), circuit.as_str()));
    for ((call, circuit), total) in rows {
        let each = separate_thousands(total.gas / total.items.max(1));
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {call} | {circuit} | {} | {} | {each} |", total.transactions, total.items);
    }
    table + "\n"
}

/// A name without its number, and the number, so that `castBatch of 4` comes before `castBatch of 12`.
fn split_number(call: &str) -> (String, u64) {
    let digits: String = call.chars().filter(char::is_ascii_digit).collect();
    (call.replace(&digits, ""), digits.parse().unwrap_or(0))
}

fn write_tally_table(tallies: &[(String, u64, u64)]) -> String {
    let mut table = String::from(
        "The contract holds the encrypted totals, so the gas of `tally` does not depend on the number of ballots. The small differences\n\
         come from the digits of the totals.\n\n\
         | circuit | ballots in the poll | gas of `tally` per chamber |\n|---|---:|---:|\n",
    );
    for (circuit, ballots, gas) in tallies {
        let _ = writeln!(table, "| {circuit} | {} | {} |", separate_thousands(*ballots), separate_thousands(*gas));
    }
    table
}

fn read_array(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "the report of the election has an unexpected shape".into())
}

fn read_number(value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| "the report of the election has an unexpected shape".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_several_elections_are_added() {
        let entries = serde_json::json!([{ "call": "cast", "transactions": 2, "items": 2, "gas": 600_001 }]);
        let mut calls = BTreeMap::new();
        add_entries(&mut calls, "ballot-3", &entries).expect("well formed");
        add_entries(&mut calls, "ballot-3", &entries).expect("well formed");
        let table = write_call_table(&calls);
        assert!(table.contains("| cast | ballot-3 | 4 | 4 | 300,000 |"), "{table}");
        assert!(add_entries(&mut calls, "ballot-3", &serde_json::json!({})).is_err());
    }

    #[test]
    fn only_the_section_is_replaced() {
        let page = "# Gas\n<!-- elections -->\nold\n<!-- end of elections -->\nrest\n";
        let replaced = replace_section(page, "new\n").expect("has the section");
        assert_eq!(replaced, "# Gas\n<!-- elections -->\nnew\n<!-- end of elections -->\nrest\n");
        assert!(replace_section("# Gas\n", "new").is_err());
    }
}
