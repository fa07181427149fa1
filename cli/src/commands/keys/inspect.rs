//! `psephos keys inspect`: identification of binary files.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_ceremony::folder::file_hash;
use psephos_ceremony::published::published;
use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::Iden3Error;
use psephos_formats::binary::Kind;
use psephos_formats::{ptau::Ptau, r1cs, witness, zkey};
use psephos_prover::circuit_files::{constraint_system, into_r1cs};
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::session::Session;
use crate::table::printable;

/// Arguments of `keys inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// File to inspect
    file: PathBuf,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &Inspect) -> Result<u8, Failure> {
    let path = args.file.as_path();
    let mut start = Vec::new();
    open(path)?.take(4).read_to_end(&mut start).map_err(|error| unreadable(path, &error))?;
    let kind = Kind::of(&start).ok_or_else(|| {
        Failure::input(
            format!("{} is not a .r1cs, .wtns, .zkey or .ptau file", path.display()),
            "name a file of one of these formats",
        )
    })?;
    let wrong = |error: Iden3Error| {
        Failure::input(format!("{}: {error}", path.display()), "get the complete file again and compare its hash")
    };
    let mut facts = match kind {
        Kind::R1cs => constraints(open(path)?).map_err(wrong)?,
        Kind::Witness => json!({ "elements": witness::read(open(path)?).map_err(wrong)?.len() }),
        Kind::Zkey => key(open(path)?).map_err(wrong)?,
        Kind::Ptau => powers(open(path)?).map_err(wrong)?,
    };
    let hash = file_hash(path)?;
    facts["kind"] = kind.extension().into();
    facts["blake2b"] = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    if let Some(name) = published(&hash) {
        facts["published"] = name.into();
    }
    session.output().result(&facts, || {
        let lines = facts.as_object().into_iter().flatten().map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name:<14} {}", printable(&value))
        });
        lines.collect::<Vec<_>>().join("\n")
    })?;
    if kind == Kind::Witness {
        session
            .output()
            .warn("a witness is the secret part of a statement: anyone who has a ballot's witness knows the vote");
    }
    Ok(OK)
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    File::open(path).map(BufReader::new).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("cannot read {}: {error}", path.display()), "check the path and the permissions")
}

fn constraints(file: BufReader<File>) -> Result<Value, Iden3Error> {
    let system = into_r1cs(r1cs::read(file)?)?;
    let (hash, same) = (system.hash(), |name: &Name| name.system().hash() == system.hash());
    let circuit = Name::ALL.into_iter().find(|name| fits(&system, *name) && same(name));
    Ok(json!({
        "circuit": circuit.map(Name::as_str),
        "circuitHash": psephos_chain::B256::from(hash).to_string(),
        "constraints": system.constraints(),
        "variables": system.variables(),
        "publicInputs": system.inputs() - 1,
    }))
}

/// Compares the number of inputs, before the more expensive construction of a circuit.
fn fits(system: &R1cs, name: Name) -> bool {
    system.inputs() == name.inputs().len() + 1
}

/// Describes a `.zkey` file. Its shape suggests the circuit; the comparison of all coefficients proves it.
fn key(file: BufReader<File>) -> Result<Value, Iden3Error> {
    let mut file = zkey::open(file)?;
    let shape = zkey::shape(&mut file)?;
    let entries = zkey::parse_coefficients(&mut file)?;
    let circuit = Name::ALL.into_iter().find(|name| {
        let system = name.system();
        zkey::Shape::of(&constraint_system(&system)) == shape
            && zkey::coefficients(&constraint_system(&system)).eq(entries.iter().copied())
    });
    let transcript = zkey::transcript(&mut file)?;
    zkey::Zkey::read(&mut file)?.check_points()?;
    let contributions = transcript.contributions.iter().map(|contribution| match &contribution.secret {
        zkey::Secret::Drawn => contribution.name.clone().unwrap_or_else(|| "(no name)".into()),
        zkey::Secret::Beacon { .. } => "(beacon)".into(),
    });
    Ok(json!({
        "circuit": circuit.map(Name::as_str),
        "variables": shape.variables,
        "publicInputs": shape.inputs - 1,
        "domain": shape.domain,
        "contributions": contributions.collect::<Vec<_>>(),
    }))
}

fn powers(file: BufReader<File>) -> Result<Value, Iden3Error> {
    let mut ptau = Ptau::open(file)?;
    let contributors: Vec<Value> = ptau
        .contributors()?
        .into_iter()
        .map(|contributor| if contributor.beacon { json!("(beacon)") } else { json!(contributor.name) })
        .collect();
    Ok(json!({
        "power": ptau.power(),
        "ceremonyPower": ptau.ceremony_power(),
        "prepared": ptau.prepared(),
        "contributions": contributors,
    }))
}
