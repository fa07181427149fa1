//! `cargo xtask gas`: measures gas and writes the page of the book.
//!
//! Ballots come from the Solidity tests, which send whole transactions of every size; the rest from elections on a local chain.

mod committee;
mod reward;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workspace::Workspace;
use crate::{npm, process};

const PAGE: &str = "docs/src/gas.md";
const ARTIFACTS: &str = "chain/artifacts";

/// Elections of different sizes, to compare what the tally costs: most voters in a poll.
const RUNS: &[&str] = &["12", "1000"];

const PREAMBLE: &str = "\
# Gas

Written by `cargo xtask gas`; not edited by hand. Hard fork osaka. Every figure is of a whole transaction, with its 21,000 and its
calldata, divided by what the transaction carried.

";

/// Gas of one kind of call in one circuit, over all runs that had it.
#[derive(Default)]
struct Sum {
    transactions: u64,
    items: u64,
    gas: u64,
}

/// Runs the elections and writes the page.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    let psephos = workspace.build_psephos()?;
    let measured = solidity_tests(workspace)?;
    let (ballots, committees) = (ballot_table(&measured)?, committee::tables(&measured)?);
    let rewards = reward::table(&measured)?;
    let mut calls: BTreeMap<(String, String), Sum> = BTreeMap::new();
    let mut tallies = Vec::new();
    for limit in RUNS {
        let report = election(workspace, &psephos, limit)?;
        add(&mut calls, "", &report["gas"])?;
        add(&mut calls, "", &report["reward"]["gas"])?;
        for poll in array(&report["polls"])? {
            let circuit = format!("ballot-{}", number(&poll["circuit"])?);
            add(&mut calls, &circuit, &poll["gas"])?;
            tallies.push(tally(&circuit, poll)?);
        }
    }
    let page = PREAMBLE.to_owned()
        + &ballots
        + &committees
        + &rewards
        + &call_table(&calls)
        + &tally_table(&tallies)
        + &sizes(workspace)?;
    let path = workspace.path(PAGE);
    fs::write(&path, page).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    eprintln!("    written to {PAGE}");
    Ok(())
}

/// What the Solidity tests report, as lines such as `castBatch, size 3, 32 ballots, each 97970`.
fn solidity_tests(workspace: &Workspace) -> Result<String, String> {
    let mut forge = workspace.command("forge", "verifier-contracts");
    process::capture(forge.args(["test", "--match-contract", "GasTest", "-vv"]))
}

fn ballot_table(text: &str) -> Result<String, String> {
    let mut rows: BTreeMap<(String, u64), [Option<u64>; 2]> = BTreeMap::new();
    for (what, size, count, gas) in text.lines().filter_map(figure) {
        rows.entry((what, count)).or_default()[usize::from(size == 8)] = Some(gas);
    }
    if rows.is_empty() {
        return Err("the Solidity tests report no gas: see GasTest in verifier-contracts/test".into());
    }
    let mut table = String::from(
        "## Ballots\n\nFrom the Solidity tests, in a poll that is under way.\n\n\
         | call | ballots in it | gas a ballot, up to 3 options | up to 8 options |\n|---|---:|---:|---:|\n",
    );
    for ((what, count), gas) in rows {
        let [three, eight] = gas.map(|gas| gas.map(thousands).unwrap_or_default());
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {what} | {count} | {three} | {eight} |");
    }
    Ok(table + "\n")
}

fn figure(line: &str) -> Option<(String, u64, u64, u64)> {
    let (what, rest) = line.trim().split_once(", size ")?;
    let (size, rest) = rest.split_once(", ")?;
    let (count, gas) = rest.split_once(" ballots, each ")?;
    Some((what.to_owned(), size.parse().ok()?, count.parse().ok()?, gas.parse().ok()?))
}

fn election(workspace: &Workspace, psephos: &Path, limit: &str) -> Result<Value, String> {
    let mut command = workspace.command(&psephos.to_string_lossy(), ".");
    command.args(["--json", "--quiet", "demo", "--no-report", "--limit", limit]);
    eprintln!("    an election of at most {limit} voters");
    let text = process::capture(&mut command)?;
    serde_json::from_str(&text).map_err(|error| format!("the report of the election is not JSON: {error}"))
}

