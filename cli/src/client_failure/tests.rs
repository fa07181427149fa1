//! Tests of exit codes and hints.

use psephos_chain::{Address, B256, ChainError, code::error::CodeError};
use psephos_circuits::catalogue::Name;
use psephos_client::StateError;
use psephos_client::keystore::KeystoreError;
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId};
use psephos_prover::KeyError;

use super::*;
use crate::failure::{CHAIN, CHECK_FAILED};

#[test]
fn exit_codes_follow_the_kind_of_failure() {
    let no_chain = ChainError::NodeUnreachable { node: "127.0.0.1:1".into(), reason: "refused".into() };
    assert_eq!(ClientFailure::from(VoterError::Chain(no_chain)).code(), CHAIN);
    let wrong = SecretFileError::Keystore { path: "x".into(), source: KeystoreError::WrongPassphrase };
    assert_eq!(ClientFailure::from(wrong).code(), SECRET);
    let inconsistent = TallyError::from(StateError::Inconsistent("x".into()));
    assert_eq!(ClientFailure::from(inconsistent).code(), CHECK_FAILED);
    let development = KeyError::Development { circuit: "ballot-3".into(), chain_id: ChainId::new(1) };
    assert_eq!(ClientFailure::from(KeyRingError::Key(development)).code(), CHAIN);
}

#[test]
fn other_contract_has_a_hint_in_every_role() {
    let missing = || CodeError::Missing { contract: "Polls".into(), address: Address::ZERO };
    let swapped = || SubmissionError::from(ChainError::from(missing()));
    assert_eq!(ClientFailure::from(swapped()).code(), CHAIN);
    let hints = [
        ClientFailure::from(swapped()).hint(),
        trustee_hint(&swapped().into()),
        verify_hint(&swapped().into()),
        reward_hint(&swapped().into()),
    ];
    for hint in hints {
        assert!(hint.as_deref().is_some_and(|hint| hint.contains("do not use this deployment")), "{hint:?}");
    }
}

#[test]
fn swapped_verifier_has_a_hint_in_every_role() {
    let swapped = || SubmissionError::OtherVerifier {
        circuit: Name::Ballot3,
        address: Address::ZERO,
        expected: None,
        actual: B256::ZERO,
    };
    let hints = [
        ClientFailure::from(swapped()).hint(),
        trustee_hint(&swapped().into()),
        verify_hint(&swapped().into()),
        reward_hint(&swapped().into()),
    ];
    for hint in hints {
        assert!(hint.as_deref().is_some_and(|hint| hint.contains("do not use this deployment")), "{hint:?}");
    }
}

#[test]
fn unknown_chamber_has_a_hint_in_every_role() {
    let (poll, chamber) = (PollId::new(1), ChamberId::new(7));
    let unknown = || ParametersError::State(StateError::UnknownPollChamber { poll, chamber, chambers: vec![] });
    for hint in [voter_hint(&unknown().into()), trustee_hint(&unknown().into()), tally_hint(&unknown().into())] {
        assert!(hint.as_deref().is_some_and(|hint| hint.contains("psephos poll show")), "{hint:?}");
    }
}

#[test]
fn state_errors_keep_their_exit_codes_in_every_role() {
    let (poll, chamber) = (PollId::new(1), ChamberId::new(7));
    let chambers = || vec![ChamberId::new(0)];
    let states = [
        (StateError::UnknownPollChamber { poll, chamber, chambers: chambers() }, INPUT),
        (StateError::UnknownChamber { chamber, chambers: chambers() }, INPUT),
        (
            StateError::WrongPollState {
                poll,
                actual: psephos_state::PollState::Created,
                expected: psephos_state::PollState::Open,
            },
            CHAIN,
        ),
        (StateError::Inconsistent("x".into()), CHECK_FAILED),
    ];
    for (error, code) in states {
        assert_eq!(parameters_code(&error.clone().into()), code);
        assert_eq!(voter_code(&error.clone().into()), code);
        assert_eq!(trustee_code(&error.clone().into()), code);
        assert_eq!(tally_code(&error.clone().into()), code);
        assert_eq!(verify_code(&error.clone().into()), code);
        assert_eq!(reward_code(&error.into()), code);
    }
}
