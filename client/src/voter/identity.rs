//! A voter's identities: the encrypted file of their seed, their enrolment, and their rotation.

use std::path::Path;

use alloy::primitives::Bytes;
use psephos_chain::{B256, ChainError, Connection, U256};
use psephos_protocol::{
    field,
    identifiers::ChamberId,
    identity::{Identity, IdentityCommitment, IdentityError, Seed},
    weight::Weight,
};
use psephos_state::{
    Address, ChainState, Deployment,
    bindings::IStakeholderRegistry::{Enrolled, enrolCall, rotateCall},
    words,
};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use super::Voter;
use crate::{
    operator::{find_event, member_siblings},
    secret_file::{SecretFileError, create_secret_file, decrypt_seed_file},
};

const KIND: &str = "identity";

/// The seed of a voter, from which the identity of each of its accounts is derived. Erased on drop, without `Debug`.
pub struct VoterSeed(Seed);

/// An account and its identity in one deployment. Without `Debug`.
pub struct AccountIdentity {
    /// The account, which enrols and is public.
    pub account: Address,
    /// The identity, which votes.
    pub identity: Identity,
}

impl AccountIdentity {
    /// Returns the voter of this account.
    pub fn voter(&self) -> Voter<'_> {
        Voter { account: self.account, identity: &self.identity }
    }
}

impl VoterSeed {
    /// Draws a fresh seed and encrypts it into a new file. The seed exists nowhere else: without the file its owner
    /// cannot vote.
    ///
    /// # Errors
    /// Returns `Keystore`, or `File`: an existing file is never replaced.
    pub fn create_file(path: &Path, passphrase: &str) -> Result<VoterSeed, SecretFileError> {
        let seed = VoterSeed(Seed::random(&mut OsRng));
        seed.write_file(path, passphrase)?;
        Ok(seed)
    }

    /// Decrypts the seed of a file.
    ///
    /// # Errors
    /// Returns `File` or `Keystore`.
    pub fn open_file(path: &Path, passphrase: &str) -> Result<VoterSeed, SecretFileError> {
        decrypt_seed_file(path, KIND, passphrase).map(VoterSeed)
    }

    /// Encrypts the seed into another new file, also under another passphrase.
    ///
    /// # Errors
    /// Returns `Keystore`, or `File`: an existing file is never replaced.
    pub fn write_file(&self, path: &Path, passphrase: &str) -> Result<(), SecretFileError> {
        create_secret_file(path, KIND, self.0.expose(), passphrase, "")
    }

    /// Derives the identity of an account in a deployment. Identities of other accounts, or of the same account in
    /// another deployment, have nothing in common for anyone who does not know the seed.
    ///
    /// # Errors
    /// Returns [`IdentityError::ZeroKey`], which no one will ever see (one seed in `2^251`).
    pub fn derive_identity(&self, deployment: &Deployment, account: Address) -> Result<AccountIdentity, IdentityError> {
        let (registry, subject) = (deployment.registry.into_array(), account.into_array());
        let seed = self.0.derive_account_seed(deployment.chain_id, registry, subject);
        Ok(AccountIdentity { account, identity: Identity::from_seed(&seed)? })
    }
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
/// Returns `Reverted` with `NotEligible`, `AlreadyEnrolled`, `RemovalPending` or another of the registry's errors,
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
/// Returns `State` with `UnknownChamber`, `Reverted` with `NotEnrolled`, `RemovalPending`, .., or another
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
