//! The contracts that the polls believe.

use psephos_chain::{
    Connection, Deployment,
    bindings::{IGroth16Verifier::circuitHashCall, IPolls::wiringCall},
};

use super::{Check, CheckName};
use crate::{error::ClientError, keys::Circuits};

/// The polls contract is wired to the deployment's contracts, its verifiers are for our circuits, and our keys may be believed on this
/// chain: whoever made a development key can forge any proof, and such a key in a contract without its guard looks like any other.
pub(super) async fn check(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    size: usize,
) -> Result<Check, ClientError> {
    let wiring = connection.call(deployment.polls, &wiringCall {}).await?;
    let ours = &deployment.verifiers;
    let mut failures = Vec::new();
    for (what, actual, expected) in [
        ("registry", wiring.registry, deployment.registry),
        ("committee contract", wiring.committee, deployment.committee),
        ("verifier of ballots of 3 options", wiring.ballot3Verifier, ours.ballot3),
        ("verifier of ballots of 8 options", wiring.ballot8Verifier, ours.ballot8),
        ("verifier of decryption", wiring.decryptionVerifier, ours.decryption),
    ] {
        if actual != expected {
            failures.push(format!("the polls contract uses {actual} as its {what}, the deployment names {expected}"));
        }
    }
    let ballots = if size == 3 { ours.ballot3 } else { ours.ballot8 };
    let keys = [(ballots, circuits.ballot_verifier(size)?), (ours.decryption, circuits.decryption_verifier()?)];
    let count = keys.len();
    for (address, key) in keys {
        let info = key.info();
        failures.extend(key.refuse_chain(deployment.chain_id).err().map(|error| error.to_string()));
        match connection.call(address, &circuitHashCall {}).await {
            Ok(hash) if hash.0 == info.circuit_hash => {}
            Ok(hash) => {
                failures.push(format!("the verifier at {address} is for circuit {hash}, not for {}", info.circuit))
            }
            Err(error @ psephos_chain::ChainError::NoChain { .. }) => return Err(error.into()),
            Err(error) => failures.push(format!("the verifier at {address} does not answer: {error}")),
        }
    }
    Ok(Check::new(CheckName::Verifiers, None, count, failures))
}
