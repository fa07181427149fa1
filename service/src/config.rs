//! The configuration: a TOML file, overridden by environment variables.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use psephos_chain::follow;
use serde::{Deserialize, Serialize};

use crate::{
    http::HttpSettings,
    indexer::Options,
    ohttp::OhttpSettings,
    prover::ProverSettings,
    queue::{NatsSettings, QueueLimits},
    relayer,
};

/// The prefix of configuration variables: `PSEPHOS_SERVE_HTTP__LISTEN` is `listen` of `[http]`.
pub const PREFIX: &str = "PSEPHOS_SERVE_";
/// The maximum size of a configuration file, in bytes.
const MAX_CONFIG_BYTES: u64 = 64 * 1024;

/// The service's configuration. Every setting has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The directory of the service's files; created if it does not exist.
    pub data: PathBuf,
    /// Addresses to listen on, TLS, rate limit and tokens.
    pub http: HttpSettings,
    /// The prover service.
    pub prover: ProverSettings,
    /// The queue of proof jobs.
    pub queue: QueueSettings,
    /// The relayer.
    pub relayer: relayer::RelayerSettings,
    /// The masker, which is a part of the relayer.
    pub masker: relayer::MaskerSettings,
    /// The indexer.
    pub indexer: IndexerSettings,
    /// Oblivious HTTP: the gateway of the relayer, and the relay for another one.
    pub ohttp: OhttpSettings,
}

/// Settings of the indexer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexerSettings {
    /// Whether the indexer's endpoints are served. A relayer follows the chain through the indexer in any case.
    pub enabled: bool,
    /// The number of blocks below the newest one after which a block is taken as final; a deeper reorganisation makes
    /// the indexer read everything again.
    pub confirmations: u64,
    /// The widest range of blocks that one request to the node asks for.
    pub widest: u64,
    /// The interval at which the node is polled for a new block, in milliseconds.
    pub interval_ms: u64,
}

impl Default for IndexerSettings {
    fn default() -> Self {
        let follow::FollowOptions { confirmations, widest } = follow::FollowOptions::default();
        Self { enabled: true, confirmations, widest, interval_ms: 2_000 }
    }
}

impl IndexerSettings {
    /// Returns the options of an indexer whose store is in the directory `data`.
    pub fn indexer_options(&self, data: &Path) -> Options {
        let follow = follow::FollowOptions { confirmations: self.confirmations.max(1), widest: self.widest.max(1) };
        let pause = std::time::Duration::from_millis(self.interval_ms.max(10));
        Options { follow, pause, ..Options::new(data.join("indexer.redb")) }
    }
}

/// Settings of the queue of proof jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSettings {
    /// The maximum number of waiting jobs.
    pub length: usize,
    /// The lease of a job, in seconds: how long a worker may go without a heartbeat.
    pub lease: u32,
    /// How long an ended job is stored for its owner, in seconds.
    pub keep: u32,
    /// The file of the key under which requests are encrypted while they wait; by default `queue.key` in the data
    /// directory. Anyone who has both this key and the queue can read votes.
    pub key_file: Option<PathBuf>,
    /// A NATS queue shared by several machines; without it the queue is a file in the data directory.
    pub nats: Option<NatsSettings>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { length: 1_000, lease: 30, keep: 900, key_file: None, nats: None }
    }
}

impl QueueSettings {
    /// Returns the embedded queue's limits.
    pub fn queue_limits(&self) -> QueueLimits {
        let seconds = |seconds: u32| std::time::Duration::from_secs(seconds.max(1).into());
        QueueLimits { length: self.length.max(1), lease: seconds(self.lease.max(15)), keep: seconds(self.keep) }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "psephos-service".into(),
            http: HttpSettings::default(),
            prover: ProverSettings::default(),
            queue: QueueSettings::default(),
            relayer: relayer::RelayerSettings::default(),
            masker: relayer::MaskerSettings::default(),
            indexer: IndexerSettings::default(),
            ohttp: OhttpSettings::default(),
        }
    }
}

/// An error in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read or is invalid.
    #[error("configuration {path}: {reason}")]
    File {
        /// The file's path.
        path: String,
        /// The cause, with its line if it has one.
        reason: String,
    },
    /// An environment variable is invalid.
    #[error("variable {name}: {reason}")]
    Variable {
        /// The variable's name.
        name: String,
        /// The cause.
        reason: String,
    },
}

