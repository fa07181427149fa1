//! Every command that a page of documentation gives its readers is run by the suite, or listed here with the reason why
//! it is not: a new one that nothing runs fails by name.
//!
//! `psephos` commands are compared with those that the Rust tests ran. All others are in a table.

mod commands;
mod exceptions;
mod run;
mod table;

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::Workspace;
use commands::{DocumentedCommand, list_commands};
use exceptions::NOT_RUN;
pub(crate) use run::{check_were_run, forget_runs, start_records};
use table::{PSEPHOS, Runner, TABLE};

/// Pages that say what was or will be, such as how a fixture was made, and not what readers can do.
const EXCLUDED: [&str; 3] = ["CHANGELOG.md", "docs/ROADMAP.md", "prover/tests/snarkjs/vectors/README.md"];

/// Checks that every documented command has what runs it, that this exists, and that the tables list no other command.
/// `steps` are the names of the suite's steps.
///
/// # Errors
/// Names every command that nothing runs, and every row that is out of date.
pub(crate) fn check(workspace: &Workspace, steps: &[&str]) -> Result<(), String> {
    let mut problems = Vec::new();
    for (page, text) in read_pages(workspace)? {
        problems.extend(
            find_unknown_tasks(&text).into_iter().map(|task| format!("{page}: there is no `cargo xtask {task}`")),
        );
    }
    let commands = list_documented(workspace)?;
    let read = |file: &str| fs::read_to_string(workspace.path(file)).ok();
    problems.extend(find_problems(&commands, TABLE, steps, &read));
    match problems.is_empty() {
        true => {
            let ours = commands.iter().filter(|(_, command)| is_psephos(command)).count();
            eprintln!("    {} documented commands, {ours} of them of psephos", commands.len());
            Ok(())
        }
        false => {
            Err(format!("documented commands that nothing runs, or that do not exist\n  {}", problems.join("\n  ")))
        }
    }
}

/// Reads the pages of documentation, each with its path from the root.
fn read_pages(workspace: &Workspace) -> Result<Vec<(String, String)>, String> {
    let mut pages = Vec::new();
    for page in workspace.list_files()?.into_iter().filter(|path| path.ends_with(".md")) {
        let path = workspace.path(&page);
        if !EXCLUDED.contains(&page.as_str()) && path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {page}: {error}"))?;
            pages.push((page, text));
        }
    }
    Ok(pages)
}

/// Lists the commands of all pages, each with its page.
fn list_documented(workspace: &Workspace) -> Result<Vec<(String, DocumentedCommand)>, String> {
    let pages = read_pages(workspace)?.into_iter();
    let commands = pages.flat_map(|(page, text)| list_commands(&text).into_iter().map(move |one| (page.clone(), one)));
    Ok(commands.collect())
}

/// Returns the documented commands that the suite does not run, each with the reason.
pub(crate) fn list_not_run() -> Vec<String> {
    let of_table = TABLE.iter().filter_map(|(command, runner)| match runner {
        Runner::NotRun(reason) => Some((*command, *reason)),
        _ => None,
    });
    let not_run = of_table.chain(NOT_RUN.iter().copied());
    not_run.map(|(command, reason)| format!("`{command}` of the documentation is not run: {reason}")).collect()
}

/// Finds `cargo xtask NAME` anywhere in a page for which there is no such task.
fn find_unknown_tasks(page: &str) -> BTreeSet<&str> {
    let names = page.split("cargo xtask ").skip(1);
    let names = names.map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap_or(rest));
    names.filter(|name| !name.is_empty() && !crate::list_tasks().any(|task| task == *name)).collect()
}

fn is_psephos(command: &DocumentedCommand) -> bool {
    command.text.starts_with(PSEPHOS.0)
}

