//! The resources that the global options name: each is looked up and checked when a command first needs it.

use std::path::{Path, PathBuf};

use psephos_chain::{
    ChainError, Connection, ConnectionOptions, IndexerSource, NodeSource, StateSource,
    source::indexer::client::IndexerClient,
};
use psephos_client::{Account, KeyRing};
use psephos_prover::{KeyStore, Preparation};
use psephos_state::{ChainState, Deployment};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::global_options::GlobalOptions;
use crate::output::Output;
use crate::secrets::{self, PassphrasePurpose, PassphraseSource, SENDER_KEY_VARIABLE};

/// One run of the command.
pub(crate) struct Session {
    output: Output,
    passphrases: PassphraseSource,
    deployment: PathBuf,
    keys: Option<PathBuf>,
    /// In MiB; the option's parser rejects less than proving needs.
    memory: u32,
    node: ConnectionOptions,
    indexer: Option<String>,
    sender: Option<PathBuf>,
}

impl Session {
    /// Creates a session from the global options; nothing is read yet.
    pub(crate) fn new(globals: GlobalOptions) -> Self {
        let GlobalOptions { json, quiet, deployment, indexer, key_folder, memory, passphrase_file, sender, node } =
            globals;
        let passphrases = PassphraseSource::new(passphrase_file);
        let output = Output::new(json, quiet);
        Self {
            output,
            passphrases,
            deployment,
            keys: key_folder,
            memory,
            node: node.connection_options(output),
            indexer,
            sender,
        }
    }

    /// Returns the output for results and messages.
    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Returns the passphrase for a file.
    pub(crate) fn read_passphrase(
        &self,
        path: &Path,
        purpose: PassphrasePurpose,
    ) -> Result<Zeroizing<String>, Failure> {
        self.passphrases.read_passphrase(&path.display().to_string(), purpose, self.output)
    }

    /// Returns the node of `--rpc`, and how it is used.
    pub(crate) fn rpc(&self) -> ConnectionOptions {
        self.node.clone()
    }

    /// Returns the folder of the keys.
    pub(crate) fn key_folder(&self) -> PathBuf {
        // The option also reads the environment variable; an empty one counts as unset.
        let given = self.keys.clone().filter(|folder| !folder.as_os_str().is_empty());
        given.unwrap_or_else(KeyStore::default_dir)
    }

    /// Opens the key folder: a ceremony's keys if it has a manifest, else development keys.
    pub(crate) fn open_circuits(&self) -> Result<KeyRing, Failure> {
        let preparation = Preparation::within_memory((self.memory as usize) << 20).unwrap_or_default();
        Ok(KeyRing::open(self.key_folder())?.with_preparation(preparation))
    }

    /// Returns the path of the deployment file.
    pub(crate) fn deployment_path(&self) -> &Path {
        &self.deployment
    }

    /// Reads the deployment file.
    pub(crate) fn read_deployment(&self) -> Result<Deployment, Failure> {
        if !self.deployment.exists() {
            return Err(Failure::invalid_input(
                format!("there is no deployment file at {}", self.deployment.display()),
                "name one with --deployment FILE, or make one with `psephos deploy`",
            ));
        }
        // A file that does not parse as a deployment is a bad input, not a failure of the chain.
        psephos_chain::deployment_file::read_deployment(&self.deployment)
            .map_err(|error| Failure::invalid_input(error.to_string(), "use the file that `psephos deploy` wrote"))
    }

    /// Replaces the deployment file.
    pub(crate) fn write_deployment(&self, deployment: &Deployment) -> Result<(), Failure> {
        psephos_chain::deployment_file::write_deployment(deployment, &self.deployment)
            .map_err(|error| Failure::machine_failure(error.to_string(), "check the permissions and the free space"))
    }

    /// Connects to the chain of the deployment, for reading.
    pub(crate) async fn connect_node(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        // An invalid URL of an indexer is reported before a node is asked anything.
        self.indexer()?;
        Ok(Connection::connect_to_chain(self.rpc(), deployment.chain_id).await?)
    }

    /// Returns the URL of the indexer, if one is given.
    pub(crate) fn indexer_url(&self) -> Option<&str> {
        // An empty environment variable counts as unset.
        self.indexer.as_deref().filter(|url| !url.is_empty())
    }

    /// Returns a client of the indexer to read state from, if one is given.
    fn indexer(&self) -> Result<Option<IndexerClient>, Failure> {
        Ok(self.indexer_url().map(IndexerClient::new).transpose().map_err(ChainError::from)?)
    }

    /// Returns the source of the deployment's state: the indexer, if one is given, checked against the node; else the
    /// node.
    pub(crate) fn source(
        &self,
        connection: &Connection,
        deployment: &Deployment,
    ) -> Result<Box<dyn StateSource>, Failure> {
        let (connection, deployment) = (connection.clone(), deployment.clone());
        Ok(match self.indexer()? {
            Some(client) => Box::new(IndexerSource::new(client, connection, deployment)),
            None => Box::new(NodeSource::new(connection, deployment)),
        })
    }

    /// Reads the current chain state of the deployment.
    pub(crate) async fn read_state(&self) -> Result<ChainState, Failure> {
        let deployment = self.read_deployment()?;
        let connection = self.connect_node(&deployment).await?;
        Ok(self.source(&connection, &deployment)?.read_state().await?)
    }

    /// Returns the account that sends: from its encrypted file, else from the environment.
    pub(crate) fn open_account(&self) -> Result<Account, Failure> {
        if let Some(path) = &self.sender {
            let passphrase = self.read_passphrase(path, PassphrasePurpose::Decrypt)?;
            return Ok(Account::open_file(path, &passphrase)?);
        }
        match secrets::read_sender_key()? {
            Some(key) => Ok(Account::from_hex(&key)?),
            None => Err(Failure::secret_failure(
                "no account to send transactions from",
                format!(
                    "name a key file with --sender FILE (`psephos sender new` makes one), or set {SENDER_KEY_VARIABLE}"
                ),
            )),
        }
    }

    /// Connects to the chain of the deployment, sending from the account.
    pub(crate) async fn connect_sender(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        let account = self.open_account()?;
        Ok(self.connect_node(deployment).await?.with_wallet(account.wallet()))
    }
}