impl Config {
    /// Loads the configuration from a file, if there is one, and overrides it with environment variables.
    ///
    /// # Errors
    /// Returns [`ConfigError`] if the file or a variable is invalid. An unknown name is an error, so that no setting is
    /// silently ignored.
    pub fn load_file(
        path: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = match path {
            None => toml::Table::new(),
            Some(path) => {
                let file_error = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
                let (file, mut text) =
                    (File::open(path).map_err(|error| file_error(error.to_string()))?, String::new());
                // A device has no length that could be looked at before.
                let read = file.take(MAX_CONFIG_BYTES + 1).read_to_string(&mut text);
                read.map_err(|error| file_error(error.to_string()))?;
                if text.len() as u64 > MAX_CONFIG_BYTES {
                    return Err(file_error(format!("the file has more than {MAX_CONFIG_BYTES} bytes")));
                }
                let with_line = |error: toml::de::Error| file_error(format_with_line(&error, &text));
                let table: toml::Table = text.parse().map_err(with_line)?;
                // The file is parsed by itself first: its errors are reported with their line.
                toml::from_str::<Self>(&text).map_err(with_line)?;
                table
            }
        };
        let mut last = None;
        for (name, value) in variables {
            if let Some(setting) = name.strip_prefix(PREFIX) {
                let variable_error = |reason: String| ConfigError::Variable { name: name.clone(), reason };
                set_value(&mut table, &setting.to_ascii_lowercase(), &value).map_err(variable_error)?;
                last = Some(name);
            }
        }
        table.try_into().map_err(|error: toml::de::Error| ConfigError::Variable {
            name: last.unwrap_or_else(|| PREFIX.into()),
            reason: error.message().to_owned(),
        })
    }
}

/// Formats a TOML error on one line, with the line number and the setting's name.
fn format_with_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = error.message();
    let Some(before) = before else { return message.to_owned() };
    let number = before.matches('\n').count();
    // Only the setting's name is shown: its value may be the hash of a token.
    let name = text.lines().nth(number).and_then(|line| line.split_once('=')).map(|(name, _)| name.trim());
    let name = name.filter(|name| !name.is_empty()).map_or_else(String::new, |name| format!(", `{name}`"));
    format!("line {}{name}: {message}", number + 1)
}

/// Sets one value: the path `http__rate__burst` is `burst` of `[http.rate]`. The value is parsed as TOML; if that
/// fails, it is a string.
fn set_value(table: &mut toml::Table, setting: &str, value: &str) -> Result<(), String> {
    let (parents, name) = setting.rsplit_once("__").map_or((None, setting), |(parents, name)| (Some(parents), name));
    let mut table = table;
    for parent in parents.into_iter().flat_map(|parents| parents.split("__")) {
        let entry = table.entry(parent).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        table = entry.as_table_mut().ok_or_else(|| format!("`{parent}` is not a section"))?;
    }
    let read = format!("value = {value}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    table.insert(name.into(), read.unwrap_or_else(|| toml::Value::String(value.into())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_text(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.toml");
        std::fs::write(&path, text).unwrap();
        Config::load_file(Some(&path), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn environment_variables_override_the_file() {
        assert_eq!(from_text("", &[]).unwrap(), Config::default());
        let text = "[http]\nlisten = \"127.0.0.1:1\"\n[prover]\nresponse_interval_ms = 5\nstatements = [\"ballot\"]\n";
        let config = from_text(
            text,
            &[
                ("PSEPHOS_SERVE_HTTP__LISTEN", "127.0.0.1:2"),
                ("PSEPHOS_SERVE_HTTP__RATE__BURST", "7"),
                ("PSEPHOS_SERVE_QUEUE__NATS__URL", "nats://127.0.0.1:9"),
                ("PSEPHOS_SERVE_PROVER__STATEMENTS", "[\"claim\"]"),
                ("PSEPHOS_RPC", "elsewhere"),
            ],
        )
        .unwrap();
        assert_eq!(config.http.listen.port(), 2);
        assert_eq!((config.http.rate.burst, config.http.rate.per_minute), (7, 120));
        assert_eq!(config.queue.nats.unwrap().url, "nats://127.0.0.1:9");
        assert_eq!(config.prover.response_interval_ms, 5);
        assert_eq!(config.prover.statements, [psephos_wire::proof::StatementKind::Claim]);
    }

    #[test]
    fn unknown_or_invalid_settings_are_rejected_with_their_name() {
        for (text, expected) in [
            ("[htp]\n", "htp"),
            ("[http]\nlisten = \"here\"\n", "listen"),
            ("[prover]\nstatements = [\"dream\"]\n", "dream"),
            ("data = 3\n", "data"),
            ("data = \n", "line 1"),
            ("\n[http]\nlistn = 1\n", "line 3, `listn`: unknown field"),
        ] {
            let error = from_text(text, &[]).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        }
        let error = from_text("", &[("PSEPHOS_SERVE_HTTP__LISTN", "1")]).unwrap_err().to_string();
        assert!(error.contains("LISTN") && error.contains("unknown field"), "{error}");
        let error = from_text("data = \"a\"", &[("PSEPHOS_SERVE_DATA__B", "1")]).unwrap_err().to_string();
        assert!(error.contains("not a section"), "{error}");
        assert!(matches!(Config::load_file(Some(Path::new("/nowhere")), []), Err(ConfigError::File { .. })));
    }
}
