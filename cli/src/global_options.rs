//! The options that every command has.

use std::path::PathBuf;

use clap::Args;

use crate::node_options::NodeOptions;
use crate::sender_options::SenderOptions;

/// The global options, as they are written.
#[derive(Args)]
pub(crate) struct GlobalOptions {
    /// Print the result as one JSON object on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print no progress and no remarks; warnings and errors stay
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// File with the contracts' addresses, as `deploy` writes it
    #[arg(long, global = true, value_name = "FILE", env = "PSEPHOS_DEPLOYMENT", default_value = "deployment.json")]
    pub(crate) deployment: PathBuf,
    /// URL of an indexer to read events from instead of eth_getLogs; its state is verified against the node of --rpc
    #[arg(long, global = true, value_name = "URL", env = "PSEPHOS_INDEXER", hide_env_values = true)]
    pub(crate) indexer: Option<String>,
    /// Proxy of all connections but those to this machine: socks5h://HOST:PORT, such as socks5h://127.0.0.1:9050 of
    /// Tor. A password in it belongs into the variable (default: that of ALL_PROXY, HTTPS_PROXY and HTTP_PROXY)
    #[arg(long, global = true, value_name = "URL", env = "PSEPHOS_PROXY", hide_env_values = true)]
    pub(crate) proxy: Option<String>,
    /// Folder with a ceremony's keys and manifest.json; without a manifest, development keys are made and cached in it
    /// (default: psephos/keys in the user's cache folder)
    #[arg(long, global = true, value_name = "DIR", env = "PSEPHOS_KEYS")]
    pub(crate) key_folder: Option<PathBuf>,
    /// Memory budget of proving in MiB, at least 64; more than the default is spent on precomputed tables, which pay
    /// off when many proofs are made with one key (default: 64)
    #[arg(long, global = true, value_name = "MIB", env = "PSEPHOS_MEMORY", default_value_t = 64, hide_default_value = true,
        value_parser = clap::value_parser!(u32).range(64..))]
    pub(crate) memory: u32,
    /// File with the passphrase of encrypted files (default: PSEPHOS_PASSPHRASE, else a prompt)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sender: SenderOptions,
    #[command(flatten)]
    pub(crate) node: NodeOptions,
}
