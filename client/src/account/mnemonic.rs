//! Accounts of a mnemonic phrase: BIP-39's English words, a path of BIP-32, and the paths of BIP-44.

use std::{fmt, str::FromStr};

use alloy::signers::local::{MnemonicBuilder, PrivateKeySigner, coins_bip39::English};
use icu_normalizer::DecomposingNormalizerBorrowed;
use zeroize::Zeroizing;

use super::AccountError;

/// The path of the first account in most wallets.
pub const DEFAULT_PATH: &str = "m/44'/60'/0'/0/0";
/// The largest number of levels of a path. Wallets have five.
const MAX_LEVELS: usize = 10;
/// Upper bound of an index, exclusive; from here on it would be hardened.
const HARDENED: u32 = 1 << 31;

/// A derivation path, such as `m/44'/60'/0'/0/0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivationPath(String);

impl FromStr for DerivationPath {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        let refused = || AccountError::NotAPath { path: text.to_owned() };
        let levels: Vec<&str> = text.strip_prefix("m/").ok_or_else(refused)?.split('/').collect();
        let mut path = "m".to_owned();
        for level in &levels {
            let digits = level.strip_suffix(['\'', 'h', 'H']);
            let number = digits.unwrap_or(level);
            let is_plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let index = number.parse::<u32>().ok().filter(|index| is_plain && *index < HARDENED);
            let mark = if digits.is_some() { "'" } else { "" };
            path += &format!("/{}{mark}", index.ok_or_else(refused)?);
        }
        if levels.len() > MAX_LEVELS { Err(refused()) } else { Ok(Self(path)) }
    }
}

impl fmt::Display for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Derives the key at a path. Words may be in capitals and on several lines. The passphrase is the one that BIP-39
/// knows as an extension of the phrase: another one gives other accounts, and no error.
pub(super) fn derive_key(
    phrase: &str,
    passphrase: &str,
    path: &DerivationPath,
) -> Result<PrivateKeySigner, AccountError> {
    // Neither text gets longer than its capacity, so no copy is left behind by a reallocation: words are ASCII, and a
    // character decomposes into at most 18 (UAX 15).
    let mut words = Zeroizing::new(String::with_capacity(phrase.len() + 1));
    for word in phrase.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words.make_ascii_lowercase();
    let mut salt = Zeroizing::new(String::with_capacity(18 * passphrase.len()));
    salt.extend(DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(passphrase.chars()));
    let builder = MnemonicBuilder::<English>::default().phrase(words.as_str()).password(salt.as_str());
    let builder = builder.derivation_path(&path.0).map_err(|_| AccountError::NotAPath { path: path.0.clone() })?;
    // The library's errors may repeat words.
    builder.build().map_err(|_| AccountError::NotAMnemonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phrase of development nodes, whose accounts everyone knows.
    const PHRASE: &str = "test test test test test test test test test test test junk";

    fn address(phrase: &str, passphrase: &str, path: &str) -> Result<String, AccountError> {
        derive_key(phrase, passphrase, &path.parse()?).map(|signer| signer.address().to_string())
    }

    #[test]
    fn accounts_are_those_of_other_wallets() {
        let first = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(address(PHRASE, "", DEFAULT_PATH).unwrap(), first);
        assert_eq!(address(&PHRASE.to_uppercase().replace(' ', "\n "), "", "m/44h/60H/0'/0/0").unwrap(), first);
        assert_eq!(address(PHRASE, "", "m/44'/60'/0'/0/1").unwrap(), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
        let hidden = address(PHRASE, "\u{e9}", DEFAULT_PATH).unwrap();
        assert_ne!(hidden, first);
        assert_eq!(address(PHRASE, "e\u{301}", DEFAULT_PATH).unwrap(), hidden, "one text in any Unicode form");
    }

    #[test]
    fn phrase_without_checksum_or_of_other_words_is_rejected_without_repeating_it() {
        for wrong in [
            "",
            "test",
            "test test test test test test test test test test test test",
            "test test test test test test test test test test test canary",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        ] {
            let error = address(wrong, "", DEFAULT_PATH).unwrap_err();
            assert_eq!(error, AccountError::NotAMnemonic, "{wrong}");
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn malformed_derivation_path_is_rejected() {
        let long = format!("m{}", "/0".repeat(MAX_LEVELS + 1));
        for wrong in [
            "",
            "m",
            "m/",
            "/0",
            "44'/60'",
            "m/44''",
            "m/-1",
            "m/+1",
            "m/2147483648",
            "m/2147483648'",
            "m/x",
            "m//0",
            "m/0/",
            "M/0",
            &long,
        ] {
            assert!(matches!(wrong.parse::<DerivationPath>(), Err(AccountError::NotAPath { .. })), "{wrong}");
        }
        assert_eq!("m/44h/060'/0".parse::<DerivationPath>().unwrap().to_string(), "m/44'/60'/0");
    }
}
