//! Three contracts that a plan deploys, and a journal whose writing fails when a test says so.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use alloy::{network::EthereumWallet, signers::local::PrivateKeySigner};
use psephos_chain::{
    Address, B256, ChainError, Connection, LocalChain, U256, create2, local,
    plan::{CodeAt, PlanError, PlanObserver, PlannedSteps, Step, StepResult, Store},
};
use psephos_testkit::{FUNDS, LyingNode};

/// Creates a contract whose code is one zero byte.
const CREATION: [u8; 10] = [0x60, 0x00, 0x60, 0x00, 0x53, 0x60, 0x01, 0x60, 0x00, 0xf3];
/// The number of steps of each plan.
pub(crate) const STEPS: u64 = 3;

/// A journal in memory, which outlives the run that writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    text: Option<String>,
    writes_left: Option<usize>,
}

impl Memory {
    /// Fails all writes after this many.
    pub(crate) fn fail_after(&self, writes: usize) {
        self.0.lock().unwrap().writes_left = Some(writes);
    }

    /// Writes again.
    pub(crate) fn repair(&self) {
        self.0.lock().unwrap().writes_left = None;
    }

    /// Returns what was written last.
    pub(crate) fn text(&self) -> Option<String> {
        self.0.lock().unwrap().text.clone()
    }
}

impl Store for Memory {
    fn read(&self) -> io::Result<Option<String>> {
        Ok(self.text())
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut contents = self.0.lock().unwrap();
        match &mut contents.writes_left {
            Some(0) => return Err(io::ErrorKind::StorageFull.into()),
            Some(left) => *left -= 1,
            None => {}
        }
        contents.text = Some(text.to_owned());
        Ok(())
    }

    fn remove(&self) -> io::Result<()> {
        self.0.lock().unwrap().text = None;
        Ok(())
    }

    fn path(&self) -> PathBuf {
        "memory".into()
    }
}

/// A plan of an account of its own.
pub(crate) struct Fixture {
    /// The account, on an honest node.
    pub(crate) account: Connection,
    /// The plan's journal.
    pub(crate) journal: Memory,
    wallet: EthereumWallet,
    salt: [u8; 20],
}

impl Fixture {
    /// Creates an account and a plan for it.
    pub(crate) async fn new(chain: &LocalChain) -> Self {
        Self::of_key(chain, PrivateKeySigner::random()).await
    }

    /// Creates a plan for the account of a key.
    pub(crate) async fn of_key(chain: &LocalChain, signer: PrivateKeySigner) -> Self {
        let (address, wallet) = (signer.address(), EthereumWallet::from(signer));
        local::fund_account(chain.connection(), address, U256::from(FUNDS)).await.unwrap();
        let account = chain.connection().with_wallet(wallet.clone());
        Self { account, wallet, journal: Memory::default(), salt: address.into_array() }
    }

    /// Returns a connection of the account through another node.
    pub(crate) async fn connect(&self, node: &LyingNode) -> Connection {
        node.connect().await.with_wallet(self.wallet.clone())
    }

    /// Returns how many transactions of the account are mined.
    pub(crate) async fn mined(&self) -> u64 {
        self.account.nonces(self.account.sender().unwrap()).await.unwrap().latest
    }

    /// Runs the plan through a connection of the account.
    pub(crate) async fn run(&self, connection: &Connection) -> Result<Vec<StepResult>, ChainError> {
        self.run_observed(connection, &()).await
    }

    /// Runs the plan and tells an observer.
    pub(crate) async fn run_observed(
        &self,
        connection: &Connection,
        observer: &dyn PlanObserver,
    ) -> Result<Vec<StepResult>, ChainError> {
        self.run_kept(connection, Box::new(self.journal.clone()), observer).await
    }

    /// Runs the plan with another journal.
    pub(crate) async fn run_kept(
        &self,
        connection: &Connection,
        journal: Box<dyn Store>,
        observer: &dyn PlanObserver,
    ) -> Result<Vec<StepResult>, ChainError> {
        let steps = (0..STEPS).map(|index| self.step(index)).collect();
        PlannedSteps::prepare(connection, "test", B256::ZERO, steps, journal).await?.run(observer).await
    }

    /// Asserts that all is done, by as many transactions as there are steps and these others.
    pub(crate) async fn assert_done(&self, others: u64, context: &str) {
        for index in 0..STEPS {
            let code = self.account.read_code(self.address(index)).await.unwrap();
            assert_eq!(code.len(), 1, "step {index}, {context}");
        }
        let nonces = self.account.nonces(self.account.sender().unwrap()).await.unwrap();
        assert_eq!((nonces.latest, nonces.pending), (STEPS + others, STEPS + others), "{context}");
        assert_eq!(self.journal.text(), None, "{context}");
    }

    fn salt(&self, index: u64) -> B256 {
        let mut salt = [0; 32];
        salt[..20].copy_from_slice(&self.salt);
        salt[31] = index as u8;
        salt.into()
    }

    fn address(&self, index: u64) -> Address {
        create2::PROXY.create2_from_code(self.salt(index), CREATION)
    }

    fn step(&self, index: u64) -> Step {
        Step {
            name: format!("contract {index}"),
            to: Some(create2::PROXY),
            value: U256::ZERO,
            data: create2::deployment_calldata(self.salt(index), &CREATION),
            done: Some(Box::new(CodeAt(self.address(index)))),
        }
    }
}

/// Returns the error of a plan.
pub(crate) fn plan_error<T>(result: Result<T, ChainError>) -> PlanError {
    match result {
        Err(ChainError::Plan(error)) => *error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the plan was run to its end"),
    }
}
