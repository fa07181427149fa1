//! Exit codes and hints for the errors of the layers below.
//!
//! Most of those messages say themselves what to do. The hints here add what only the command knows: its own options.

mod revert;
mod signer;

use psephos_ceremony::CeremonyError;
use psephos_chain::{ChainError, NetworkError, plan::PlanError, source::indexer::error::IndexerError};
use psephos_client::relayer::RelayerError;
use psephos_demo::DemoError;
use psephos_prover::KeyError;
use psephos_state::StateError;

pub(crate) use self::revert::revert_hint;
pub(crate) use self::signer::account_hint;
pub(crate) use self::signer::ethereum_keystore_hint;
use self::signer::{nonce_hint, signer_code, signer_hint};
use crate::client_failure::{
    context_code, keys_code, parameters_code, parameters_hint, reward_code, reward_hint, sheets_code, submission_code,
    submission_hint, tally_code, tally_hint, trustee_code, trustee_hint, verify_code, verify_hint, voter_code,
    voter_hint,
};
use crate::failure::{CHAIN, CHECK_FAILED, INPUT, MACHINE, SECRET};

/// What to do about a proxy that does not connect.
const PROXY: &str = "check that the proxy runs and reaches this host; the command never connects around it";

/// Returns the exit code of a chain error.
pub(crate) fn chain_code(error: &ChainError) -> u8 {
    match error {
        ChainError::InvalidUrl { .. } | ChainError::InvalidHeader { .. } | ChainError::DeploymentFile { .. } => INPUT,
        ChainError::NoFeePots | ChainError::OtherPolls { .. } | ChainError::UnsuitableChain { .. } => INPUT,
        ChainError::State(
            StateError::Unexpected(_) | StateError::WrongPollState { .. } | StateError::WrongSheetState { .. },
        ) => CHAIN,
        ChainError::State(StateError::Inconsistent(_)) => CHECK_FAILED,
        ChainError::State(_) => INPUT,
        ChainError::NoSender => SECRET,
        ChainError::Signer(error) => signer_code(error),
        ChainError::Nonce(_) => INPUT,
        ChainError::Network(error) => network_code(error),
        ChainError::Indexer(error) => indexer_code(error),
        ChainError::Plan(error) => plan_code(error),
        ChainError::NoAnvil { .. } | ChainError::Artifact { .. } => MACHINE,
        _ => CHAIN,
    }
}

/// Returns the exit code of a proxy's error: its description is wrong, or it does not connect.
pub(crate) fn network_code(error: &NetworkError) -> u8 {
    if error.is_invalid_input() { INPUT } else { CHAIN }
}

fn plan_code(error: &PlanError) -> u8 {
    match error {
        PlanError::OtherRun { .. } | PlanError::NonceChosen => INPUT,
        PlanError::Journal { .. } | PlanError::Locked { .. } => MACHINE,
        _ => CHAIN,
    }
}

fn indexer_code(error: &IndexerError) -> u8 {
    match error {
        IndexerError::InvalidUrl | IndexerError::InsecureTransport(_) => INPUT,
        IndexerError::Network(error) => network_code(error),
        IndexerError::Differs(_) => CHECK_FAILED,
        _ => CHAIN,
    }
}

/// Returns the exit code of a failed demonstration.
pub(crate) fn demo_code(error: &DemoError) -> u8 {
    match error {
        DemoError::Chain(error) => chain_code(error),
        DemoError::Keys(error) => keys_code(error),
        DemoError::Submission(error) => submission_code(error),
        DemoError::Voter(error) => voter_code(error),
        DemoError::Trustee(error) => trustee_code(error),
        DemoError::Relayer(RelayerError::Chain(error)) => chain_code(error),
        DemoError::Relayer(RelayerError::Submission(error)) => submission_code(error),
        DemoError::Relayer(RelayerError::Context(error)) => context_code(error),
        DemoError::Relayer(RelayerError::Voter(error)) => voter_code(error),
        DemoError::Relayer(RelayerError::SenderIsMember { .. }) => INPUT,
        DemoError::Reward(error) => reward_code(error),
        DemoError::Tally(error) => tally_code(error),
        DemoError::Verify(error) => verify_code(error),
        DemoError::Parameters(error) => parameters_code(error),
        DemoError::Identity(_) | DemoError::TransportKey(_) => SECRET,
        DemoError::Rule(_) => INPUT,
        DemoError::Sheets(error) => sheets_code(error),
        DemoError::Conversation(_) => INPUT,
        DemoError::Electorate(_) | DemoError::Metadata(_) | DemoError::ImpossibleCommittee { .. } => INPUT,
        DemoError::BallotRefused(_) | DemoError::ClaimRefused(_) => CHECK_FAILED,
    }
}

/// Returns the exit code of a key error. A development key is refused because of the chain, so it has the chain's
/// code.
pub(crate) fn key_code(error: &KeyError) -> u8 {
    match error {
        KeyError::Development { .. } => CHAIN,
        _ => MACHINE,
    }
}

