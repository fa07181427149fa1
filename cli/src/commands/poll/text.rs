//! The text of a poll, as it is printed.

use psephos_protocol::decision::DecisionKind;
use psephos_state::{Poll, PollState, fingerprint::ContentWords, metadata::MetadataError};
use serde_json::{Value, json};

/// A poll's question and the names of its options.
pub(crate) struct PollText {
    /// The question, or that there is none to show.
    pub(crate) title: String,
    /// The names of the options; numbers if there are none to show.
    pub(crate) options: Vec<String>,
    /// Why the poll's own text is not shown.
    pub(crate) problem: Option<MetadataError>,
}

/// Returns a poll's text. Text that could be misread is not shown, and options are numbered instead.
pub(crate) fn read_text(poll: &Poll) -> PollText {
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
pub(crate) fn decided_option(poll: &Poll) -> Option<String> {
    match poll.ended {
        Some((PollState::Decided, option)) => read_text(poll).options.get(usize::from(option)).cloned(),
        _ => None,
    }
}

/// Returns what people compare: the words of the poll's content, and its fingerprint.
pub(crate) fn identify(poll: &Poll) -> Value {
    json!({ "words": ContentWords::new(poll.content).to_string(), "fingerprint": poll.fingerprint })
}
