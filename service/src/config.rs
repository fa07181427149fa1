//! The configuration: a TOML file, and variables that stand above it.

use std::{fs, path::Path, path::PathBuf};

use psephos_chain::follow;
use serde::{Deserialize, Serialize};

use crate::{
    http::HttpSettings,
    indexer::Options,
    prover::ProverSettings,
    queue::{Limits, NatsSettings},
    relayer,
};

/// Variables of the configuration begin with this: `PSEPHOS_SERVE_HTTP__LISTEN` is `listen` of `[http]`.
pub const PREFIX: &str = "PSEPHOS_SERVE_";
/// No configuration is longer, in bytes.
const MOST: u64 = 64 * 1024;

/// The service's configuration. Everything has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The folder of the service's files, which is made if it is not there.
    pub data: PathBuf,
    /// Where it listens, and to whom.
    pub http: HttpSettings,
    /// The prover.
    pub prover: ProverSettings,
    /// The queue of proofs.
    pub queue: QueueSettings,
    /// The relayer.
    pub relayer: relayer::Settings,
    /// The index.
    pub index: IndexSettings,
}

/// The index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexSettings {
    /// Whether its routes are there. A relayer follows the chain by it in any case.
    pub enabled: bool,
    /// So many blocks below the newest one a block is taken for final; a deeper reorganisation makes everything be read again.
    pub confirmations: u64,
    /// The widest range of blocks that the node is asked for at once.
    pub widest: u64,
    /// How often a new block is looked for, in milliseconds.
    pub interval_ms: u64,
}

impl Default for IndexSettings {
    fn default() -> Self {
        let follow::FollowOptions { confirmations, widest } = follow::FollowOptions::default();
        Self { enabled: true, confirmations, widest, interval_ms: 2_000 }
    }
}

impl IndexSettings {
    /// The index in a folder.
    pub fn options(&self, data: &Path) -> Options {
        let follow = follow::FollowOptions { confirmations: self.confirmations.max(1), widest: self.widest.max(1) };
        let pause = std::time::Duration::from_millis(self.interval_ms.max(10));
        Options { follow, pause, ..Options::new(data.join("index.redb")) }
    }
}

/// The queue of proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSettings {
    /// Jobs that may wait.
    pub length: usize,
    /// Seconds that a worker may be silent.
    pub lease: u32,
    /// Seconds that an ended job is kept for its owner.
    pub keep: u32,
    /// The file of the key under which requests are sealed while they wait; `queue.key` in the data folder if it is not given. Whoever has it and the queue
    /// reads votes.
    pub key_file: Option<PathBuf>,
    /// A queue of many machines; without it the queue is a file in the data folder.
    pub nats: Option<NatsSettings>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { length: 1_000, lease: 30, keep: 900, key_file: None, nats: None }
    }
}

impl QueueSettings {
    /// The embedded queue's limits.
    pub fn limits(&self) -> Limits {
        let seconds = |seconds: u32| std::time::Duration::from_secs(seconds.max(1).into());
        Limits { length: self.length.max(1), lease: seconds(self.lease.max(15)), keep: seconds(self.keep) }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "psephos-service".into(),
            http: HttpSettings::default(),
            prover: ProverSettings::default(),
            queue: QueueSettings::default(),
            relayer: relayer::Settings::default(),
            index: IndexSettings::default(),
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file.
    #[error("configuration {path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// A variable.
    #[error("variable {name}: {reason}")]
    Variable {
        /// Which.
        name: String,
        /// Why.
        reason: String,
    },
}

impl Config {
    /// The configuration of a file, if one is given, with variables above it.
    ///
    /// # Errors
    /// [`ConfigError`]: an unknown name is one, so that no setting is silently left out.
    pub fn load(
        path: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = match path {
            None => toml::Table::new(),
            Some(path) => {
                let refuse = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
                let length = fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
                if length > MOST {
                    return Err(refuse(format!("it has {length} bytes, and {MOST} are the most")));
                }
                let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
                let place = |error: toml::de::Error| refuse(placed(&error, &text));
                let table: toml::Table = text.parse().map_err(place)?;
                // By itself first: what is wrong with it is said with its place.
                toml::from_str::<Self>(&text).map_err(place)?;
                table
            }
        };
        let mut last = None;
        for (name, value) in variables {
            if let Some(place) = name.strip_prefix(PREFIX) {
                let refuse = |reason: String| ConfigError::Variable { name: name.clone(), reason };
                set(&mut table, &place.to_ascii_lowercase(), &value).map_err(refuse)?;
                last = Some(name);
            }
        }
        table.try_into().map_err(|error: toml::de::Error| ConfigError::Variable {
            name: last.unwrap_or_else(|| PREFIX.into()),
            reason: error.message().to_owned(),
        })
    }
}

/// An error with its line, in one line.
fn placed(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = error.message();
    let Some(before) = before else { return message.to_owned() };
    let number = before.matches('\n').count();
    // Of the line only the name: its value may be a token's hash.
    let name = text.lines().nth(number).and_then(|line| line.split_once('=')).map(|(name, _)| name.trim());
    let name = name.filter(|name| !name.is_empty()).map_or_else(String::new, |name| format!(", `{name}`"));
    format!("line {}{name}: {message}", number + 1)
}

/// `http__rate__burst` is `burst` of `[http.rate]`. A value is TOML if it can be read as such, else text.
fn set(table: &mut toml::Table, place: &str, value: &str) -> Result<(), String> {
    let (parents, name) = place.rsplit_once("__").map_or((None, place), |(parents, name)| (Some(parents), name));
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
        fs::write(&path, text).unwrap();
        Config::load(Some(&path), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn variables_stand_above_the_file() {
        assert_eq!(from_text("", &[]).unwrap(), Config::default());
        let text = "[http]\nlisten = \"127.0.0.1:1\"\n[prover]\nanswer_step = 5\nstatements = [\"ballot\"]\n";
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
        assert_eq!(config.prover.answer_step, 5);
        assert_eq!(config.prover.statements, [psephos_exchange::proof::Kind::Claim]);
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_name() {
        for (text, says) in [
            ("[htp]\n", "htp"),
            ("[http]\nlisten = \"here\"\n", "listen"),
            ("[prover]\nstatements = [\"dream\"]\n", "dream"),
            ("data = 3\n", "data"),
            ("data = \n", "line 1"),
            ("\n[http]\nlistn = 1\n", "line 3, `listn`: unknown field"),
        ] {
            let error = from_text(text, &[]).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{error}");
        }
        let error = from_text("", &[("PSEPHOS_SERVE_HTTP__LISTN", "1")]).unwrap_err().to_string();
        assert!(error.contains("LISTN") && error.contains("unknown field"), "{error}");
        let error = from_text("data = \"a\"", &[("PSEPHOS_SERVE_DATA__B", "1")]).unwrap_err().to_string();
        assert!(error.contains("not a section"), "{error}");
        assert!(matches!(Config::load(Some(Path::new("/nowhere")), []), Err(ConfigError::File { .. })));
    }
}
