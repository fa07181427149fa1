//! A poll's own text as it is shown, and text that anyone can write made harmless.

use psephos_protocol::{decision::DecisionKind, rule::RuleKind};
use psephos_state::{Poll, PollState, metadata::MetadataError};

/// A poll's question and the names of its options.
#[derive(Clone, Debug)]
pub struct PollText {
    /// The question, or that there is none to show.
    pub title: String,
    /// The names of the options; numbers if there are none to show.
    pub options: Vec<String>,
    /// Why the poll's own text is not shown.
    pub problem: Option<MetadataError>,
}

/// Returns a poll's text. Text that could be misread is not shown, and options are numbered instead.
pub fn read_text(poll: &Poll) -> PollText {
    let kind = poll.parameters.decision.unwrap_or(DecisionKind::Options);
    match poll.metadata() {
        Ok(metadata) => PollText { options: metadata.option_names(kind), title: metadata.title, problem: None },
        Err(problem) => PollText {
            title: "(no readable question)".into(),
            options: (1..=poll.options()).map(|number| format!("Option {number}")).collect(),
            problem: Some(problem),
        },
    }
}

/// Returns the name of the option that was decided for, if the poll is Decided.
pub fn decided_option(poll: &Poll) -> Option<String> {
    match poll.ended {
        Some((PollState::Decided, option)) => read_text(poll).options.get(usize::from(option)).cloned(),
        _ => None,
    }
}

/// Describes a poll's ballot rule in a few words.
pub fn describe_rule(poll: &Poll) -> String {
    let Some(rule) = poll.rule() else { return "a ballot rule that this version does not know".into() };
    let number = rule.parameter;
    // In a weighted chamber the budget is the weight, and the parameter is not read.
    let weighted = poll.chambers.values().all(|chamber| chamber.rule.weighted);
    let budget = match (weighted, rule.exact) {
        (true, false) => "a budget of the weight".to_owned(),
        (true, true) => "a budget of the weight, all of it".to_owned(),
        (false, false) => format!("a budget of {number}"),
        (false, true) => format!("a budget of {number}, all of it"),
    };
    let described = match rule.kind {
        RuleKind::Plurality => "plurality".into(),
        RuleKind::Approval => format!("approval of at most {number}"),
        RuleKind::Score => format!("score, 0 to {number}"),
        RuleKind::Cumulative => format!("cumulative, {budget}"),
        RuleKind::Quadratic => format!("quadratic, {budget}"),
        RuleKind::Borda => "Borda".into(),
    };
    match (rule.choice_in_note, rule.masked) {
        (true, _) => format!("{described}; notes hold choices, so that each ballot is a vote receipt"),
        (_, true) => {
            format!("{described}; masked: ballots are re-encrypted by others, and a replacement looks the same")
        }
        (false, false) => described,
    }
}

/// Replaces the characters that could steer a terminal or show text in another order than it has: names come from
/// chains and files, which anyone can write.
pub fn to_printable(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Returns whether a character is shown as itself and leaves the text around it as it is. Not so are control
/// characters; the marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX 9); and line and
/// paragraph separators.
pub(crate) fn is_printable(c: char) -> bool {
    let changes_layout =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !changes_layout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(to_printable("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }

    /// With U+202E "oN" is shown as "No". Letters of every script, which need none of these, stay.
    #[test]
    fn characters_that_reorder_text_are_replaced() {
        for c in "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{2028}\u{2029}".chars() {
            assert_eq!(to_printable(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
        assert_eq!(to_printable("Für שלום سلام 投票 👩\u{200d}🚀"), "Für שלום سلام 投票 👩\u{200d}🚀");
    }
}
