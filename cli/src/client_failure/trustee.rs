//! Trustees.

use psephos_client::secret_file::SecretFileError;
use psephos_client::trustee::{Refusal, TrusteeError};

use super::confirm::{confirm_code, confirm_hint};
use super::operator::{operator_code, operator_hint};
use super::parts::{
    file_code, file_hint, keys_code, remote_code, remote_hint, secret_file_hint, submission_code, submission_hint,
};
use super::sheets::{sheets_code, sheets_hint};
use super::voter::{parameters_code, parameters_hint, tally_code, tally_hint};
use crate::failure::{CHAIN, INPUT, SECRET};
use crate::hints::{chain_code, chain_hint};

pub(crate) fn trustee_code(error: &TrusteeError) -> u8 {
    match error {
        TrusteeError::Chain(error) => chain_code(error),
        TrusteeError::Keys(error) => keys_code(error),
        TrusteeError::Remote(error) => remote_code(error),
        TrusteeError::Submission(error) => submission_code(error),
        TrusteeError::Parameters(error) => parameters_code(error),
        TrusteeError::File(error) => file_code(error),
        TrusteeError::Tally(error) => tally_code(error),
        TrusteeError::Confirm(error) => confirm_code(error),
        TrusteeError::Sheets(error) => sheets_code(error),
        TrusteeError::KeyInUse { .. } | TrusteeError::NothingToRetire | TrusteeError::OtherDeployment { .. } => INPUT,
        TrusteeError::Operator(error) => operator_code(error),
        TrusteeError::SecretFile(SecretFileError::File(error)) => file_code(error),
        TrusteeError::SecretFile(_) | TrusteeError::Signature { .. } => SECRET,
        TrusteeError::Committee(_)
        | TrusteeError::Recipients(_)
        | TrusteeError::Refused(_)
        | TrusteeError::NotTrustee { .. }
        | TrusteeError::WrongPhase { .. } => CHAIN,
    }
}

pub(crate) fn trustee_hint(error: &TrusteeError) -> Option<String> {
    let hint = match error {
        TrusteeError::Chain(error) => return chain_hint(error),
        TrusteeError::Remote(error) => return remote_hint(error),
        TrusteeError::Submission(error) => return submission_hint(error),
        TrusteeError::Parameters(error) => return parameters_hint(error),
        TrusteeError::File(error) => return file_hint(error),
        TrusteeError::Tally(error) => return tally_hint(error),
        TrusteeError::Confirm(error) => return confirm_hint(error),
        TrusteeError::Sheets(error) => return sheets_hint(error),
        TrusteeError::Refused(
            Refusal::UnprovedBallot { .. }
            | Refusal::WrongContext { .. }
            | Refusal::WrongTotal { .. }
            | Refusal::InvalidDealing { .. }
            | Refusal::UnprovedDealing { .. }
            | Refusal::InvalidEvents(_),
        ) => "use another node, preferably your own; nothing was decrypted",
        TrusteeError::Refused(Refusal::ShareRejected { .. }) => {
            "use another node, preferably your own, and inform the other trustees"
        }
        TrusteeError::Refused(Refusal::OtherTotalDecrypted { .. }) => {
            "do not delete the journal: use another node, and inform the other trustees"
        }
        TrusteeError::Refused(Refusal::KeysNeeded { .. }) => {
            "`psephos poll show N` shows until when; the key file is untouched"
        }
        TrusteeError::Refused(Refusal::CommitteeLives { .. }) => {
            "wait for its end, or have the DAO retire it; with --force your part ends now, and the others need the threshold \
             without you"
        }
        TrusteeError::Refused(Refusal::ViewsDiffer { .. }) => {
            "try again, and use another node if it stays so; the key file is untouched"
        }
        TrusteeError::NothingToRetire => "no statement is needed: you may simply delete the file",
        TrusteeError::OtherDeployment { .. } => "name the right deployment file with --deployment",
        TrusteeError::SecretFile(error) => return secret_file_hint(error),
        TrusteeError::Operator(error) => return operator_hint(error),
        TrusteeError::Refused(Refusal::NotClosed { .. }) => "`psephos poll show N` shows the schedule of poll N",
        TrusteeError::Refused(Refusal::ClockDisagrees { .. }) => {
            "check this machine's clock; if it is right, use another node"
        }
        TrusteeError::Refused(Refusal::NotConfirmed { .. }) => "wait, or lower the number with --confirmations N",
        TrusteeError::NotTrustee { .. } => "`psephos committee list --json` shows the trustees' accounts",
        TrusteeError::KeyInUse { .. } => "make a new key file with `psephos trustee keygen --out FILE`",
        TrusteeError::WrongPhase { .. } => "`psephos trustee status` shows which tasks are due",
        TrusteeError::Committee(_) | TrusteeError::Recipients(_) => "use another node, preferably your own",
        TrusteeError::Refused(Refusal::OtherAttestation { .. }) => {
            "do not delete the attestation: use another node, and inform the other trustees"
        }
        TrusteeError::Refused(_) | TrusteeError::Keys(_) | TrusteeError::Signature { .. } => return None,
    };
    Some(hint.into())
}
