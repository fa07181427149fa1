//! Comments are at most 120 columns wide, the width of the code.

use super::SourceFile;

/// Columns of a line, indentation included.
const MAX_WIDTH: usize = 120;

/// Lists the comment lines of Rust, Solidity and JavaScript that are too long.
pub(super) fn find_long_comments(files: &[SourceFile]) -> Vec<String> {
    let code = files.iter().filter(|file| [".rs", ".sol", ".mjs", ".tmpl"].iter().any(|end| file.path.ends_with(end)));
    code.flat_map(|file| {
        let long =
            file.text.lines().enumerate().filter(|(_, line)| is_comment(line) && line.chars().count() > MAX_WIDTH);
        long.map(|(index, line)| {
            format!("{}:{}: comment of {} columns, at most {MAX_WIDTH}", file.path, index + 1, line.chars().count())
        })
    })
    .collect()
}

fn is_comment(line: &str) -> bool {
    let trimmed = line.trim_start();
    ["//", "/*", "* ", "*/"].iter().any(|start| trimmed.starts_with(start))
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
        ];
        assert_eq!(find_long_comments(&files), ["a.rs:2: comment of 127 columns, at most 120"]);
    }
}
