//! What the documentation says about the command is true of the command line: a renamed option or command fails here,
//! with the page and the line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Command, CommandFactory, Parser};

use super::CommandLine;

#[allow(dead_code, reason = "shared with `cargo xtask test`, which reads all of it")]
#[path = "../../../xtask/src/documented/commands.rs"]
mod commands;
mod run;

/// Pages of what was and will be.
const EXCLUDED: [&str; 2] = ["CHANGELOG.md", "ROADMAP.md"];
/// What a placeholder may stand for: a number, an account, a hash, a name.
const EXAMPLES: [&str; 4] = [
    "1",
    "0x1111111111111111111111111111111111111111",
    "0x1111111111111111111111111111111111111111111111111111111111111111",
    "text",
];

/// Returns the pages, by their paths from the root.
fn list_pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.clone(), root.join("docs/src"), root.join("docs/src/decisions")];
    let crates = root.read_dir().expect("the workspace").flatten().map(|entry| entry.path());
    folders.extend(crates.filter(|path| path.join("Cargo.toml").is_file()));
    let files = folders.iter().flat_map(|folder| folder.read_dir().expect("a folder").flatten());
    let is_page = |path: &PathBuf| {
        let excluded = path.file_name().is_some_and(|name| EXCLUDED.iter().any(|other| name == *other));
        path.extension().is_some_and(|extension| extension == "md") && !excluded
    };
    let mut pages: Vec<PathBuf> = files.map(|entry| entry.path()).filter(is_page).collect();
    pages.sort();
    let shown = |path: &Path| path.strip_prefix(&root).unwrap_or(path).to_owned();
    pages.iter().map(|path| (shown(path), fs::read_to_string(path).expect("a page"))).collect()
}

/// Splits a command at spaces outside quotes, up to a pipe, a redirection or another command.
fn split_words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in command.chars() {
        match (character, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('|' | '<' | '>' | ';' | '&', None) => break,
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Returns whether a word stands for what a reader has: `N`, `FILE`, `$ACCOUNT`, `0x...`.
fn is_placeholder(word: &str) -> bool {
    let upper = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    word.starts_with('$') || word.contains("..") || (upper && word.chars().any(|c| c.is_ascii_uppercase()))
}

/// Puts examples in the place of a command's placeholders. Returns the words, or why none of the examples is accepted.
fn find_example(command: &str) -> Result<Vec<String>, clap::Error> {
    let words: Vec<String> = split_words(command).into_iter().filter(|word| word != "...").collect();
    let with = |example: &str| -> Vec<String> {
        words.iter().map(|word| if is_placeholder(word) { example.to_owned() } else { word.clone() }).collect()
    };
    let mut outcome = Ok(Vec::new());
    for example in EXAMPLES {
        let words = with(example);
        outcome = CommandLine::try_parse_from(&words).map(|_| words);
        // Any other error is about the command, and not about the example.
        if !outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::ValueValidation) {
            break;
        }
    }
    outcome
}

/// Lists what is between backquotes outside fenced blocks, with its line.
fn list_code_spans(page: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut spans = Vec::new();
    for (line, number) in page.lines().zip(1..) {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced {
            spans.extend(line.split('`').skip(1).step_by(2).map(|span| (number, span.to_owned())));
        }
    }
    spans
}

/// Adds the long options of a command and of its subcommands.
fn gather_options(command: &Command, options: &mut BTreeSet<String>) {
    let named = command.get_arguments().filter_map(|argument| argument.get_long());
    options.extend(named.map(|name| format!("--{name}")));
    command.get_subcommands().for_each(|child| gather_options(child, options));
}

#[test]
fn documented_commands_parse() {
    let mut wrong = Vec::new();
    let mut parsed = 0;
    for (page, text) in list_pages() {
        let fenced = commands::list_commands(&text).into_iter().map(|command| (command.line, command.text, true));
        let inline = list_code_spans(&text).into_iter().map(|(line, span)| (line, span, false));
        for (line, command, whole) in fenced.chain(inline) {
            if !command.starts_with("psephos ") || command.starts_with("psephos COMMAND") {
                continue;
            }
            parsed += 1;
            let Err(error) = find_example(&command) else { continue };
            // A sentence may leave out what it is not about.
            let partial = matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                    | ErrorKind::InvalidValue
                    | ErrorKind::TooFewValues
            );
            if error.use_stderr() && (whole || !partial) {
                wrong.push(format!("{}:{line}: `{command}`\n    {}", page.display(), error.to_string().trim_end()));
            }
        }
    }
    assert!(parsed > 100, "only {parsed} commands were found");
    assert!(wrong.is_empty(), "documented commands that the command line refuses:\n{}", wrong.join("\n"));
}

#[test]
fn documented_options_exist() {
    let mut options = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    gather_options(&CommandLine::command(), &mut options);
    let mut wrong = Vec::new();
    let about = |page: &Path| {
        let name = page.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        page.starts_with("docs/src") && (name == "cli" || name.starts_with("guide-"))
    };
    for (page, text) in list_pages().into_iter().filter(|(page, _)| about(page)) {
        for (line, span) in list_code_spans(&text) {
            let words = span.split([' ', '=', ',', ')', ']']).filter(|word| word.starts_with("--"));
            let unknown = words.filter(|word| !options.contains(*word));
            wrong.extend(unknown.map(|word| format!("{}:{line}: {word}", page.display())));
        }
    }
    assert!(wrong.is_empty(), "options that no command has:\n{}", wrong.join("\n"));
}

#[test]
fn renamed_option_or_command_is_refused() {
    for command in ["psephos verify --poll N --report FILE", "psephos enrol --chamber 0 --identity me.identity > log"] {
        assert!(find_example(command).is_ok(), "{command}");
    }
    for command in ["psephos verify --vote N", "psephos verifies --poll 1", "psephos identity show --account me"] {
        assert!(find_example(command).is_err(), "{command}");
    }
}
