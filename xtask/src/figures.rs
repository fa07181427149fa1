//! `cargo xtask figures`: the exact figures of the project, in one file, and the tables that are made from it.
//!
//! `docs/src/figures.json` maps flat names (`constraints.ballot-3`, `constraints.ballot-3.census`,
//! `gas.castBatch-32.ballot-3.perBallot`, `bytes.Polls`) to integers. Shapes come from the circuits (their example
//! `shapes`), gas from the Solidity tests whose contract ends in `GasTest`, bytes from the compiled contracts. Times
//! are not exact and are not here; `docs/src/performance.md` has them.

mod template;

pub(crate) use template::separate_thousands;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workspace::Workspace;
use crate::{npm, process};

/// The file of figures.
const FILE: &str = "docs/src/figures.json";
/// The compiled contracts.
const ARTIFACTS: &str = "chain/artifacts";
/// Pages with tables of figures.
const PAGES: &[&str] = &["README.md", "docs/src/gas.md", "docs/src/circuits.md", "docs/src/committee.md"];

/// Figures by name.
pub(crate) type Figures = BTreeMap<String, u64>;

/// Measures all figures and writes the file and the tables.
pub(crate) fn update(workspace: &Workspace) -> Result<(), String> {
    npm::install_contracts(workspace)?;
    process::run(&mut workspace.cargo(&["build", "--package", "psephos-circuits", "--example", "shapes"]))?;
    let figures = measure(workspace)?;
    write(&workspace.path(FILE), &format(&figures)?)?;
    for page in PAGES {
        let path = workspace.path(page);
        let text = read(&path)?;
        let rendered = template::render(&text, &figures).map_err(|error| format!("{page}: {error}"))?;
        if rendered != text {
            write(&path, &rendered)?;
            eprintln!("    {page}: tables updated");
        }
    }
    eprintln!("    {} figures in {FILE}", figures.len());
    Ok(())
}

/// Measures all figures with the programs that the build of the tests has left, and fails if the file or a table
/// differs.
pub(crate) fn check_built(workspace: &Workspace) -> Result<(), String> {
    let figures = measure(workspace)?;
    let mut stale = describe_changes(&parse(&read(&workspace.path(FILE))?)?, &figures);
    for page in PAGES {
        let text = read(&workspace.path(page))?;
        if template::render(&text, &figures).map_err(|error| format!("{page}: {error}"))? != text {
            stale.push(format!("{page}: its tables are out of date"));
        }
    }
    if stale.is_empty() {
        eprintln!("    {} figures are as in {FILE}", figures.len());
        return Ok(());
    }
    Err(format!(
        "{} figures differ; run `cargo xtask figures` and explain the change\n  {}",
        stale.len(),
        stale.join("\n  ")
    ))
}

fn measure(workspace: &Workspace) -> Result<Figures, String> {
    let mut figures = measure_circuits(workspace)?;
    figures.extend(measure_gas(workspace)?);
    figures.extend(measure_code(workspace)?);
    Ok(figures)
}

/// The shape of every circuit: `constraints.CIRCUIT`, `constraints.CIRCUIT.SECTION`, `entries.CIRCUIT.MATRIX`, ..
fn measure_circuits(workspace: &Workspace) -> Result<Figures, String> {
    let shapes = workspace.built("examples/shapes");
    let text = process::capture(&mut workspace.command(&shapes.to_string_lossy(), "."))?;
    let figures: Figures = text.lines().filter_map(parse_line).collect();
    if figures.is_empty() { Err("the circuits' example `shapes` prints no figures".into()) } else { Ok(figures) }
}

/// Every line `gas.NAME VALUE` that the gas tests log.
fn measure_gas(workspace: &Workspace) -> Result<Figures, String> {
    let mut forge = workspace.command("forge", "verifier-contracts");
    let text = process::capture(forge.args(["test", "--match-contract", "GasTest", "-vv"]))?;
    let figures: Figures = text.lines().filter_map(parse_line).filter(|(name, _)| name.starts_with("gas.")).collect();
    if figures.is_empty() {
        return Err(
            "the Solidity tests report no gas: see the contracts ending in GasTest in verifier-contracts/test".into()
        );
    }
    Ok(figures)
}

/// Reads a line such as `  gas.castBatch-32.ballot-3.perBallot 97926`.
fn parse_line(line: &str) -> Option<(String, u64)> {
    let (name, value) = line.trim().split_once(' ')?;
    Some((name.to_owned(), value.trim().parse().ok()?))
}

/// `bytes.CONTRACT` of deployed code for every contract.
fn measure_code(workspace: &Workspace) -> Result<Figures, String> {
    let directory = workspace.path(ARTIFACTS);
    let entries = directory.read_dir().map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut figures = Figures::new();
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let artifact: Value =
            serde_json::from_str(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        // Interfaces have no code.
        if let (Some(name), Some(size @ 1..)) = (artifact["contractName"].as_str(), artifact["deployedSize"].as_u64()) {
            figures.insert(format!("bytes.{name}"), size);
        }
    }
    Ok(figures)
}

/// One line a figure that is new, gone or different.
fn describe_changes(kept: &Figures, measured: &Figures) -> Vec<String> {
    let changed =
        measured.iter().filter(|(name, value)| kept.get(*name) != Some(value)).map(|(name, value)| {
            match kept.get(name) {
                Some(kept) => format!("{name}: {value} measured, {kept} in the file"),
                None => format!("{name}: {value} measured, not in the file"),
            }
        });
    let gone = kept.keys().filter(|name| !measured.contains_key(*name)).map(|name| format!("{name}: not measured"));
    changed.chain(gone).collect()
}

fn parse(text: &str) -> Result<Figures, String> {
    serde_json::from_str(text).map_err(|error| format!("{FILE}: {error}"))
}

fn format(figures: &Figures) -> Result<String, String> {
    serde_json::to_string_pretty(figures).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_gas_lines_are_read() {
        let expected = Some(("gas.cast.ballot-3".to_owned(), 337_418));
        assert_eq!(parse_line("  gas.cast.ballot-3 337418"), expected);
        assert_eq!(parse_line("[PASS] test_Cast() (gas: 1)"), None);
        assert_eq!(parse_line("gas.cast.ballot-3 many"), None);
    }

    #[test]
    fn changed_new_and_missing_figures_are_described() {
        let kept = Figures::from([("a".into(), 1), ("b".into(), 2)]);
        let measured = Figures::from([("a".into(), 3), ("c".into(), 4)]);
        let changes = describe_changes(&kept, &measured);
        assert_eq!(changes, ["a: 3 measured, 1 in the file", "c: 4 measured, not in the file", "b: not measured"]);
        assert!(describe_changes(&kept, &kept).is_empty());
    }
}
