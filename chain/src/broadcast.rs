//! What nodes answer to a signed transaction.

use crate::error::ChainError;

/// A node's response to a signed transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// The node accepted it.
    Accepted,
    /// The node has it already.
    AlreadyKnown,
    /// Its nonce is used: it was mined, or another transaction was.
    NonceTooLow,
    /// The node has another transaction with this nonce, and this one offers too little more.
    ReplacementUnderpriced,
    /// The account cannot pay its maximum cost.
    InsufficientFunds,
}

impl Broadcast {
    /// Returns which of the known refusals an error is.
    pub(crate) fn of_refusal(error: &ChainError) -> Option<Self> {
        match error {
            ChainError::Provider { message, .. } => recognise_refusal(message),
            _ => None,
        }
    }
}

/// Nodes agree on these refusals but not on error codes for them: only their messages tell.
pub(crate) fn recognise_refusal(message: &str) -> Option<Broadcast> {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&["already known", "already imported", "known transaction", "alreadyknown"]) {
        Some(Broadcast::AlreadyKnown)
    } else if says(&["nonce too low", "nonce is too low", "oldnonce", "nonce has already been used"]) {
        Some(Broadcast::NonceTooLow)
    } else if says(&["underpriced", "fee too low", "gas price too low", "feetoolow"]) {
        Some(Broadcast::ReplacementUnderpriced)
    } else if says(&["insufficient funds", "insufficientfunds"]) {
        Some(Broadcast::InsufficientFunds)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_recognised_by_the_messages_of_several_nodes() {
        for (words, expected) in [
            ("already known", Some(Broadcast::AlreadyKnown)),
            ("transaction already imported", Some(Broadcast::AlreadyKnown)),
            ("nonce too low: next nonce 5, tx nonce 4", Some(Broadcast::NonceTooLow)),
            ("replacement transaction underpriced", Some(Broadcast::ReplacementUnderpriced)),
            ("Insufficient funds for gas * price + value", Some(Broadcast::InsufficientFunds)),
            ("execution reverted", None),
        ] {
            assert_eq!(recognise_refusal(words), expected, "{words}");
        }
    }
}
