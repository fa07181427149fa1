//! The text of a poll, as it is printed.

use psephos_state::{Poll, fingerprint::ContentWords};
use serde_json::{Value, json};

pub(crate) use psephos_report::text::{decided_option, describe_rule, read_text};

/// What a voter should know before it votes in a poll whose notes hold choices.
pub(crate) const RECEIPT: &str = "notes of this poll hold the choice, so that a bonus can be paid for it. Your ballot is \
    a vote receipt: your seed proves how you voted, to you and to anyone who gets it or makes you show it, for ever";

/// What a DAO should know before it creates such a poll.
pub(crate) const RECEIPTS: &str = "the rule has choice_in_note: each ballot is a vote receipt, with which its voter can prove \
    for ever how it voted, and can be made to. A bonus needs that; nothing else does";

/// Returns what people compare: the words of the poll's content, and its fingerprint.
pub(crate) fn identify(poll: &Poll) -> Value {
    json!({ "words": ContentWords::new(poll.content).to_string(), "fingerprint": poll.fingerprint })
}
