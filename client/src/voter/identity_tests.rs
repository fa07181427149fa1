use super::*;
use crate::{files::FileError, keystore::KeystoreError, trustee};

#[test]
fn identity_file_decrypts_with_its_passphrase_only_and_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity.json");
    let id = create_identity(&path, b"canary passphrase").unwrap();
    assert_eq!(inspect_identity(&path).unwrap(), id);
    assert_eq!(open_identity(&path, b"canary passphrase").unwrap().commitment(), id);

    let error = open_identity(&path, b"canary of another").err().unwrap();
    assert!(matches!(error, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }));
    assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"));
    let again = create_identity(&path, b"x").unwrap_err();
    assert!(matches!(again, SecretFileError::File(FileError::Exists { .. })));
    assert_eq!(inspect_identity(&path).unwrap(), id, "nothing is lost");
}

#[test]
fn other_kind_of_file_and_truncated_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    trustee::create_key_file(&path, b"p").unwrap();
    trustee::open_key_file(&path, b"p").unwrap();
    let wrong = trustee::open_key_file(&path, b"q").err().unwrap();
    assert!(matches!(wrong, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }), "{wrong}");
    let other = open_identity(&path, b"p").err().unwrap();
    assert!(matches!(other, SecretFileError::Keystore { source: KeystoreError::WrongKind { .. }, .. }), "{other}");
    assert!(matches!(inspect_identity(&path), Err(SecretFileError::NotASeed { .. })));

    let text = std::fs::read_to_string(&path).unwrap();
    let cut = folder.path().join("cut.json");
    std::fs::write(&cut, &text[..text.len() / 2]).unwrap();
    assert!(matches!(trustee::open_key_file(&cut, b"p"), Err(SecretFileError::Keystore { .. })));
}
