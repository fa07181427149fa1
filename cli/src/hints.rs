//! Exit codes and advice for the errors of the layers below.
//!
//! Most of those messages say what to do themselves; what is here is what only the command knows: its own options.

use psephos_ceremony::CeremonyError;
use psephos_chain::{ChainError, source::indexer::error::IndexerError};
use psephos_client::ClientError;
use psephos_client::files::FileError;
use psephos_client::remote::RemoteError;
use psephos_client::trustee::Refusal;
use psephos_protocol::keystore::KeystoreError;
use psephos_prover::KeyError;
use psephos_state::StateError;

use crate::failure::{CHAIN, FALSE, INPUT, MACHINE, SECRET};

/// The exit code of a failure of the chain.
pub(crate) fn chain_code(error: &ChainError) -> u8 {
    match error {
        ChainError::InvalidUrl { .. } | ChainError::DeploymentFile { .. } => INPUT,
        ChainError::NoFeePots | ChainError::OtherPolls { .. } => INPUT,
        ChainError::State(StateError::Unexpected(_)) => CHAIN,
        ChainError::State(_) => INPUT,
        ChainError::NoSender => SECRET,
        ChainError::Indexer(error) => indexer_code(error),
        ChainError::NoAnvil { .. } | ChainError::Artifact { .. } => MACHINE,
        _ => CHAIN,
    }
}

fn indexer_code(error: &IndexerError) -> u8 {
    match error {
        IndexerError::InvalidUrl(_) => INPUT,
        IndexerError::Differs(_) => FALSE,
        _ => CHAIN,
    }
}

/// The exit code of a client's failure.
pub(crate) fn client_code(error: &ClientError) -> u8 {
    match error {
        ClientError::Chain(error) => chain_code(error),
        ClientError::File(error) => file_code(error),
        ClientError::Account(_)
        | ClientError::Keystore { .. }
        | ClientError::NotASeed { .. }
        | ClientError::Identity(_)
        | ClientError::TransportKey(_) => SECRET,
        ClientError::Key(error) => key_code(error),
        ClientError::Prove(_) | ClientError::Worker(_) => MACHINE,
        ClientError::Remote(RemoteError::BadUrl { .. } | RemoteError::InTheClear { .. }) => INPUT,
        ClientError::Package(_)
        | ClientError::Electorate(_)
        | ClientError::Ballot(_)
        | ClientError::Rule(_)
        | ClientError::NoCircuit(_)
        | ClientError::UnknownChamber { .. }
        | ClientError::ImpossibleCommittee { .. }
        | ClientError::NoChamber { .. }
        | ClientError::KeyInUse { .. }
        | ClientError::ClaimFile(_)
        | ClientError::Policy(_)
        | ClientError::FeeTooHigh { .. } => INPUT,
        ClientError::Inconsistent(_) | ClientError::NoTotal { .. } => FALSE,
        _ => CHAIN,
    }
}

/// The exit code of a failure of a key: a development key is refused because of the chain.
pub(crate) fn key_code(error: &KeyError) -> u8 {
    match error {
        KeyError::Development { .. } => CHAIN,
        _ => MACHINE,
    }
}

/// The exit code of a failure of a ceremony: 1 if something in it does not hold, 2 for a file that is not what it should be.
pub(crate) fn ceremony_code(error: &CeremonyError) -> u8 {
    match error {
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) | CeremonyError::Powers(_) => FALSE,
        CeremonyError::Circuit { problem, .. } => ceremony_code(problem),
        CeremonyError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        CeremonyError::Key(error) => key_code(error),
        _ => INPUT,
    }
}

/// Advice for a failure of a ceremony.
pub(crate) fn ceremony(error: &CeremonyError) -> Option<String> {
    let advice = match error {
        CeremonyError::Circuit { problem, .. } => return ceremony(problem),
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) => {
            "do not use this key, and add nothing to it: take the last file that verifies, and go on from there"
        }
        CeremonyError::Powers(_) => "get the published file again and compare its b2sum",
        CeremonyError::TooSmall { .. } => {
            "take a larger file of the perpetual powers of tau; `..._18.ptau` serves all circuits"
        }
        CeremonyError::File { .. } => "get the file again, whole, and compare its b2sum with the published one",
        CeremonyError::Io { .. } => "check the path and the permissions",
        _ => return None,
    };
    Some(advice.into())
}

