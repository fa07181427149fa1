//! Phrases of several words that the project does not use, with their replacements.

use std::fs;
use std::path::Path;

use super::SourceFile;

/// The list of phrases; `docs/src/glossary.md` has the terms to use.
pub(super) const PHRASES: &str = "docs/vocabulary.txt";

/// The list itself, and the glossary, name the words that they replace.
const EXEMPT: &[&str] = &[PHRASES, "docs/src/glossary.md", "xtask/src/style/vocabulary.rs"];

/// Lists the places where a phrase of the file at `list` stands.
///
/// # Errors
/// The list cannot be read, or a line is not `phrase -> replacement`.
pub(super) fn find_phrases(files: &[SourceFile], list: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(list).map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let phrases = parse_phrases(&text)?;
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !EXEMPT.contains(&file.path.as_str())) {
        let words = split_words(&file.text);
        for (phrase, replacement) in &phrases {
            let matches = words.windows(phrase.len()).filter(|window| window.iter().map(|(_, word)| word).eq(phrase));
            found.extend(matches.map(|window| {
                let line = window.first().map_or(0, |(line, _)| *line);
                format!("{}:{line}: \"{}\", write: {replacement}", file.path, phrase.join(" "))
            }));
        }
    }
    Ok(found)
}

/// The words of each phrase, and its replacement.
fn parse_phrases(text: &str) -> Result<Vec<(Vec<String>, String)>, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (phrase, replacement) =
                line.split_once(" -> ").ok_or_else(|| format!("not `phrase -> replacement`: {line}"))?;
            Ok((phrase.split_whitespace().map(str::to_lowercase).collect(), replacement.to_owned()))
        })
        .collect()
}

/// Words in lower case with their lines, without the marks that begin a comment, so that a phrase is found across a
/// line break.
fn split_words(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate().flat_map(|(index, line)| {
        let content = line.trim_start().trim_start_matches(['/', '!', '*', '#', '>']);
        content.split_whitespace().map(move |word| (index + 1, word))
    });
    lines
        .map(|(line, word)| (line, word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()))
        .filter(|(_, word)| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrase_is_found_across_comment_lines() {
        let words = split_words("/// How it\n/// Goes\n/// on, then.\n");
        let texts: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(texts, ["how", "it", "goes", "on", "then"]);
        assert_eq!(words[2].0, 2);
    }

    #[test]
    fn line_without_replacement_is_rejected() {
        assert!(parse_phrases("# comment\n\nso many -> N").is_ok());
        assert!(parse_phrases("so many").is_err());
    }
}