/// Returns the exit code of a ceremony error: 1 if a part of the ceremony does not verify, 2 for an invalid file.
pub(crate) fn ceremony_code(error: &CeremonyError) -> u8 {
    match error {
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) | CeremonyError::InvalidPowers(_) => {
            CHECK_FAILED
        }
        CeremonyError::Circuit { problem, .. } => ceremony_code(problem),
        CeremonyError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        CeremonyError::Key(error) => key_code(error),
        _ => INPUT,
    }
}

/// Returns the hint for a ceremony error.
pub(crate) fn ceremony_hint(error: &CeremonyError) -> Option<String> {
    let hint = match error {
        CeremonyError::Circuit { problem, .. } => return ceremony_hint(problem),
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) => {
            "do not use this key and do not contribute to it: continue from the last file that verifies"
        }
        CeremonyError::InvalidPowers(_) => "download the published file again and compare its b2sum",
        CeremonyError::TooSmall { .. } => {
            "take a larger file of the perpetual powers of tau; `..._18.ptau` is large enough for all circuits"
        }
        CeremonyError::File { .. } => "get the complete file again and compare its b2sum with the published one",
        CeremonyError::Io { .. } => "check the path and the permissions",
        _ => return None,
    };
    Some(hint.into())
}

/// Returns the hint for a failed demonstration.
pub(crate) fn demo(error: &DemoError) -> Option<String> {
    match error {
        DemoError::Chain(error) | DemoError::Relayer(RelayerError::Chain(error)) => chain_hint(error),
        DemoError::Submission(error) | DemoError::Relayer(RelayerError::Submission(error)) => submission_hint(error),
        DemoError::Voter(error) => voter_hint(error),
        DemoError::Trustee(error) => trustee_hint(error),
        DemoError::Reward(error) => reward_hint(error),
        DemoError::Tally(error) => tally_hint(error),
        DemoError::Verify(error) => verify_hint(error),
        DemoError::Parameters(error) => parameters_hint(error),
        _ => None,
    }
}

/// Returns the hint for a chain error.
pub(crate) fn chain_hint(error: &ChainError) -> Option<String> {
    let hint = match error {
        ChainError::Reverted(revert) => return revert_hint(&revert.name).map(str::to_owned),
        ChainError::NodeUnreachable { .. } => "check that a node runs at the URL in --rpc or PSEPHOS_RPC",
        ChainError::Network(error) if !error.is_invalid_input() => PROXY,
        ChainError::Code(_) => {
            "do not use this deployment with this program: compare the deployment file, and the release of this \
             program, with those that the DAO has published, or use another node with --rpc URL"
        }
        ChainError::NotDeployed { .. } => {
            "name the deployment file of this chain with --deployment FILE, or make one with `psephos deploy`"
        }
        ChainError::Provider { .. } | ChainError::State(StateError::Unexpected(_)) => {
            "try again; if the error persists, use another node with --rpc URL"
        }
        ChainError::State(StateError::UnknownPoll { .. }) => "`psephos poll list` lists the polls",
        ChainError::State(StateError::UnknownPollChamber { .. }) => {
            "`psephos poll show N` lists the chambers of poll N"
        }
        ChainError::State(StateError::UnknownChamber { .. }) => "`psephos chamber list` lists the chambers",
        ChainError::State(StateError::UnknownCommittee { .. }) => "`psephos committee list` lists the committees",
        ChainError::State(StateError::WrongPollState { poll, .. }) => {
            return Some(format!("`psephos poll show {poll}` shows the schedule of the poll"));
        }
        ChainError::State(StateError::UnknownSheet { .. }) => "`psephos charter show` lists the sheet polls",
        ChainError::State(StateError::UnknownSheetChamber { .. }) => {
            "`psephos charter show --sheet N` lists the chambers of sheet poll N"
        }
        ChainError::State(StateError::WrongSheetState { sheet, .. }) => {
            return Some(format!("`psephos charter show --sheet {sheet}` shows its schedule"));
        }
        ChainError::State(StateError::NoReward { .. }) => "`psephos reward status` lists the rewards",
        ChainError::NoFeePots => "deploy the contracts again to have fee pots, or pay relayers by other means",
        ChainError::State(StateError::NoPot { .. }) => "the owner creates one with `psephos poll fees create`",
        ChainError::Plan(error) => match error.as_ref() {
            PlanError::Journal { .. } => "check the permissions and the free space, and run the same command again",
            PlanError::WouldFail { revert, .. } => return revert_hint(&revert.name).map(str::to_owned),
            _ => return None,
        },
        ChainError::Signer(error) => return signer_hint(error).map(str::to_owned),
        ChainError::Nonce(error) => return nonce_hint(error).map(str::to_owned),
        ChainError::NoSender => "name a key file with --sender FILE, or set PSEPHOS_SENDER_KEY",
        _ => return None,
    };
    Some(hint.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreachable_chain_has_the_chains_exit_code() {
        assert_eq!(
            chain_code(&ChainError::NodeUnreachable { node: "127.0.0.1:1".into(), reason: "refused".into() }),
            CHAIN
        );
    }
}