fn add(calls: &mut BTreeMap<(String, String), Sum>, circuit: &str, entries: &Value) -> Result<(), String> {
    for entry in array(entries)? {
        let name = entry["call"].as_str().ok_or("an entry of gas has no name")?;
        let sum = calls.entry((name.to_owned(), circuit.to_owned())).or_default();
        sum.transactions += number(&entry["transactions"])?;
        sum.items += number(&entry["items"])?;
        sum.gas += number(&entry["gas"])?;
    }
    Ok(())
}

/// Circuit, ballots, and gas of opening and counting one chamber.
fn tally(circuit: &str, poll: &Value) -> Result<(String, u64, u64), String> {
    let mut gas = 0;
    for entry in array(&poll["gas"])? {
        if entry["call"].as_str().is_some_and(|call| call.starts_with("tally")) {
            gas = number(&entry["gas"])? / number(&entry["items"])?.max(1);
        }
    }
    Ok((circuit.to_owned(), number(&poll["ballots"])?, gas))
}

fn call_table(calls: &BTreeMap<(String, String), Sum>) -> String {
    let mut table = String::from(
        "## Calls in elections\n\nFrom `psephos demo`, with real proofs, beginning with the first ballot of a poll. An item is a ballot, a \
         member, a chamber or a contract.\n\n\
         | call | circuit | transactions | items | gas an item |\n|---|---|---:|---:|---:|\n",
    );
    let mut rows: Vec<_> = calls.iter().collect();
    rows.sort_by_key(|((call, circuit), _)| (words(call), circuit.as_str()));
    for ((call, circuit), sum) in rows {
        let each = thousands(sum.gas / sum.items.max(1));
        let _ = writeln!(table, "| {call} | {circuit} | {} | {} | {each} |", sum.transactions, sum.items);
    }
    table + "\n"
}

/// A name without its number, then the number: `castBatch of 4` comes before `castBatch of 12`.
fn words(call: &str) -> (String, u64) {
    let digits: String = call.chars().filter(char::is_ascii_digit).collect();
    (call.replace(&digits, ""), digits.parse().unwrap_or(0))
}

fn tally_table(tallies: &[(String, u64, u64)]) -> String {
    let mut table = String::from(
        "## Tally and the number of ballots\n\nThe contract holds the sums, so what `tally` costs does not depend on the number of ballots. The small \
         differences come from the totals' own digits.\n\n\
         | circuit | ballots in the poll | gas of `tally`, a chamber |\n|---|---:|---:|\n",
    );
    for (circuit, ballots, gas) in tallies {
        let _ = writeln!(table, "| {circuit} | {} | {} |", thousands(*ballots), thousands(*gas));
    }
    table + "\n"
}

fn sizes(workspace: &Workspace) -> Result<String, String> {
    let directory = workspace.path(ARTIFACTS);
    let entries = directory.read_dir().map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    let mut rows = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let artifact: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = artifact["contractName"].as_str().unwrap_or_default().to_owned();
        match artifact["deployedSize"].as_u64() {
            // Interfaces have no code.
            Some(0) | None => None,
            Some(size) => rows.insert(name, size),
        };
    }
    let mut table =
        String::from("## Deployed code\n\nThe limit of EIP-170 is 24,576 bytes.\n\n| contract | bytes |\n|---|---:|\n");
    for (name, size) in rows {
        let _ = writeln!(table, "| {name} | {} |", thousands(size));
    }
    Ok(table)
}

fn array(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| "the report of the election has another shape than expected".into())
}

fn number(value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| "the report of the election has another shape than expected".into())
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_several_elections_add_up() {
        let entries = serde_json::json!([{ "call": "cast", "transactions": 2, "items": 2, "gas": 600_001 }]);
        let mut calls = BTreeMap::new();
        add(&mut calls, "ballot-3", &entries).expect("well formed");
        add(&mut calls, "ballot-3", &entries).expect("well formed");
        assert!(call_table(&calls).contains("| cast | ballot-3 | 4 | 4 | 300,000 |"), "{}", call_table(&calls));
        assert!(add(&mut calls, "ballot-3", &serde_json::json!({})).is_err());
    }

    #[test]
    fn figures_of_the_solidity_tests_are_read() {
        let text =
            "[PASS] x\n  cast, size 3, 1 ballots, each 337399\n  cast, size 8, 1 ballots, each 403513\nnoise, size";
        let table = ballot_table(text).expect("two figures");
        assert!(table.contains("| cast | 1 | 337,399 | 403,513 |"), "{table}");
        assert!(ballot_table("nothing").is_err());
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