/// A file that is not there or not right is a bad input; one that the system refuses is the machine's matter.
fn file_code(error: &FileError) -> u8 {
    match error {
        FileError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        _ => INPUT,
    }
}

/// Advice for a client's failure.
pub(crate) fn client(error: &ClientError) -> Option<String> {
    let advice = match error {
        ClientError::Chain(error) => return chain(error),
        ClientError::Keystore { source: KeystoreError::WrongPassphrase, .. } => {
            "try again; without its passphrase a secret file cannot be opened by anyone"
        }
        ClientError::Keystore { .. } | ClientError::NotASeed { .. } => {
            "use the file that `psephos` wrote, or a copy of it"
        }
        ClientError::Remote(RemoteError::Refused { status: 401, .. }) => {
            "give the token that its operator has given you: --prover-token-file FILE; or prove here, without --prover"
        }
        ClientError::Remote(RemoteError::Unreachable { reason, .. }) if reason.contains("certificate") => {
            "its certificate is not one that this machine trusts: ask its operator, or prove here, without --prover"
        }
        ClientError::Remote(RemoteError::Unreachable { .. } | RemoteError::Refused { .. } | RemoteError::Failed(_)) => {
            "prove here, without --prover, or try again"
        }
        ClientError::Remote(RemoteError::Nonsense(_)) => "do not use this service; prove here, without --prover",
        ClientError::Account(_) => "check PSEPHOS_SENDER_KEY, or give --sender FILE",
        ClientError::File(FileError::Io { .. }) => "check the path and the permissions",
        ClientError::Package(_) => "ask the voter for the file again, whole",
        ClientError::AlreadyVoted { .. } => "run `psephos vote` again with --replace",
        ClientError::NothingToReplace { .. } => "run `psephos vote` again without --replace",
        ClientError::Refused(
            Refusal::Unproved { .. }
            | Refusal::WrongContext { .. }
            | Refusal::WrongTotal { .. }
            | Refusal::BadDealing { .. }
            | Refusal::UnprovedDealing { .. },
        ) => "ask another node, best one of your own; nothing was opened",
        ClientError::Refused(Refusal::AheadOfTime { .. }) => {
            "look whether this machine's clock is right; if it is, ask another node"
        }
        ClientError::Refused(Refusal::NotDeep { .. }) => "wait, or give --confirmations",
        ClientError::NotTrustee { .. } => "`psephos committee list --json` names the accounts",
        ClientError::ClaimFile(_) => "ask the claimant for the file again, whole",
        ClientError::NoBallot { .. } => "`psephos vote --check` says whether a ballot counts",
        ClientError::NotClaimable { .. } => "`psephos reward status` says what it waits for",
        ClientError::KeyInUse { .. } => "make another with `psephos trustee keygen --out FILE`",
        ClientError::WrongPhase { .. } => "`psephos trustee status` says what is due",
        ClientError::SharesMissing { .. } => "trustees run `psephos trustee open`; then run this again",
        ClientError::UnknownChamber { .. } => "`psephos poll show` lists a poll's chambers",
        ClientError::NoChamber { .. } => "`psephos chamber list` lists the chambers",
        ClientError::Ballot(_) => "`psephos poll show` says what a ballot of this poll may hold",
        _ => return None,
    };
    Some(advice.into())
}

/// Advice for a failure of the chain.
pub(crate) fn chain(error: &ChainError) -> Option<String> {
    let advice = match error {
        ChainError::Reverted(revert) => return refusal(&revert.name).map(str::to_owned),
        ChainError::NodeUnreachable { .. } => "the address is --rpc URL or PSEPHOS_RPC",
        ChainError::State(StateError::UnknownPoll { .. }) => "`psephos poll list` lists the polls",
        ChainError::State(StateError::UnknownCommittee { .. }) => "`psephos committee list` lists the committees",
        ChainError::NoFeePots => "deploy again to have them, or pay relayers by other means",
        ChainError::State(StateError::NoPot { .. }) => "the DAO opens one with `psephos poll fees open`",
        ChainError::NoSender => "give --sender FILE, or set PSEPHOS_SENDER_KEY",
        _ => return None,
    };
    Some(advice.into())
}

