//! Checks the interface chapter of the specification against the contracts' ABI: it names every call, event and error,
//! with all fields of each event and what they consist of, and no others.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::workspace::Workspace;

const CHAPTER: &str = "docs/src/interfaces.md";

/// The interfaces, and the contracts for what they inherit from elsewhere.
const CONTRACTS: [&str; 23] = [
    "IStakeholderRegistry",
    "StakeholderRegistry",
    "AllowListPolicy",
    "ICommittee",
    "Committee",
    "IPolls",
    "Polls",
    "IRewards",
    "Rewards",
    "IFeePot",
    "FeePot",
    "IGroth16Verifier",
    "IBallotSource",
    "ISheets",
    "Sheets",
    "IBridging",
    "Bridging",
    "ICharters",
    "Charters",
    "IOutcomes",
    "Outcomes",
    "IActionClasses",
    "ActionClasses",
];

/// The first cells of the headings of tables whose rows are about items of the ABI.
const TABLES: [&str; 3] = ["call", "event", "error"];

/// Checks that chapter and ABI agree.
pub(crate) fn check(workspace: &Workspace) -> Result<(), String> {
    let read = |path: &str| {
        fs::read_to_string(workspace.path(path)).map_err(|error| format!("{path} cannot be read: {error}"))
    };
    let chapter = read(CHAPTER)?;
    let mut items = Vec::new();
    for contract in CONTRACTS {
        let path = format!("chain/artifacts/{contract}.json");
        let artifact: Value =
            serde_json::from_str(&read(&path)?).map_err(|error| format!("{path} is not an artifact: {error}"))?;
        let abi = artifact["abi"].as_array().ok_or_else(|| format!("{path} has no ABI"))?;
        items.extend(abi.iter().cloned());
    }
    match find_differences(&chapter, &items) {
        none if none.is_empty() => Ok(()),
        found => Err(format!("{CHAPTER} differs from the ABI\n  {}", Vec::from_iter(found).join("\n  "))),
    }
}

/// Lists what the chapter lacks, and what it has that the ABI has not.
fn find_differences(chapter: &str, items: &[Value]) -> BTreeSet<String> {
    let rows = list_rows(chapter);
    let mut found: BTreeSet<String> = items.iter().flat_map(|item| find_gaps(chapter, &rows, item)).collect();
    let known: BTreeSet<&str> = items.iter().filter_map(|item| item["name"].as_str()).collect();
    for row in &rows {
        let unknown = row.names.iter().filter(|name| !known.contains(name.as_str()));
        found.extend(unknown.map(|name| format!("the ABI has no {} {name}", row.table)));
    }
    found
}

/// A row about items of the ABI.
struct Row<'a> {
    /// The heading of its table: one of [`TABLES`].
    table: &'a str,
    /// The items that its first cell names.
    names: Vec<String>,
    /// Its second cell.
    second: &'a str,
}

/// Lists the rows of the tables about items of the ABI.
fn list_rows(chapter: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut table = None;
    for line in chapter.lines() {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let Some(first) = cells.next() else {
            table = None;
            continue;
        };
        match table {
            None => table = Some(first),
            Some(table) if TABLES.contains(&table) => {
                let names = first.split('`').skip(1).step_by(2);
                let names = names.map(|name| name.split('(').next().unwrap_or(name).to_owned()).collect();
                rows.push(Row { table, names, second: cells.next().unwrap_or_default() });
            }
            Some(_) => {}
        }
    }
    rows
}

/// Lists what the chapter lacks about one item of the ABI: its name, or the fields of an event, which are marked if
/// they are indexed.
fn find_gaps(chapter: &str, rows: &[Row<'_>], item: &Value) -> Vec<String> {
    let (Some(kind), Some(name)) = (item["type"].as_str(), item["name"].as_str()) else { return Vec::new() };
    if kind != "event" {
        let named = [format!("`{name}`"), format!("`{name}(")].iter().any(|form| chapter.contains(form));
        return if named { Vec::new() } else { vec![format!("the {kind} {name} is not named")] };
    }
    let Some(row) = rows.iter().find(|row| row.table == "event" && row.names.iter().any(|other| other == name)) else {
        return vec![format!("the event {name} has no row")];
    };
    let fields = item["inputs"].as_array().into_iter().flatten();
    let mut gaps: Vec<String> = fields
        .clone()
        .flat_map(list_components)
        .filter(|component| !chapter.contains(&format!("`{component}`")))
        .map(|component| format!("{component}, in a field of the event {name}, is not named"))
        .collect();
    let stated = |field: &Value| {
        let form = format!("`{}`", field["name"].as_str().unwrap_or_default());
        let marked = row.second.contains(&format!("{form}\\*"));
        row.second.contains(&form) && marked == (field["indexed"] == true)
    };
    let unstated = fields.filter(|field| !stated(field));
    gaps.extend(unstated.map(|field| format!("the event {name} lacks {}", field["name"])));
    gaps
}

/// Lists the names of a struct's components, and of their components.
fn list_components(field: &Value) -> Vec<&str> {
    let components = field["components"].as_array().into_iter().flatten();
    components.flat_map(|inner| inner["name"].as_str().into_iter().chain(list_components(inner))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CHAPTER: &str = "\
The view `count` is a number.

| event | further fields | emitted when |
|---|---|---|
| `Cast` | `poll`\\*; `record` bytes | |
| `Created` | `rule`, with a `kind` | |

| error | of | meaning |
|---|---|---|
| `TooLate(deadline)` | `cast` | |

| quantity | unit |
|---|---|
| `weight` | votes |
";

    fn abi() -> Vec<Value> {
        let inputs = json!([{ "name": "poll", "indexed": true }, { "name": "record", "indexed": false }]);
        let rule = json!({ "name": "rule", "indexed": false, "components": [{ "name": "kind" }] });
        vec![
            json!({ "type": "constructor" }),
            json!({ "type": "function", "name": "count" }),
            json!({ "type": "event", "name": "Cast", "inputs": inputs }),
            json!({ "type": "event", "name": "Created", "inputs": [rule] }),
            json!({ "type": "error", "name": "TooLate" }),
        ]
    }

    fn differences(from: &str, to: &str) -> Vec<String> {
        Vec::from_iter(find_differences(&CHAPTER.replace(from, to), &abi()))
    }

    #[test]
    fn complete_chapter_is_accepted() {
        assert_eq!(differences("", ""), [""; 0]);
    }

    #[test]
    fn missing_names_and_fields_are_found() {
        assert_eq!(differences("`count`", "count"), ["the function count is not named"]);
        assert_eq!(differences("`Cast`", "Cast"), ["the event Cast has no row"]);
        assert_eq!(differences("; `record` bytes", ""), ["the event Cast lacks \"record\""]);
        assert_eq!(differences("`kind`", "kind"), ["kind, in a field of the event Created, is not named"]);
    }

    #[test]
    fn wrong_marks_of_indexed_fields_are_found() {
        assert_eq!(differences("`poll`\\*", "`poll`"), ["the event Cast lacks \"poll\""]);
        assert_eq!(differences("`record`", "`record`\\*"), ["the event Cast lacks \"record\""]);
    }

    #[test]
    fn names_that_the_abi_has_not_are_found() {
        let found = differences("`TooLate(deadline)`", "`TooLate(deadline)`, `TooSoon()`");
        assert_eq!(found, ["the ABI has no error TooSoon"]);
    }
}
