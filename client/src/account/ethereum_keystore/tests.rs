use serde_json::{Value, json};

use super::*;

const PASSPHRASE: &str = "testpassword";
/// The secret of the test vectors in Ethereum's definition of the format.
const SECRET: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

fn pbkdf2_vector() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3,
    })
}

fn scrypt_vector() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "83dbcc02d8ccb40e466191a123791e0e" },
            "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32, "n": 262144, "r": 1, "p": 8,
                "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
            },
            "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3,
    })
}

fn open(document: &Value) -> Result<String, EthereumKeystoreError> {
    decrypt_keystore(&document.to_string(), PASSPHRASE).map(|secret| alloy::hex::encode(*secret))
}

#[test]
fn vectors_of_the_format_are_opened() {
    for vector in [pbkdf2_vector(), scrypt_vector()] {
        assert!(is_ethereum_keystore(&vector.to_string()));
        assert_eq!(open(&vector).unwrap(), SECRET);
        let wrong = decrypt_keystore(&vector.to_string(), "testpasswort");
        assert_eq!(wrong.unwrap_err(), EthereumKeystoreError::WrongPassphrase);
    }
}

#[test]
fn written_keystore_is_opened_and_says_whose_it_is() {
    let secret: [u8; 32] = alloy::hex::decode(SECRET).unwrap().try_into().unwrap();
    let address = PrivateKeySigner::from_slice(&secret).unwrap().address();
    let text = encrypt_keystore(&secret, address, PASSPHRASE).unwrap();
    assert_eq!(*decrypt_keystore(&text, PASSPHRASE).unwrap(), secret);
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&written["version"], &written["crypto"]["kdfparams"]["n"]), (&json!(3), &json!(262_144)));
    let mut other = written;
    other["address"] = json!("0x0000000000000000000000000000000000000001");
    assert!(matches!(open(&other), Err(EthereumKeystoreError::OtherAddress { .. })));
    other["address"] = json!("");
    assert_eq!(open(&other).unwrap(), SECRET, "without an address there is nothing to compare");
}

#[test]
fn costly_derivation_is_refused_by_name_before_it_is_run() {
    let mut scrypt = scrypt_vector();
    for (n, r, p, said) in [
        (1u64 << 29, 8u64, 1u64, "n is 536870912"),
        (262_143, 8, 1, "n is 262143"),
        (0, 8, 1, "n is 0"),
        (1, 8, 1, "n is 1"),
        (262_144, 0, 1, "r is 0"),
        (262_144, 1 << 40, 1, "r is 1099511627776"),
        (262_144, 8, 0, "p is 0"),
        (262_144, 8, u64::MAX, "p is 18446744073709551615"),
        // 64 GB of memory, within the bounds of each parameter.
        (1 << 19, 1024, 1, "bytes of memory"),
        (1 << 21, 8, 1, "bytes of memory"),
        (1 << 17, 8, 64, "blocks of scrypt"),
    ] {
        let parameters = &mut scrypt["crypto"]["kdfparams"];
        (parameters["n"], parameters["r"], parameters["p"]) = (json!(n), json!(r), json!(p));
        let error = open(&scrypt).unwrap_err().to_string();
        assert!(error.contains(said), "n {n}, r {r}, p {p}: {error}");
    }
    let mut pbkdf2 = pbkdf2_vector();
    for rounds in [0, 10_000_001, u64::from(u32::MAX), u64::MAX] {
        pbkdf2["crypto"]["kdfparams"]["c"] = json!(rounds);
        assert!(matches!(open(&pbkdf2), Err(EthereumKeystoreError::Derivation { name: "c", .. })), "{rounds}");
    }
}

#[test]
fn damaged_keystores_are_refused_without_a_panic() {
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 13] = [
        (|one| one["version"] = json!(1), "version \"1\""),
        (|one| one["version"] = json!(4), "version \"4\""),
        (|one| one["crypto"]["cipher"] = json!("aes-128-cbc"), "cipher"),
        (|one| one["crypto"]["kdf"] = json!("argon2id"), "kdf"),
        (|one| one["crypto"]["kdfparams"]["prf"] = json!("hmac-sha512"), "prf"),
        (|one| one["crypto"]["kdfparams"]["dklen"] = json!(16), "dklen is 16"),
        (|one| one["crypto"]["kdfparams"]["dklen"] = json!(1u64 << 40), "dklen"),
        (|one| one["crypto"]["kdfparams"]["c"] = json!(-1), "version 3"),
        (|one| one["crypto"]["kdfparams"]["salt"] = json!("xx"), "salt"),
        (|one| one["crypto"]["cipherparams"]["iv"] = json!("00"), "iv is not 16 bytes"),
        (|one| one["crypto"]["ciphertext"] = json!(""), "ciphertext is not 32 bytes"),
        (|one| one["crypto"]["mac"] = json!("00"), "mac is not 32 bytes"),
        (|one| drop(one["crypto"].as_object_mut().unwrap().remove("mac")), "mac"),
    ];
    for (number, (change, said)) in changes.iter().enumerate() {
        let mut vector = pbkdf2_vector();
        change(&mut vector);
        let error = open(&vector).unwrap_err().to_string();
        assert!(error.contains(said), "change {number}: {error}");
    }
    for text in ["", "{}", "[]", "{\"version\":3}", "{\"version\":3,\"crypto\":{}}", "{\"version\":3,\"crypto\":[]}"] {
        assert!(decrypt_keystore(text, PASSPHRASE).is_err(), "{text}");
    }
    assert!(!is_ethereum_keystore("{}") && !is_ethereum_keystore("{\"format\":\"x\",\"version\":3,\"crypto\":{}}"));
}
