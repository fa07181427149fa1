//! What a trustee does: register a transport key, deal, and post its share of closed totals. Nothing else is ever decrypted.
//!
//! The only secret it keeps is the seed of its transport key. What it deals is drawn afresh and forgotten; its share of the election keys is found
//! again from the dealings on chain whenever it is needed. So everything here can be stopped and begun again at any point.

mod forming;
mod journal;
mod key_share;
mod open;
mod refusal;
mod tasks;

pub(crate) use forming::trustee_context;
pub use forming::{deal, finalise, register};
pub use journal::Journal;
pub use key_share::key_share;
pub use open::{Caution, Opening, default_clock, default_confirmations, open};
pub use refusal::Refusal;
pub use tasks::{Done, Task, due, perform, serving, turn};

use std::path::Path;

use psephos_protocol::{
    committee::{TransportKey, TransportSecret},
    identity::Seed,
};
use rand::rngs::OsRng;

use crate::{account::MAX_KEYSTORE, error::ClientError, files, keystore, voter::open_seed};

const KIND: &str = "trustee";

/// Makes a trustee's transport key and keeps its seed in a new encrypted file. Whoever loses it cannot open totals of committees that it has registered in.
///
/// # Errors
/// `Keystore`, `File` (an existing file is never replaced).
pub fn create_keys(path: &Path, passphrase: &[u8]) -> Result<TransportKey, ClientError> {
    let seed = Seed::random(&mut OsRng);
    let key = TransportSecret::from_seed(&seed)?.public();
    let public = serde_json::json!({ "transport_key": key });
    let text = keystore::seal(KIND, seed.expose(), passphrase, public, &mut OsRng)
        .map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    files::write_secret(path, &text)?;
    Ok(key)
}

/// The transport key of a file, which is public: no passphrase is needed.
///
/// # Errors
/// `File`, `Keystore`, `NotASeed` if the file names no transport key.
pub fn inspect_keys(path: &Path) -> Result<TransportKey, ClientError> {
    let text = files::read_text(path, MAX_KEYSTORE)?;
    let inspection =
        keystore::inspect(&text).map_err(|source| ClientError::Keystore { path: path.to_owned(), source })?;
    serde_json::from_value(inspection.public["transport_key"].clone())
        .map_err(|_| ClientError::NotASeed { path: path.to_owned() })
}

/// Opens a file of a trustee's keys.
///
/// # Errors
/// `File`, `Keystore`, `NotASeed`.
pub fn open_keys(path: &Path, passphrase: &[u8]) -> Result<TransportSecret, ClientError> {
    Ok(TransportSecret::from_seed(&open_seed(path, KIND, passphrase)?)?)
}
