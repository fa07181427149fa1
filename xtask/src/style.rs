//! `cargo xtask style`: the width of comments, the project's vocabulary, import cycles between files, and signatures
//! whose parameters could be swapped.
//!
//! Spelling and single words are checked by `typos`, whose dictionary is `typos.toml`.

mod code;
mod cycles;
mod signatures;
mod vocabulary;
mod width;

use std::fs;
use std::path::{Path, PathBuf};

use crate::process;
use crate::tools;
use crate::workspace::Workspace;

/// Files that are generated, frozen or not ours.
const SKIPPED: &[&str] = &[
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "vectors/",
    "verifier-contracts/test/vectors/",
    "verifier-contracts/src/generated/",
    "chain/artifacts/",
    "docs/src/openapi.json",
];

/// A text file of the project.
pub(crate) struct SourceFile {
    /// The path from the root, with `/`.
    path: String,
    text: String,
}

/// Runs every check and reports all failures together.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let files = read_sources(workspace)?;
    let mut failures = Vec::new();
    failures.extend(width::find_long_comments(&files));
    failures.extend(vocabulary::find_phrases(&files, &workspace.path(vocabulary::PHRASES))?);
    failures.extend(cycles::find_cycles(&files));
    failures.extend(signatures::find_swappable_parameters(&files));
    if !failures.is_empty() {
        return Err(format!("{} places\n  {}", failures.len(), failures.join("\n  ")));
    }
    eprintln!("    {} files: comments, phrases, imports and signatures", files.len());
    check_spelling(workspace)
}

fn check_spelling(workspace: &Workspace) -> Result<(), String> {
    match tools::find_tool(workspace, &tools::TYPOS)? {
        Some(typos) => process::run(workspace.command(&typos.to_string_lossy(), ".").args(["--format", "brief"])),
        None => Ok(()),
    }
}

/// Reads the files that git tracks, as far as they are text of ours.
fn read_sources(workspace: &Workspace) -> Result<Vec<SourceFile>, String> {
    let listed = workspace.list_files()?;
    let ours = listed.iter().filter(|path| !SKIPPED.iter().any(|skipped| path.starts_with(skipped)));
    let text = ours.filter(|path| {
        let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("rs" | "sol" | "md" | "mjs" | "toml" | "tmpl" | "txt" | "yml"))
            || path.as_str() == ".ci/run"
    });
    text.filter_map(|path| {
        read(&workspace.path(path)).map(|text| text.map(|text| SourceFile { path: path.clone(), text })).transpose()
    })
    .collect()
}

/// A file's text; nothing if it was deleted but is still tracked.
fn read(path: &PathBuf) -> Result<Option<String>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}
