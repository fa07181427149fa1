//! Every documented command was run by a test: the same command, with at least the same options together.
//!
//! What a test runs with success, its harness records (`cli/tests/support/record.rs`). The real command line reads both
//! the records and the pages, so that neither the order of options nor their place in front of a command matters.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{ArgMatches, Command, CommandFactory, parser::ValueSource};

use super::{CommandLine, find_example};

/// The variable with the folder of the records.
const RECORDS: &str = "PSEPHOS_COMMANDS_RUN";
/// The variable with the file that says what is compared, as `xtask/src/documented/run.rs` writes it.
const DOCUMENTED: &str = "PSEPHOS_COMMANDS_DOCUMENTED";

/// What is compared with the records.
#[derive(serde::Deserialize)]
struct Documented {
    /// The commands of the pages, each with its page and line.
    commands: Vec<(String, String)>,
    /// Those that nothing runs, as they are on their pages.
    exceptions: Vec<String>,
}

/// What a command is without its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    /// The command with its subcommands: `poll create`.
    path: String,
    /// Its options and the names of its other arguments; where an option has a list of possible values, with the value.
    options: BTreeSet<String>,
}

impl Shape {
    /// Reads a command; the first word is that of the program.
    fn read(words: &[String]) -> Result<Self, clap::Error> {
        let grammar = CommandLine::command();
        let matches = grammar.clone().try_get_matches_from(words)?;
        let mut shape = Self { path: String::new(), options: BTreeSet::new() };
        shape.gather(&grammar, &matches);
        Ok(shape)
    }

    fn gather(&mut self, command: &Command, matches: &ArgMatches) {
        // Global options are arguments of the root, and their matches are repeated in those of every subcommand.
        for argument in command.get_arguments() {
            let name = argument.get_id().as_str();
            if matches.value_source(name) != Some(ValueSource::CommandLine) {
                continue;
            }
            let shown = argument.get_long().map_or_else(|| format!("<{name}>"), |long| format!("--{long}"));
            match argument.get_possible_values().is_empty() || !argument.get_action().takes_values() {
                true => drop(self.options.insert(shown)),
                false => {
                    let values = matches.get_raw(name).into_iter().flatten();
                    self.options.extend(values.map(|value| format!("{shown} {}", value.to_string_lossy())));
                }
            }
        }
        if let Some((name, inner)) = matches.subcommand() {
            self.path = format!("{} {name}", self.path).trim_start().to_owned();
            if let Some(child) = command.find_subcommand(name) {
                self.gather(child, inner);
            }
        }
    }

    /// Returns whether this command was run: if another one is the same, with at least the same options.
    fn is_run_by(&self, other: &Self) -> bool {
        self.path == other.path && self.options.is_subset(&other.options)
    }

    /// Says what no record has: the command, or the options that the one which is nearest lacks.
    fn describe_missing(&self, records: &BTreeSet<Self>) -> String {
        let same = records.iter().filter(|record| record.path == self.path);
        let lacks = same.map(|record| self.options.difference(&record.options).cloned().collect::<Vec<_>>());
        match lacks.min_by_key(Vec::len) {
            Some(lacks) => format!("no test runs `{}` with {} and the rest together", self.path, lacks.join(", ")),
            None => format!("no test runs `{}`", self.path),
        }
    }
}

/// Compares documented commands and exceptions with what was run. Returns what is wrong: a command that nothing runs,
/// an exception that a test runs, and one that is on no page.
fn find_problems(Documented { commands, exceptions }: &Documented, records: &BTreeSet<Shape>) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, command) in commands {
        let shape = match find_example(command).and_then(|words| Shape::read(&words)) {
            Ok(shape) => shape,
            Err(error) => {
                problems.push(format!("{place}: `{command}`\n    {}", error.to_string().trim_end()));
                continue;
            }
        };
        let is_run = records.iter().any(|record| shape.is_run_by(record));
        let is_excepted = exceptions.contains(command);
        match (is_run, is_excepted) {
            (true, false) | (false, true) => {}
            (false, false) => {
                problems.push(format!("{place}: `{command}`\n    {}", shape.describe_missing(records)));
            }
            (true, true) => problems.push(format!("{place}: `{command}`\n    is an exception, and a test runs it")),
        }
    }
    let is_on_a_page = |text: &String| commands.iter().any(|(_, command)| command == text);
    let unknown = exceptions.iter().filter(|text| !is_on_a_page(text));
    problems.extend(unknown.map(|text| format!("`{text}`\n    is an exception, and on no page")));
    problems
}

/// Reads a line of a record; nothing if the command only printed help or the version.
fn read_record(line: &str) -> Option<Shape> {
    let words: Vec<String> = serde_json::from_str(line).expect("a line of a record is a list of arguments");
    let words: Vec<String> = std::iter::once("psephos".to_owned()).chain(words).collect();
    match Shape::read(&words) {
        Ok(shape) => Some(shape),
        Err(error) => {
            assert!(!error.use_stderr(), "a test ran {words:?}, which is no command: run the tests again\n{error}");
            None
        }
    }
}

