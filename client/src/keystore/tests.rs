use rand::{SeedableRng, rngs::StdRng};
use serde_json::json;

use super::*;

const SECRET: &[u8] = b"a canary that sings in no error!";
const PASSPHRASE: &[u8] = b"correct horse";
const CHEAP: Derivation = Derivation { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn encrypted_file() -> String {
    let public = json!({ "id": "0x12", "note": ["a", 1, null, true, -3] });
    encrypt_with(CHEAP, "identity", SECRET, PASSPHRASE, public, &mut rng()).unwrap()
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(&encrypted_file()).unwrap();
    change(&mut value);
    value.to_string()
}

fn error(json: &str) -> KeystoreError {
    decrypt_secret("identity", json, PASSPHRASE).expect_err("the keystore is rejected")
}

#[test]
fn encrypted_secret_decrypts() {
    let json = encrypt_secret("trustee", SECRET, PASSPHRASE, json!({ "account": 3 }), &mut rng()).unwrap();
    assert_eq!(**decrypt_secret("trustee", &json, PASSPHRASE).unwrap(), *SECRET);
    let inspection = inspect(&json).unwrap();
    assert_eq!((inspection.kind.as_str(), inspection.public), ("trustee", json!({ "account": 3 })));
    assert!(!json.contains(&hex::encode(SECRET)));
}

#[test]
fn every_keystore_has_fresh_salt_and_nonce() {
    let rng = &mut rng();
    let [a, b] = [(); 2].map(|()| encrypt_with(CHEAP, "identity", SECRET, PASSPHRASE, Value::Null, rng).unwrap());
    let [a, b] = [a, b].map(|json| Document::from_json(&json).unwrap());
    assert_ne!(a.salt, b.salt);
    assert_ne!(a.nonce, b.nonce);
}

#[test]
fn whitespace_and_field_order_do_not_matter() {
    let json = encrypted_file();
    let value: Value = serde_json::from_str(&json).unwrap();
    let fields = value.as_object().unwrap();
    let reversed: Vec<_> = fields.iter().rev().map(|(name, value)| format!("{name:?} : {value}")).collect();
    assert_eq!(
        **decrypt_secret("identity", &format!("{{\n{}}}\n", reversed.join(",\n")), PASSPHRASE).unwrap(),
        *SECRET
    );
}

#[test]
fn wrong_passphrase_is_rejected() {
    for passphrase in [&b"correct horsf"[..], b"", b"correct horse "] {
        assert_eq!(
            decrypt_secret("identity", &encrypted_file(), passphrase).err(),
            Some(KeystoreError::WrongPassphrase)
        );
    }
}

#[test]
fn wrong_kind_is_reported_before_passphrase_is_tried() {
    let expected = KeystoreError::WrongKind { expected: "trustee".into(), actual: "identity".into() };
    assert_eq!(decrypt_secret("trustee", &encrypted_file(), b"wrong").err(), Some(expected));
}

#[test]
fn every_truncation_is_rejected() {
    let json = encrypted_file();
    for length in 0..json.len() {
        assert!(matches!(error(&json[..length]), KeystoreError::NotAKeystore(_)), "{length}");
    }
}

#[test]
fn every_field_is_authenticated() {
    let flip = |digits: &str, at: usize| {
        let replacement = if digits.as_bytes()[at] == b'0' { "1" } else { "0" };
        format!("{}{replacement}{}", &digits[..at], &digits[at + 1..])
    };
    for field in ["salt", "nonce", "ciphertext"] {
        let length = serde_json::from_str::<Value>(&encrypted_file()).unwrap()[field].as_str().unwrap().len();
        for at in [0, length / 2, length - 1] {
            let json = changed(|value| value[field] = flip(value[field].as_str().unwrap(), at).into());
            assert_eq!(error(&json), KeystoreError::WrongPassphrase, "{field} {at}");
        }
    }
    assert_eq!(error(&changed(|v| v["public"]["id"] = "0x13".into())), KeystoreError::WrongPassphrase);
    assert_eq!(error(&changed(|v| v["public"]["note"][1] = 2.into())), KeystoreError::WrongPassphrase);
    assert_eq!(error(&changed(|v| v["public"] = Value::Null)), KeystoreError::WrongPassphrase);
    assert_eq!(error(&changed(|v| v["derivation"]["passes"] = 2.into())), KeystoreError::WrongPassphrase);
    let renamed = changed(|v| v["kind"] = "trustee".into());
    assert_eq!(decrypt_secret("trustee", &renamed, PASSPHRASE).err(), Some(KeystoreError::WrongPassphrase));
}

#[test]
fn malformed_keystores_are_rejected() {
    let broken = [
        String::new(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        "[".repeat(100_000),
        changed(|v| v["format"] = "ethereum".into()),
        changed(|v| v["version"] = "1".into()),
        changed(|v| v["salt"] = "00".into()),
        changed(|v| v["nonce"] = "zz".into()),
        changed(|v| v["kdf"] = "scrypt".into()),
        changed(|v| v["cipher"] = "none".into()),
        changed(|v| v["ciphertext"] = "00".repeat(TAG_LENGTH).into()),
        changed(|v| v["ciphertext"] = "0".repeat(65).into()),
        changed(|v| v["ciphertext"] = "00".repeat(MAX_SECRET + TAG_LENGTH + 1).into()),
        changed(|v| v["more"] = 1.into()),
        changed(|v| drop(v.as_object_mut().unwrap().remove("salt"))),
        encrypted_file().replacen('{', "{\"kind\": \"identity\",", 1),
    ];
    for json in broken {
        assert!(matches!(error(&json), KeystoreError::NotAKeystore(_)), "{}", &json[..json.len().min(300)]);
    }
    let newer = changed(|v| v["version"] = 2.into());
    assert_eq!(error(&newer), KeystoreError::UnsupportedVersion { expected: 1, actual: 2 });
}

const TAG_LENGTH: usize = 16;

#[test]
fn derivation_parameters_out_of_bounds_are_rejected() {
    for (name, actual) in
        [("memory_kib", 8191), ("memory_kib", 1 << 20 | 1), ("memory_kib", u32::MAX), ("passes", 0), ("passes", 17)]
    {
        let json = changed(|v| v["derivation"][name] = actual.into());
        let refused = error(&json);
        assert!(
            matches!(refused, KeystoreError::Derivation { name: n, actual: a, .. } if n == name && a == actual),
            "{refused}"
        );
    }
    assert!(matches!(
        error(&changed(|v| v["derivation"]["lanes"] = 0.into())),
        KeystoreError::Derivation { name: "lanes", .. }
    ));
}

#[test]
fn invalid_kind_public_part_or_secret_is_rejected() {
    let encrypt = |kind: &str, secret: &[u8], public| {
        encrypt_with(CHEAP, kind, secret, PASSPHRASE, public, &mut rng()).expect_err("encryption is rejected")
    };
    for kind in ["", "Identity", "a b", "ä", "a\n", &"a".repeat(33)] {
        assert_eq!(encrypt(kind, SECRET, Value::Null), KeystoreError::InvalidKind);
    }
    assert_eq!(encrypt("a", SECRET, json!({ "deep": [1.5] })), KeystoreError::InvalidPublic);
    assert_eq!(encrypt("a", b"", Value::Null), KeystoreError::SecretLength { max: MAX_SECRET, actual: 0 });
    let long = vec![0; MAX_SECRET + 1];
    assert_eq!(
        encrypt("a", &long, Value::Null),
        KeystoreError::SecretLength { max: MAX_SECRET, actual: MAX_SECRET + 1 }
    );
}

#[test]
fn keystore_of_another_implementation_decrypts() {
    let vectors: Value = serde_json::from_str(include_str!("../../../vectors/keystore.json")).unwrap();
    let passphrase = vectors["passphrase"].as_str().unwrap().as_bytes();
    let secret = decrypt_secret("identity", &vectors["keystore"].to_string(), passphrase).unwrap();
    assert_eq!(format!("0x{}", hex::encode(&*secret)), vectors["secret"].as_str().unwrap());
}

#[test]
fn associated_data_is_unambiguous() {
    let aad = |public| Document::new("identity", CHEAP, public).unwrap().associated_data();
    let publics = [
        json!(null),
        json!("null"),
        json!([]),
        json!([[]]),
        json!([[], []]),
        json!({}),
        json!({"a": 1}),
        json!([1, 2]),
        json!([12]),
        json!("1,2"),
    ];
    let distinct: std::collections::HashSet<_> = publics.into_iter().map(aad).collect();
    assert_eq!(distinct.len(), 10);
}

#[test]
fn no_error_repeats_secret_or_passphrase() {
    let canary = "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7";
    let text = |error: KeystoreError| format!("{error} {error:?}");
    let json = encrypt_with(CHEAP, "identity", canary.as_bytes(), canary.as_bytes(), 1.into(), &mut rng()).unwrap();
    let texts = [
        text(decrypt_secret("identity", canary, canary.as_bytes()).unwrap_err()),
        text(decrypt_secret("identity", &json, b"wrong").unwrap_err()),
        text(decrypt_secret("trustee", &json, canary.as_bytes()).unwrap_err()),
    ];
    assert!(texts.iter().all(|text| !text.contains("5ec7e7")), "{texts:?}");
}
