//! The contracts that a poll depends on.

use psephos_chain::Address;
use psephos_state::Deployment;

use super::{Check, CheckName, VerifierEvidence, VerifyError, evidence::VerifierAnswer};
use psephos_submission::verifiers::verifier_address;

use crate::KeyRing;

/// Checks that the contracts depend on those of the deployment, that its verifiers are those of our keys, by their
/// code, and that our keys may be used on this chain: anyone who made a development key can forge any proof.
pub(super) fn check_verifiers(
    deployment: &Deployment,
    circuits: &KeyRing,
    evidence: &VerifierEvidence,
) -> Result<Check, VerifyError> {
    let VerifierEvidence { polls, committee, rewards, answers } = evidence;
    let ours = &deployment.verifiers;
    let mut failures = compare_dependencies([
        ("registry", polls.registry, deployment.registry),
        ("committee contract", polls.committee, deployment.committee),
        ("verifier of ballots of 3 options", polls.ballot3Verifier, ours.ballot3),
        ("verifier of ballots of 8 options", polls.ballot8Verifier, ours.ballot8),
        ("verifier of updates of 3 options", polls.update3Verifier, ours.update3),
        ("verifier of updates of 8 options", polls.update8Verifier, ours.update8),
        ("verifier of decryption", committee.decryptionVerifier, ours.decryption),
        ("verifier of dealings to 5 trustees", committee.dealing5Verifier, ours.dealing5),
        ("verifier of dealings to 16 trustees", committee.dealing16Verifier, ours.dealing16),
        ("verifier of committee keys", committee.keysVerifier, ours.committee_keys),
        ("polls contract", rewards.polls, deployment.polls),
        ("verifier of note batches", rewards.notesVerifier, ours.notes),
        ("verifier of claims for 3 options", rewards.claim3Verifier, ours.claim3),
        ("verifier of claims for 8 options", rewards.claim8Verifier, ours.claim8),
    ]);
    failures.extend(check_answers(deployment, circuits, answers)?);
    Ok(Check::new(CheckName::Verifiers, None, answers.len(), failures))
}

/// Returns every contract on which the contracts depend and which is not the one that the deployment names: what it is
/// for, the one in use, and the deployment's.
pub(super) fn compare_dependencies<const N: usize>(all: [(&str, Address, Address); N]) -> Vec<String> {
    let different = all.into_iter().filter(|(_, actual, expected)| actual != expected);
    different
        .map(|(what, actual, expected)| {
            format!("the contracts use {actual} as their {what}, the deployment names {expected}")
        })
        .collect()
}

/// Returns what is wrong with the deployed verifiers, each with the reason why its code is not that of our key, and the
/// hash of the circuit that it answers.
pub(super) fn check_answers(
    deployment: &Deployment,
    circuits: &KeyRing,
    answers: &[VerifierAnswer],
) -> Result<Vec<String>, VerifyError> {
    let mut failures = Vec::new();
    for (circuit, difference, hash) in answers {
        let key = circuits.verifying_key(*circuit)?;
        let (info, address) = (key.info(), verifier_address(deployment, *circuit)?);
        failures.extend(key.check_chain(deployment.chain_id).err().map(|error| error.to_string()));
        failures.extend(difference.clone());
        match hash {
            Ok(hash) if hash.0 == info.circuit_hash => {}
            Ok(hash) => {
                failures.push(format!("the verifier at {address} is for circuit {hash}, not for {}", info.circuit))
            }
            Err(error) => failures.push(format!("the verifier at {address} does not answer: {error}")),
        }
    }
    Ok(failures)
}
