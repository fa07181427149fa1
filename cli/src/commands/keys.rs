//! `psephos keys`: the circuits' keys and their exports.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_client::{Observer, Phase};
use psephos_prover::{KeyInfo, KeyStore, Stage, VerifyingKey, snarkjs, solidity};
use serde::Serialize;

use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;
use crate::report::thousands;
use crate::session::Session;
use crate::table::Table;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the circuits and their development keys, making what is missing
    List,
    /// Writes the Solidity verifier of a circuit's key
    ExportVerifier(ExportVerifier),
    /// Writes a circuit's verification key as snarkjs JSON
    ExportSnarkjs(ExportSnarkjs),
}

/// Arguments of `keys export-verifier`.
#[derive(Debug, Args)]
pub(crate) struct ExportVerifier {
    /// Which circuit
    circuit: CircuitName,
    /// The contract's name
    #[arg(long)]
    name: Option<String>,
    /// Where to write it; standard output if absent
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Arguments of `keys export-snarkjs`.
#[derive(Debug, Args)]
pub(crate) struct ExportSnarkjs {
    /// Which circuit
    circuit: CircuitName,
    /// Where to write it; standard output if absent
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// The circuits of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CircuitName {
    /// Ballots of two or three options
    #[value(name = "ballot-3")]
    Ballot3,
    /// Ballots of four to eight options
    #[value(name = "ballot-8")]
    Ballot8,
    /// Claims of rewards for ballots of two or three options
    #[value(name = "claim-3")]
    Claim3,
    /// Claims of rewards for ballots of four to eight options
    #[value(name = "claim-8")]
    Claim8,
    /// Hashes of a committee's keys
    CommitteeKeys,
    /// Dealings of committees of six to sixteen trustees
    #[value(name = "dealing-16")]
    Dealing16,
    /// Dealings of committees of one to five trustees
    #[value(name = "dealing-5")]
    Dealing5,
    /// Decryption shares
    Decryption,
    /// Lists of sealed notes
    Notes,
}

impl CircuitName {
    const ALL: [Self; 9] = [
        Self::Ballot3,
        Self::Ballot8,
        Self::Claim3,
        Self::Claim8,
        Self::CommitteeKeys,
        Self::Dealing5,
        Self::Dealing16,
        Self::Decryption,
        Self::Notes,
    ];

    /// The development key, made now if this machine has none yet.
    fn key(self, progress: &Progress) -> Result<VerifyingKey, Failure> {
        let store = KeyStore::new(KeyStore::default_dir());
        let show = |stage| match stage {
            Stage::Generating => progress.note(Phase::Keys, "making a development key, once for this machine"),
            Stage::Circuit | Stage::Loading | Stage::Storing => {}
        };
        Ok(match self {
            Self::Ballot3 => store.development::<BallotCircuit<3>>(show)?.verifying_key().clone(),
            Self::Ballot8 => store.development::<BallotCircuit<8>>(show)?.verifying_key().clone(),
            Self::Claim3 => store.development::<ClaimCircuit<3>>(show)?.verifying_key().clone(),
            Self::Claim8 => store.development::<ClaimCircuit<8>>(show)?.verifying_key().clone(),
            Self::CommitteeKeys => store.development::<CommitteeKeysCircuit>(show)?.verifying_key().clone(),
            Self::Dealing16 => store.development::<DealingCircuit<16>>(show)?.verifying_key().clone(),
            Self::Dealing5 => store.development::<DealingCircuit<5>>(show)?.verifying_key().clone(),
            Self::Decryption => store.development::<DecryptionCircuit>(show)?.verifying_key().clone(),
            Self::Notes => store.development::<NotesCircuit>(show)?.verifying_key().clone(),
        })
    }

    fn contract(self) -> &'static str {
        match self {
            Self::Ballot3 => "Ballot3Verifier",
            Self::Ballot8 => "Ballot8Verifier",
            Self::Claim3 => "Claim3Verifier",
            Self::Claim8 => "Claim8Verifier",
            Self::CommitteeKeys => "CommitteeKeysVerifier",
            Self::Dealing16 => "Dealing16Verifier",
            Self::Dealing5 => "Dealing5Verifier",
            Self::Decryption => "DecryptionVerifier",
            Self::Notes => "NotesVerifier",
        }
    }
}

/// A key as JSON shows it.
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

/// Where an export went.
#[derive(Serialize)]
struct Exported {
    circuit: String,
    file: Option<PathBuf>,
    content: Option<String>,
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &Command) -> Result<u8, Failure> {
    match command {
        Command::List => list(session),
        Command::ExportVerifier(args) => {
            let key = load(session, args.circuit)?;
            let name = args.name.as_deref().unwrap_or(args.circuit.contract());
            let source = solidity::verifier(&key, name)
                .map_err(|error| Failure::input(error.to_string(), "give --name a Solidity identifier"))?;
            export(session, &key, source, args.out.as_deref(), args.force)
        }
        Command::ExportSnarkjs(args) => {
            let key = load(session, args.circuit)?;
            export(session, &key, snarkjs::verification_key(&key), args.out.as_deref(), args.force)
        }
    }
}

fn load(session: &Session, circuit: CircuitName) -> Result<VerifyingKey, Failure> {
    circuit.key(&Progress::new(session.output()))
}

fn list(session: &Session) -> Result<u8, Failure> {
    let keys = CircuitName::ALL.into_iter().map(|circuit| load(session, circuit)).collect::<Result<Vec<_>, _>>()?;
    let entries: Vec<Entry> = keys.iter().map(|key| Entry::new(key.info())).collect();
    session.output().result(&serde_json::json!({ "directory": KeyStore::default_dir(), "keys": entries }), || {
        let mut table = Table::new(&["circuit", ">constraints", "public inputs", "development", "circuit hash"]);
        for entry in &entries {
            let development = if entry.development { "yes" } else { "no" };
            let cells = [&entry.circuit, &thousands(entry.constraints as u64), &entry.inputs.join(", ")];
            table.row([cells[0], cells[1], cells[2], development, &entry.circuit_hash[..18]]);
        }
        format!("Keys in {}\n{}", KeyStore::default_dir().display(), table.render())
    })?;
    Ok(crate::failure::OK)
}

fn export(
    session: &Session,
    key: &VerifyingKey,
    content: String,
    out: Option<&Path>,
    force: bool,
) -> Result<u8, Failure> {
    let circuit = key.info().circuit.clone();
    match out {
        Some(path) => {
            files::write(path, content.as_bytes(), force)?;
            let shown = Exported { circuit: circuit.clone(), file: Some(path.to_owned()), content: None };
            session.output().result(&shown, || format!("{circuit}: written to {}", path.display()))?;
        }
        None => {
            let shown = Exported { circuit, file: None, content: Some(content.clone()) };
            session.output().result(&shown, || content)?;
        }
    }
    Ok(crate::failure::OK)
}
