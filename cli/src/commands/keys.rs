//! `psephos keys`: the circuits' keys, and their export to the formats of other programs.

mod export;
mod inspect;

use clap::Subcommand;
use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_client::{Observer, Phase};
use psephos_prover::{KeyInfo, KeyStore, LoadStage, VerifyingKey};
use serde::Serialize;

use crate::failure::Failure;
use crate::format::thousands;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::Table;

/// Subcommands of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the circuits and their keys; missing development keys are made
    List,
    /// Export a circuit as .r1cs and .sym, and its key as .zkey and JSON, for snarkjs and rapidsnark
    Export(export::ExportArgs),
    /// Export the Solidity verifier of a circuit's key
    ExportVerifier(export::ExportVerifierArgs),
    /// Export a circuit's verifying key as JSON in the format of snarkjs
    ExportSnarkjs(export::ExportSnarkjsArgs),
    /// Identify a .r1cs, .wtns, .zkey or .ptau file, and check what can be checked without other files
    Inspect(inspect::InspectArgs),
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &KeysCommand) -> Result<u8, Failure> {
    match command {
        KeysCommand::List => list_keys(session),
        KeysCommand::Export(args) => export::export_files(session, args),
        KeysCommand::ExportVerifier(args) => export::export_verifier(session, args),
        KeysCommand::ExportSnarkjs(args) => export::export_verifying_key(session, args),
        KeysCommand::Inspect(args) => inspect::run(session, args),
    }
}

/// Loads a circuit's verifying key.
fn load_verifying_key(session: &Session, circuit: Name) -> Result<VerifyingKey, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let progress = Progress::new(session.output());
    let show = report_stages(&progress);
    Ok(with_circuit!(circuit, C => store.load_key::<C>(show)?.verifying_key().clone()))
}

/// Returns a callback that reports when a development key is being made.
fn report_stages(progress: &Progress) -> impl Fn(LoadStage) {
    move |stage| match stage {
        LoadStage::Generating => progress.note(Phase::Keys, "making a development key, once per machine"),
        LoadStage::Circuit | LoadStage::Loading | LoadStage::Storing => {}
    }
}

/// A key in the JSON result.
#[derive(Serialize)]
struct KeyEntry {
    circuit: String,
    /// The name of the contract that verifies its proofs.
    verifier: &'static str,
    circuit_hash: String,
    key_hash: String,
    constraints: usize,
    inputs: Vec<String>,
    development: bool,
}

impl KeyEntry {
    fn new(circuit: Name, info: &KeyInfo) -> Self {
        let hex = |bytes: &[u8; 32]| format!("{}", psephos_chain::B256::from(*bytes));
        Self {
            circuit: info.circuit.clone(),
            verifier: circuit.contract(),
            circuit_hash: hex(&info.circuit_hash),
            key_hash: hex(&info.key_hash),
            constraints: info.constraints,
            inputs: info.inputs.clone(),
            development: info.development,
        }
    }
}

fn list_keys(session: &Session) -> Result<u8, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let listed = |name: &Name| store.manifest().is_none_or(|manifest| manifest.entry(name.as_str()).is_some());
    let names = Name::ALL.into_iter().filter(listed);
    let entry = |circuit| load_verifying_key(session, circuit).map(|key| KeyEntry::new(circuit, key.info()));
    let entries = names.map(entry).collect::<Result<Vec<_>, _>>()?;
    let folder = session.key_folder();
    let value = serde_json::json!({ "directory": folder, "manifest": store.manifest(), "keys": entries });
    session.output().print_result(&value, || {
        let mut table = Table::new(&["circuit", ">constraints", "public inputs", "development", "circuit hash"]);
        for entry in &entries {
            let development = if entry.development { "yes" } else { "no" };
            let cells = [&entry.circuit, &thousands(entry.constraints as u64), &entry.inputs.join(", ")];
            table.add_row([cells[0], cells[1], cells[2], development, &entry.circuit_hash[..18]]);
        }
        let whose = if store.manifest().is_some() { "Keys of a ceremony" } else { "Development keys" };
        format!("{whose} in {}\n{}", folder.display(), table.render())
    })?;
    Ok(crate::failure::OK)
}
