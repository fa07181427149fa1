//! What a trustee does: keep secret keys, register them, open a closed total. Nothing else is ever decrypted with them.

mod journal;
mod open;

pub use journal::Journal;
pub use open::{Caution, Opening, Refusal, Unread, open};

use std::path::Path;

use psephos_chain::{Connection, Deployment, Sent, U256, bindings::ICommittee::registerCall, words};
use psephos_protocol::{
    Point,
    committee::{KeyVector, TrusteeSecret},
    constants::COMMITTEE_KEYS,
    context,
    identity::Seed,
    keystore,
    statement::decryption,
};
use rand::rngs::OsRng;

use crate::{
    error::ClientError,
    files,
    keys::{Circuits, proof_words},
    voter::open_seed,
};

const KIND: &str = "trustee";

/// Makes a trustee's secret keys and keeps their seed in a new encrypted file. Without it no total can be opened.
///
/// # Errors
/// `Keystore`, `File` (an existing file is never replaced).
pub fn create_keys(path: &Path, passphrase: &[u8]) -> Result<KeyVector, ClientError> {
    let seed = Seed::random(&mut OsRng);
    let keys = TrusteeSecret::from_seed(&seed)?.public();
    let public = serde_json::json!({ "keys": keys });
    let text = keystore::seal(KIND, seed.expose(), passphrase, public, &mut OsRng)
        .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    files::write_secret(path, &text)?;
    Ok(keys)
}

/// Opens a file of secret keys.
///
/// # Errors
/// `File`, `Keystore`, `NotASeed`.
pub fn open_keys(path: &Path, passphrase: &[u8]) -> Result<TrusteeSecret, ClientError> {
    Ok(TrusteeSecret::from_seed(&open_seed(path, KIND, passphrase)?)?)
}

/// Registers the keys with a proof that their secrets are known, from the trustee's account.
///
/// # Errors
/// `Prove`, `Key`; `Chain`: `NoSender`, `Reverted` with `NotTrustee`, `AlreadyRegistered`, ..
pub async fn register(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    secret: &TrusteeSecret,
    committee: u64,
) -> Result<Sent, ClientError> {
    let trustee = connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
    let ctx = context::possession_context(
        deployment.chain_id,
        deployment.committee.into_array(),
        committee,
        trustee.into_array(),
    );
    let (instance, witness, posted) = decryption::build(ctx, &Point::generator(), secret, COMMITTEE_KEYS);
    let proof = circuits.prove_decryption(deployment.chain_id, instance, witness)?;
    let keys = words::from_points(&posted.keys);
    let call = registerCall {
        committee: U256::from(committee),
        keys: keys.try_into().map_err(|_| ClientError::Inconsistent("a committee has eight keys".into()))?,
        h: words::from_field(&posted.h),
        proof: proof_words(&proof),
    };
    Ok(connection.send(deployment.committee, &call).await?)
}
