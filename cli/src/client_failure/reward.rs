//! Rewards and verification.

use psephos_client::reward::RewardError;
use psephos_client::verify::VerifyError;
use psephos_submission::reward::RewardError as TermsError;

use super::parts::{file_code, file_hint, keys_code, remote_code, remote_hint, submission_code, submission_hint};
use super::voter::{voter_code, voter_hint};
use crate::failure::{CHAIN, INPUT};
use crate::hints::{chain_code, chain_hint};

const CLAIM_FILE: &str = "ask the claimant for the complete file again";

pub(crate) fn reward_code(error: &RewardError) -> u8 {
    match error {
        RewardError::Chain(error) => chain_code(error),
        RewardError::Terms(error) => terms_code(error),
        RewardError::Voter(error) => voter_code(error),
        RewardError::Keys(error) => keys_code(error),
        RewardError::Submission(error) => submission_code(error),
        RewardError::Remote(error) => remote_code(error),
        RewardError::File(error) => file_code(error),
        RewardError::Package(_) | RewardError::FeeTooHigh { .. } => INPUT,
        RewardError::Claim(_)
        | RewardError::NotClaimable { .. }
        | RewardError::AlreadyClaimed { .. }
        | RewardError::CostlyClaim { .. } => CHAIN,
    }
}

pub(crate) fn reward_hint(error: &RewardError) -> Option<String> {
    match error {
        RewardError::Chain(error) => chain_hint(error),
        RewardError::Terms(TermsError::State(error)) => chain_hint(&error.clone().into()),
        RewardError::Voter(error) => voter_hint(error),
        RewardError::Submission(error) => submission_hint(error),
        RewardError::Remote(error) => remote_hint(error),
        RewardError::File(error) => file_hint(error),
        RewardError::Package(_) => Some(CLAIM_FILE.into()),
        RewardError::NotClaimable { .. } => Some("`psephos reward status` shows what the claims wait for".into()),
        RewardError::Terms(_)
        | RewardError::Keys(_)
        | RewardError::Claim(_)
        | RewardError::FeeTooHigh { .. }
        | RewardError::AlreadyClaimed { .. }
        | RewardError::CostlyClaim { .. } => None,
    }
}

pub(crate) fn terms_code(error: &TermsError) -> u8 {
    match error {
        TermsError::State(error) => chain_code(&error.clone().into()),
        TermsError::Policy(_) => INPUT,
        TermsError::NothingPaid { .. } => CHAIN,
    }
}

pub(crate) fn verify_code(error: &VerifyError) -> u8 {
    match error {
        VerifyError::Chain(error) => chain_code(error),
        VerifyError::Keys(error) => keys_code(error),
        VerifyError::Submission(error) => submission_code(error),
        VerifyError::Recipients(_) => CHAIN,
        VerifyError::Terms(error) => terms_code(error),
    }
}

pub(crate) fn verify_hint(error: &VerifyError) -> Option<String> {
    match error {
        VerifyError::Chain(error) => chain_hint(error),
        VerifyError::Submission(error) => submission_hint(error),
        VerifyError::Terms(TermsError::State(error)) => chain_hint(&error.clone().into()),
        VerifyError::Keys(_) | VerifyError::Recipients(_) | VerifyError::Terms(_) => None,
    }
}
