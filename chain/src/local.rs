//! A local development chain: anvil, started here and stopped on drop.

mod find;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use alloy::{
    primitives::{Address, U256},
    providers::ext::AnvilApi,
};
use psephos_protocol::identifiers::ChainId;

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// The chain id of local chains.
pub const CHAIN_ID: ChainId = psephos_state::deployment::LOCAL_CHAIN_ID;
/// The chain id of a local rollup.
pub const ROLLUP_ID: ChainId = ChainId::new(1_337);
/// The newest hard fork first, with its limit on a transaction's gas, which anvil does not enforce by default; an older
/// anvil does not know it.
const HARD_FORKS: [&[&str]; 2] = [&["--hardfork", "osaka", "--enable-tx-gas-limit"], &["--hardfork", "prague"]];
const START_UP: Duration = Duration::from_secs(20);

/// A local chain. Its process is stopped on drop.
#[derive(Debug)]
pub struct LocalChain {
    child: Option<Child>,
    connection: Connection,
}

impl LocalChain {
    /// Starts a local chain on a free port.
    ///
    /// # Errors
    /// `NoAnvil` if the program is not found or does not start.
    pub async fn start() -> Result<Self, ChainError> {
        Self::start_as(CHAIN_ID, &HARD_FORKS).await
    }

    /// Starts a local rollup of the OP Stack on a free port: a chain that has deposits, which no one signs.
    ///
    /// # Errors
    /// `NoAnvil` if the program is not found or does not start.
    pub async fn start_rollup() -> Result<Self, ChainError> {
        Self::start_as(ROLLUP_ID, &[&["--network", "optimism"]]).await
    }

    async fn start_as(chain_id: ChainId, variants: &[&[&str]]) -> Result<Self, ChainError> {
        let program = find::find_anvil()?;
        let mut reason = String::new();
        for options in variants {
            match launch(Command::new(&program).args(*options), chain_id) {
                Ok((child, port)) => {
                    let mut chain = Stopper(Some(child));
                    let url = format!("http://127.0.0.1:{port}");
                    let connection = Connection::connect_to_chain(&url, chain_id).await?;
                    return Ok(Self { child: chain.0.take(), connection });
                }
                Err(error) => reason = format!("{} {error}", program.display()),
            }
        }
        Err(ChainError::NoAnvil { reason })
    }

    /// Attaches to a local chain that runs already; it is left running.
    ///
    /// # Errors
    /// `NodeUnreachable` if no node answers, `WrongChain` if it is not a local chain.
    pub async fn attach(url: &str) -> Result<Self, ChainError> {
        Ok(Self { child: None, connection: Connection::connect_to_chain(url, CHAIN_ID).await? })
    }

    /// Returns the connection, without an account to send from.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Returns whether the process was started here.
    pub fn is_owned(&self) -> bool {
        self.child.is_some()
    }

    /// Returns a connection that sends from this account without its key.
    ///
    /// # Errors
    /// `Provider` if the chain is not anvil.
    pub async fn impersonate(&self, account: Address) -> Result<Connection, ChainError> {
        impersonate(&self.connection, account).await
    }
}

impl Drop for LocalChain {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Stops the process even if the constructor fails half-way.
struct Stopper(Option<Child>);

impl Drop for Stopper {
    fn drop(&mut self) {
        stop(&mut self.0);
    }
}

fn stop(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        // The process may have ended already: then nothing is left to do.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Starts the program and waits for its port. Its output is read to the end: a full pipe would block it.
fn launch(command: &mut Command, chain_id: ChainId) -> Result<(Child, u16), String> {
    let chain_id = chain_id.to_string();
    let mut child = command
        .args(["--port", "0", "--chain-id", &chain_id, "--accounts", "1", "--disable-min-priority-fee"])
        .env("NO_COLOR", "1")
        .env("FOUNDRY_DISABLE_NIGHTLY_WARNING", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("does not start: {error}"))?;
    let (sender, receiver) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("Listening on ") {
                    let port = address.trim().rsplit(':').next().and_then(|port| port.parse().ok());
                    // The receiver takes one value and may be gone.
                    let _ = port.map(|port: u16| sender.send(port));
                }
            }
        });
    }
    match receiver.recv_timeout(START_UP) {
        Ok(port) => Ok((child, port)),
        Err(_) => {
            stop(&mut Some(child));
            Err("did not start to listen".into())
        }
    }
}

fn check_local(connection: &Connection, action: &'static str) -> Result<(), ChainError> {
    match connection.chain_id() {
        CHAIN_ID | ROLLUP_ID => Ok(()),
        chain_id => Err(ChainError::NotLocal { chain_id, action }),
    }
}

/// Returns a connection that sends from this account without its key.
///
/// # Errors
/// `NotLocal` on any chain but a local one, `Provider` if it is not anvil.
pub async fn impersonate(connection: &Connection, account: Address) -> Result<Connection, ChainError> {
    check_local(connection, "sending without a key")?;
    let answer = connection.provider().anvil_impersonate_account(account).await;
    answer.map_err(|error| classify_error(connection.url(), "impersonation", error))?;
    Ok(connection.with_unlocked(account))
}

/// Sets the balance of an account.
///
/// # Errors
/// `NotLocal` on any chain but a local one, `Provider` if it is not anvil.
pub async fn fund_account(connection: &Connection, account: Address, wei: U256) -> Result<(), ChainError> {
    check_local(connection, "setting a balance")?;
    let answer = connection.provider().anvil_set_balance(account, wei).await;
    answer.map_err(|error| classify_error(connection.url(), "a balance", error))
}

/// Advances the chain's clock to this time, in seconds since 1970, and mines a block there.
///
/// # Errors
/// `NotLocal` on any chain but a local one, `Provider` if it is not anvil.
pub async fn advance_time(connection: &Connection, time: u64) -> Result<(), ChainError> {
    check_local(connection, "moving the clock")?;
    let now = connection.newest_time().await?;
    let provider = connection.provider();
    let failed = |error| classify_error(connection.url(), "the clock", error);
    if time > now {
        provider.anvil_increase_time(time - now).await.map_err(failed)?;
    }
    provider.anvil_mine(Some(1), None).await.map_err(failed)
}
