//! An operator's calls.

use psephos_client::operator::error::OperatorError;

use crate::failure::{CHAIN, INPUT};
use crate::hints::{chain_code, chain_hint, revert_hint};

const UNCHECKED: &str = "if another proposal is executed before this one, export it with --unchecked";

pub(crate) fn operator_code(error: &OperatorError) -> u8 {
    match error {
        OperatorError::Chain(error) => chain_code(error),
        OperatorError::ChamberExists { .. } => INPUT,
        OperatorError::NotOwner { .. }
        | OperatorError::NotOffered { .. }
        | OperatorError::SeveralOwners { .. }
        | OperatorError::WouldFail { .. } => CHAIN,
    }
}

pub(crate) fn operator_hint(error: &OperatorError) -> Option<String> {
    let hint = match error {
        OperatorError::Chain(error) => return chain_hint(error),
        OperatorError::WouldFail { revert, .. } => {
            let known = revert_hint(&revert.name).map_or_else(String::new, |hint| format!("{hint}; "));
            return Some(format!("{known}{UNCHECKED}"));
        }
        OperatorError::ChamberExists { chamber, .. } => {
            return Some(format!(
                "set its list with `psephos chamber allow --chamber {chamber} FILE`, or choose another name"
            ));
        }
        OperatorError::NotOwner { .. } => {
            "send from the owner's account, or export the calls for it with --calldata or --safe-batch FILE"
        }
        OperatorError::NotOffered { .. } => {
            "the owner offers it first: `psephos ownership transfer`; if that is another proposal, executed before, export \
             the acceptance with --unchecked"
        }
        OperatorError::SeveralOwners { .. } => {
            "`psephos ownership show` shows the owners; transfer all contracts to one of them"
        }
    };
    Some(hint.into())
}
