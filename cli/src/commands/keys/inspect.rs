//! `psephos keys inspect`: identification of binary files.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_ceremony::folder::file_hash;
use psephos_ceremony::published::published_name;
use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::FileFormatError;
use psephos_formats::binary::FileKind;
use psephos_formats::{ptau::Ptau, r1cs, witness, zkey};
use psephos_prover::circuit_files::{constraint_system, into_r1cs};
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::session::Session;
use crate::table::to_printable;

/// Arguments of `keys inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// File to inspect
    file: PathBuf,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &InspectArgs) -> Result<u8, Failure> {
    let path = args.file.as_path();
    let mut start = Vec::new();
    open_file(path)?.take(4).read_to_end(&mut start).map_err(|error| unreadable_file(path, &error))?;
    let kind = FileKind::from_magic(&start).ok_or_else(|| {
        Failure::invalid_input(
            format!("{} is not a .r1cs, .wtns, .zkey or .ptau file", path.display()),
            "name a file of one of these formats",
        )
    })?;
    let wrong = |error: FileFormatError| {
        Failure::invalid_input(
            format!("{}: {error}", path.display()),
            "get the complete file again and compare its hash",
        )
    };
    let mut facts = match kind {
        FileKind::R1cs => inspect_r1cs(open_file(path)?).map_err(wrong)?,
        FileKind::Witness => json!({ "elements": witness::read_witness(open_file(path)?).map_err(wrong)?.len() }),
        FileKind::Zkey => inspect_zkey(open_file(path)?).map_err(wrong)?,
        FileKind::Ptau => inspect_ptau(open_file(path)?).map_err(wrong)?,
    };
    let hash = file_hash(path)?;
    facts["kind"] = kind.extension().into();
    facts["blake2b"] = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    if let Some(name) = published_name(&hash) {
        facts["published"] = name.into();
    }
    session.output().print_result(&facts, || {
        let lines = facts.as_object().into_iter().flatten().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name:<14} {}", to_printable(&value))
        });
        lines.collect::<Vec<_>>().join("\n")
    })?;
    if kind == FileKind::Witness {
        session.output().print_warning(
            "a witness is the secret part of a statement: anyone who has a ballot's witness knows the vote",
        );
    }
    Ok(OK)
}

fn open_file(path: &Path) -> Result<BufReader<File>, Failure> {
    File::open(path).map(BufReader::new).map_err(|error| unreadable_file(path, &error))
}

fn unreadable_file(path: &Path, error: &std::io::Error) -> Failure {
    Failure::invalid_input(format!("cannot read {}: {error}", path.display()), "check the path and the permissions")
}

fn inspect_r1cs(file: BufReader<File>) -> Result<Value, FileFormatError> {
    let system = into_r1cs(r1cs::read_r1cs(file)?)?;
    let (hash, same) =
        (system.circuit_hash(), |name: &Name| name.constraint_system().circuit_hash() == system.circuit_hash());
    let circuit = Name::ALL.into_iter().find(|name| has_input_count(&system, *name) && same(name));
    Ok(json!({
        "circuit": circuit.map(Name::as_str),
        "circuitHash": psephos_chain::B256::from(hash).to_string(),
        "constraints": system.num_constraints(),
        "variables": system.num_variables(),
        "publicInputs": system.num_inputs() - 1,
    }))
}

/// Compares the number of inputs, before the more expensive construction of a circuit.
fn has_input_count(system: &R1cs, name: Name) -> bool {
    system.num_inputs() == name.public_inputs().len() + 1
}

/// Describes a `.zkey` file. Its shape suggests the circuit; the comparison of all coefficients proves it.
fn inspect_zkey(file: BufReader<File>) -> Result<Value, FileFormatError> {
    let mut file = zkey::open_zkey(file)?;
    let shape = zkey::read_shape(&mut file)?;
    let entries = zkey::read_coefficients(&mut file)?;
    let circuit = Name::ALL.into_iter().find(|name| {
        let system = name.constraint_system();
        zkey::Shape::from_system(&constraint_system(&system)) == shape
            && zkey::key_coefficients(&constraint_system(&system)).eq(entries.iter().copied())
    });
    let transcript = zkey::read_transcript(&mut file)?;
    zkey::Zkey::read_points(&mut file)?.check_points()?;
    let contributions = transcript.contributions.iter().map(|contribution| match &contribution.secret {
        zkey::FactorSource::Drawn => contribution.name.clone().unwrap_or_else(|| "(no name)".into()),
        zkey::FactorSource::Beacon { .. } => "(beacon)".into(),
    });
    Ok(json!({
        "circuit": circuit.map(Name::as_str),
        "variables": shape.variables,
        "publicInputs": shape.inputs - 1,
        "domain": shape.domain,
        "contributions": contributions.collect::<Vec<_>>(),
    }))
}

fn inspect_ptau(file: BufReader<File>) -> Result<Value, FileFormatError> {
    let mut ptau = Ptau::open(file)?;
    let contributors: Vec<Value> = ptau
        .read_contributors()?
        .into_iter()
        .map(|contributor| if contributor.beacon { json!("(beacon)") } else { json!(contributor.name) })
        .collect();
    Ok(json!({
        "power": ptau.power(),
        "ceremonyPower": ptau.ceremony_power(),
        "prepared": ptau.is_prepared(),
        "contributions": contributors,
    }))
}
