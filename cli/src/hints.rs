//! Exit codes and hints for the errors of the layers below.
//!
//! Most of those messages say themselves what to do. The hints here add what only the command knows: its own options.

use psephos_ceremony::CeremonyError;
use psephos_chain::{ChainError, source::indexer::error::IndexerError};
use psephos_client::ClientError;
use psephos_client::files::FileError;
use psephos_client::remote::RemoteError;
use psephos_client::trustee::Refusal;
use psephos_demo::DemoError;
use psephos_protocol::keystore::KeystoreError;
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::StateError;

use crate::failure::{CHAIN, FALSE, INPUT, MACHINE, SECRET};

/// Returns the exit code of a chain error.
pub(crate) fn chain_code(error: &ChainError) -> u8 {
    match error {
        ChainError::BadUrl { .. } | ChainError::DeploymentFile { .. } => INPUT,
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
        IndexerError::BadUrl(_) => INPUT,
        IndexerError::Differs(_) => FALSE,
        _ => CHAIN,
    }
}

/// Returns the exit code of a client error.
pub(crate) fn client_code(error: &ClientError) -> u8 {
    match error {
        ClientError::Chain(error) => chain_code(error),
        ClientError::File(error) => file_code(error),
        ClientError::Account(_)
        | ClientError::Keystore { .. }
        | ClientError::NotASeed { .. }
        | ClientError::Identity(_)
        | ClientError::TransportKey(_) => SECRET,
        ClientError::Keys(error) => key_ring_code(error),
        ClientError::Worker(_) => MACHINE,
        ClientError::Remote(RemoteError::BadUrl { .. } | RemoteError::InTheClear { .. }) => INPUT,
        ClientError::Package(_)
        | ClientError::Ballot(_)
        | ClientError::Rule(_)
        | ClientError::UnknownChamber { .. }
        | ClientError::NoChamber { .. }
        | ClientError::KeyInUse { .. }
        | ClientError::Policy(_)
        | ClientError::FeeTooHigh { .. } => INPUT,
        ClientError::Inconsistent(_) | ClientError::NoTotal { .. } => FALSE,
        _ => CHAIN,
    }
}

/// Returns the exit code of a failed demonstration.
pub(crate) fn demo_code(error: &DemoError) -> u8 {
    match error {
        DemoError::Client(error) => client_code(error),
        DemoError::Electorate(_) | DemoError::ImpossibleCommittee { .. } => INPUT,
        DemoError::BallotRefused(_) | DemoError::ClaimRefused(_) => FALSE,
    }
}

/// Returns the exit code of a key ring's error.
fn key_ring_code(error: &KeyRingError) -> u8 {
    match error {
        KeyRingError::Key(error) => key_code(error),
        KeyRingError::NoCircuit(_) => INPUT,
        _ => MACHINE,
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
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) | CeremonyError::Powers(_) => FALSE,
        CeremonyError::Circuit { problem, .. } => ceremony_code(problem),
        CeremonyError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        CeremonyError::Key(error) => key_code(error),
        _ => INPUT,
    }
}

/// Returns the hint for a ceremony error.
pub(crate) fn ceremony(error: &CeremonyError) -> Option<String> {
    let hint = match error {
        CeremonyError::Circuit { problem, .. } => return ceremony(problem),
        CeremonyError::Contribution { .. } | CeremonyError::NotTheKey(_) => {
            "do not use this key and do not contribute to it: continue from the last file that verifies"
        }
        CeremonyError::Powers(_) => "download the published file again and compare its b2sum",
        CeremonyError::TooSmall { .. } => {
            "take a larger file of the perpetual powers of tau; `..._18.ptau` is large enough for all circuits"
        }
        CeremonyError::File { .. } => "get the complete file again and compare its b2sum with the published one",
        CeremonyError::Io { .. } => "check the path and the permissions",
        _ => return None,
    };
    Some(hint.into())
}