fn find_problems(
    commands: &[(String, DocumentedCommand)],
    table: &[(&str, Runner)],
    steps: &[&str],
    read: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut used = vec![false; table.len()];
    let mut scripts: Vec<(&str, usize)> = Vec::new();
    for (page, command) in commands {
        // Of a line with several commands the comparison would see the first one only.
        if is_psephos(command)
            && ["|", "&", ";", "("].iter().any(|end| command.text.contains(&format!("{end} psephos ")))
        {
            problems.push(format!("{page}:{}: `{}`: give each command a line of its own", command.line, command.text));
        }
        if is_psephos(command) || scripts.contains(&(page, command.block)) {
            continue;
        }
        match table.iter().position(|(text, _)| *text == command.text) {
            Some(row) => {
                used[row] = true;
                if matches!(table[row].1, Runner::Script(_)) {
                    scripts.push((page, command.block));
                }
            }
            None => problems.push(format!(
                "{page}:{}: `{}`: add what runs it to xtask/src/documented/table.rs",
                command.line, command.text
            )),
        }
    }
    for ((text, runner), used) in table.iter().zip(used) {
        if !used {
            problems.push(format!("`{text}` is in xtask/src/documented/table.rs and on no page"));
        }
        problems.extend(find_missing_runner(*runner, steps, read).map(|missing| format!("`{text}`: {missing}")));
    }
    problems.extend(find_missing_runner(PSEPHOS.1, steps, read));
    problems
}

/// Returns what is wrong with a runner: there is no such step or test.
fn find_missing_runner(runner: Runner, steps: &[&str], read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match runner {
        Runner::Step(step) | Runner::Script(step) => {
            (!steps.contains(&step)).then(|| format!("the suite has no step \"{step}\""))
        }
        Runner::Test(file, test) => {
            let exists = read(file).is_some_and(|text| text.contains(&format!("fn {test}(")));
            (!exists).then(|| format!("{file} has no test {test}"))
        }
        Runner::NotRun(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(page: &str, table: &[(&str, Runner)]) -> Vec<String> {
        let commands: Vec<_> = list_commands(page).into_iter().map(|command| ("page.md".to_owned(), command)).collect();
        let read = |file: &str| match file {
            "a.rs" => Some("fn it_runs()".to_owned()),
            _ => None,
        };
        find_problems(&commands, table, &["a step", "documented commands of psephos"], &read)
    }

    #[test]
    fn command_that_nothing_runs_is_named() {
        let page = "```sh\nnpm run\npsephos verify --poll 1\n```";
        let named = problems(page, &[]);
        assert_eq!(named.len(), 1, "{named:?}");
        assert!(named[0].starts_with("page.md:2: `npm run`"), "{named:?}");
        assert_eq!(problems(page, &[("npm run", Runner::Step("a step"))]), Vec::<String>::new());
        assert_eq!(problems(page, &[("npm run", Runner::Test("a.rs", "it_runs"))]), Vec::<String>::new());
        assert_eq!(problems(page, &[("npm run", Runner::NotRun("why"))]), Vec::<String>::new());
    }

    #[test]
    fn second_command_of_a_line_is_not_overlooked() {
        for line in ["psephos poll list && psephos verify --poll 1", "psephos poll list; psephos verify --poll 1"] {
            let named = problems(&format!("```sh\n{line}\n```"), &[]);
            assert!(named.len() == 1 && named[0].contains("a line of its own"), "{named:?}");
        }
    }

    #[test]
    fn row_without_its_step_test_or_page_is_named() {
        let page = "```sh\nnpm run\n```";
        for (runner, says) in [
            (Runner::Step("gone"), "no step \"gone\""),
            (Runner::Script("gone"), "no step \"gone\""),
            (Runner::Test("a.rs", "it_ru"), "a.rs has no test it_ru"),
            (Runner::Test("gone.rs", "it_runs"), "gone.rs has no test"),
        ] {
            let named = problems(page, &[("npm run", runner)]);
            assert!(named.len() == 1 && named[0].contains(says), "{named:?}");
        }
        let named = problems("", &[("npm run", Runner::Step("a step"))]);
        assert!(named.len() == 1 && named[0].contains("on no page"), "{named:?}");
    }

    #[test]
    fn unknown_task_is_found() {
        let page =
            "`cargo xtask demo` and `cargo xtask demonstrate --x`\ncargo xtask reduced-builds\ncargo xtask <task>";
        assert_eq!(find_unknown_tasks(page), BTreeSet::from(["demonstrate"]));
    }

    #[test]
    fn script_is_run_with_all_of_its_block_and_nothing_else() {
        let table = [("first", Runner::Script("a step"))];
        let named = problems("```sh\nfirst\nsecond\n```\n```sh\nthird\n```", &table);
        assert!(named.len() == 1 && named[0].contains("`third`"), "{named:?}");
    }
}
