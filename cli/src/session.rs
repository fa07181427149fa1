//! The resources that the global options name: each is looked up and checked when a command first needs it.

use std::path::{Path, PathBuf};

use psephos_chain::{
    ChainError, Connection, IndexerSource, NodeSource, StateSource, source::indexer::client::IndexerClient,
};
use psephos_client::{Account, KeyRing};
use psephos_prover::{KeyStore, Preparation};
use psephos_state::{ChainState, Deployment};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::global_options::Globals;
use crate::output::Output;
use crate::secrets::{self, Passphrases, Purpose, SENDER_KEY};

/// One run of the command.
pub(crate) struct Session {
    output: Output,
    passphrases: Passphrases,
    deployment: PathBuf,
    keys: Option<PathBuf>,
    /// In MiB; the option's parser rejects less than proving needs.
    memory: u32,
    rpc: String,
    indexer: Option<String>,
    sender: Option<PathBuf>,
}

impl Session {
    /// Creates a session from the global options; nothing is read yet.
    pub(crate) fn new(globals: Globals) -> Self {
        let Globals { json, quiet, deployment, rpc, indexer, key_folder, memory, passphrase_file, sender } = globals;
        let passphrases = Passphrases::new(passphrase_file);
        Self {
            output: Output::new(json, quiet),
            passphrases,
            deployment,
            keys: key_folder,
            memory,
            rpc,
            indexer,
            sender,
        }
    }

    /// Returns the output for results and messages.
    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Returns the passphrase for a file.
    pub(crate) fn passphrase(&self, path: &Path, purpose: Purpose) -> Result<Zeroizing<String>, Failure> {
        self.passphrases.get(&path.display().to_string(), purpose, self.output)
    }

    /// Returns the URL of the node.
    pub(crate) fn rpc(&self) -> &str {
        &self.rpc
    }

    /// Returns the folder of the keys.
    pub(crate) fn key_folder(&self) -> PathBuf {
        // The option also reads the environment variable; an empty one counts as unset.
        let given = self.keys.clone().filter(|folder| !folder.as_os_str().is_empty());
        given.unwrap_or_else(KeyStore::default_dir)
    }

    /// Opens the key folder: a ceremony's keys if it has a manifest, else development keys.
    pub(crate) fn circuits(&self) -> Result<KeyRing, Failure> {
        let preparation = Preparation::within((self.memory as usize) << 20).unwrap_or_default();
        Ok(KeyRing::open(self.key_folder())?.with_preparation(preparation))
    }

    /// Reads the deployment file.
    pub(crate) fn deployment(&self) -> Result<Deployment, Failure> {
        if !self.deployment.exists() {
            return Err(Failure::input(
                format!("there is no deployment file at {}", self.deployment.display()),
                "name one with --deployment FILE, or make one with `psephos deploy`",
            ));
        }
        // A file that does not parse as a deployment is a bad input, not a failure of the chain.
        psephos_chain::deployment_file::load(&self.deployment)
            .map_err(|error| Failure::input(error.to_string(), "use the file that `psephos deploy` wrote"))
    }

    /// Connects to the chain of the deployment, for reading.
    pub(crate) async fn connect(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        Ok(Connection::open_chain(&self.rpc, deployment.chain_id).await?)
    }

    /// Returns the source of the deployment's state: the indexer, if one is given, checked against the node; else the
    /// node.
    pub(crate) fn source(
        &self,
        connection: &Connection,
        deployment: &Deployment,
    ) -> Result<Box<dyn StateSource>, Failure> {
        let (connection, deployment) = (connection.clone(), deployment.clone());
        // An empty environment variable counts as unset.
        let indexer = self.indexer.as_deref().filter(|url| !url.is_empty());
        Ok(match indexer.map(IndexerClient::open).transpose().map_err(ChainError::from)? {
            Some(client) => Box::new(IndexerSource::new(client, connection, deployment)),
            None => Box::new(NodeSource::new(connection, deployment)),
        })
    }

    /// Reads the current chain state of the deployment.
    pub(crate) async fn replay(&self) -> Result<ChainState, Failure> {
        let deployment = self.deployment()?;
        let connection = self.connect(&deployment).await?;
        Ok(self.source(&connection, &deployment)?.read_state().await?)
    }

    /// Returns the account that sends: from its encrypted file, else from the environment.
    pub(crate) fn account(&self) -> Result<Account, Failure> {
        if let Some(path) = &self.sender {
            let passphrase = self.passphrase(path, Purpose::Open)?;
            return Ok(Account::open_file(path, passphrase.as_bytes())?);
        }
        match secrets::sender_key()? {
            Some(key) => Ok(Account::from_hex(&key)?),
            None => Err(Failure::secret(
                "no account to send transactions from",
                format!("name a key file with --sender FILE (`psephos sender new` makes one), or set {SENDER_KEY}"),
            )),
        }
    }

    /// Connects to the chain of the deployment, sending from the account.
    pub(crate) async fn sending(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        let account = self.account()?;
        Ok(self.connect(deployment).await?.with_wallet(account.wallet())?)
    }
}