/// Returns the exit code of a file error: a missing or invalid file is a bad input, one that the system refuses to
/// read or write is a failure of the machine.
fn file_code(error: &FileError) -> u8 {
    match error {
        FileError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        _ => INPUT,
    }
}

/// Returns the hint for a client error.
pub(crate) fn client(error: &ClientError) -> Option<String> {
    let hint = match error {
        ClientError::Chain(error) => return chain(error),
        ClientError::Keystore { source: KeystoreError::WrongPassphrase, .. } => {
            "try again; without its passphrase no one can decrypt a secret file"
        }
        ClientError::Keystore { .. } | ClientError::NotASeed { .. } => {
            "use the file that `psephos` wrote, or an unmodified copy of it"
        }
        ClientError::Remote(RemoteError::Refused { status: 401, .. }) => {
            "pass the token that its operator issued to you with --prover-token-file FILE, or prove on this machine, without --prover"
        }
        ClientError::Remote(RemoteError::Unreachable { reason, .. }) if reason.contains("certificate") => {
            "this machine does not trust the certificate of the service: ask its operator, or prove on this machine, without --prover"
        }
        ClientError::Remote(RemoteError::Unreachable { .. } | RemoteError::Refused { .. } | RemoteError::Failed(_)) => {
            "try again, or prove on this machine, without --prover"
        }
        ClientError::Remote(RemoteError::Nonsense(_)) => {
            "do not use this service; prove on this machine, without --prover"
        }
        ClientError::Account(_) => "check PSEPHOS_SENDER_KEY, or name a key file with --sender FILE",
        ClientError::File(FileError::Io { .. }) => "check the path and the permissions",
        ClientError::Package(_) => "ask its sender for the complete file again",
        ClientError::AlreadyVoted { .. } => "run `psephos vote` again with --replace",
        ClientError::NothingToReplace { .. } => "run `psephos vote` again without --replace",
        ClientError::Refused(
            Refusal::Unproved { .. }
            | Refusal::WrongContext { .. }
            | Refusal::WrongTotal { .. }
            | Refusal::BadDealing { .. }
            | Refusal::UnprovedDealing { .. },
        ) => "use another node, preferably your own; nothing was decrypted",
        ClientError::Refused(Refusal::AheadOfTime { .. }) => {
            "check this machine's clock; if it is right, use another node"
        }
        ClientError::Refused(Refusal::NotDeep { .. }) => "wait, or lower the number with --confirmations N",
        ClientError::NotTrustee { .. } => "`psephos committee list --json` shows the trustees' accounts",
        ClientError::NoBallot { .. } => "`psephos vote --check` shows whether a ballot counts",
        ClientError::NotClaimable { .. } => "`psephos reward status` shows what the claims wait for",
        ClientError::KeyInUse { .. } => "make a new key file with `psephos trustee keygen --out FILE`",
        ClientError::WrongPhase { .. } => "`psephos trustee status` shows which tasks are due",
        ClientError::SharesMissing { .. } => {
            "trustees run `psephos trustee decrypt` first; then run this command again"
        }
        ClientError::UnknownChamber { .. } => "`psephos poll show N` lists the chambers of poll N",
        ClientError::NoChamber { .. } => "`psephos chamber list` lists the chambers",
        ClientError::Ballot(_) => "`psephos poll show N` shows the options and the ballot rule of poll N",
        _ => return None,
    };
    Some(hint.into())
}

/// Returns the hint for a failed demonstration.
pub(crate) fn demo(error: &DemoError) -> Option<String> {
    match error {
        DemoError::Client(error) => client(error),
        _ => None,
    }
}