fn read_records(folder: &Path) -> BTreeSet<Shape> {
    let files = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let texts = files.flatten().map(|file| std::fs::read_to_string(file.path()).expect("a record"));
    texts.flat_map(|text| text.lines().filter_map(read_record).collect::<Vec<_>>()).collect()
}

#[test]
#[ignore = "`cargo xtask test` runs it after the tests that it is about"]
fn documented_commands_were_run() {
    let [folder, file] = [RECORDS, DOCUMENTED].map(|name| std::env::var_os(name).expect("`cargo xtask test` sets it"));
    let text = std::fs::read_to_string(&file).expect("the documented commands");
    let documented: Documented = serde_json::from_str(&text).expect("the documented commands");
    assert!(documented.commands.len() > 50, "only {} commands were found", documented.commands.len());
    let problems = find_problems(&documented, &read_records(Path::new(&folder)));
    assert!(
        problems.is_empty(),
        "of {} documented commands, {} are not as the tests run them. Add each to a test of cli/tests that has what it \
         needs, or correct the page; xtask/src/documented/exceptions.rs is for what no machine of the suite can do.\n{}",
        documented.commands.len(),
        problems.len(),
        problems.join("\n")
    );
}

fn read_lines(lines: &[&str]) -> BTreeSet<Shape> {
    let quoted = |line: &&str| serde_json::to_string(&line.split(' ').collect::<Vec<_>>()).expect("JSON");
    lines.iter().map(quoted).filter_map(|line| read_record(&line)).collect()
}

fn compare(documented: &str, exceptions: &[&str], lines: &[&str]) -> Vec<String> {
    let exceptions = exceptions.iter().map(|text| (*text).to_owned()).collect();
    let documented = Documented { commands: vec![("page.md:1".into(), documented.into())], exceptions };
    find_problems(&documented, &read_lines(lines))
}

#[test]
fn command_is_run_by_the_same_with_at_least_its_options() {
    assert_eq!(compare("psephos poll list", &[], &["chamber list"]).len(), 1, "another command with the same options");
    let documented = "psephos verify --poll N --report FILE > log";
    for run in ["verify --report r.html --poll 1", "--json verify --poll=1 --report r.html --force"] {
        assert_eq!(compare(documented, &[], &["poll show 1", run]), Vec::<String>::new(), "{run}");
    }
    for (lines, says) in [
        (&["verify --poll 1", "poll list"][..], "`verify` with --report"),
        // Two commands with one option each are not one with both.
        (&["--sender a.key verify --poll 1", "poll show 1"], "`verify` with --report"),
        (&["poll show 1"], "no test runs `verify`"),
        (&["--help"], "no test runs `verify`"),
        (&[], "no test runs `verify`"),
    ] {
        let found = compare(documented, &[], lines);
        assert!(found.len() == 1 && found[0].starts_with("page.md:1") && found[0].contains(says), "{found:?}");
    }
}

#[test]
fn options_of_two_runs_are_not_added_up() {
    let lines = ["--quiet verify --poll 1", "--json verify --poll 1"];
    assert_eq!(compare("psephos verify --poll 1 --quiet --json", &[], &lines).len(), 1);
}

#[test]
fn global_option_counts_wherever_it_is_and_its_environment_does_not() {
    let documented = "psephos --rpc URL poll show 1";
    assert_eq!(compare(documented, &[], &["poll show 1 --rpc http://x"]), Vec::<String>::new());
    assert_eq!(compare(documented, &[], &["poll show 1"]).len(), 1);
}

#[test]
fn one_of_several_possible_values_is_a_part_of_the_command() {
    assert_eq!(compare("psephos completions bash", &[], &["completions bash"]), Vec::<String>::new());
    assert_eq!(compare("psephos completions bash", &[], &["completions zsh"]).len(), 1);
    assert_eq!(compare("psephos serve --only relayer,indexer", &[], &["serve --only relayer"]).len(), 1);
    let all = ["serve --only relayer,indexer,prover"];
    assert_eq!(compare("psephos serve --only indexer", &[], &all), Vec::<String>::new());
}

#[test]
fn exception_is_on_a_page_and_run_by_nothing() {
    let exceptions = ["psephos poll list"];
    assert_eq!(compare("psephos poll list", &exceptions, &[]), Vec::<String>::new());
    let needless = compare("psephos poll list", &exceptions, &["poll list"]);
    assert!(needless.len() == 1 && needless[0].contains("a test runs it"), "{needless:?}");
    let gone = compare("psephos chamber list", &exceptions, &["chamber list"]);
    assert!(gone.len() == 1 && gone[0].contains("on no page"), "{gone:?}");
}