/// What to do about a contract's error, by its name.
fn refusal(name: &str) -> Option<&'static str> {
    Some(match name {
        "AlreadyCast" => "this member has a ballot: make a replacement with `psephos vote --replace`",
        "WrongPrevious" => "the ballot that it replaces does not count any more: run `psephos vote --replace` again",
        "NothingCast" => "every ballot of the batch was there already",
        "InvalidProof" => "the proof is not for this poll, chamber, census, keys and rule: make the ballot again",
        "WrongState" => "`psephos poll show` says where the poll is",
        "NotEligible" => "the DAO has to put this account on the chamber's list: `psephos chamber allow`",
        "AlreadyEnrolled" => "to change the identity, run `psephos enrol --rotate`",
        "NotEnrolled" => "enrol first: `psephos enrol`",
        "IdentityTaken" => "an identity enters a chamber once: make a new one with `psephos identity new`",
        "TooFewBallots" => "a chamber with fewer ballots than it asks for is never opened",
        "NotFinal" => "a chamber waits for shares: trustees run `psephos trustee open`; or wait for the tally deadline",
        "TallyTooLate" => "the tally deadline has passed: `psephos tally` ends the poll as undecided",
        "CommitteeNotReady" => "its trustees register and deal first: `psephos committee list` says how far they are",
        "NotTrustee" => "send from the account that the committee names: `psephos committee list`",
        "AlreadyRegistered" | "AlreadyDealt" | "WrongStatus" => "`psephos trustee status` says what is due",
        "NotRegistered" => "only trustees that have registered deal",
        "EmptyCensus" => "members enrol first: `psephos enrol`",
        "BadSchedule" => "check opens_at, closes_at and tally_deadline against the chain's time",
        "TotalCouldOverflow" => "lower the weights, the parameter or the number of members: totals stay below 2^40",
        "UnknownPot" => "the DAO opens it first: `psephos poll fees open`",
        "PotAlreadyOpen" => "add to it with `psephos poll fees fund`; its fee and its relayers cannot be changed",
        "PollTakesNoMoreBallots" => {
            "a pot is opened and filled before the poll closes: no more ballots will earn from it"
        }
        "PollHasNotEnded" => "`psephos poll show` says until when it goes on; then `psephos tally` ends it",
        "NothingThere" => "there is nothing to give, or to put in: `psephos poll fees show` says what is there",
        "NotTaken" => "the recipient does not take the chain's coin: name another with --to",
        "NotListed" => "this pot pays listed relayers only: `psephos poll fees show` names them",
        "NoFee" => "give a fee above 0 with --per-ballot",
        "PaysLess" => "others cast some of these ballots first, or the pot runs out: `psephos poll fees show`",
        "NotTheDao" | "OwnableUnauthorizedAccount" => {
            "only the owner of the contracts may do this: send from its account"
        }
        "DevelopmentKey" => "development keys work on local chains only",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_the_kind_of_failure() {
        let no_chain = || ChainError::NodeUnreachable { url: "http://127.0.0.1:1".into() };
        assert_eq!(chain_code(&no_chain()), CHAIN);
        assert_eq!(client_code(&ClientError::Chain(no_chain())), CHAIN);
        let wrong = ClientError::Keystore { path: "x".into(), source: KeystoreError::WrongPassphrase };
        assert_eq!(client_code(&wrong), SECRET);
        assert_eq!(client_code(&ClientError::Inconsistent("x".into())), FALSE);
        let development = KeyError::Development { circuit: "ballot-3".into(), chain_id: 1 };
        assert_eq!(client_code(&ClientError::Key(development)), CHAIN);
    }

    #[test]
    fn a_contracts_refusal_has_advice() {
        assert!(refusal("AlreadyCast").is_some_and(|advice| advice.contains("--replace")));
        assert!(refusal("SomethingElse").is_none());
    }
}
