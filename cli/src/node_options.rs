//! The options that say which node is asked, how long, and what transactions offer.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use psephos_chain::options::SendObserver;
use psephos_chain::{B256, ChosenNonce, ConnectionOptions, gas_price::FeeOptions};

use crate::output::Output;
use crate::value_parsers::parse_gas_price;

/// The options, as they are written. URL and headers may hold keys: help shows none of their present values.
#[derive(Args)]
#[command(next_help_heading = "Node and fees")]
pub(crate) struct NodeOptions {
    /// URL of an Ethereum node (JSON-RPC)
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PSEPHOS_RPC",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8545"
    )]
    rpc: String,
    /// Time limit of one request to a node, in seconds
    #[arg(long, global = true, value_name = "SECONDS", env = "PSEPHOS_RPC_TIMEOUT", default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    rpc_timeout: u64,
    /// Header of requests to the node of --rpc, and no other (NAME: VALUE); repeat for each. One that authenticates
    /// belongs into the variable, one a line: arguments are visible to all processes of this machine
    #[arg(
        long,
        global = true,
        value_name = "HEADER",
        env = "PSEPHOS_RPC_HEADERS",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    rpc_header: Vec<String>,
    /// Maximum fee per gas of transactions, or the gas price of legacy ones: in wei, or with a unit such as 20gwei
    /// (default: the node's estimate)
    #[arg(long, global = true, value_name = "PRICE", env = "PSEPHOS_GAS_PRICE", value_parser = parse_gas_price)]
    gas_price: Option<u128>,
    /// Maximum priority fee per gas of transactions, as --gas-price (default: the node's estimate)
    #[arg(long, global = true, value_name = "PRICE", env = "PSEPHOS_PRIORITY_GAS_PRICE", value_parser = parse_gas_price,
        conflicts_with = "legacy")]
    priority_gas_price: Option<u128>,
    /// Send legacy transactions, with a gas price and no priority fee
    #[arg(long, global = true)]
    legacy: bool,
    /// Nonce of the transaction, for commands that send exactly one: to replace one that is not mined, or to send it
    /// behind others (default: the account's next one)
    #[arg(long, global = true, value_name = "N")]
    pub(crate) nonce: Option<u64>,
    /// Send a transaction with a nonce of --nonce above the account's next one: it waits until those between are used
    #[arg(long, global = true, requires = "nonce")]
    nonce_gap: bool,
}

impl NodeOptions {
    /// Returns the options of connections to the node of `--rpc`. Transactions are reported as remarks.
    pub(crate) fn connection_options(self, output: Output) -> ConnectionOptions {
        let Self { rpc, rpc_timeout, rpc_header, gas_price, priority_gas_price, legacy, nonce, nonce_gap } = self;
        // An empty environment variable counts as unset.
        let headers = rpc_header.into_iter().filter(|header| !header.trim().is_empty()).collect();
        ConnectionOptions::new(&rpc)
            .with_timeout(Duration::from_secs(rpc_timeout))
            .with_headers(headers)
            .with_fees(FeeOptions { gas_price, priority_fee: priority_gas_price, legacy })
            .with_nonce(nonce.map(|nonce| ChosenNonce::new(nonce, nonce_gap)))
            .with_observer(Arc::new(SendRemarks(output)))
    }
}

/// Prints the hash of every transaction at once, and that it is still waited for.
struct SendRemarks(Output);

impl SendObserver for SendRemarks {
    fn sending(&self, hash: B256) {
        self.0.print_remark(&format!("Sending transaction {hash}"));
    }

    fn waiting(&self, hash: B256, elapsed: Duration) {
        self.0.print_remark(&format!("Waiting for transaction {hash} to be mined: {} s", elapsed.as_secs()));
    }
}
