//! The contracts that the polls believe.

use psephos_chain::Connection;
use psephos_state::{
    Deployment,
    bindings::{ICommittee, IGroth16Verifier::circuitHashCall, IPolls::wiringCall, IRewards},
};

use super::{Check, CheckName};
use psephos_circuits::catalogue::Name;
use psephos_exchange::ExchangeError;

use crate::{
    error::ClientError,
    keys::{Circuits, ballots_of, claims_of, dealings_of, verifier_of},
};

/// The contracts are wired to the deployment's, its verifiers are those of our keys, by their code, and our keys may be believed on this
/// chain: whoever made a development key can forge any proof.
pub(super) async fn check(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    size: usize,
    capacity: usize,
    paid: bool,
) -> Result<Check, ClientError> {
    let wiring = connection.call(deployment.polls, &wiringCall {}).await?;
    let theirs = connection.call(deployment.committee, &ICommittee::wiringCall {}).await?;
    let paying = connection.call(deployment.rewards, &IRewards::wiringCall {}).await?;
    let ours = &deployment.verifiers;
    let mut failures = Vec::new();
    for (what, actual, expected) in [
        ("registry", wiring.registry, deployment.registry),
        ("committee contract", wiring.committee, deployment.committee),
        ("verifier of ballots of 3 options", wiring.ballot3Verifier, ours.ballot3),
        ("verifier of ballots of 8 options", wiring.ballot8Verifier, ours.ballot8),
        ("verifier of decryption", theirs.decryptionVerifier, ours.decryption),
        ("verifier of dealings to 5 trustees", theirs.dealing5Verifier, ours.dealing5),
        ("verifier of dealings to 16 trustees", theirs.dealing16Verifier, ours.dealing16),
        ("verifier of committees' keys", theirs.keysVerifier, ours.committee_keys),
        ("polls contract", paying.polls, deployment.polls),
        ("verifier of lists of notes", paying.notesVerifier, ours.notes),
        ("verifier of claims for 3 options", paying.claim3Verifier, ours.claim3),
        ("verifier of claims for 8 options", paying.claim8Verifier, ours.claim8),
    ] {
        if actual != expected {
            failures.push(format!("the contracts use {actual} as their {what}, the deployment names {expected}"));
        }
    }
    let mut keys = vec![
        (ballots_of(size), circuits.ballot_verifier(size)?),
        (Name::Decryption, circuits.decryption_verifier()?),
        (dealings_of(capacity), circuits.dealing_verifier(capacity)?),
        (Name::CommitteeKeys, circuits.committee_keys_verifier()?),
    ];
    if paid {
        keys.extend([(Name::Notes, circuits.notes_verifier()?), (claims_of(size), circuits.claim_verifier(size)?)]);
    }
    let count = keys.len();
    for (circuit, key) in keys {
        let (info, address) = (key.info(), verifier_of(deployment, circuit));
        failures.extend(key.refuse_chain(deployment.chain_id).err().map(|error| error.to_string()));
        match circuits.guard(connection, deployment, &[circuit]).await {
            Ok(()) => {}
            Err(ExchangeError::Chain(error @ psephos_chain::ChainError::NodeUnreachable { .. })) => {
                return Err(error.into());
            }
            Err(error) => failures.push(error.to_string()),
        }
        match connection.call(address, &circuitHashCall {}).await {
            Ok(hash) if hash.0 == info.circuit_hash => {}
            Ok(hash) => {
                failures.push(format!("the verifier at {address} is for circuit {hash}, not for {}", info.circuit))
            }
            Err(error @ psephos_chain::ChainError::NodeUnreachable { .. }) => return Err(error.into()),
            Err(error) => failures.push(format!("the verifier at {address} does not answer: {error}")),
        }
    }
    Ok(Check::new(CheckName::Verifiers, None, count, failures))
}
