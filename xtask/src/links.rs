//! The pages of the book exist, and every relative link in the documentation leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// An index, and the directory of which it must list every page.
const INDEXES: [(&str, &str); 2] = [("docs/src/SUMMARY.md", "docs/src"), ("docs/src/decisions.md", "docs/decisions")];

/// Checks the links of every Markdown file, and that every page is in its index.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let mut files = Vec::new();
    markdown_files(workspace.root(), false, &mut files)?;
    markdown_files(&workspace.path("docs"), true, &mut files)?;
    files.sort();
    let mut broken = Vec::new();
    let mut links = 0;
    for file in &files {
        let text = read(file)?;
        for target in targets(&text) {
            links += 1;
            if let Err(reason) = resolve(file, &text, &target) {
                let shown = file.strip_prefix(workspace.root()).unwrap_or(file).display();
                broken.push(format!("{shown}: ({target}) {reason}"));
            }
        }
    }
    broken.extend(orphans(workspace, &files)?);
    if broken.is_empty() {
        eprintln!("    {} files, {links} links", files.len());
        Ok(())
    } else {
        Err(format!("{} broken links\n  {}", broken.len(), broken.join("\n  ")))
    }
}

/// Pages that their index does not list: nobody would find them.
fn orphans(workspace: &Workspace, files: &[PathBuf]) -> Result<Vec<String>, String> {
    let mut orphans = Vec::new();
    for (index, directory) in INDEXES {
        let path = workspace.path(index);
        let base = path.parent().unwrap_or(workspace.root());
        let listed: BTreeSet<PathBuf> =
            targets(&read(&path)?).iter().filter_map(|target| base.join(target).canonicalize().ok()).collect();
        let directory = workspace.path(directory);
        let missing =
            files.iter().filter(|file| file.starts_with(&directory) && **file != path && !listed.contains(*file));
        orphans.extend(missing.map(|file| format!("{index}: does not list {}", file.display())));
    }
    Ok(orphans)
}

fn resolve(file: &Path, text: &str, target: &str) -> Result<(), String> {
    if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
        return Ok(());
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if path.is_empty() {
        return has_anchor(text, anchor);
    }
    let destination = file.parent().unwrap_or(Path::new(".")).join(path);
    if !destination.exists() {
        return Err("leads nowhere".into());
    }
    if destination.extension().is_some_and(|extension| extension == "md") && !anchor.is_empty() {
        return has_anchor(&read(&destination)?, anchor);
    }
    Ok(())
}

fn has_anchor(text: &str, anchor: &str) -> Result<(), String> {
    let found = prose(text).filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor);
    if found { Ok(()) } else { Err(format!("there is no heading #{anchor}")) }
}

/// The anchor that mdBook and GitHub give a heading.
fn slug(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The lines outside fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    })
}

/// The targets of `[text](target)` and `![text](target)`, outside code.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
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

fn markdown_files(directory: &Path, deep: bool, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = directory.read_dir().map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if deep && entry.file_name() != "book" {
                markdown_files(&path, deep, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code_only() {
        let text = "[a](b.md) and ![c](d.svg#e)\n`[x](no)`\n```\n[y](no)\n```\n[z](#here)";
        assert_eq!(targets(text), ["b.md", "d.svg#e", "#here"]);
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(slug("## 10. Counting and result"), "10-counting-and-result");
        assert!(has_anchor("# A b\n```\n# not\n```", "a-b").is_ok());
        assert!(has_anchor("# A b\n```\n# not\n```", "not").is_err());
    }

    #[test]
    fn a_missing_file_is_reported_and_the_web_is_not_asked() {
        let here = Path::new("/nonexistent/page.md");
        assert!(resolve(here, "", "other.md").is_err());
        assert!(resolve(here, "", "https://example.org").is_ok());
    }
}
