//! What an import changed or left out, summed up for people and complete for programs.

use psephos_charter::polis::Notice;
use serde_json::{Value, json};

use crate::table::to_printable;

/// The number of notices of one kind that are shown.
const SHOWN: usize = 3;

/// Returns the kind of a notice, as programs and people read it.
fn name_kind(notice: &Notice) -> &'static str {
    match notice {
        Notice::ChangedText { .. } => "changed text",
        Notice::LeftOut { .. } => "left out",
        Notice::MissingColumn { .. } => "missing column",
        Notice::UnknownStatements(_) => "unknown statements",
        Notice::WithoutAnswers(_) => "without answers",
        Notice::IgnoredColumns(_) => "ignored columns",
    }
}

/// Returns all notices for a program.
pub(super) fn list_notices(notices: &[Notice]) -> Vec<Value> {
    let list = |notice: &Notice| {
        let statements = match notice {
            Notice::ChangedText { statement, .. } | Notice::LeftOut { statement, .. } => vec![*statement],
            Notice::UnknownStatements(ids) | Notice::WithoutAnswers(ids) => ids.clone(),
            Notice::MissingColumn { .. } | Notice::IgnoredColumns(_) => Vec::new(),
        };
        json!({ "kind": name_kind(notice), "statements": statements, "message": notice.to_string() })
    };
    notices.iter().map(list).collect()
}

/// Returns the first notices of each kind in lines, and how many more there are.
pub(super) fn describe_notices(notices: &[Notice]) -> String {
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for notice in notices {
        let (kind, line) = (name_kind(notice), to_printable(&notice.to_string()));
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, lines)) => lines.push(line),
            None => kinds.push((kind, vec![line])),
        }
    }
    let describe = |(kind, lines): &(&str, Vec<String>)| {
        let mut text = format!("{kind}: {}\n", lines.len());
        text.extend(lines.iter().take(SHOWN).map(|line| format!("  {line}\n")));
        if lines.len() > SHOWN {
            text.push_str(&format!("  and {} more; --json lists all\n", lines.len() - SHOWN));
        }
        text
    };
    kinds.iter().map(describe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_one_kind_are_summed_up() {
        let missing = |id| Notice::WithoutAnswers(vec![id]);
        let left_out = Notice::LeftOut { statement: 9, line: 2, reason: psephos_charter::text::TextError::Empty };
        let notices = [missing(1), missing(2), left_out, missing(3), missing(4), missing(5)];
        let text = describe_notices(&notices);
        assert!(text.contains("without answers: 5\n") && text.contains("left out: 1\n"), "{text}");
        assert!(text.contains("and 2 more; --json lists all") && !text.contains("statements 4"), "{text}");
        assert_eq!(list_notices(&notices).len(), 6);
    }
}
