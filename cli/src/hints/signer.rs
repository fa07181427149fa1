//! Exit codes and hints about the account that sends: its key, its signer, its nonce.

use psephos_chain::{NonceError, SignerError};
use psephos_client::account::{AccountError, ethereum_keystore::EthereumKeystoreError};

use super::network_code;
use crate::failure::{CHAIN, CHECK_FAILED, INPUT, SECRET};

/// Returns the exit code of a signer's error.
pub(crate) fn signer_code(error: &SignerError) -> u8 {
    match error {
        SignerError::InvalidUrl | SignerError::InsecureTransport { .. } => INPUT,
        SignerError::Network(error) => network_code(error),
        SignerError::NotHeld { .. } | SignerError::SeveralAccounts { .. } => SECRET,
        // What it signed is not what it was asked to sign.
        SignerError::OtherTransaction { .. } | SignerError::OtherAccount { .. } => CHECK_FAILED,
        _ => CHAIN,
    }
}

/// Returns the hint for a signer's error.
pub(crate) fn signer_hint(error: &SignerError) -> Option<&'static str> {
    Some(match error {
        SignerError::Unreachable { .. } => {
            "check that the signer runs at the URL in --signer-url or PSEPHOS_SIGNER_URL"
        }
        SignerError::TimedOut { .. } => {
            "approve the request at the signer, and run the same command again; --signer-timeout SECONDS allows more time"
        }
        SignerError::Refused { .. } => "look at the signer why it refused, and run the same command again",
        SignerError::NotHeld { .. } => "correct --signer-account, or unlock the account at the signer",
        SignerError::SeveralAccounts { .. } => "name one with --signer-account ADDRESS",
        SignerError::OtherTransaction { .. } | SignerError::OtherAccount { .. } | SignerError::InvalidAnswer { .. } => {
            "do not use this signer before you know why: check its chain id, its accounts and what is between it and you"
        }
        SignerError::UnsupportedTransaction { .. }
        | SignerError::Network(_)
        | SignerError::InvalidUrl
        | SignerError::InsecureTransport { .. } => return None,
    })
}

/// Returns the hint for a nonce that cannot be had.
pub(crate) fn nonce_hint(error: &NonceError) -> Option<&'static str> {
    Some(match error {
        NonceError::Used { .. } => {
            "leave out --nonce; if you meant to replace the transaction that used it, that one was mined"
        }
        NonceError::Gap { .. } => "lower --nonce, or leave it out; --nonce-gap sends it all the same",
        NonceError::Taken { .. } => return None,
    })
}

/// Returns the hint for an account's key.
pub(crate) fn account_hint(error: &AccountError) -> &'static str {
    match error {
        AccountError::NotAKey => "check PSEPHOS_SENDER_KEY, or name a key file with --sender FILE",
        AccountError::NotAMnemonic => {
            "check each word of the phrase, and their order; the passphrase that may extend it is not a part of it"
        }
        AccountError::NotAPath { .. } => "correct --derivation-path; without it, it is m/44'/60'/0'/0/0",
        AccountError::HeldElsewhere { .. } => {
            "use an account whose key you have, with --sender FILE: a relayer's service signs receipts and transactions \
             without asking, and a key file holds a key"
        }
    }
}

/// Returns the hint for an Ethereum keystore.
pub(crate) fn ethereum_keystore_hint(error: &EthereumKeystoreError) -> &'static str {
    match error {
        EthereumKeystoreError::WrongPassphrase => {
            "try again; name its passphrase with --sender-passphrase-file FILE, exactly as it was typed in the other wallet"
        }
        EthereumKeystoreError::Derivation { .. } | EthereumKeystoreError::TooCostly { .. } => {
            "do not use a file that no wallet of yours has written; write the key again there, with its usual settings"
        }
        EthereumKeystoreError::Unsupported { .. } | EthereumKeystoreError::Malformed(_) => {
            "use the file that the wallet wrote, of version 3, or an unmodified copy of it"
        }
        EthereumKeystoreError::OtherAddress { .. } | EthereumKeystoreError::NotAKey => {
            "use an unmodified copy of the file"
        }
    }
}
