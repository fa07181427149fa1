//! `psephos keys`: the circuits' keys, and their export to the formats of other programs.

mod export;
mod inspect;

use clap::Subcommand;
use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_client::{Observer, Phase};
use psephos_prover::{KeyInfo, KeyStore, Stage, VerifyingKey};
use serde::Serialize;

use crate::failure::Failure;
use crate::format::thousands;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::Table;

/// Subcommands of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the circuits and their keys; missing development keys are made
    List,
    /// Export a circuit as .r1cs and .sym, and its key as .zkey and JSON, for snarkjs and rapidsnark
    Export(export::Export),
    /// Export the Solidity verifier of a circuit's key
    ExportVerifier(export::ExportVerifier),
    /// Export a circuit's verifying key as JSON in the format of snarkjs
    ExportSnarkjs(export::ExportSnarkjs),
    /// Identify a .r1cs, .wtns, .zkey or .ptau file, and check what can be checked without other files
    Inspect(inspect::Inspect),
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &Command) -> Result<u8, Failure> {
    match command {
        Command::List => list(session),
        Command::Export(args) => export::files(session, args),
        Command::ExportVerifier(args) => export::verifier(session, args),
        Command::ExportSnarkjs(args) => export::snarkjs(session, args),
        Command::Inspect(args) => inspect::run(session, args),
    }
}

/// Loads a circuit's verifying key.
fn load(session: &Session, circuit: Name) -> Result<VerifyingKey, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let progress = Progress::new(session.output());
    let show = shown(&progress);
    Ok(with_circuit!(circuit, C => store.load::<C>(show)?.verifying_key().clone()))
}

/// Returns a callback that reports when a development key is being made.
fn shown(progress: &Progress) -> impl Fn(Stage) {
    move |stage| match stage {
        Stage::Generating => progress.note(Phase::Keys, "making a development key, once per machine"),
        Stage::Circuit | Stage::Loading | Stage::Storing => {}
    }
}

/// A key in the JSON result.
#[derive(Serialize)]
struct Entry {
    circuit: String,
    circuit_hash: String,
    key_hash: String,
    constraints: usize,
    inputs: Vec<String>,
    development: bool,
}

impl Entry {
    fn new(info: &KeyInfo) -> Self {
        let hex = |bytes: &[u8; 32]| format!("{}", psephos_chain::B256::from(*bytes));
        Self {
            circuit: info.circuit.clone(),
            circuit_hash: hex(&info.circuit_hash),
            key_hash: hex(&info.key_hash),
            constraints: info.constraints,
            inputs: info.inputs.clone(),
            development: info.development,
        }
    }
}

fn list(session: &Session) -> Result<u8, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let listed = |name: &Name| store.manifest().is_none_or(|manifest| manifest.entry(name.as_str()).is_some());
    let names = Name::ALL.into_iter().filter(listed);
    let keys = names.map(|circuit| load(session, circuit)).collect::<Result<Vec<_>, _>>()?;
    let entries: Vec<Entry> = keys.iter().map(|key| Entry::new(key.info())).collect();
    let folder = session.key_folder();
    let value = serde_json::json!({ "directory": folder, "manifest": store.manifest(), "keys": entries });
    session.output().result(&value, || {
        let mut table = Table::new(&["circuit", ">constraints", "public inputs", "development", "circuit hash"]);
        for entry in &entries {
            let development = if entry.development { "yes" } else { "no" };
            let cells = [&entry.circuit, &thousands(entry.constraints as u64), &entry.inputs.join(", ")];
            table.row([cells[0], cells[1], cells[2], development, &entry.circuit_hash[..18]]);
        }
        let whose = if store.manifest().is_some() { "Keys of a ceremony" } else { "Development keys" };
        format!("{whose} in {}\n{}", folder.display(), table.render())
    })?;
    Ok(crate::failure::OK)
}
