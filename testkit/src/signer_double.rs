//! A signer that holds keys of a test and signs over JSON-RPC, as Clef or web3signer; and lies as a test says.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope, TxLegacy},
    eips::eip2718::Encodable2718,
    hex,
    primitives::{Address, B256, Bytes, TxKind, U64, U128, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use axum::{Json, Router, extract::State};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// How a signer answers a request for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerLie {
    /// It signs what it is asked to, and returns the encoding alone (web3signer).
    None,
    /// The same, as an object with the encoding in `raw` (a node).
    Object,
    /// It signs another nonce.
    Nonce,
    /// It signs another target.
    Target,
    /// It signs another value.
    Value,
    /// It signs other calldata.
    Calldata,
    /// It signs another gas limit.
    Gas,
    /// It signs other fees.
    Fees,
    /// It signs for another chain.
    Chain,
    /// It signs a legacy transaction.
    Kind,
    /// It signs with the key of another account.
    Account,
    /// It returns the right transaction with a byte appended.
    Trailing,
    /// It answers with something else.
    Garbage,
    /// It answers that a person refused.
    Refusal,
    /// It never answers.
    Hang,
}

/// A signer. It stops when this is dropped.
pub struct SignerDouble {
    url: String,
    account: Address,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    key: PrivateKeySigner,
    other: PrivateKeySigner,
    is_clef: bool,
    lie: Mutex<SignerLie>,
    methods: Mutex<Vec<String>>,
}

impl SignerDouble {
    /// Starts an honest signer with one key on a free port; with `is_clef`, one that knows the methods of Clef only.
    pub async fn start(key: PrivateKeySigner, is_clef: bool) -> Self {
        let (account, other) = (key.address(), PrivateKeySigner::random());
        let (lie, methods) = (Mutex::new(SignerLie::None), Mutex::default());
        let shared = Arc::new(Shared { key, other, is_clef, lie, methods });
        let router = Router::new().fallback(answer_request).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, account, shared, server }
    }

    /// Returns its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns its account.
    pub fn account(&self) -> Address {
        self.account
    }

    /// Makes it lie from now on.
    pub fn lie(&self, lie: SignerLie) {
        *self.shared.lie.lock().unwrap_or_else(PoisonError::into_inner) = lie;
    }

    /// Returns the methods it was asked for, in order.
    pub fn methods(&self) -> Vec<String> {
        self.shared.methods.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for SignerDouble {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer_request(State(shared): State<Arc<Shared>>, Json(request): Json<Value>) -> Json<Value> {
    let method = request["method"].as_str().unwrap_or_default().to_owned();
    shared.methods.lock().unwrap_or_else(PoisonError::into_inner).push(method.clone());
    let lie = *shared.lie.lock().unwrap_or_else(PoisonError::into_inner);
    let (accounts, transaction) = match shared.is_clef {
        true => ("account_list", "account_signTransaction"),
        false => ("eth_accounts", "eth_signTransaction"),
    };
    let refuse =
        |code: i64, message: &str| json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": code, "message": message } });
    if method == accounts {
        return Json(json!({ "jsonrpc": "2.0", "id": 1, "result": [shared.key.address()] }));
    }
    if method != transaction {
        return Json(refuse(-32601, "the method does not exist"));
    }
    let result = match lie {
        SignerLie::Garbage => json!({ "raw": "0x02c0ffee" }),
        SignerLie::Refusal => return Json(refuse(-32000, "request denied")),
        SignerLie::Hang => std::future::pending().await,
        _ => shared.sign(&request["params"][0], lie),
    };
    Json(json!({ "jsonrpc": "2.0", "id": 1, "result": result }))
}

impl Shared {
    fn sign(&self, asked: &Value, lie: SignerLie) -> Value {
        let key = if lie == SignerLie::Account { &self.other } else { &self.key };
        let mut raw = build_signed(asked, lie, key).encoded_2718();
        if lie == SignerLie::Trailing {
            raw.push(0);
        }
        let raw = hex::encode_prefixed(raw);
        if self.is_clef || lie == SignerLie::Object { json!({ "raw": raw, "tx": {} }) } else { json!(raw) }
    }
}

fn build_signed(asked: &Value, lie: SignerLie, key: &PrivateKeySigner) -> TxEnvelope {
    let number = |name: &str| serde_json::from_value::<U64>(asked[name].clone()).unwrap().to::<u64>();
    let price = |name: &str| serde_json::from_value::<U128>(asked[name].clone()).unwrap().to::<u128>();
    let off = |on: SignerLie| u64::from(lie == on);
    let to: Option<Address> = serde_json::from_value(asked["to"].clone()).unwrap();
    let to = if lie == SignerLie::Target { Some(Address::repeat_byte(0x66)) } else { to };
    let value: U256 = serde_json::from_value(asked["value"].clone()).unwrap();
    let mut input: Bytes = serde_json::from_value(asked["data"].clone()).unwrap();
    if lie == SignerLie::Calldata {
        input = [&input[..], &[1]].concat().into();
    }
    let chain_id = number("chainId") + off(SignerLie::Chain);
    let nonce = number("nonce") + off(SignerLie::Nonce);
    let gas_limit = number("gas") + off(SignerLie::Gas);
    let (to, value) = (to.map_or(TxKind::Create, TxKind::Call), value + U256::from(off(SignerLie::Value)));
    let is_legacy = asked.get("gasPrice").is_some();
    if is_legacy || lie == SignerLie::Kind {
        let gas_price = price(if is_legacy { "gasPrice" } else { "maxFeePerGas" }) + u128::from(off(SignerLie::Fees));
        let chain_id = Some(chain_id);
        return signed(TxLegacy { chain_id, nonce, gas_price, gas_limit, to, value, input }, key);
    }
    let max_priority_fee_per_gas = price("maxPriorityFeePerGas");
    let max_fee_per_gas = price("maxFeePerGas") + u128::from(off(SignerLie::Fees));
    let access_list = Default::default();
    signed(
        TxEip1559 {
            chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas,
            max_priority_fee_per_gas,
            to,
            value,
            access_list,
            input,
        },
        key,
    )
}

fn signed<T>(transaction: T, key: &PrivateKeySigner) -> TxEnvelope
where
    T: SignableTransaction<alloy::primitives::Signature>,
    TxEnvelope: From<alloy::consensus::Signed<T>>,
{
    let hash: B256 = transaction.signature_hash();
    transaction.into_signed(key.sign_hash_sync(&hash).unwrap()).into()
}
