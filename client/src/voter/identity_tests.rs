use super::*;
use crate::{files::FileError, keystore::KeystoreError, trustee};

#[test]
fn an_identity_file_opens_with_its_passphrase_only_and_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity.json");
    let id = create_identity(&path, b"canary passphrase").unwrap();
    assert_eq!(inspect_identity(&path).unwrap(), id);
    assert_eq!(open_identity(&path, b"canary passphrase").unwrap().commitment(), id);

    let error = open_identity(&path, b"canary of another").err().unwrap();
    assert!(matches!(error, ClientError::Keystore { source: KeystoreError::WrongPassphrase, .. }));
    assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"));
    let again = create_identity(&path, b"x").unwrap_err();
    assert!(matches!(again, ClientError::File(FileError::Exists { .. })));
    assert_eq!(inspect_identity(&path).unwrap(), id, "nothing is lost");
}

#[test]
fn another_kind_of_file_and_a_truncated_one_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    trustee::create_keys(&path, b"p").unwrap();
    trustee::open_keys(&path, b"p").unwrap();
    let wrong = trustee::open_keys(&path, b"q").err().unwrap();
    assert!(matches!(wrong, ClientError::Keystore { source: KeystoreError::WrongPassphrase, .. }), "{wrong}");
    let other = open_identity(&path, b"p").err().unwrap();
    assert!(matches!(other, ClientError::Keystore { source: KeystoreError::WrongKind { .. }, .. }), "{other}");
    assert!(matches!(inspect_identity(&path), Err(ClientError::NotASeed { .. })));

    let text = std::fs::read_to_string(&path).unwrap();
    let cut = folder.path().join("cut.json");
    std::fs::write(&cut, &text[..text.len() / 2]).unwrap();
    assert!(matches!(trustee::open_keys(&cut, b"p"), Err(ClientError::Keystore { .. })));
}
