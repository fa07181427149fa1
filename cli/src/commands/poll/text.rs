//! The text of a poll, as it is printed.

use psephos_state::{Poll, fingerprint::ContentWords};
use serde_json::{Value, json};

pub(crate) use psephos_report::text::{decided_option, describe_rule, read_text};

/// Returns what people compare: the words of the poll's content, and its fingerprint.
pub(crate) fn identify(poll: &Poll) -> Value {
    json!({ "words": ContentWords::new(poll.content).to_string(), "fingerprint": poll.fingerprint })
}
