//! Checking what a signer returns against what it was asked for.

use alloy::{
    consensus::{SignableTransaction, Transaction, TxEnvelope},
    eips::eip2718::{Decodable2718, Encodable2718},
    hex,
    primitives::{Address, B256, Signature, TxKind, keccak256},
};
use serde_json::Value;

use super::error::SignerError;

/// The maximum number of accounts that a signer may list.
const MAX_ACCOUNTS: usize = 10_000;

/// Reads the accounts that a signer lists.
pub(super) fn read_accounts(host: &str, answer: &Value) -> Result<Vec<Address>, SignerError> {
    let invalid = || invalid(host, "it is no list of accounts");
    let list = answer.as_array().filter(|list| list.len() <= MAX_ACCOUNTS).ok_or_else(invalid)?;
    list.iter().map(|one| one.as_str().and_then(|text| text.parse().ok()).ok_or_else(invalid)).collect()
}

/// Checks a signed transaction, and returns its signature. It is given as its encoding, or as an object with the
/// encoding in `raw`.
pub(super) fn check_transaction(
    host: &str,
    account: Address,
    asked: &dyn SignableTransaction<Signature>,
    answer: &Value,
) -> Result<Signature, SignerError> {
    let raw = answer.as_str().or_else(|| answer.get("raw")?.as_str());
    let raw = raw.and_then(|raw| hex::decode(raw).ok()).ok_or_else(|| invalid(host, "it has no transaction"))?;
    let mut rest = raw.as_slice();
    let signed = TxEnvelope::decode_2718(&mut rest).ok().filter(|_| rest.is_empty());
    let signed = signed.ok_or_else(|| invalid(host, "its transaction cannot be decoded"))?;
    if let Some((what, asked, signed)) = find_difference(asked, &signed) {
        return Err(SignerError::OtherTransaction { host: host.to_owned(), what, asked, signed });
    }
    let (hash, other) = (asked.signature_hash(), signed.signature_hash());
    if hash != other {
        let (what, asked, signed) = ("signing hash", hash.to_string(), other.to_string());
        return Err(SignerError::OtherTransaction { host: host.to_owned(), what, asked, signed });
    }
    if signed.encoded_2718() != raw {
        return Err(invalid(host, "its transaction has another encoding than the one of EIP-2718"));
    }
    check_signature(host, account, &hash, *signed.signature())
}

/// Checks the signature of EIP-712 data with this hash.
pub(super) fn check_typed_data(
    host: &str,
    account: Address,
    hash: &B256,
    answer: &Value,
) -> Result<Signature, SignerError> {
    let signature = answer.as_str().and_then(|text| hex::decode(text).ok());
    let signature = signature.and_then(|bytes| Signature::from_raw(&bytes).ok());
    check_signature(host, account, hash, signature.ok_or_else(|| invalid(host, "it has no signature"))?)
}

fn check_signature(host: &str, expected: Address, hash: &B256, signature: Signature) -> Result<Signature, SignerError> {
    if signature.normalize_s().is_some() {
        return Err(invalid(host, "its signature is not the one that chains accept (EIP-2)"));
    }
    let signer = signature.recover_address_from_prehash(hash);
    match signer.map_err(|_| invalid(host, "its signature is invalid"))? {
        signer if signer == expected => Ok(signature),
        actual => Err(SignerError::OtherAccount { host: host.to_owned(), expected, actual }),
    }
}

/// Returns the first part in which two transactions differ: its name, and what it is in each.
fn find_difference(asked: &dyn Transaction, signed: &dyn Transaction) -> Option<(&'static str, String, String)> {
    let pairs = describe(asked).into_iter().zip(describe(signed));
    let mut differing = pairs.filter(|((_, asked), (_, signed))| asked != signed);
    differing.next().map(|((what, asked), (_, signed))| (what, asked, signed))
}

fn describe(transaction: &dyn Transaction) -> [(&'static str, String); 10] {
    let show = |number: Option<u128>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    let to = match transaction.kind() {
        TxKind::Call(to) => to.to_string(),
        TxKind::Create => "none".to_owned(),
    };
    let (data, lists) = (transaction.input(), transaction.access_list().map_or(0, |list| list.len()));
    [
        ("type", transaction.ty().to_string()),
        ("chain id", show(transaction.chain_id().map(u128::from))),
        ("nonce", transaction.nonce().to_string()),
        ("target", to),
        ("value", transaction.value().to_string()),
        ("calldata", format!("of {} bytes and hash {}", data.len(), keccak256(data))),
        ("gas limit", transaction.gas_limit().to_string()),
        ("maximum fee per gas", transaction.max_fee_per_gas().to_string()),
        ("priority fee per gas", show(transaction.max_priority_fee_per_gas())),
        ("access list", format!("of {lists} entries")),
    ]
}

fn invalid(host: &str, reason: &str) -> SignerError {
    SignerError::InvalidAnswer { host: host.to_owned(), reason: reason.to_owned() }
}
