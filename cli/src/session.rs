//! What the global options lead to: looked up and checked when a command first needs it.

use std::path::{Path, PathBuf};

use psephos_chain::{
    ChainError, Connection, IndexerSource, NodeSource, StateSource, source::indexer::client::IndexerClient,
};
use psephos_client::{Account, Circuits, ClientError};
use psephos_prover::{KeyStore, Preparation};
use psephos_state::{ChainState, Deployment};
use zeroize::Zeroizing;

use crate::args::Globals;
use crate::failure::Failure;
use crate::output::Output;
use crate::secrets::{self, Passphrases, Purpose, SENDER_KEY};

/// One run of the command.
pub(crate) struct Session {
    output: Output,
    passphrases: Passphrases,
    deployment: PathBuf,
    keys: Option<PathBuf>,
    /// In MiB; the option's parser refuses less than proving needs.
    memory: u32,
    rpc: String,
    index: Option<String>,
    sender: Option<PathBuf>,
}

impl Session {
    /// From the global options; nothing is read yet.
    pub(crate) fn new(globals: Globals) -> Self {
        let Globals { json, quiet, deployment, rpc, index, key_folder, memory, passphrase_file, sender } = globals;
        let passphrases = Passphrases::new(passphrase_file);
        Self { output: Output::new(json, quiet), passphrases, deployment, keys: key_folder, memory, rpc, index, sender }
    }

    /// Where results and messages go.
    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// The passphrase for a file.
    pub(crate) fn passphrase(&self, path: &Path, purpose: Purpose) -> Result<Zeroizing<String>, Failure> {
        self.passphrases.get(&path.display().to_string(), purpose, self.output)
    }

    /// The address of the node.
    pub(crate) fn rpc(&self) -> &str {
        &self.rpc
    }

    /// The folder of the keys.
    pub(crate) fn key_folder(&self) -> PathBuf {
        // The variable is read by the option; an empty one counts as none.
        let given = self.keys.clone().filter(|folder| !folder.as_os_str().is_empty());
        given.unwrap_or_else(KeyStore::default_dir)
    }

    /// The keys: a ceremony's, if the folder has a manifest, else development keys.
    pub(crate) fn circuits(&self) -> Result<Circuits, Failure> {
        let preparation = Preparation::within((self.memory as usize) << 20).unwrap_or_default();
        Ok(Circuits::open(self.key_folder())?.with_preparation(preparation))
    }

    /// The contracts' addresses.
    pub(crate) fn deployment(&self) -> Result<Deployment, Failure> {
        if !self.deployment.exists() {
            return Err(Failure::input(
                format!("there is no deployment file at {}", self.deployment.display()),
                "name it with --deployment FILE, or make one with `psephos deploy`",
            ));
        }
        // A file that cannot be read as a deployment is a bad input, not a failure of a chain.
        psephos_chain::deployment_file::read_deployment(&self.deployment)
            .map_err(|error| Failure::input(error.to_string(), "use the file that `psephos deploy` wrote"))
    }

    /// The chain of the deployment, for reading.
    pub(crate) async fn connect(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        // An invalid URL of an indexer is reported before a node is asked anything.
        self.indexer()?;
        Ok(Connection::connect_to_chain(&self.rpc, deployment.chain_id).await?)
    }

    /// The indexer to read state from, if one is given.
    fn indexer(&self) -> Result<Option<IndexerClient>, Failure> {
        // An empty variable counts as none.
        let index = self.index.as_deref().filter(|url| !url.is_empty());
        Ok(index.map(IndexerClient::new).transpose().map_err(ChainError::from)?)
    }

    /// Where the deployment's state is read: from the indexer, if one is given, and compared with the node; else from the node.
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

    /// The deployment's state as of now.
    pub(crate) async fn replay(&self) -> Result<ChainState, Failure> {
        let deployment = self.deployment()?;
        let connection = self.connect(&deployment).await?;
        Ok(self.source(&connection, &deployment)?.read_state().await?)
    }

    /// The account that sends: from its encrypted file, else from the environment.
    pub(crate) fn account(&self) -> Result<Account, Failure> {
        if let Some(path) = &self.sender {
            let passphrase = self.passphrase(path, Purpose::Open)?;
            return Ok(Account::open(path, passphrase.as_bytes())?);
        }
        match secrets::sender_key()? {
            Some(key) => Ok(Account::from_hex(&key).map_err(ClientError::from)?),
            None => Err(Failure::secret(
                "no account to send from",
                format!("give --sender FILE (`psephos sender new` makes one), or set {SENDER_KEY}"),
            )),
        }
    }

    /// The chain of the deployment, sending from the account.
    pub(crate) async fn sending(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        let account = self.account()?;
        Ok(self.connect(deployment).await?.with_wallet(account.wallet())?)
    }
}
