//! Calls in the forms that other programs take: lists for a Governor or timelock, and the batch file of Safe's
//! Transaction Builder.

use psephos_chain::{Address, Bytes, U256, hex, keccak256};
use psephos_protocol::identifiers::ChainId;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Call, describe_calls};

/// Calls as the arguments of `Governor.propose`, or of `TimelockController.scheduleBatch` with the caller's choice of
/// predecessor, salt and delay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The chain of the contracts.
    pub chain_id: ChainId,
    /// The account that must make the calls: the owner.
    pub from: Address,
    /// The contracts, by call.
    pub targets: Vec<Address>,
    /// The amounts of the native token in wei, by call, as decimal text.
    #[serde(serialize_with = "serialize_decimals")]
    pub values: Vec<U256>,
    /// The calldata, by call.
    pub calldatas: Vec<Bytes>,
    /// What the calls do, a line each.
    pub description: String,
}

impl Proposal {
    /// Creates the lists of calls in their order.
    pub fn new(chain_id: ChainId, from: Address, calls: &[Call]) -> Self {
        Self {
            chain_id,
            from,
            targets: calls.iter().map(|call| call.to).collect(),
            values: calls.iter().map(|call| call.value).collect(),
            calldatas: calls.iter().map(|call| call.data.clone()).collect(),
            description: describe_calls(calls),
        }
    }
}

/// Texts: a number of JSON cannot hold 256 bits in most readers.
fn serialize_decimals<S: Serializer>(values: &[U256], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(U256::to_string))
}

/// Returns calls as a batch file of Safe's Transaction Builder, version 1.0, with its checksum. `created_at` is in
/// milliseconds since 1970.
pub fn safe_batch(chain_id: ChainId, safe: Address, calls: &[Call], created_at: u64) -> Value {
    let transactions: Vec<Value> = calls
        .iter()
        .map(|call| {
            let data = hex::encode_prefixed(&call.data);
            json!({ "to": call.to.to_checksum(None), "value": call.value.to_string(), "data": data })
        })
        .collect();
    let mut batch = json!({
        "version": "1.0",
        "chainId": chain_id.to_string(),
        "createdAt": created_at,
        "meta": {
            "name": "Psephos",
            "description": describe_calls(calls),
            "txBuilderVersion": "1.16.5",
            "createdFromSafeAddress": safe.to_checksum(None),
            "createdFromOwnerAddress": "",
        },
        "transactions": transactions,
    });
    batch["meta"]["checksum"] = safe_checksum(&batch).into();
    batch
}

/// Returns the checksum of a batch file without one: Keccak-256 of its serialisation, with `null` as its name. The
/// Transaction Builder warns of a file whose checksum differs.
fn safe_checksum(batch: &Value) -> String {
    let mut unnamed = batch.clone();
    unnamed["meta"]["name"] = Value::Null;
    let mut text = String::new();
    serialize_for_checksum(&unnamed, &mut text);
    keccak256(text).to_string()
}

/// Appends the serialisation of which the Transaction Builder takes the hash: as JSON, but an object is its sorted keys
/// as a list, then its values in that order, each followed by a comma, in braces.
fn serialize_for_checksum(value: &Value, out: &mut String) {
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                serialize_for_checksum(element, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            out.push('{');
            out.push_str(&json!(keys).to_string());
            for key in keys {
                serialize_for_checksum(&fields[key], out);
                out.push(',');
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls() -> Vec<Call> {
        let call = |byte: u8, value: u64, description: &str| Call {
            to: Address::repeat_byte(byte),
            value: U256::from(value),
            data: Bytes::from(vec![byte, 1, 2]),
            description: description.into(),
        };
        vec![call(0xab, 0, "create the chamber \"Räte\\n\""), call(0xcd, 1 << 60, "add money")]
    }

    #[test]
    fn proposal_lists_calls_in_order_with_decimal_values() {
        let proposal = serde_json::to_value(Proposal::new(ChainId::new(5), Address::repeat_byte(9), &calls())).unwrap();
        assert_eq!(proposal["values"], json!(["0", "1152921504606846976"]));
        assert_eq!(proposal["calldatas"], json!(["0xab0102", "0xcd0102"]));
        assert_eq!(proposal["targets"].as_array().map(Vec::len), Some(2));
        assert_eq!(proposal["description"], "1. create the chamber \"Räte\\n\"\n2. add money");
    }

    /// The expected checksums are of another implementation, in JavaScript, which also gives that of the Transaction
    /// Builder's own test.
    #[test]
    fn safe_batch_has_the_checksum_of_the_transaction_builder() {
        let batch = safe_batch(ChainId::new(11_155_111), Address::repeat_byte(0x9f), &calls(), 1_700_000_000_000);
        assert_eq!(batch["meta"]["checksum"], "0xa9f9f40addd23e18e7e7bca92c6df1199e6b9430dac00e7d0c39d77cc90b6628");
        assert_eq!(
            (&batch["chainId"], &batch["transactions"][1]["value"]),
            (&json!("11155111"), &json!("1152921504606846976"))
        );
        let mut other = batch.clone();
        other["transactions"].as_array_mut().unwrap().reverse();
        other["meta"].as_object_mut().unwrap().remove("checksum");
        assert_ne!(safe_checksum(&other), batch["meta"]["checksum"], "the order counts");
    }
}
