//! A node that lies: a JSON-RPC server in front of another node whose answers a test alters, that lags behind it, or
//! that changes to the node of another fork.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::{
    primitives::{Address, B256, Bytes, U64},
    providers::Provider,
    rpc::types::Log,
    sol_types::SolCall,
    transports::RpcError,
};
use axum::{Json, Router, extract::DefaultBodyLimit, extract::State};
use psephos_chain::Connection;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// Tags of blocks that a node may move.
const TAGS: [&str; 4] = ["latest", "pending", "safe", "finalized"];

/// A JSON-RPC call as a client sent it.
#[derive(Clone, Debug)]
pub struct RpcCall {
    /// The method.
    pub method: String,
    /// The parameters.
    pub params: Value,
}

/// What a node answers: a result, or an error object with `code` and `message`.
pub type RpcAnswer = Result<Value, Value>;

type Alteration = Arc<dyn Fn(&RpcCall, &mut RpcAnswer) + Send + Sync>;

/// A node in front of another one, honest until a test says otherwise. It stops when this is dropped.
pub struct LyingNode {
    url: String,
    conduct: Arc<Mutex<Conduct>>,
    server: JoinHandle<()>,
}

/// How a node answers.
#[derive(Clone)]
struct Conduct {
    upstream: Connection,
    head: Option<u64>,
    alterations: Vec<Alteration>,
}

impl LyingNode {
    /// Starts a node on a free port that answers as `upstream` does.
    pub async fn start(upstream: &Connection) -> Self {
        let conduct = Conduct { upstream: upstream.clone(), head: None, alterations: Vec::new() };
        let conduct = Arc::new(Mutex::new(conduct));
        let router = Router::new().fallback(answer_request).layer(DefaultBodyLimit::disable());
        let router = router.with_state(conduct.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, conduct, server }
    }

    /// Returns its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a connection to it, without an account to send from.
    pub async fn connect(&self) -> Connection {
        Connection::connect(&self.url).await.unwrap()
    }

    /// Ends all lies.
    pub fn be_honest(&self) {
        self.change(|conduct| (conduct.head, conduct.alterations) = (None, Vec::new()));
    }

    /// Answers from another node from now on, for example from one of another fork.
    pub fn follow(&self, upstream: &Connection) {
        self.change(|conduct| conduct.upstream = upstream.clone());
    }

    /// Knows no block after this one, as a node that lags behind. Contracts are called and accounts read at this block.
    pub fn stop_at(&self, block: u64) {
        self.change(|conduct| conduct.head = Some(block));
    }

    /// Alters answers: those of all alterations so far, in their order.
    pub fn alter_answers(&self, alter: impl Fn(&RpcCall, &mut RpcAnswer) + Send + Sync + 'static) {
        self.change(|conduct| conduct.alterations.push(Arc::new(alter)));
    }

    /// Alters the logs of every answer that has some: `eth_getLogs`, and receipts.
    pub fn alter_logs(&self, alter: impl Fn(&mut Vec<Log>) + Send + Sync + 'static) {
        self.alter_answers(move |call, answer| {
            let Ok(result) = answer else { return };
            let logs = match call.method.as_str() {
                "eth_getLogs" => result,
                "eth_getTransactionReceipt" if !result.is_null() => &mut result["logs"],
                _ => return,
            };
            let mut read: Vec<Log> = serde_json::from_value(logs.take()).unwrap();
            alter(&mut read);
            *logs = serde_json::to_value(&read).unwrap();
        });
    }

    /// Alters the answers of one view function of a contract.
    pub fn alter_view<C: SolCall>(
        &self,
        contract: Address,
        alter: impl Fn(&C, &mut C::Return) + Send + Sync + 'static,
    ) {
        self.alter_answers(move |call, answer| {
            let Ok(result) = answer else { return };
            let Some((to, input)) = read_contract_call(call) else { return };
            let Some(asked) = C::abi_decode(&input).ok().filter(|_| to == contract) else { return };
            let bytes: Bytes = serde_json::from_value(result.take()).unwrap();
            let mut returned = C::abi_decode_returns(&bytes).unwrap();
            alter(&asked, &mut returned);
            *result = json!(Bytes::from(C::abi_encode_returns(&returned)));
        });
    }

    /// Denies that there are these transactions.
    pub fn hide_transactions(&self, hidden: Vec<B256>) {
        self.alter_answers(move |call, answer| {
            let about = call.params.get(0).and_then(|hash| serde_json::from_value::<B256>(hash.clone()).ok());
            if call.method.starts_with("eth_getTransaction") && about.is_some_and(|hash| hidden.contains(&hash)) {
                *answer = Ok(Value::Null);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Conduct)) {
        change(&mut self.conduct.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for LyingNode {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Returns target and calldata of an `eth_call`.
fn read_contract_call(call: &RpcCall) -> Option<(Address, Bytes)> {
    let request = call.params.get(0).filter(|_| call.method == "eth_call")?;
    let input = request.get("input").or_else(|| request.get("data"))?;
    Some((serde_json::from_value(request.get("to")?.clone()).ok()?, serde_json::from_value(input.clone()).ok()?))
}

async fn answer_request(State(conduct): State<Arc<Mutex<Conduct>>>, Json(request): Json<Value>) -> Json<Value> {
    let conduct = conduct.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Value::Array(calls) = request else { return Json(conduct.answer(request).await) };
    let mut answers = Vec::new();
    for call in calls {
        answers.push(conduct.answer(call).await);
    }
    Json(Value::Array(answers))
}

impl Conduct {
    async fn answer(&self, request: Value) -> Value {
        let method = request["method"].as_str().unwrap_or_default().to_owned();
        let call = RpcCall { method, params: request["params"].clone() };
        let mut answer = self.ask_upstream(&call).await;
        self.alterations.iter().for_each(|alter| alter(&call, &mut answer));
        let id = &request["id"];
        match answer {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
        }
    }

    async fn ask_upstream(&self, call: &RpcCall) -> RpcAnswer {
        let mut params = call.params.clone();
        if let Some(head) = self.head {
            if call.method == "eth_blockNumber" {
                return Ok(json!(U64::from(head)));
            }
            limit_blocks(&mut params, head);
        }
        let answer = self.upstream.provider().raw_request::<_, Value>(call.method.clone().into(), params).await;
        match (answer, self.head) {
            (Ok(result), Some(head)) if is_after(&result, head) => Ok(Value::Null),
            (Ok(result), _) => Ok(result),
            (Err(RpcError::ErrorResp(error)), _) => Err(json!(error)),
            (Err(error), _) => Err(json!({ "code": -32_603, "message": format!("no answer from upstream: {error}") })),
        }
    }
}

/// Replaces tags of blocks, and the end of a range of logs, by the last block that the node knows.
fn limit_blocks(params: &mut Value, head: u64) {
    for param in params.as_array_mut().into_iter().flatten() {
        if param.as_str().is_some_and(|tag| TAGS.contains(&tag)) {
            *param = json!(U64::from(head));
        }
        if let Some(end) = param.get_mut("toBlock") {
            let asked = serde_json::from_value::<U64>(end.clone()).map_or(head, |number| number.to::<u64>());
            *end = json!(U64::from(asked.min(head)));
        }
    }
}

/// Whether an answer is a block after this one, or a transaction or a receipt in one.
fn is_after(result: &Value, head: u64) -> bool {
    let number = result.get("number").or_else(|| result.get("blockNumber"));
    number
        .and_then(|number| serde_json::from_value::<U64>(number.clone()).ok())
        .is_some_and(|number| number.to::<u64>() > head)
}
