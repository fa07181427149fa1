//! Voters, tallies and ballot rules.

use psephos_client::parameters::ParametersError;
use psephos_client::tally::TallyError;
use psephos_client::voter::{MaskError, VoterError};

use super::parts::{keys_code, remote_code, remote_hint};
use crate::failure::{CHAIN, CHECK_FAILED, INPUT, SECRET};
use crate::hints::{chain_code, chain_hint};

const BALLOT_FILE: &str = "ask the voter for the complete file again";
const RULE_OF_POLL: &str = "`psephos poll show N` shows the options and the ballot rule of poll N";

pub(crate) fn voter_code(error: &VoterError) -> u8 {
    match error {
        VoterError::Chain(error) => chain_code(error),
        VoterError::Parameters(error) => parameters_code(error),
        VoterError::Keys(error) => keys_code(error),
        VoterError::Remote(error) => remote_code(error),
        VoterError::Mask(error) => mask_code(error),
        VoterError::Rule(_) | VoterError::Ballot(_) | VoterError::Update(_) | VoterError::Package(_) => INPUT,
        VoterError::SeveralMembersOfSeed { .. } => INPUT,
        VoterError::Identity(_) => SECRET,
        VoterError::NotMember { .. }
        | VoterError::NoMemberOfSeed { .. }
        | VoterError::OtherIdentity { .. }
        | VoterError::AlreadyVoted { .. }
        | VoterError::OtherPoll { .. }
        | VoterError::UnreadablePoll { .. }
        | VoterError::NothingToReplace { .. }
        | VoterError::NoBallot { .. }
        | VoterError::Recovery(_) => CHAIN,
    }
}

pub(crate) fn voter_hint(error: &VoterError) -> Option<String> {
    let hint = match error {
        VoterError::Chain(error) => return chain_hint(error),
        VoterError::Parameters(error) => return parameters_hint(error),
        VoterError::Remote(error) => return remote_hint(error),
        VoterError::Mask(error) => return mask_hint(error),
        VoterError::Package(_) => BALLOT_FILE,
        VoterError::OtherPoll { .. } => {
            "do not vote: compare with where the poll was announced, and read the chain through another node"
        }
        VoterError::UnreadablePoll { .. } => {
            "the DAO creates the poll again with `psephos poll create`, which checks its text"
        }
        VoterError::NoMemberOfSeed { .. } => {
            "`psephos identity show FILE` lists the accounts that are enrolled with identities of FILE"
        }
        VoterError::SeveralMembersOfSeed { .. } => "name one of them with --account ADDRESS",
        VoterError::AlreadyVoted { .. } => "run `psephos vote` again with --replace",
        VoterError::NothingToReplace { .. } => "run `psephos vote` again without --replace",
        VoterError::NoBallot { .. } => "`psephos vote --check` shows whether a ballot counts",
        VoterError::Ballot(_) | VoterError::Update(_) | VoterError::Rule(_) => RULE_OF_POLL,
        VoterError::NotMember { .. } => {
            "`psephos chamber show --account ADDRESS` shows where an account is a member; name the account that \
             enrolled with --account"
        }
        VoterError::OtherIdentity { .. } => "name the identity file that this account enrolled with --identity",
        VoterError::Keys(_) | VoterError::Identity(_) | VoterError::Recovery(_) => return None,
    };
    Some(hint.into())
}

fn mask_code(error: &MaskError) -> u8 {
    match error {
        MaskError::State(error) => chain_code(&error.clone().into()),
        MaskError::Parameters(error) => parameters_code(error),
        MaskError::Keys(error) => keys_code(error),
        MaskError::Rule(_) | MaskError::Update(_) => INPUT,
        MaskError::NotMasked(_) | MaskError::EmptySlot { .. } => CHAIN,
    }
}

fn mask_hint(error: &MaskError) -> Option<String> {
    let hint = match error {
        MaskError::State(error) => return chain_hint(&error.clone().into()),
        MaskError::Parameters(error) => return parameters_hint(error),
        MaskError::EmptySlot { .. } => "only slots with a ballot are masked: those of the chamber's first ballots",
        MaskError::NotMasked(_) => "`psephos poll show N` says whether poll N is masked",
        MaskError::Rule(_) | MaskError::Update(_) => RULE_OF_POLL,
        MaskError::Keys(_) => return None,
    };
    Some(hint.into())
}

pub(crate) fn tally_code(error: &TallyError) -> u8 {
    match error {
        TallyError::Chain(error) => chain_code(error),
        TallyError::Parameters(error) => parameters_code(error),
        TallyError::SharesMissing { .. } => CHAIN,
        TallyError::Rounded { .. } => INPUT,
        TallyError::NoTotal { .. } => CHECK_FAILED,
    }
}

pub(crate) fn tally_hint(error: &TallyError) -> Option<String> {
    match error {
        TallyError::Chain(error) => chain_hint(error),
        TallyError::SharesMissing { .. } => {
            Some("trustees run `psephos trustee decrypt` first; then run this command again".into())
        }
        TallyError::Parameters(error) => parameters_hint(error),
        TallyError::NoTotal { .. } | TallyError::Rounded { .. } => None,
    }
}

pub(crate) fn parameters_code(error: &ParametersError) -> u8 {
    match error {
        ParametersError::State(error) => chain_code(&error.clone().into()),
        ParametersError::Rule(_) => INPUT,
    }
}

pub(crate) fn parameters_hint(error: &ParametersError) -> Option<String> {
    match error {
        ParametersError::State(error) => chain_hint(&error.clone().into()),
        ParametersError::Rule(_) => None,
    }
}
