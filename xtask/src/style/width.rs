//! Comments are at most 120 columns wide, the width of the code.

use super::SourceFile;

/// Columns of a line, indentation included.
const MAX_WIDTH: usize = 120;

/// The starts of comment lines in Rust, Solidity and JavaScript.
const CODE: &[&str] = &["//", "/*", "* ", "*/"];
/// The starts of comment lines in configuration, lists and scripts.
const CONFIGURATION: &[&str] = &["#"];

/// Lists the comment lines that are too long.
pub(super) fn find_long_comments(files: &[SourceFile]) -> Vec<String> {
    let found = files.iter().flat_map(|file| {
        let starts = comment_starts(&file.path);
        let comments = file.text.lines().enumerate().filter(|(_, line)| {
            let trimmed = line.trim_start();
            starts.iter().any(|start| trimmed.starts_with(start))
        });
        let widths = comments.map(|(index, line)| (index, line.chars().count()));
        widths.filter(|(_, width)| *width > MAX_WIDTH).map(|(index, width)| {
            format!("{}:{}: comment of {width} columns, at most {MAX_WIDTH}", file.path, index + 1)
        })
    });
    found.collect()
}

/// Returns the starts of a file's comment lines; none if its comments are not checked.
fn comment_starts(path: &str) -> &'static [&'static str] {
    match path.rsplit_once('.') {
        Some((_, "rs" | "sol" | "mjs" | "tmpl")) => CODE,
        Some((_, "toml" | "yml" | "txt" | "ci/run")) => CONFIGURATION,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_comments_are_reported() {
        let file = |path: &str, text: String| SourceFile { path: path.into(), text };
        let words = "a".repeat(120);
        let files = [
            file("a.rs", format!("/// short\n    // {words}\nlet {words} = 1;\n")),
            file("b.md", format!("// {words}")),
            file("c.sol", format!("/// {}", "b".repeat(116))),
            file("d/e.toml", format!("f = \"{words}\"\n  # {words}\n")),
            file("g.yml", format!("# {words}")),
            file("h.txt", format!("{words}\n#{words}")),
            file("i.rs", format!("#[doc = \"{words}\"]")),
        ];
        assert_eq!(
            find_long_comments(&files),
            [
                "a.rs:2: comment of 127 columns, at most 120",
                "d/e.toml:2: comment of 124 columns, at most 120",
                "g.yml:1: comment of 122 columns, at most 120",
                "h.txt:2: comment of 121 columns, at most 120",
            ]
        );
    }
}