/// Returns the hint for a chain error.
pub(crate) fn chain(error: &ChainError) -> Option<String> {
    let hint = match error {
        ChainError::Reverted(revert) => return refusal(&revert.name).map(str::to_owned),
        ChainError::NoChain { .. } => "check that a node runs at the address in --rpc URL or PSEPHOS_RPC",
        ChainError::State(StateError::UnknownPoll { .. }) => "`psephos poll list` lists the polls",
        ChainError::State(StateError::UnknownCommittee { .. }) => "`psephos committee list` lists the committees",
        ChainError::NoFeePots => "deploy the contracts again to have fee pots, or pay relayers by other means",
        ChainError::State(StateError::NoPot { .. }) => "the owner creates one with `psephos poll fees create`",
        ChainError::NoSender => "name a key file with --sender FILE, or set PSEPHOS_SENDER_KEY",
        _ => return None,
    };
    Some(hint.into())
}

/// Returns the hint for a contract's error, by the error's name.
fn refusal(name: &str) -> Option<&'static str> {
    Some(match name {
        "AlreadyCast" => "this member has a ballot already: make a replacement with `psephos vote --replace`",
        "WrongPrevious" => "the ballot to replace has been replaced meanwhile: run `psephos vote --replace` again",
        "NothingCast" => "every ballot of the batch counts already; there is nothing to send",
        "InvalidProof" => {
            "the proof was made for another poll, chamber, census, committee or ballot rule: make the ballot again"
        }
        "WrongState" => "`psephos poll show N` shows the state of poll N",
        "NotEligible" => "the owner makes this account eligible with `psephos chamber allow`",
        "AlreadyEnrolled" => "to replace the identity, run `psephos enrol --rotate`",
        "NotEnrolled" => "enrol first: `psephos enrol`",
        "IdentityTaken" => "an identity can be enrolled in a chamber once: make a new one with `psephos identity new`",
        "TooFewBallots" => "the total of a chamber with fewer than its minimum ballots is never decrypted",
        "TallyIncomplete" => {
            "decryption shares are missing: trustees run `psephos trustee decrypt`; or wait for the tally deadline"
        }
        "TallyTooLate" => "the tally deadline has passed: `psephos tally` finalises the poll as undecided",
        "CommitteeNotReady" => "its trustees register and deal first: `psephos committee list` shows their progress",
        "NotTrustee" => "send from one of the trustees' accounts: `psephos committee list --json` shows them",
        "AlreadyRegistered" | "AlreadyDealt" | "WrongStatus" => "`psephos trustee status` shows which tasks are due",
        "NotRegistered" => "only a trustee that has registered can deal",
        "EmptyCensus" => "members enrol first: `psephos enrol`",
        "InvalidSchedule" => "compare opens_at, closes_at and tally_deadline with the chain's time",
        "TotalCouldOverflow" => {
            "lower the weights, the rule's parameter or the number of members: totals must stay below 2^40"
        }
        "UnknownPot" => "the owner creates the fee pot first: `psephos poll fees create`",
        "PotAlreadyOpen" => {
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
            "only the owner of the contracts may do this: send from the owner's account"
        }
        "DevelopmentKey" => "development keys work on local chains only",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_follow_the_kind_of_failure() {
        let no_chain = || ChainError::NoChain { url: "http://127.0.0.1:1".into() };
        assert_eq!(chain_code(&no_chain()), CHAIN);
        assert_eq!(client_code(&ClientError::Chain(no_chain())), CHAIN);
        let wrong = ClientError::Keystore { path: "x".into(), source: KeystoreError::WrongPassphrase };
        assert_eq!(client_code(&wrong), SECRET);
        assert_eq!(client_code(&ClientError::Inconsistent("x".into())), FALSE);
        let development = KeyError::Development { circuit: "ballot-3".into(), chain_id: 1 };
        assert_eq!(client_code(&development.into()), CHAIN);
    }

    #[test]
    fn contract_errors_have_hints() {
        assert!(refusal("AlreadyCast").is_some_and(|hint| hint.contains("--replace")));
        assert!(refusal("SomethingElse").is_none());
    }
}
