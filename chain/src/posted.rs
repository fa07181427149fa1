//! Transactions that anyone has posted, as evidence: a node is believed about none of their fields.

use alloy::{
    consensus::{Transaction as _, TxEnvelope},
    eips::Encodable2718,
    primitives::{Address, B256, U64, keccak256},
    providers::Provider,
    rpc::types::Transaction,
};
use psephos_state::TransactionCall;
use serde_json::Value;

use crate::{
    chains,
    connection::Connection,
    error::{ChainError, classify_error},
    local,
};

/// The last of Ethereum's own kinds of transactions: 0 to 4, of EIPs 155, 2930, 1559, 4844 and 7702.
const LAST_KIND: u64 = 4;

impl Connection {
    /// Returns sender, target and calldata of a transaction. The hash is computed again and the sender recovered from
    /// the signature, so that a node can change none of them.
    ///
    /// Where a chain has kinds of its own, a transaction of such a kind is returned without a target and calldata: what
    /// it calls cannot be told from it.
    ///
    /// # Errors
    /// `State` with `Unexpected` if the node does not know the transaction, or shows another one; `NodeUnreachable`,
    /// `Provider`.
    pub async fn read_transaction(&self, hash: B256) -> Result<TransactionCall, ChainError> {
        let answer = self.provider().raw_request("eth_getTransactionByHash".into(), (hash,)).await;
        let answer: Option<Value> = answer.map_err(|error| classify_error(self.url(), "a transaction", error))?;
        let answer =
            answer.ok_or_else(|| ChainError::unexpected(format!("the node does not know transaction {hash}")))?;
        let unexpected = |error: &dyn std::fmt::Display| ChainError::unexpected(format!("transaction {hash}: {error}"));
        let kind = answer.get("type").cloned().unwrap_or_else(|| "0x0".into());
        let kind: U64 = serde_json::from_value(kind).map_err(|error| unexpected(&error))?;
        if kind > U64::from(LAST_KIND) {
            return match chains::has_only_known_transactions(self.chain_id()) {
                true => Err(unexpected(&format!("kind {kind} does not exist on chain {}", self.chain_id()))),
                false => Ok(TransactionCall::default()),
            };
        }
        let transaction: Transaction = serde_json::from_value(answer).map_err(|error| unexpected(&error))?;
        let (from, envelope) = (transaction.inner.signer(), transaction.inner.inner());
        let is_local = [local::CHAIN_ID, local::ROLLUP_ID].contains(&self.chain_id());
        if !(is_local && is_impersonated(envelope)) {
            require_signed_by(envelope, hash, from).map_err(|error| unexpected(&error))?;
        }
        let (to, data) = (transaction.to(), transaction.input().clone());
        Ok(TransactionCall { from, to, data })
    }
}

/// Checks that a transaction has this hash and that this account signed it.
fn require_signed_by(envelope: &TxEnvelope, hash: B256, from: Address) -> Result<(), String> {
    if keccak256(envelope.encoded_2718()) != hash {
        return Err("the node shows another transaction under this hash".into());
    }
    match envelope.signature().recover_address_from_prehash(&envelope.signature_hash()) {
        Ok(signer) if signer == from => Ok(()),
        Ok(signer) => Err(format!("{signer} signed it, and not {from}, as the node says")),
        Err(error) => Err(format!("its signature is invalid: {error}")),
    }
}

/// Returns whether the node of a development chain sent it for an account whose key it does not have: instead of a
/// signature it has zeros.
fn is_impersonated(envelope: &TxEnvelope) -> bool {
    let signature = envelope.signature();
    signature.r().is_zero() && signature.s().is_zero()
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{SignableTransaction, Signed, TxEip1559},
        primitives::{Bytes, TxKind},
        signers::{SignerSync, local::PrivateKeySigner},
    };
    use serde_json::json;

    use super::*;
    use crate::connection::tests::mocked_on;

    /// Returns a signed transaction as a node shows it.
    fn signed(signer: &PrivateKeySigner) -> (B256, Value) {
        let target = TxKind::Call(Address::repeat_byte(7));
        let transaction = TxEip1559 {
            chain_id: 1,
            nonce: 3,
            gas_limit: 50_000,
            max_fee_per_gas: 9,
            to: target,
            input: Bytes::from_static(&[1, 2, 3]),
            ..TxEip1559::default()
        };
        let signature = signer.sign_hash_sync(&transaction.signature_hash()).unwrap();
        let signed: Signed<TxEip1559> = transaction.into_signed(signature);
        let hash = *signed.hash();
        let mut shown = serde_json::to_value(TxEnvelope::from(signed)).unwrap();
        shown["from"] = json!(signer.address());
        shown["blockHash"] = Value::Null;
        (hash, shown)
    }

    #[tokio::test]
    async fn no_field_of_a_transaction_is_what_a_node_says() {
        let signer = PrivateKeySigner::random();
        let (hash, shown) = signed(&signer);
        let (connection, answers) = mocked_on(1);
        answers.push_success(&shown);
        let call = connection.read_transaction(hash).await.unwrap();
        assert_eq!((call.from, call.to), (signer.address(), Some(Address::repeat_byte(7))));
        assert_eq!(call.data[..], [1, 2, 3]);
        for (field, lie, says) in [
            ("from", json!(Address::repeat_byte(9)), "signed it"),
            ("to", json!(Address::repeat_byte(9)), "another transaction"),
            ("input", json!("0x010204"), "another transaction"),
            ("value", json!("0x1"), "another transaction"),
            ("nonce", json!("0x4"), "another transaction"),
            ("hash", json!(B256::repeat_byte(1)), ""),
            ("type", json!("0x7e"), "kind 126 does not exist on chain 1"),
            ("type", json!("0x65"), "kind 101 does not exist"),
            ("type", json!("x"), "invalid"),
            ("r", json!("0x1"), "another transaction"),
        ] {
            let mut altered = shown.clone();
            altered[field] = lie;
            answers.push_success(&altered);
            match connection.read_transaction(hash).await {
                Ok(call) => assert_eq!((field, call.from), ("hash", signer.address()), "it is computed, not read"),
                Err(error) => assert!(error.to_string().contains(says), "{field}: {error}"),
            }
        }
        answers.push_success(&Value::Null);
        assert!(connection.read_transaction(hash).await.unwrap_err().to_string().contains("does not know"));
    }

    #[tokio::test]
    async fn calls_of_other_kinds_are_not_read_from_their_transactions() {
        let deposit = json!({ "type": "0x7e", "from": Address::repeat_byte(1), "to": Address::repeat_byte(2),
            "input": "0x01", "sourceHash": B256::ZERO, "mint": "0x0" });
        for chain in [10, 42_161, 4_242] {
            let (connection, answers) = mocked_on(chain);
            answers.push_success(&deposit);
            assert_eq!(connection.read_transaction(B256::ZERO).await.unwrap(), TransactionCall::default());
        }
    }
}
