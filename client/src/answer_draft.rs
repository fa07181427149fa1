//! The encrypted draft of a voter's answers to a sheet: what is left when it stops half way.
//!
//! Answers are secret as soon as they are given. A draft is a secret file like that of an identity, and it is replaced
//! after each answer, as a whole.

use std::path::Path;

use psephos_chain::files::replace_file;
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use crate::{
    files::FileError,
    keystore::{self, SECRET_BYTES},
    secret_file::{SecretFileError, decrypt_secret_file, read_public_part},
};

const KIND: &str = "answers-draft";

/// A draft, as packed by `psephos_charter::answers::pack_draft`. Erased on drop, without `Debug`.
pub struct AnswerDraft {
    /// The agenda hash, `0x..`; readable without the passphrase.
    pub agenda: String,
    /// The packed answers.
    pub answers: Zeroizing<[u8; SECRET_BYTES]>,
}

impl AnswerDraft {
    /// Encrypts the draft into a file, in the place of an earlier draft.
    ///
    /// # Errors
    /// Returns `Keystore` or `File`.
    pub fn save_file(&self, path: &Path, passphrase: &str) -> Result<(), SecretFileError> {
        let encrypted = keystore::encrypt_secret(KIND, &self.answers, passphrase, &self.agenda, &mut OsRng);
        let text = encrypted.map_err(|source| SecretFileError::Keystore { path: path.to_owned(), source })?;
        let failed = |source| FileError::Io { path: path.to_owned(), source };
        Ok(replace_file(path, (text + "\n").as_bytes()).map_err(failed)?)
    }

    /// Decrypts a draft.
    ///
    /// # Errors
    /// Returns `File` or `Keystore`.
    pub fn open_file(path: &Path, passphrase: &str) -> Result<AnswerDraft, SecretFileError> {
        let agenda = read_public_part(path, KIND)?;
        let answers = decrypt_secret_file(path, KIND, passphrase)?;
        Ok(AnswerDraft { agenda, answers })
    }

    /// Reads which agenda a draft is of, for which no passphrase is needed.
    ///
    /// # Errors
    /// Returns `File`, or `Keystore`, also if the file is another kind of secret.
    pub fn read_agenda(path: &Path) -> Result<String, SecretFileError> {
        read_public_part(path, KIND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keystore::KeystoreError;

    #[test]
    fn draft_is_replaced_and_only_its_agenda_is_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.json.draft");
        for answer in [1, 2] {
            let draft = AnswerDraft { agenda: "0x12".into(), answers: Zeroizing::new([answer; SECRET_BYTES]) };
            draft.save_file(&path, "correct horse").unwrap();
        }
        assert_eq!(AnswerDraft::read_agenda(&path).unwrap(), "0x12");
        let wrong = AnswerDraft::open_file(&path, "wrong horse").map(drop);
        assert!(matches!(wrong, Err(SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. })));
        assert_eq!(*AnswerDraft::open_file(&path, "correct horse").unwrap().answers, [2; SECRET_BYTES]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }
}
