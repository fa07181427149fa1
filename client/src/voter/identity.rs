//! Identities: encrypted files, enrolment, a new key in an old place.

use std::path::Path;

use alloy::{primitives::Bytes, sol_types::SolEvent};
use psephos_chain::{B256, Connection, U256};
use psephos_protocol::{
    field,
    identifiers::ChamberId,
    identity::{Identity, IdentityCommitment, Seed},
    keystore,
};
use psephos_state::{
    ChainState, Deployment,
    bindings::IStakeholderRegistry::{Enrolled, enrolCall, rotateCall},
    words,
};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use crate::{account::MAX_KEYSTORE, error::ClientError, files};

const KIND: &str = "identity";

/// Makes an identity and keeps its seed in a new encrypted file. The seed exists nowhere else: without the file there is no vote.
///
/// # Errors
/// `Keystore`, `File` (an existing file is never replaced).
pub fn create_identity(path: &Path, passphrase: &[u8]) -> Result<IdentityCommitment, ClientError> {
    let seed = Seed::random(&mut OsRng);
    let id = Identity::from_seed(&seed)?.commitment();
    let public = serde_json::json!({ "id": id });
    let text = keystore::seal(KIND, seed.expose(), passphrase, public, &mut OsRng)
        .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    files::write_secret(path, &text)?;
    Ok(id)
}

/// Opens an identity file.
///
/// # Errors
/// `File`, `Keystore`, `NotASeed`.
pub fn open_identity(path: &Path, passphrase: &[u8]) -> Result<Identity, ClientError> {
    Ok(Identity::from_seed(&open_seed(path, KIND, passphrase)?)?)
}

/// The commitment that an identity file shows without its passphrase.
///
/// # Errors
/// `File`, `Keystore`, `NotASeed` if it holds something else.
pub fn inspect_identity(path: &Path) -> Result<IdentityCommitment, ClientError> {
    let text = files::read_text(path, MAX_KEYSTORE)?;
    let shown = keystore::inspect(&text).map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    let id = shown.public.get("id").cloned().unwrap_or_default();
    serde_json::from_value(id).map_err(|_| ClientError::NotASeed { path: path.to_owned() })
}

/// The seed in an encrypted file of this kind.
pub(crate) fn open_seed(path: &Path, kind: &str, passphrase: &[u8]) -> Result<Seed, ClientError> {
    let text = files::read_text(path, MAX_KEYSTORE)?;
    let secret = keystore::open(kind, &text, passphrase)
        .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    let bytes = secret.as_slice().try_into().map_err(|_| ClientError::NotASeed { path: path.to_owned() })?;
    Ok(Seed::from_bytes(bytes))
}

/// A membership, as the registry's event says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Enrolment {
    /// The chamber.
    pub chamber: ChamberId,
    /// The identity, `0x..`.
    pub id: String,
    /// The weight that the chamber's policy gives.
    pub weight: u64,
    /// The place in the census.
    pub index: u64,
    /// The transaction.
    pub transaction: B256,
    /// What it used.
    pub gas: u64,
}

/// Enrols an identity for the account that the connection sends from.
///
/// # Errors
/// `Chain`: `Reverted` with `NotEligible`, `AlreadyEnrolled`, `IdentityTaken` or another of the registry's errors, `Unfunded`, ..
pub async fn enrol(
    connection: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    id: &IdentityCommitment,
) -> Result<Enrolment, ClientError> {
    let call =
        enrolCall { chamber: U256::from(chamber.get()), id: words::from_field(&id.value()), evidence: Bytes::new() };
    let sent = connection.send_call(deployment.registry, &call).await?;
    let event = sent
        .logs
        .iter()
        .filter(|log| log.address() == deployment.registry)
        .find_map(|log| Enrolled::decode_log(&log.inner).ok())
        .ok_or_else(|| ClientError::Inconsistent("enrolment left no event".into()))?;
    Ok(Enrolment {
        chamber,
        id: field::to_hex(&id.value()),
        weight: words::to_u64(event.weight)?,
        index: words::to_u64(event.index)?,
        transaction: sent.hash,
        gas: sent.gas,
    })
}

/// Puts a new identity in the place of the sending account's old one. Polls that are open keep the old one.
///
/// # Errors
/// `NoChamber`; `Chain`: `Reverted` with `NotEnrolled`, `IdentityTaken`, ..
pub async fn rotate(
    connection: &Connection,
    replay: &ChainState,
    chamber: ChamberId,
    new_id: &IdentityCommitment,
) -> Result<B256, ClientError> {
    let siblings = match connection.sender() {
        Some(sender) => crate::operator::siblings(replay, chamber, sender)?,
        None => Vec::new(),
    };
    let call = rotateCall { chamber: U256::from(chamber.get()), newId: words::from_field(&new_id.value()), siblings };
    Ok(connection.send_call(replay.deployment.registry, &call).await?.hash)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
