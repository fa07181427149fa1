//! The text of a poll, as it is printed.

use psephos_protocol::rounding::Outcome;
use psephos_state::{Poll, fingerprint::ContentWords};
use serde_json::{Value, json};

pub(crate) use psephos_report::text::{decided_option, describe_rule, read_text};

use crate::format::thousands;
use crate::table::to_printable;

/// What a voter should know before it votes in a poll whose notes hold choices.
pub(crate) const RECEIPT: &str = "notes of this poll hold the choice, so that a bonus can be paid for it. Your ballot is \
    a vote receipt: your seed proves how you voted, to you and to anyone who gets it or makes you show it, for ever";

/// What a voter may count on in a masked poll, and what not.
pub(crate) const MASKED: &str = "This poll is masked: a masker encrypts ballots anew without changing them, and can carry your \
    replacement in place of that. Then no one can tell that you replaced your ballot, not even with your seed, if you did it \
    unobserved and delete the package file. Sent in another way, a replacement shows that it came. A buyer whose program you \
    run until the close, or who has your key to the close, is not hindered.";

/// What a DAO should know before it creates such a poll.
pub(crate) const RECEIPTS: &str = "the rule has choice_in_note: each ballot is a vote receipt, with which its voter can prove \
    for ever how it voted, and can be made to. A bonus needs that; nothing else does";

/// What a DAO should know before it creates a masked poll.
pub(crate) const MASKS_WANTED: &str = "the rule is masked: that protects voters only if someone masks, again and again up to \
    the close, and carries their replacements in place of masks: run a relayer with `psephos serve --masker` (or by hand, at \
    random times and in the last minutes, `psephos relay --mask N`), and name it to voters";

/// What a voter should know of a poll whose totals are rounded.
pub(crate) const ROUNDED: &str = "This poll's totals are rounded: the public learns which option is the greatest, the choice, and of \
    every other option between which numbers its total is. One trustee, the teller, learns the exact totals.";

/// Describes what a rounded chamber has published.
pub(crate) fn describe_rounded(outcome: &Outcome, step: u64, options: &[String]) -> String {
    let describe = |(option, bucket): (usize, &u64)| {
        let name = options.get(option).map_or_else(|| format!("option {option}"), |name| to_printable(name));
        let least = bucket.saturating_mul(step);
        match option == outcome.greatest {
            true => format!("{name} the greatest"),
            false => format!("{name} {} to {}", thousands(least), thousands(least.saturating_add(step - 1))),
        }
    };
    let parts: Vec<String> = outcome.buckets.iter().enumerate().map(describe).collect();
    let chosen = outcome.choice.and_then(|option| options.get(option)).map(|name| to_printable(name));
    format!("{}; chooses {}", parts.join(" / "), chosen.unwrap_or_else(|| "none".to_owned()))
}

/// Returns what people compare: the words of the poll's content, and its fingerprint.
pub(crate) fn identify(poll: &Poll) -> Value {
    json!({ "words": ContentWords::new(poll.content).to_string(), "fingerprint": poll.fingerprint })
}
