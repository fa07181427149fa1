use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;

use super::*;

const SECRET: &[u8; 32] = b"a canary that sings in no error!";
const PASSPHRASE: &str = "correct horse";
const CHEAP: Derivation = Derivation { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn encrypted_file() -> String {
    encrypt_with(CHEAP, "identity", SECRET, PASSPHRASE, "0x12", &mut rng()).unwrap()
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
    let json = encrypt_secret("trustee", SECRET, PASSPHRASE, "a key", &mut rng()).unwrap();
    assert_eq!(*decrypt_secret("trustee", &json, PASSPHRASE).unwrap(), *SECRET);
    let expected = Inspection { kind: "trustee".into(), public: "a key".into() };
    assert_eq!(inspect(&json).unwrap(), expected);
    assert!(!json.contains(&hex::encode(SECRET)));
    let fields: Value = serde_json::from_str(&json).unwrap();
    let cost = ["memory_kib", "passes", "lanes"].map(|name| fields[name].as_u64().unwrap());
    assert_eq!(cost, [65_536, 3, 4]);
}

#[test]
fn every_keystore_has_fresh_salt_and_nonce() {
    let rng = &mut rng();
    let [a, b] = [(); 2].map(|()| encrypt_with(CHEAP, "identity", SECRET, PASSPHRASE, "", rng).unwrap());
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
    let text = format!("{{\n{}}}\n", reversed.join(",\n"));
    assert_eq!(*decrypt_secret("identity", &text, PASSPHRASE).unwrap(), *SECRET);
}

#[test]
fn wrong_passphrase_is_rejected() {
    for passphrase in ["correct horsf", "", "correct horse "] {
        assert_eq!(
            decrypt_secret("identity", &encrypted_file(), passphrase).err(),
            Some(KeystoreError::WrongPassphrase)
        );
    }
}

#[test]
fn passphrase_is_the_same_in_composed_and_decomposed_letters() {
    let json = encrypt_with(CHEAP, "identity", SECRET, "Fr\u{fc}hst\u{fc}ck", "", &mut rng()).unwrap();
    assert_eq!(*decrypt_secret("identity", &json, "Fru\u{308}hstu\u{308}ck").unwrap(), *SECRET);
    let compatible = decrypt_secret("identity", &json, "\u{ff26}r\u{fc}hst\u{fc}ck");
    assert_eq!(compatible.err(), Some(KeystoreError::WrongPassphrase), "NFC is not NFKC");
}

#[test]
fn wrong_kind_is_reported_before_passphrase_is_tried() {
    let expected = KeystoreError::WrongKind { expected: "trustee".into(), actual: "identity".into() };
    assert_eq!(decrypt_secret("trustee", &encrypted_file(), "wrong").err(), Some(expected));
}

#[test]
fn every_truncation_is_rejected() {
    let json = encrypted_file();
    for length in 0..json.len() {
        assert!(matches!(error(&json[..length]), KeystoreError::NotAKeystore(_)), "{length}");
    }
}

/// Every field is changed to another value that is valid by itself, and none is left out.
#[test]
fn every_field_in_clear_is_authenticated_or_fixed() {
    let other = |digits: &Value| {
        let digits = digits.as_str().unwrap();
        let first = if digits.starts_with('0') { "1" } else { "0" };
        Value::from(format!("{first}{}", &digits[1..]))
    };
    let fields: Value = serde_json::from_str(&encrypted_file()).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        let (replacement, kind) = match name.as_str() {
            "format" | "kdf" | "cipher" => ("another".into(), "identity"),
            "version" => (Value::from(1), "identity"),
            "kind" => ("trustee".into(), "trustee"),
            "public" => ("0x13".into(), "identity"),
            "memory_kib" => (8_193.into(), "identity"),
            "passes" | "lanes" => (2.into(), "identity"),
            "salt" | "nonce" | "ciphertext" => (other(value), "identity"),
            name => panic!("{name} is not tested"),
        };
        let json = changed(|fields| fields[name] = replacement);
        let refused = decrypt_secret(kind, &json, PASSPHRASE).expect_err("the field is authenticated");
        let expected = match name.as_str() {
            "format" | "kdf" | "cipher" => matches!(refused, KeystoreError::NotAKeystore(_)),
            "version" => refused == KeystoreError::UnsupportedVersion { expected: 2, actual: 1 },
            _ => refused == KeystoreError::WrongPassphrase,
        };
        assert!(expected, "{name}: {refused}");
    }
}

#[test]
fn malformed_keystores_are_rejected() {
    let broken = ["null".into(), "[".repeat(4_000), encrypted_file().replacen('{', "{\"kind\": \"identity\",", 1)];
    for json in broken {
        assert!(matches!(error(&json), KeystoreError::NotAKeystore(_)), "{}", &json[..json.len().min(300)]);
    }
}

