//! Checks that the pages of the book exist and that every relative link in the documentation has a target.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// Pages that list others, each with the folder of which it must list every page.
const INDEXES: [(&str, &str); 2] =
    [("docs/src/SUMMARY.md", "docs/src"), ("docs/src/decisions.md", "docs/src/decisions")];

/// Checks the links of every Markdown file, and that every page is listed.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let mut files = Vec::new();
    find_markdown_files(workspace.root(), false, &mut files)?;
    find_markdown_files(&workspace.path("docs"), true, &mut files)?;
    files.sort();
    let mut broken = Vec::new();
    let mut links = 0;
    for file in &files {
        let text = read_page(file)?;
        for target in find_targets(&text) {
            links += 1;
            if let Err(reason) = check_target(file, &text, &target) {
                let shown = file.strip_prefix(workspace.root()).unwrap_or(file).display();
                broken.push(format!("{shown}: ({target}) {reason}"));
            }
        }
    }
    broken.extend(find_unlisted_pages(workspace, &files)?);
    if broken.is_empty() {
        eprintln!("    {} files, {links} links", files.len());
        Ok(())
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

fn check_target(file: &Path, text: &str, target: &str) -> Result<(), String> {
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

/// Lists the targets of `[text](target)` and `![text](target)`, outside code.
fn find_targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines_outside_code(text) {
        let without_code: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut rest = without_code.as_str();
        while let Some(start) = rest.find("](") {
            rest = &rest[start + 2..];
            let Some(end) = rest.find(')') else { break };
            found.push(rest[..end].trim().to_owned());
            rest = &rest[end..];
        }
    }
    found
}

fn find_markdown_files(directory: &Path, deep: bool, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = directory.read_dir().map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if deep && entry.file_name() != "book" {
                find_markdown_files(&path, deep, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

fn read_page(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
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
    fn headings_become_anchors() {
        assert_eq!(compute_anchor("## 10. Counting and result"), "10-counting-and-result");
        assert!(has_anchor("# A b\n```\n# not\n```", "a-b").is_ok());
        assert!(has_anchor("# A b\n```\n# not\n```", "not").is_err());
    }

    #[test]
    fn missing_file_is_reported_and_web_links_are_not_followed() {
        let here = Path::new("/nonexistent/page.md");
        assert!(check_target(here, "", "other.md").is_err());
        assert!(check_target(here, "", "https://example.org").is_ok());
    }
}
