//! Sources that do not agree, or are too few.

use psephos_client::confirm::ConfirmError;
use psephos_submission::contexts::ContextError;

use crate::failure::{CHAIN, CHECK_FAILED, INPUT};
use crate::hints::{chain_code, chain_hint};

pub(crate) fn confirm_code(error: &ConfirmError) -> u8 {
    match error {
        ConfirmError::Chain(error) => chain_code(error),
        ConfirmError::Nodes(error) => context_code(error),
        ConfirmError::StateProof(_) => CHAIN,
        ConfirmError::Differs { .. } | ConfirmError::OtherAttested { .. } => CHECK_FAILED,
        ConfirmError::BlockBeforeOpening { .. } | ConfirmError::OneKind { .. } => INPUT,
    }
}

pub(crate) fn context_code(error: &ContextError) -> u8 {
    match error {
        ContextError::State(error) => chain_code(&error.clone().into()),
        ContextError::Nodes(_) => CHAIN,
        ContextError::Differs { .. } => CHECK_FAILED,
    }
}

pub(crate) fn context_hint(error: &ContextError) -> Option<String> {
    match error {
        ContextError::State(error) => chain_hint(&error.clone().into()),
        ContextError::Nodes(_) => None,
        ContextError::Differs { .. } => Some("use another node with --rpc, and tell the DAO what differed".into()),
    }
}

pub(crate) fn confirm_hint(error: &ConfirmError) -> Option<String> {
    let hint = match error {
        ConfirmError::Chain(error) => return chain_hint(error),
        ConfirmError::Nodes(error) => return context_hint(error),
        ConfirmError::StateProof(_) => "ask another node with --rpc, and compare the hash of the block",
        ConfirmError::Differs { .. } | ConfirmError::OtherAttested { .. } => {
            "do not vote through this node: use another one with --rpc, and tell the DAO what differed"
        }
        ConfirmError::BlockBeforeOpening { .. } => "pass a later block with --trusted-block",
        ConfirmError::OneKind { .. } => {
            "name a second kind of source: trustees' attestations (--indexer URL or --attestations FILE, with trustees \
             that `psephos committee pin N` wrote into the deployment file), --fingerprint with --census-root, or \
             --trusted-block; or accept the risk with --trust-nodes-with-vote"
        }
    };
    Some(hint.into())
}
