//! A trustee's actions: register a transport key, deal, and post its decryption share of a closed total. Nothing else
//! is ever decrypted.
//!
//! The seed of the transport key is the only secret that a trustee stores. The secrets of a dealing are drawn afresh
//! and dropped; the share of the election keys is recomputed from the dealings on chain whenever it is needed. So every
//! action can be interrupted and repeated at any point.

pub mod attest;
mod decrypt;
pub mod error;
mod forming;
mod journal;
mod key_share;
mod refusal;
mod retire;
mod sheet_tasks;
mod tasks;
mod teller;

pub use attest::{AttestationBook, attest_poll, polls_to_attest};
pub use decrypt::{
    DecryptionOutcome, Precautions, decrypt_total, decrypt_totals, default_clock, default_confirmations,
};
pub use error::TrusteeError;
pub(crate) use forming::trustee_context;
pub use forming::{finalise_committee, post_dealing, post_dealing_proved_by, register_key};
pub use journal::Journal;
pub(crate) use key_share::hash_other_keys;
pub use key_share::recover_key_share;
pub use refusal::Refusal;
pub use retire::Retirement;
pub use tasks::{Task, TaskOutcome, committee_of_key, due_tasks, perform_task, queue_position};
pub use teller::{RoundedChamber, current_teller, replacing_teller, shares_for, tally_rounded_chamber};

use std::path::Path;

use psephos_protocol::{
    Point,
    committee::{TransportKey, TransportSecret},
    field,
    identity::Seed,
};
use rand::rngs::OsRng;

use crate::secret_file::{SecretFileError, create_secret_file, decrypt_seed_file, read_public_part};

const KIND: &str = "trustee";

/// Creates a trustee's transport key and encrypts its seed into a new file. Without the file, the trustee cannot
/// decrypt totals of the committees that it has registered with.
///
/// # Errors
/// Returns `Keystore`, or `File`: an existing file is never replaced.
pub fn create_key_file(path: &Path, passphrase: &str) -> Result<TransportKey, SecretFileError> {
    let seed = Seed::random(&mut OsRng);
    let key = TransportSecret::from_seed(&seed)?.transport_key();
    create_secret_file(path, KIND, seed.expose(), passphrase, &to_text(&key))?;
    Ok(key)
}

/// Returns the transport key of a file, which is readable without the passphrase.
///
/// # Errors
/// Returns `File`, `Keystore`, or `NotATransportKey` if its public part is none.
pub fn inspect_key_file(path: &Path) -> Result<TransportKey, SecretFileError> {
    let text = read_public_part(path, KIND)?;
    from_text(&text).ok_or_else(|| SecretFileError::NotATransportKey { path: path.to_owned() })
}

/// Returns the public part of a key file: the coordinates as one number in hexadecimal.
fn to_text(key: &TransportKey) -> String {
    field::to_hex(&key.point().x()) + field::to_hex(&key.point().y()).trim_start_matches("0x")
}

fn from_text(text: &str) -> Option<TransportKey> {
    let (x, y) = text.split_at_checked(66)?;
    let coordinates = [field::from_hex(x).ok()?, field::from_hex(&format!("0x{y}")).ok()?];
    TransportKey::new(Point::from_coordinates(coordinates).ok()?).ok()
}

/// Decrypts a trustee's key file.
///
/// # Errors
/// Returns `File` or `Keystore`.
pub fn open_key_file(path: &Path, passphrase: &str) -> Result<TransportSecret, SecretFileError> {
    Ok(TransportSecret::from_seed(&decrypt_seed_file(path, KIND, passphrase)?)?)
}
