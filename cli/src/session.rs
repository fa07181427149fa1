//! The resources that the global options name: each is looked up and checked when a command first needs it.

use std::path::{Path, PathBuf};

use psephos_chain::{
    ChainError, Connection, ConnectionOptions, IndexerSource, Network, NetworkError, NodeSource, StateSource,
    network::PROXY_OPTION, source::indexer::client::IndexerClient,
};
use psephos_client::{Account, KeyRing};
use psephos_prover::{KeyStore, Preparation};
use psephos_state::{ChainState, Deployment};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::global_options::GlobalOptions;
use crate::output::Output;
use crate::secrets::{self, PassphrasePurpose, PassphraseSource};
use crate::sender_options::{SenderOptions, SenderSource};

/// One run of the command.
pub(crate) struct Session {
    output: Output,
    passphrases: PassphraseSource,
    sender_passphrases: PassphraseSource,
    deployment: PathBuf,
    keys: Option<PathBuf>,
    /// In MiB; the option's parser rejects less than proving needs.
    memory: u32,
    node: ConnectionOptions,
    network: Result<Network, NetworkError>,
    indexer: Option<String>,
    sender: SenderOptions,
    nonce: Option<u64>,
}

impl Session {
    /// Creates a session from the global options; nothing is read yet.
    pub(crate) fn new(globals: GlobalOptions) -> Self {
        let GlobalOptions {
            json,
            quiet,
            deployment,
            indexer,
            proxy,
            key_folder,
            memory,
            passphrase_file,
            sender,
            node,
        } = globals;
        let passphrases = PassphraseSource::new(passphrase_file);
        let sender_passphrases = passphrases.for_sender(sender.sender_passphrase_file.clone());
        let output = Output::new(json, quiet);
        let network = find_network(proxy.as_deref());
        if network.as_ref().is_ok_and(|network| !network.is_isolated()) {
            output.print_warning(
                "the proxy's URL names a user: reading and handing over have the same user there, and on Tor the same circuit",
            );
        }
        Self {
            output,
            passphrases,
            sender_passphrases,
            deployment,
            keys: key_folder,
            memory,
            nonce: node.nonce,
            node: node.connection_options(output),
            network,
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

    /// Returns the passphrase for a file of the account that sends, which may have one of its own.
    pub(crate) fn read_sender_passphrase(
        &self,
        path: &Path,
        purpose: PassphrasePurpose,
    ) -> Result<Zeroizing<String>, Failure> {
        self.sender_passphrases.read_passphrase(&path.display().to_string(), purpose, self.output)
    }

    /// Returns the option that names an account that sends, if one does.
    pub(crate) fn sender_option(&self) -> Option<&'static str> {
        self.sender.named_option()
    }

    /// Returns the nonce of `--nonce`.
    pub(crate) fn nonce(&self) -> Option<u64> {
        self.nonce
    }

    /// Returns how connections leave this machine: through the proxy of `--proxy`, else as the environment says.
    pub(crate) fn network(&self) -> Result<Network, Failure> {
        Ok(self.network.clone().map_err(ChainError::from)?)
    }

    /// Returns the node of `--rpc`, and how it is used.
    pub(crate) fn rpc(&self) -> Result<ConnectionOptions, Failure> {
        Ok(self.node.clone().with_network(self.network()?))
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
        Ok(Connection::connect_to_chain(self.rpc()?, deployment.chain_id).await?)
    }

    /// Returns the URL of the indexer, if one is given.
    pub(crate) fn indexer_url(&self) -> Option<&str> {
        // An empty environment variable counts as unset.
        self.indexer.as_deref().filter(|url| !url.is_empty())
    }

    /// Returns a client of the indexer to read state from, if one is given.
    fn indexer(&self) -> Result<Option<IndexerClient>, Failure> {
        let Some(url) = self.indexer_url() else { return Ok(None) };
        Ok(Some(IndexerClient::new(url, &self.network()?).map_err(ChainError::from)?))
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

    /// Returns the account that sends: as the options name it, else as the environment does. A signer is asked whether
    /// it holds the account's key.
    pub(crate) async fn open_account(&self) -> Result<Account, Failure> {
        let source = self.sender.find_source()?.ok_or_else(|| {
            Failure::secret_failure(
                "no account to send transactions from",
                "name a key file with --sender FILE (`psephos sender new` makes one), a mnemonic phrase or a signer, or \
                 set PSEPHOS_SENDER_KEY",
            )
        })?;
        Ok(match source {
            SenderSource::File(path) => {
                let passphrase = self.read_sender_passphrase(&path, PassphrasePurpose::Decrypt)?;
                tokio::task::block_in_place(|| Account::open_file(&path, &passphrase))?
            }
            SenderSource::Key(key) => Account::from_hex(&key)?,
            SenderSource::MnemonicFile(path) => {
                self.derive_account(&secrets::read_mnemonic_file(&path, self.output)?)?
            }
            SenderSource::AskMnemonic => self.derive_account(&secrets::prompt_mnemonic()?)?,
            SenderSource::Mnemonic(phrase) => self.derive_account(&phrase)?,
            SenderSource::Signer(url) => {
                let (account, timeout) = (self.sender.signer_account, self.sender.signer_timeout());
                Account::connect_signer(&url, &self.network()?, account, timeout).await?
            }
        })
    }

    fn derive_account(&self, phrase: &str) -> Result<Account, Failure> {
        let file = self.sender.mnemonic_passphrase_file.as_deref();
        let passphrase = secrets::read_mnemonic_passphrase(file, self.output)?;
        Ok(Account::from_mnemonic(phrase, &passphrase, &self.sender.derivation_path)?)
    }

    /// Connects to the chain of the deployment, sending from the account.
    pub(crate) async fn connect_sender(&self, deployment: &Deployment) -> Result<Connection, Failure> {
        let account = self.open_account().await?;
        Ok(self.connect_node(deployment).await?.with_wallet(account.wallet()))
    }
}

/// Returns the network of an option, else of the environment. An error is reported by the first command that connects.
fn find_network(proxy: Option<&str>) -> Result<Network, NetworkError> {
    // The option also reads the environment variable; an empty one counts as unset.
    match proxy.filter(|url| !url.trim().is_empty()) {
        Some(url) => Network::through(url, PROXY_OPTION),
        // A variable that is not text cannot be used, and must not be ignored: what is left of it parses as no proxy.
        None => Network::from_environment(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned())),
    }
}
