//! The list of what finds an alteration of each field of each event (`coverage.txt`), its comparison with the
//! contracts' ABI and with what the lies showed, and its page in the book.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

use psephos_client::verify::CheckName;
use psephos_testkit::alteration::ContractAbi;

use crate::{judge::Verdict, lies::Lie};

const LIST: &str = include_str!("coverage.txt");
const PAGE: &str = "../docs/src/verification-coverage.md";
/// The variable that makes the test write the page.
const REWRITE: &str = "PSEPHOS_WRITE_FIXTURES";
/// Stands for the event itself among its fields.
const EVENT: &str = "*";

/// What becomes of an alteration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// These checks find it.
    Found(Vec<CheckName>),
    /// No one believes the field: why.
    NotBelieved(String),
    /// Nothing is verified at all: why.
    Refused(String),
    /// Nothing finds it: why.
    Hidden(String),
}

/// The list: by event of a contract, its fields with what covers them, in the order of the file.
pub(crate) struct Coverage(Vec<(String, Rows)>);

/// Fields of an event with what covers them.
type Rows = Vec<(Vec<String>, Cover)>;

impl Coverage {
    pub(crate) fn read() -> Self {
        let mut events: Vec<(String, Rows)> = Vec::new();
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix("  ") {
                None => events.push((line.to_owned(), Vec::new())),
                Some(line) => {
                    let (fields, cover) = line.split_once(": ").unwrap();
                    let fields = fields.split(' ').map(str::to_owned).collect();
                    events.last_mut().unwrap().1.push((fields, read_cover(cover)));
                }
            }
        }
        Self(events)
    }

    /// Asserts that the list has all fields of all events of the ABI, and no others.
    pub(crate) fn assert_complete(&self) {
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for field in ContractAbi::default().event_fields() {
            let fields = expected.entry(format!("{}.{}", field.contract, field.event)).or_default();
            fields.push(field.field);
        }
        let mut listed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (event, rows) in &self.0 {
            let fields = rows.iter().flat_map(|(fields, _)| fields.clone()).filter(|field| field != EVENT);
            listed.insert(event.clone(), fields.collect());
        }
        for fields in expected.values_mut().chain(listed.values_mut()) {
            fields.sort();
        }
        assert_eq!(listed, expected, "coverage.txt does not list the fields of the contracts' events");
    }

    /// Asserts that what became of the lies is what the list says: each field was altered, each check that is named
    /// found an alteration, and what no check finds is not believed, or is said to be hidden. Returns the number of the
    /// latter.
    pub(crate) fn assert_confirmed(&self, verdicts: &[(&Lie, Verdict)]) -> usize {
        let mut by_field: BTreeMap<(&str, &str), Vec<&(&Lie, Verdict)>> = BTreeMap::new();
        for verdict in verdicts {
            by_field.entry((&verdict.0.event, &verdict.0.field)).or_default().push(verdict);
        }
        let mut failures = Vec::new();
        let mut hidden = 0;
        for (event, rows) in &self.0 {
            for (field, cover) in rows.iter().flat_map(|(fields, cover)| fields.iter().map(move |field| (field, cover)))
            {
                let about = by_field.remove(&(event.as_str(), field.as_str())).unwrap_or_default();
                match compare(cover, &about) {
                    Ok(number) => hidden += number,
                    Err(reason) => failures.push(format!("{event}, {field}: {reason}")),
                }
            }
        }
        // Repeated and moved events are in no row: none of them may be overlooked.
        failures.extend(by_field.into_values().flatten().filter_map(|(lie, verdict)| match verdict {
            Verdict::Overlooked(change) => Some(format!("{}, {}, {}: {change}", lie.event, lie.field, lie.what)),
            _ => None,
        }));
        assert!(failures.is_empty(), "{failures:#?}");
        hidden
    }

    /// Asserts that the book has the list, or writes it there.
    pub(crate) fn assert_in_book(&self) {
        let (page, path) = (self.render(), Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE));
        if env::var_os(REWRITE).is_some() {
            fs::write(&path, &page).unwrap();
        }
        assert!(fs::read_to_string(&path).is_ok_and(|text| text == page), "set {REWRITE}=1 to write {PAGE} again");
    }

    fn render(&self) -> String {
        let mut page = INTRODUCTION.to_owned();
        let mut contract = "";
        for (event, rows) in &self.0 {
            let (of, event) = event.split_once('.').unwrap();
            if of != contract {
                write!(page, "\n## {of}\n\n| event | field | an alteration is found by |\n|---|---|---|\n").unwrap();
                contract = of;
            }
            for (fields, cover) in rows {
                let fields: Vec<String> = fields.iter().map(|field| name_field(field)).collect();
                writeln!(page, "| `{event}` | {} | {} |", fields.join(", "), describe(cover)).unwrap();
            }
        }
        page + SHEETS + HIDDEN
    }
}