/// The bounds hold before anything is allocated: the greatest memory here is 16 exbibytes.
#[test]
fn derivation_parameters_out_of_bounds_are_rejected() {
    for (name, actual) in [
        ("memory_kib", 8_191),
        ("memory_kib", (1 << 20) + 1),
        ("memory_kib", u64::from(u32::MAX)),
        ("memory_kib", (1 << 32) + 8_192),
        ("memory_kib", 1 << 54),
        ("memory_kib", u64::MAX),
        ("passes", 0),
        ("passes", 17),
        ("lanes", 0),
        ("lanes", 17),
    ] {
        let json = changed(|v| v[name] = actual.into());
        for refused in [error(&json), inspect(&json).expect_err("out of bounds")] {
            assert!(
                matches!(refused, KeystoreError::Derivation { name: n, actual: a, .. } if n == name && a == actual),
                "{refused}"
            );
        }
    }
}

#[test]
fn invalid_kind_or_public_part_is_rejected() {
    let encrypt = |kind: &str, public: &str| {
        encrypt_with(CHEAP, kind, SECRET, PASSPHRASE, public, &mut rng()).expect_err("encryption is rejected")
    };
    for kind in ["", "Identity", "a b", "ä", "a\n", &"a".repeat(33)] {
        assert_eq!(encrypt(kind, ""), KeystoreError::InvalidKind);
    }
    for public in ["a\nb", "\u{7f}", "ä", &"a".repeat(257)] {
        assert_eq!(encrypt("a", public), KeystoreError::InvalidPublic);
    }
}

#[test]
fn keystores_of_another_implementation_decrypt() {
    let vectors: Value = serde_json::from_str(include_str!("../../../vectors/keystore.json")).unwrap();
    let files = vectors["files"].as_array().unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for vector in files {
        let text = |name: &str| vector[name].as_str().unwrap();
        let (json, passphrase) = (vector["keystore"].to_string(), text("passphrase"));
        let document = Document::from_json(&json).unwrap();
        assert_eq!(hex::encode(normalise(passphrase).as_bytes()), text("passphrase_bytes"), "{}", text("name"));
        assert_eq!(document.associated_data(), text("associated_data").as_bytes());
        assert_eq!(hex::encode(*derive_key(&document, passphrase).unwrap()), text("key"));
        let secret = decrypt_secret(&document.kind, &json, passphrase).unwrap();
        assert_eq!(format!("0x{}", hex::encode(*secret)), text("secret"), "{}", text("name"));
        assert_eq!(serde_json::from_str::<Value>(&document.to_json()).unwrap(), vector["keystore"]);
        kinds.insert(document.kind);
    }
    assert_eq!(files.len(), 12);
    assert!(["account", "identity", "trustee"].iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
}

#[test]
fn refusals_are_those_of_another_implementation() {
    let vectors: Value = serde_json::from_str(include_str!("../../../vectors/keystore.json")).unwrap();
    let refusals = &vectors["refusals"];
    let files = refusals["files"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for vector in files {
        let (kind, passphrase) = (text(&refusals["kind"]), text(&refusals["passphrase"]));
        let reason = match decrypt_secret(&kind, &text(&vector["file"]), &passphrase).expect_err("it is refused") {
            KeystoreError::NotAKeystore(_) => "not-a-keystore",
            KeystoreError::UnsupportedVersion { .. } => "unsupported-version",
            KeystoreError::Derivation { .. } => "derivation",
            KeystoreError::WrongKind { .. } => "wrong-kind",
            KeystoreError::WrongPassphrase => "wrong-passphrase",
            other => panic!("{other}"),
        };
        assert_eq!(reason, text(&vector["reason"]), "{}", text(&vector["name"]));
    }
    assert_eq!(files.len(), 50);
}

#[test]
fn no_error_repeats_secret_or_passphrase() {
    let canary = "5ec7e75ec7e75ec7e75ec7e75ec7e75e";
    let text = |error: KeystoreError| format!("{error} {error:?}");
    let secret = canary.as_bytes().try_into().unwrap();
    let json = encrypt_with(CHEAP, "identity", secret, canary, "", &mut rng()).unwrap();
    let texts = [
        text(decrypt_secret("identity", canary, canary).unwrap_err()),
        text(decrypt_secret("identity", &json, "wrong").unwrap_err()),
        text(decrypt_secret("trustee", &json, canary).unwrap_err()),
    ];
    assert!(texts.iter().all(|text| !text.contains("5ec7e7")), "{texts:?}");
}
