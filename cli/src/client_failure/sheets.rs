//! Sheet polls and charters.

use psephos_client::sheets::SheetsError;

use super::OTHER_SENDER_OF_SHEETS;
use super::confirm::{confirm_code, confirm_hint};
use super::parts::{keys_code, remote_code, remote_hint, submission_code, submission_hint};
use super::reward::{reward_code, reward_hint};
use super::trustee::{trustee_code, trustee_hint};
use crate::failure::{CHAIN, CHECK_FAILED, INPUT, SECRET};
use crate::hints::{chain_code, chain_hint};

pub(crate) fn sheets_code(error: &SheetsError) -> u8 {
    match error {
        SheetsError::Chain(error) => chain_code(error),
        SheetsError::Keys(error) => keys_code(error),
        SheetsError::Submission(error) => submission_code(error),
        SheetsError::Remote(error) => remote_code(error),
        SheetsError::Trustee(error) => trustee_code(error),
        SheetsError::Confirm(error) => confirm_code(error),
        SheetsError::Reward(error) => reward_code(error),
        SheetsError::Identity(_) | SheetsError::OtherSoftware { .. } => SECRET,
        SheetsError::Package(_)
        | SheetsError::Answers(_)
        | SheetsError::SeveralMembersOfSeed { .. }
        | SheetsError::SenderIsMember { .. } => INPUT,
        SheetsError::NoTotal { .. }
        | SheetsError::Totals(_)
        | SheetsError::Outcome(_)
        | SheetsError::Charter(_)
        | SheetsError::OtherLive { .. } => CHECK_FAILED,
        SheetsError::Nodes(_)
        | SheetsError::NotMember { .. }
        | SheetsError::OtherIdentity { .. }
        | SheetsError::NoMemberOfSeed { .. }
        | SheetsError::OtherSheet { .. }
        | SheetsError::UnreadableText { .. }
        | SheetsError::OtherAgenda { .. }
        | SheetsError::OtherCount { .. }
        | SheetsError::AlreadyVoted { .. }
        | SheetsError::NothingToReplace { .. }
        | SheetsError::NoSheet { .. }
        | SheetsError::NotClosed { .. }
        | SheetsError::NotFinal(_)
        | SheetsError::ClockDisagrees { .. }
        | SheetsError::UnprovedDealing { .. }
        | SheetsError::Refused { .. }
        | SheetsError::ShareRejected { .. }
        | SheetsError::NotTrustee { .. }
        | SheetsError::SharesMissing { .. }
        | SheetsError::NoOutcome { .. } => CHAIN,
    }
}

pub(crate) fn sheets_hint(error: &SheetsError) -> Option<String> {
    let hint = match error {
        SheetsError::Chain(error) => return chain_hint(error),
        SheetsError::Submission(error) => return submission_hint(error),
        SheetsError::Remote(error) => return remote_hint(error),
        SheetsError::Trustee(error) => return trustee_hint(error),
        SheetsError::Confirm(error) => return confirm_hint(error),
        SheetsError::Reward(error) => return reward_hint(error),
        SheetsError::NoSheet { .. } => "claim with the account that voted, in the chamber in which it did",
        SheetsError::NotMember { .. } => "name the account that enrolled with --account",
        SheetsError::OtherIdentity { .. } => "name the identity file that this account enrolled with --identity",
        SheetsError::NoMemberOfSeed { .. } => {
            "`psephos identity show FILE` lists the accounts that are enrolled with identities of FILE"
        }
        SheetsError::SeveralMembersOfSeed { .. } => "name one of them with --account ADDRESS",
        SheetsError::OtherSheet { .. } => {
            "do not vote: compare with where the sheet poll was announced, and read the chain through another node"
        }
        SheetsError::AlreadyVoted { .. } => "run the command again with --replace",
        SheetsError::NothingToReplace { .. } => "run the command again without --replace",
        SheetsError::UnreadableText { .. } | SheetsError::OtherAgenda { .. } | SheetsError::OtherCount { .. } => {
            "the DAO creates it again with `psephos charter create`, which checks its text"
        }
        SheetsError::NotClosed { sheet, .. } => {
            return Some(format!("`psephos charter show --sheet {sheet}` shows its schedule"));
        }
        SheetsError::NotFinal(_) => "wait, or lower the number with --confirmations N; nothing was decrypted",
        SheetsError::ClockDisagrees { .. } => "check this machine's clock; if it is right, use another node",
        SheetsError::UnprovedDealing { .. } => "use another node, preferably your own; nothing was decrypted",
        SheetsError::Refused { .. } => {
            "if it stays so, use another node, preferably your own; nothing of this chamber was decrypted or sent"
        }
        SheetsError::ShareRejected { .. } => "use another node, preferably your own, and inform the other trustees",
        SheetsError::NotTrustee { .. } => "`psephos committee list --json` shows the trustees' accounts",
        SheetsError::SharesMissing { .. } => {
            "trustees run `psephos trustee decrypt --sheet N` first: once for the turnout, and once more for the \
             statements; then run this command again"
        }
        SheetsError::NoOutcome { .. } => "`psephos charter show --sheet N` shows what is tallied",
        SheetsError::SenderIsMember { .. } => OTHER_SENDER_OF_SHEETS,
        SheetsError::Package(_) => "ask its sender for the complete file again",
        SheetsError::OtherLive { .. } => "do not serve a model by this answer: use another node with --rpc",
        SheetsError::Keys(_)
        | SheetsError::Identity(_)
        | SheetsError::OtherSoftware { .. }
        | SheetsError::Answers(_)
        | SheetsError::Nodes(_)
        | SheetsError::NoTotal { .. }
        | SheetsError::Totals(_)
        | SheetsError::Outcome(_)
        | SheetsError::Charter(_) => return None,
    };
    Some(hint.into())
}
