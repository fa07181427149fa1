use super::*;
use crate::{
    files::FileError, keystore::KeystoreError, secret_file::SecretFileError, test_state::test_deployment, trustee,
};

/// Fails to compile if the type has `Debug`: two implementations would fit, and the compiler cannot choose.
macro_rules! assert_no_debug {
    ($($secret:ty),*) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn choose() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct HasDebug;
            impl<T: ?Sized + std::fmt::Debug> Ambiguous<HasDebug> for T {}
            let _ = <$secret as Ambiguous<_>>::choose;
        };
    )*};
}

assert_no_debug!(VoterSeed, AccountIdentity);

fn commitment(seed: &VoterSeed, deployment: &Deployment, account: Address) -> IdentityCommitment {
    seed.derive_identity(deployment, account).unwrap().identity.commitment()
}

#[test]
fn seed_file_decrypts_with_its_passphrase_only_and_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("me.identity");
    let id = |seed: &VoterSeed| commitment(seed, &test_deployment(), Address::repeat_byte(1));
    let seed = VoterSeed::create_file(&path, "canary passphrase").unwrap();
    assert_eq!(id(&VoterSeed::open_file(&path, "canary passphrase").unwrap()), id(&seed));

    let error = VoterSeed::open_file(&path, "canary of another").err().unwrap();
    assert!(matches!(error, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }));
    assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"));
    let again = VoterSeed::create_file(&path, "x").err().unwrap();
    assert!(matches!(again, SecretFileError::File(FileError::Exists { .. })));
    assert_eq!(id(&VoterSeed::open_file(&path, "canary passphrase").unwrap()), id(&seed), "nothing is lost");
}

#[test]
fn copy_under_another_passphrase_gives_the_same_identities() {
    let folder = tempfile::tempdir().unwrap();
    let [path, copy] = ["me.identity", "copy.identity"].map(|name| folder.path().join(name));
    let seed = VoterSeed::create_file(&path, "old").unwrap();
    seed.write_file(&copy, "new").unwrap();
    let id = |seed: &VoterSeed| commitment(seed, &test_deployment(), Address::repeat_byte(1));
    assert_eq!(id(&VoterSeed::open_file(&copy, "new").unwrap()), id(&seed));
    let wrong = VoterSeed::open_file(&copy, "old").err().unwrap();
    assert!(matches!(wrong, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }), "{wrong}");
    assert!(matches!(seed.write_file(&path, "new"), Err(SecretFileError::File(FileError::Exists { .. }))));
    let [path, copy] = [path, copy].map(|path| std::fs::read_to_string(path).unwrap());
    let line = |text: &str, name: &str| text.lines().find(|line| line.contains(name)).map(str::to_owned).unwrap();
    for name in ["\"salt\"", "\"nonce\"", "\"ciphertext\""] {
        assert_ne!(line(&path, name), line(&copy, name), "the files have nothing in common");
    }
}

/// What one seed gives differs between chains, registries and accounts, and is the same everywhere else.
#[test]
fn identity_depends_on_chain_registry_and_account() {
    let seed = VoterSeed(Seed::from_bytes([7; 32]));
    let deployment = test_deployment();
    let account = Address::repeat_byte(1);
    let elsewhere = |change: fn(&mut Deployment)| {
        let mut other = test_deployment();
        change(&mut other);
        other
    };
    let places = [
        (deployment.clone(), account),
        (deployment.clone(), Address::repeat_byte(2)),
        (elsewhere(|other| other.registry = Address::repeat_byte(0xee)), account),
        (elsewhere(|other| other.chain_id = psephos_protocol::identifiers::ChainId::new(5)), account),
    ];
    let ids: std::collections::HashSet<_> =
        places.iter().map(|(deployment, account)| commitment(&seed, deployment, *account)).collect();
    assert_eq!(ids.len(), places.len());
    let renewed = elsewhere(|other| other.polls = Address::repeat_byte(0xee));
    assert_eq!(commitment(&seed, &renewed, account), commitment(&seed, &deployment, account));
}

#[test]
fn other_kind_of_file_and_truncated_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let key = trustee::create_key_file(&path, "p").unwrap();
    assert_eq!(trustee::open_key_file(&path, "p").unwrap().transport_key(), key);
    assert_eq!(trustee::inspect_key_file(&path).unwrap(), key);
    let wrong = trustee::open_key_file(&path, "q").err().unwrap();
    assert!(matches!(wrong, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }), "{wrong}");
    let other = VoterSeed::open_file(&path, "p").err().unwrap();
    assert!(matches!(other, SecretFileError::Keystore { source: KeystoreError::WrongKind { .. }, .. }), "{other}");

    let text = std::fs::read_to_string(&path).unwrap();
    let [cut, moved, identity] = ["cut.json", "moved.json", "me.identity"].map(|name| folder.path().join(name));
    std::fs::write(&cut, &text[..text.len() / 2]).unwrap();
    assert!(matches!(trustee::open_key_file(&cut, "p"), Err(SecretFileError::Keystore { .. })));
    std::fs::write(&moved, text.replace("\"public\": \"0x", "\"public\": \"1x")).unwrap();
    assert!(matches!(trustee::inspect_key_file(&moved), Err(SecretFileError::NotATransportKey { .. })));
    VoterSeed::create_file(&identity, "p").unwrap();
    let other = trustee::inspect_key_file(&identity).unwrap_err();
    assert!(matches!(other, SecretFileError::Keystore { source: KeystoreError::WrongKind { .. }, .. }), "{other}");
}
