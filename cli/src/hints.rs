//! Exit codes and hints for the errors of the layers below.
//!
//! Most of those messages say themselves what to do. The hints here add what only the command knows: its own options.

use psephos_ceremony::CeremonyError;
use psephos_chain::{ChainError, plan::PlanError, source::indexer::error::IndexerError};
use psephos_client::relayer::RelayerError;
use psephos_demo::DemoError;
use psephos_prover::KeyError;
use psephos_state::StateError;

use crate::client_failure::{
    context_code, keys_code, parameters_code, parameters_hint, reward_code, reward_hint, submission_code,
    submission_hint, tally_code, tally_hint, trustee_code, trustee_hint, verify_code, verify_hint, voter_code,
    voter_hint,
};
use crate::failure::{CHAIN, CHECK_FAILED, INPUT, MACHINE, SECRET};

/// Returns the exit code of a chain error.
pub(crate) fn chain_code(error: &ChainError) -> u8 {
    match error {
        ChainError::InvalidUrl { .. } | ChainError::InvalidHeader { .. } | ChainError::DeploymentFile { .. } => INPUT,
        ChainError::NoFeePots | ChainError::OtherPolls { .. } | ChainError::UnsuitableChain { .. } => INPUT,
        ChainError::State(StateError::Unexpected(_) | StateError::WrongPollState { .. }) => CHAIN,
        ChainError::State(StateError::Inconsistent(_)) => CHECK_FAILED,
        ChainError::State(_) => INPUT,
        ChainError::NoSender => SECRET,
        ChainError::Indexer(error) => indexer_code(error),
        ChainError::Plan(error) => plan_code(error),
        ChainError::NoAnvil { .. } | ChainError::Artifact { .. } => MACHINE,
        _ => CHAIN,
    }
}

fn plan_code(error: &PlanError) -> u8 {
    match error {
        PlanError::OtherRun { .. } => INPUT,
        PlanError::Journal { .. } | PlanError::Locked { .. } => MACHINE,
        _ => CHAIN,
    }
}

fn indexer_code(error: &IndexerError) -> u8 {
    match error {
        IndexerError::InvalidUrl | IndexerError::InsecureTransport(_) => INPUT,
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
        DemoError::Reward(error) => reward_code(error),
        DemoError::Tally(error) => tally_code(error),
        DemoError::Verify(error) => verify_code(error),
        DemoError::Parameters(error) => parameters_code(error),
        DemoError::Identity(_) | DemoError::TransportKey(_) => SECRET,
        DemoError::Rule(_) => INPUT,
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
        ChainError::State(StateError::NoReward { .. }) => "`psephos reward status` lists the rewards",
        ChainError::NoFeePots => "deploy the contracts again to have fee pots, or pay relayers by other means",
        ChainError::State(StateError::NoPot { .. }) => "the owner creates one with `psephos poll fees create`",
        ChainError::Plan(error) => match error.as_ref() {
            PlanError::Journal { .. } => "check the permissions and the free space, and run the same command again",
            PlanError::WouldFail { revert, .. } => return revert_hint(&revert.name).map(str::to_owned),
            _ => return None,
        },
        ChainError::NoSender => "name a key file with --sender FILE, or set PSEPHOS_SENDER_KEY",
        _ => return None,
    };
    Some(hint.into())
}

