//! Checks that every relative link in the documentation has a target, that those of the book lead to its own pages,
//! that every page is listed, and that the interface chapter agrees with the contracts' ABI.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::interfaces;
use crate::workspace::Workspace;

/// The folder of the book's pages: what is outside is not in the book.
const BOOK: &str = "docs/src";

/// Pages that list others, each with the folder of which it must list every page.
const INDEXES: [(&str, &str); 2] =
    [("docs/src/SUMMARY.md", "docs/src"), ("docs/src/decisions.md", "docs/src/decisions")];

/// Checks the links of every Markdown file, that every page is listed, and the interface chapter.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let listed = workspace.list_files()?;
    let markdown = listed.iter().filter(|path| path.ends_with(".md")).map(|path| workspace.path(path));
    let files: Vec<PathBuf> = markdown.filter(|path| path.exists()).collect();
    let book = workspace.path(BOOK);
    let mut broken = Vec::new();
    let mut links = 0;
    for file in &files {
        let text = read_page(file)?;
        let shown = file.strip_prefix(workspace.root()).unwrap_or(file).display();
        for target in find_targets(&text) {
            links += 1;
            if let Err(reason) = check_target(file, &text, &target, &book) {
                broken.push(format!("{shown}: ({target}) {reason}"));
            }
        }
        broken.extend(find_undefined_labels(&text).iter().map(|label| format!("{shown}: [{label}] is not defined")));
    }
    broken.extend(find_unlisted_pages(workspace, &files)?);
    if broken.is_empty() {
        eprintln!("    {} files, {links} links", files.len());
        interfaces::check(workspace)
    } else {
        Err(format!("{} broken links\n  {}", broken.len(), broken.join("\n  ")))
    }
}

/// Finds pages that no list links to: readers would not find them.
fn find_unlisted_pages(workspace: &Workspace, files: &[PathBuf]) -> Result<Vec<String>, String> {
    let mut orphans = Vec::new();
    for (index, directory) in INDEXES {
        let path = workspace.path(index);
        let base = path.parent().unwrap_or(workspace.root());
        let listed: BTreeSet<PathBuf> = find_targets(&read_page(&path)?)
            .iter()
            .filter_map(|target| base.join(target).canonicalize().ok())
            .collect();
        let directory = workspace.path(directory);
        let missing =
            files.iter().filter(|file| file.starts_with(&directory) && **file != path && !listed.contains(*file));
        orphans.extend(missing.map(|file| format!("{index}: does not list {}", file.display())));
    }
    Ok(orphans)
}

/// Checks that a link's target exists, with its anchor, and that it is a page of the book if the link is in one.
fn check_target(file: &Path, text: &str, target: &str, book: &Path) -> Result<(), String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return Ok(());
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if path.is_empty() {
        return has_anchor(text, anchor);
    }
    let destination = file.parent().unwrap_or(Path::new(".")).join(path);
    if !destination.exists() {
        return Err("has no target".into());
    }
    if file.starts_with(book) && !destination.canonicalize().is_ok_and(|path| path.starts_with(book)) {
        return Err(format!("leads out of {BOOK}, so the book does not have it"));
    }
    if destination.extension().is_some_and(|extension| extension == "md") && !anchor.is_empty() {
        return has_anchor(&read_page(&destination)?, anchor);
    }
    Ok(())
}

fn has_anchor(text: &str, anchor: &str) -> Result<(), String> {
    let found =
        lines_outside_code(text).filter(|line| line.starts_with('#')).any(|line| compute_anchor(line) == anchor);
    if found { Ok(()) } else { Err(format!("there is no heading #{anchor}")) }
}

/// Computes the anchor that mdBook and GitHub give a heading.
fn compute_anchor(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Iterates over the lines outside fenced code.
fn lines_outside_code(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    })
}

/// Lists the targets of `[text](target)`, `![text](target)` and `[label]: target`, outside code.
fn find_targets(text: &str) -> Vec<String> {
    let mut found = find_between(text, "](", ')');
    found.extend(lines_outside_code(text).filter_map(parse_definition).map(|(_, target)| target.to_owned()));
    found
}

