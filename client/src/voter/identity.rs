//! A voter's identity: its encrypted file, its enrolment, and its rotation.

use std::path::Path;

use alloy::primitives::Bytes;
use psephos_chain::{B256, ChainError, Connection, U256};
use psephos_protocol::{
    field,
    identifiers::ChamberId,
    identity::{Identity, IdentityCommitment, Seed},
    weight::Weight,
};
use psephos_state::{
    ChainState, Deployment,
    bindings::IStakeholderRegistry::{Enrolled, enrolCall, rotateCall},
    words,
};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use crate::{
    operator::{find_event, member_siblings},
    secret_file::{SecretFileError, create_secret_file, decrypt_seed_file, read_public_value},
};

const KIND: &str = "identity";

/// Creates an identity and encrypts its seed into a new file. The seed exists nowhere else: without the file its owner
/// cannot vote.
///
/// # Errors
/// Returns `Keystore`, or `File`: an existing file is never replaced.
pub fn create_identity(path: &Path, passphrase: &[u8]) -> Result<IdentityCommitment, SecretFileError> {
    let seed = Seed::random(&mut OsRng);
    let id = Identity::from_seed(&seed)?.commitment();
    create_secret_file(path, KIND, seed.expose(), passphrase, serde_json::json!({ "id": id }))?;
    Ok(id)
}

/// Decrypts an identity file.
///
/// # Errors
/// Returns `File`, `Keystore` or `NotASeed`.
pub fn open_identity(path: &Path, passphrase: &[u8]) -> Result<Identity, SecretFileError> {
    Ok(Identity::from_seed(&decrypt_seed_file(path, KIND, passphrase)?)?)
}

/// Returns the commitment of an identity file, which is readable without the passphrase.
///
/// # Errors
/// Returns `File`, `Keystore`, or `NotASeed` if the file has no identity commitment.
pub fn inspect_identity(path: &Path) -> Result<IdentityCommitment, SecretFileError> {
    read_public_value(path, "id")
}

/// A membership, as the registry's event states it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Enrolment {
    /// The chamber.
    pub chamber: ChamberId,
    /// The identity commitment, `0x..`.
    pub id: String,
    /// The weight that the chamber's policy gives.
    pub weight: Weight,
    /// The index of the leaf in the census.
    pub index: u64,
    /// The transaction.
    pub transaction: B256,
    /// Gas used by the transaction.
    pub gas: u64,
}

/// Enrols an identity for the account that the connection sends from.
///
/// # Errors
/// Returns `Reverted` with `NotEligible`, `AlreadyEnrolled`, `IdentityTaken` or another of the registry's errors,
/// `Unfunded`, or another [`ChainError`].
pub async fn enrol_identity(
    connection: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    id: &IdentityCommitment,
) -> Result<Enrolment, ChainError> {
    let call =
        enrolCall { chamber: U256::from(chamber.get()), id: words::from_field(&id.value()), evidence: Bytes::new() };
    let sent = connection.send_call(deployment.registry, &call).await?;
    let event = find_event::<Enrolled>(&sent, deployment.registry)?;
    Ok(Enrolment {
        chamber,
        id: field::to_hex(&id.value()),
        weight: words::to_weight(event.weight)?,
        index: words::to_u64(event.index)?,
        transaction: sent.hash,
        gas: sent.gas,
    })
}

/// Replaces the identity of the sending account in a chamber. Polls that are open keep the old one.
///
/// # Errors
/// Returns `State` with `UnknownChamber`, `Reverted` with `NotEnrolled`, `IdentityTaken`, .., or another
/// [`ChainError`].
pub async fn rotate_identity(
    connection: &Connection,
    state: &ChainState,
    chamber: ChamberId,
    new_id: &IdentityCommitment,
) -> Result<B256, ChainError> {
    let siblings = match connection.sender() {
        Some(sender) => member_siblings(state, chamber, sender)?,
        None => Vec::new(),
    };
    let call = rotateCall { chamber: U256::from(chamber.get()), newId: words::from_field(&new_id.value()), siblings };
    Ok(connection.send_call(state.deployment.registry, &call).await?.hash)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
