//! Finds the commands that pages of documentation give their readers: those in fenced blocks of a shell.
//!
//! A test of the `psephos` command includes this file as well, to parse what the pages say about it.

/// The languages of fenced blocks that hold commands.
const SHELLS: [&str; 4] = ["sh", "bash", "shell", "console"];

/// A command of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentedCommand {
    /// The number of its first line in the page, from 1.
    pub(crate) line: usize,
    /// The number of its block in the page, from 1.
    pub(crate) block: usize,
    /// The command in one line, without comments.
    pub(crate) text: String,
}

/// Lists the commands of a page, in order. A line that ends in a backslash continues in the next one.
pub(crate) fn list_commands(page: &str) -> Vec<DocumentedCommand> {
    let mut found: Vec<DocumentedCommand> = Vec::new();
    let (mut in_fence, mut in_shell, mut continued, mut block) = (false, false, false, 0);
    for (line, number) in page.lines().map(str::trim).zip(1..) {
        if let Some(language) = line.strip_prefix("```") {
            in_shell = !in_fence && SHELLS.contains(&language.trim());
            in_fence = !in_fence;
            block += usize::from(in_fence);
            continued = false;
            continue;
        }
        if !in_shell {
            continue;
        }
        let line = strip_comment(line).trim_end();
        let text = line.strip_suffix('\\').unwrap_or(line).trim();
        match found.last_mut().filter(|_| continued) {
            Some(command) => command.text.push_str(&format!(" {text}")),
            None if text.is_empty() => continue,
            None => found.push(DocumentedCommand { line: number, block, text: text.to_owned() }),
        }
        continued = line.ends_with('\\');
    }
    found
}

/// Removes a comment: from a `#` outside quotes that follows a space or begins the line.
fn strip_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (position, character) in line.char_indices() {
        match (character, quote) {
            ('#', None) if before == ' ' => return &line[..position],
            ('"' | '\'', None) => quote = Some(character),
            (_, Some(open)) if character == open => quote = None,
            _ => {}
        }
        before = character;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_shell_blocks_are_found_in_one_line_each() {
        let page = "text\n```console\na b   # why\n\n# only a comment\nc \\\n  --d \"# no comment\" \\\n  e\n```\n```json\nnot\n```\n\
                    1. item\n   ```sh\n   f\n   ```\nnot this";
        let expected = [(3, 1, "a b"), (6, 1, "c --d \"# no comment\" e"), (15, 3, "f")];
        let expected = expected.map(|(line, block, text)| DocumentedCommand { line, block, text: text.to_owned() });
        assert_eq!(list_commands(page), expected);
    }
}