/// Lists the labels of `[text][label]` that no `[label]: target` defines.
fn find_undefined_labels(text: &str) -> Vec<String> {
    let defined: BTreeSet<&str> =
        lines_outside_code(text).filter_map(parse_definition).map(|(label, _)| label).collect();
    let used = find_between(text, "][", ']');
    used.into_iter().filter(|label| !label.is_empty() && !defined.contains(label.as_str())).collect()
}

/// Parses `[label]: target`.
fn parse_definition(line: &str) -> Option<(&str, &str)> {
    let (label, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!label.contains(']')).then(|| (label, target.trim()))
}

/// Lists what is between two marks on one line, outside code.
fn find_between(text: &str, start: &str, end: char) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines_outside_code(text) {
        let without_code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut rest = without_code.as_str();
        while let Some(at) = rest.find(start) {
            rest = &rest[at + start.len()..];
            let Some(length) = rest.find(end) else { break };
            found.push(rest[..length].trim().to_owned());
            rest = &rest[length..];
        }
    }
    found
}

/// Reads a page, with the text that mdBook includes in it.
fn read_page(path: &Path) -> Result<String, String> {
    let read =
        |path: &Path| fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    let text = read(path)?;
    let lines = text.lines().map(|line| match parse_include(line) {
        Some((file, anchor)) => Ok(select_anchor(&read(&path.with_file_name(file))?, anchor)),
        None => Ok(line.to_owned()),
    });
    Ok(lines.collect::<Result<Vec<_>, String>>()?.join("\n"))
}

/// Parses a line that includes a part of a file.
fn parse_include(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("{{#include ")?.strip_suffix("}}")?.trim().rsplit_once(':')
}

/// Returns the lines between the marks of an anchor.
fn select_anchor(text: &str, anchor: &str) -> String {
    let (start, end) = (format!("ANCHOR: {anchor} "), format!("ANCHOR_END: {anchor} "));
    let after = text.lines().skip_while(|line| !line.contains(&start)).skip(1);
    after.take_while(|line| !line.contains(&end)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code_only() {
        let text = "[a](b.md) and ![c](d.svg#e)\n`[x](no)`\n```\n[y](no)\n```\n[z](#here)";
        assert_eq!(find_targets(text), ["b.md", "d.svg#e", "#here"]);
    }

    #[test]
    fn labels_of_links_must_be_defined() {
        let text = "[a][b], `[x][no]` and [c][d]\n\n[b]: e.md#f\n```\n[d]: no\n```";
        assert_eq!(find_targets(text), ["e.md#f"]);
        assert_eq!(find_undefined_labels(text), ["d"]);
    }

    #[test]
    fn links_of_the_book_must_not_leave_it() {
        let workspace = Workspace::locate().unwrap();
        let book = workspace.path(BOOK);
        let check = |page: &str, target: &str| check_target(&workspace.path(page), "", target, &book);
        assert!(check("docs/src/introduction.md", "decisions/../glossary.md").is_ok());
        assert!(check("docs/src/introduction.md", "../../SECURITY.md").unwrap_err().contains("leads out"));
        assert!(check("README.md", "SECURITY.md").is_ok());
    }

    #[test]
    fn included_text_is_a_part_of_the_page() {
        let text = "<!-- ANCHOR: a -->\n# Here\n<!-- ANCHOR_END: a -->\n# There";
        assert_eq!(select_anchor(text, "a"), "# Here");
        assert_eq!(parse_include("{{#include ../b.md:a}}"), Some(("../b.md", "a")));
        let page = read_page(&Workspace::locate().unwrap().path("docs/src/security.md")).unwrap();
        assert!(has_anchor(&page, "threat-model").is_ok());
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(compute_anchor("## 10. Counting and result"), "10-counting-and-result");
        assert!(has_anchor("# A b\n```\n# not\n```", "a-b").is_ok());
        assert!(has_anchor("# A b\n```\n# not\n```", "not").is_err());
    }

    #[test]
    fn missing_file_is_reported_and_web_links_are_not_followed() {
        let here = Path::new("/nonexistent/page.md");
        let book = Path::new("/nonexistent");
        assert!(check_target(here, "", "other.md", book).is_err());
        assert!(check_target(here, "", "https://example.org", book).is_ok());
    }
}