fn read_cover(text: &str) -> Cover {
    let check = |name: &str| serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap();
    match text.split_at(2) {
        ("= ", reason) => Cover::NotBelieved(reason.to_owned()),
        ("> ", reason) => Cover::Refused(reason.to_owned()),
        ("! ", reason) => Cover::Hidden(reason.to_owned()),
        _ => Cover::Found(text.split(' ').map(check).collect()),
    }
}

/// Compares a row with the verdicts about its field, and returns how many alterations stay hidden.
fn compare(cover: &Cover, about: &[&(&Lie, Verdict)]) -> Result<usize, String> {
    if about.is_empty() {
        return Err("it was never altered".into());
    }
    let overlooked = about.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Overlooked(_))).count();
    match cover {
        Cover::Hidden(_) if overlooked > 0 => return Ok(overlooked),
        Cover::Hidden(_) => return Err("every alteration is found now".into()),
        _ => {}
    }
    for (lie, verdict) in about {
        match (cover, verdict) {
            (_, Verdict::Overlooked(change)) => return Err(format!("{}: {change}", lie.what)),
            (Cover::NotBelieved(_), Verdict::Found(checks)) => return Err(format!("{checks:?} find it")),
            (Cover::NotBelieved(_), Verdict::Refused(reason)) => return Err(format!("nothing is verified: {reason}")),
            (Cover::Refused(_), Verdict::Found(checks)) => return Err(format!("it is verified: {checks:?}")),
            _ => {}
        }
    }
    let Cover::Found(checks) = cover else { return Ok(0) };
    let finds = |check: &&CheckName| {
        about.iter().any(|(_, verdict)| matches!(verdict, Verdict::Found(checks) if checks.contains(check)))
    };
    match checks.iter().find(|check| !finds(check)) {
        Some(check) => Err(format!("{check:?} finds no alteration")),
        None => Ok(0),
    }
}

fn name_field(field: &str) -> String {
    if field == EVENT { "*the event itself*".to_owned() } else { format!("`{field}`") }
}

fn describe(cover: &Cover) -> String {
    let name = |check: &CheckName| format!("`{}`", serde_json::to_value(check).unwrap().as_str().unwrap());
    match cover {
        Cover::Found(checks) => checks.iter().map(name).collect::<Vec<_>>().join(", "),
        Cover::NotBelieved(reason) => format!("not believed: {reason}"),
        Cover::Refused(reason) => format!("nothing is verified: {reason}"),
        Cover::Hidden(reason) => format!("**nothing**: {reason}"),
    }
}

const INTRODUCTION: &str = "\
# What verification covers

`psephos verify` recomputes a poll from events and calldata and compares it with what the contracts answer. This page
lists every field of every event of the contracts of polls, and the checks that find an alteration of it: a source of
events that leaves one out, changes a bit of it, or shows it at another place. A field that has no check is not believed:
nothing that a program shows, computes or decides about a poll changes with it.

The page is written by a test (`client/tests/alterations`). It takes the fields from the contracts' ABI, records an
election that has every event, and tells more than 1,700 lies about it, one after the other: each must be found by a
check, or change nothing that is believed, and each check that is listed here finds one. The test also repeats each
event, moves it to other blocks, and exchanges it with its neighbour; none of these lies is overlooked either. The checks
are those of the report, by their names in its JSON.
";

const SHEETS: &str = "
## Sheet polls and charters

`psephos verify --sheet N` recomputes a sheet poll, and the version of the charter that was enacted from it. The page
has no list of its fields yet: no recorded election has these events. A test changes honest
evidence for each check, and requires that the check notices (`client/src/verify/sheet/tests.rs`); another one requires
that all of them pass on a sheet poll of the real contracts. They have the names of those of polls where they are the
same, and these besides:

| check | what it compares |
|---|---|
| `text` | the published statements with the agenda that sheets are bound to, and their number with the used cells |
| `order` | the blocks of all shares and totals of statements with that of the turnout, which comes first |
| `turnout` | the turnout with what its shares decrypt, and with the number of sheets |
| `camps` | whether a camp is too small with what is said of it; then nothing but the turnout is decrypted |
| `adoption` | what is adopted, contested and unheard by the totals with what `Bridging` answers |
| `charter` | hash, root, texts, principles, parent, expiry and stage of a version with its sheet poll and the views |
| `live` | the version in force by the events with what `Charters` answers |
";

const HIDDEN: &str = "
## What stays hidden

- Whether a refused share that came through a contract was rightly refused: no calldata has it. So its trustee is not
  blamed.
- A sheet poll's rewards and fee pot: `verify --sheet` does not look at them.
- A relayer that may earn from a fee pot and has not earned, if a contract created the pot: the view answers for one
  account at a time. A hash of the list in the view would show it.
- What a node says that lies in its views as well. Proofs bind ballots, shares, keys, totals and claims; that no ballot
  was left out, what a pool holds, and whether members are those of the registry, only the contracts answer. Ask more
  than one node.
";