/// Returns the hint for a contract's error, by the error's name.
pub(crate) fn revert_hint(name: &str) -> Option<&'static str> {
    Some(match name {
        "AlreadyCast" => "this member has a ballot already: make a replacement with `psephos vote --replace`",
        "WrongPrevious" => "the ballot to replace has been replaced meanwhile: run `psephos vote --replace` again",
        "NothingCast" => "every ballot of the batch counts already; there is nothing to send",
        "InvalidProof" => {
            "the proof was made for other values than those on chain, such as another poll, census or committee: make \
             it again from the current state"
        }
        "TooLittleGas" | "InversionFailed" => {
            "the call ran out of gas before there was a verdict, which says nothing about what was sent: send it again with \
             more gas"
        }
        "VerifierMissing" => {
            "the contracts were deployed with an address that has no verifier: name another deployment file with \
             --deployment FILE"
        }
        "WrongState" => "`psephos poll show N` shows the state of poll N",
        "NotEligible" => "the owner makes this account eligible with `psephos chamber allow`",
        "AlreadyEnrolled" => "to replace the identity, run `psephos enrol --rotate`",
        "NotEnrolled" => "enrol first: `psephos enrol`",
        "RemovalPending" => {
            "members of this chamber are marked for removal: anyone purges them with `psephos chamber purge`; then run \
             the command again"
        }
        "RemovalAlreadyMarked" => "`psephos chamber purge` removes the member",
        "RemovalNotMarked" => "the owner marks the member first: `psephos chamber mark`",
        "TooFewBallots" => "the total of a chamber with fewer than its minimum ballots is never decrypted",
        "TallyIncomplete" => {
            "the chambers that are not tallied could change the decision: trustees run `psephos trustee decrypt`; or \
             wait for the tally deadline"
        }
        "TallyTooLate" => "the tally deadline has passed: `psephos tally` finalises the poll",
        "CommitteeNotReady" | "NotReady" => {
            "its trustees register and deal first: `psephos committee list` shows their progress"
        }
        "NotTrustee" => "send from one of the trustees' accounts: `psephos committee list --json` shows them",
        "AlreadyRegistered" | "AlreadyDealt" | "WrongStatus" => "`psephos trustee status` shows which tasks are due",
        "NotRegistered" => "only a trustee that has registered can deal",
        "EmptyCensus" => "members enrol first: `psephos enrol`",
        "InvalidSchedule" => "compare opens_at, closes_at and tally_deadline with the chain's time",
        "TotalCouldOverflow" => {
            "lower the weights, the rule's parameter or the number of members: totals must stay below 2^40"
        }
        "TotalWeightOutOfRange" => {
            "the weights of a chamber must not exceed 4311810305 together: the owner sets smaller ones with `psephos \
             chamber allow`, in a larger unit"
        }
        "UnknownPot" => "the owner creates the fee pot first: `psephos poll fees create`",
        "PotAlreadyExists" => {
            "add money with `psephos poll fees fund`; the fee and the relayers of a pot cannot be changed"
        }
        "PollHasClosed" => "a fee pot is created and funded before the poll closes: later ballots cannot earn fees",
        "PollHasNotEnded" => "`psephos poll show N` shows when poll N closes; after that `psephos tally` finalises it",
        "ZeroAmount" => {
            "the amount is 0: `psephos poll fees show N` shows the balance of the pot and the relayers' credit"
        }
        "PaymentFailed" => "the recipient rejects the chain's native token: name another with --to ADDRESS",
        "NotListed" => "this pot pays listed relayers only: `psephos poll fees show N` shows their accounts",
        "ZeroFee" => "set a fee above 0 with --per-ballot WEI",
        "FeesBelowMinimum" => {
            "others cast some of these ballots first, or the pot is nearly empty: see `psephos poll fees show N`"
        }
        "NotPollsOwner" | "OwnableUnauthorizedAccount" => {
            "only the owner of the contracts may do this (`psephos ownership show` names it): send from its account, or \
             export the call for a timelock or a Safe with --calldata or --safe-batch FILE"
        }
        "UnexpectedChamber" => "another chamber was created meanwhile: export the batch again, for the next number",
        "UnknownPoll" => "`psephos poll list` lists the polls",
        "UnknownChamber" => "`psephos chamber list` lists the chambers, `psephos poll show N` those of poll N",
        "UnknownCommittee" => "`psephos committee list` lists the committees",
        "UnknownReward" | "NoReward" => "`psephos reward status` lists the rewards and their chambers",
        "InvalidTrustees" => "name 1 to 16 different accounts, and a committee threshold from 1 to their number",
        "InvalidChambers" => {
            "name 1 to 16 different chambers of `psephos chamber list`, and chambers_required from 1 to their number"
        }
        "WeightTooLarge" => "weights are from 1 to 4311810305, and those of a chamber no more than that together",
        "CensusFull" => "the owner creates another chamber with `psephos chamber create`",
        "WrongSiblings" => "the census has changed in the meantime: run the command again",
        "AlreadyTallied" => "`psephos poll show N` shows the totals of poll N",
        "ShareAlreadyPosted" => "this account has posted its decryption share: nothing is left to do",
        "PollHasOpened" => "a reward is set and funded before its poll opens",
        "AlreadySet" => "a reward is set once and ratified once: `psephos reward status --poll N` shows that of poll N",
        "InvalidDeadlines" => {
            "the claim deadline must be at least seven days after the tally deadline; with a bonus, at least seven \
             days after the ratification deadline, which must be after the tally deadline"
        }
        "InexactTransfer" => "the token moved another amount, for example less a fee; nothing was changed",
        "WrongStage" => "`psephos reward status --poll N` shows the stage of the reward of poll N",
        "NotRatifying" => {
            "the other poll must be decided, or rejected with all chambers tallied, and created with `ratifies` set to \
             the rewarded poll"
        }
        "OtherElectorate" => {
            "a ratifying poll has the chambers of the rewarded poll with the same fields, the same chambers_required, and \
             the same rule or approval of one option"
        }
        "NotRatified" => "ratify first with `psephos reward ratify`, or wait for the ratification deadline",
        "NotSealed" => "seal the remaining notes first with `psephos reward seal`",
        "InsufficientPool" => "the reward is void: the owner takes the pool back with `psephos reward sweep`",
        "AlreadyClaimed" => "the reward of this ballot is paid already: nothing is left to do",
        "TooEarly" => "wait until the deadline, which is in seconds since 1970, has passed",
        "TooLate" => "the deadline, which is in seconds since 1970, has passed",
        "DevelopmentKey" => "development keys work on local chains only",
        _ => return None,
    })
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

    #[test]
    fn contract_errors_have_hints() {
        assert!(revert_hint("AlreadyCast").is_some_and(|hint| hint.contains("--replace")));
        assert!(revert_hint("SomethingElse").is_none());
    }

    /// Advice to make a proof again would be wrong for a valid one that got too little gas.
    #[test]
    fn lack_of_gas_is_not_explained_as_an_invalid_proof() {
        let hint = revert_hint("TooLittleGas").expect("a hint");
        assert!(hint.contains("more gas") && Some(hint) != revert_hint("InvalidProof"), "{hint}");
    }
}
