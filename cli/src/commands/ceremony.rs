//! `psephos ceremony`: keys that nobody can forge with, made by many.

mod words;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use psephos_ceremony::folder;
use psephos_ceremony::{CeremonyError, Folder, rehearsal};
use psephos_circuits::catalogue::Name;
use psephos_client::{Observer, Phase};
use serde_json::json;
use words::{attestation, report, shown, table};
use zeroize::Zeroizing;

use crate::args::circuit_name;
use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{Table, printable};

/// What to do with a ceremony.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begins a ceremony: checks the powers of tau and computes each circuit's first key
    Prepare(Prepare),
    /// Gives a secret factor to every circuit's key, and forgets it
    Contribute(Contribute),
    /// Ends it with a public beacon that nobody could foresee
    Beacon(Beacon),
    /// Verifies everything: powers, first keys, contributions, last keys
    Verify(Verify),
    /// Verifies everything and writes keys, verifiers and the manifest
    Finalise(Finalise),
    /// Writes powers of tau to rehearse with: anybody can forge under keys that are made of them
    Rehearse(Rehearse),
}

/// Arguments of `ceremony prepare`.
#[derive(Debug, Args)]
pub(crate) struct Prepare {
    /// The ceremony's folder
    folder: PathBuf,
    /// The powers of tau, prepared for phase 2
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// A circuit; all if none is named
    #[arg(long, value_name = "NAME", value_parser = circuit_name())]
    circuit: Vec<Name>,
    /// Which beacon will end it, in words, for everybody to read beforehand
    #[arg(long, value_name = "TEXT")]
    beacon: Option<String>,
}

/// Arguments of `ceremony contribute`.
#[derive(Debug, Args)]
pub(crate) struct Contribute {
    /// The ceremony's folder
    folder: PathBuf,
    /// Your name, as the transcript will show it
    #[arg(long)]
    name: String,
    /// A file with anything random (`-`: standard input), mixed into the system's randomness
    #[arg(long, value_name = "FILE")]
    entropy: Option<PathBuf>,
    /// Go on with a round of yours that was interrupted, or show what you contributed last
    #[arg(long)]
    resume: bool,
    /// Where to write the attestation: what you publish, best signed
    #[arg(long, value_name = "FILE")]
    attestation: Option<PathBuf>,
}

/// Arguments of `ceremony beacon`.
#[derive(Debug, Args)]
pub(crate) struct Beacon {
    /// The ceremony's folder
    folder: PathBuf,
    /// The beacon's value, in hexadecimal
    #[arg(long, value_name = "HEX")]
    value: String,
    /// It is hashed 2^N times, so that nobody has the time to try many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u8).range(10..=28))]
    iterations: u8,
}

/// Arguments of `ceremony verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The ceremony's folder
    folder: PathBuf,
    /// The powers of tau that it was begun with
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
}

/// Arguments of `ceremony finalise`.
#[derive(Debug, Args)]
pub(crate) struct Finalise {
    /// The ceremony's folder
    folder: PathBuf,
    /// The powers of tau that it was begun with
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// The folder for the keys
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// So many must have contributed, beside the beacon
    #[arg(long, value_name = "N", default_value_t = 2)]
    least: usize,
    /// The powers of tau are no published file, and you know how they were made
    #[arg(long)]
    unpublished_powers: bool,
}

/// Arguments of `ceremony rehearse`.
#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// Powers up to 2^N; 18 serve all circuits
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u32).range(1..=20))]
    power: u32,
    /// The file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &Command) -> Result<u8, Failure> {
    match command {
        Command::Prepare(args) => prepare(session, args),
        Command::Contribute(args) => contribute(session, args),
        Command::Beacon(args) => beacon(session, args),
        Command::Verify(args) => verify(session, args),
        Command::Finalise(args) => finalise(session, args),
        Command::Rehearse(args) => rehearse(session, args),
    }
}

/// Runs a step with a bar that counts circuits.
fn watched<T>(
    session: &Session,
    circuits: usize,
    step: impl FnOnce(folder::Progress<'_>) -> Result<T, CeremonyError>,
) -> Result<T, Failure> {
    let progress = Progress::new(session.output());
    progress.begin(Phase::Ceremony, circuits as u64);
    let outcome = step(&|_| progress.advance(Phase::Ceremony, 1));
    progress.end(Phase::Ceremony);
    Ok(outcome?)
}

fn prepare(session: &Session, args: &Prepare) -> Result<u8, Failure> {
    let circuits = if args.circuit.is_empty() { Name::ALL.to_vec() } else { args.circuit.clone() };
    let folder = watched(session, circuits.len(), |progress| {
        Folder::prepare(&args.folder, &args.ptau, &circuits, args.beacon.clone(), progress)
    })?;
    let powers = &folder.description().powers_of_tau;
    warn(session, &folder);
    if folder.description().beacon.is_none() {
        session.output().warn(
            "no beacon is announced (--beacon): without, nobody can tell that the last contributor did not choose it",
        );
    }
    session.output().result(&json!({ "folder": args.folder, "ceremony": folder.description() }), || {
        let mut table = Table::new(&["circuit", ">constraints", "first key"]);
        for (name, circuit) in folder.circuits().iter().zip(&folder.description().circuits) {
            let file = folder.path(*name, 0).display().to_string();
            table.row([name.to_string(), circuit.constraints.to_string(), file]);
        }
        let next = "Next: `psephos ceremony contribute FOLDER --name NAME`, by each contributor in turn.";
        format!(
            "Powers of tau: {} (b2sum {}..)\n{}\n{next}",
            printable(&powers.file),
            &powers.blake2b[..16],
            table.render()
        )
    })?;
    Ok(OK)
}

/// Says what must be known of the powers of tau.
fn warn(session: &Session, folder: &Folder) {
    let powers = &folder.description().powers_of_tau;
    if folder.description().rehearsal {
        session.output().warn("these powers are for rehearsals: everybody can forge under keys that are made of them");
    } else if !powers.published {
        session.output().warn(&format!(
            "{} is not a published file of the perpetual powers of tau: who knows its tau can forge; say how you know that nobody does",
            printable(&powers.file)
        ));
    }
}

fn contribute(session: &Session, args: &Contribute) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    if let Some(path) = &args.attestation {
        files::must_be_new(path)?;
    }
    let entropy = entropy(args.entropy.as_deref())?;
    let added = watched(session, folder.circuits().len(), |progress| {
        folder.contribute(&args.name, &entropy, args.resume, progress)
    })?;
    let text = attestation(&args.name, &folder.description_hash()?, &added);
    if let Some(path) = &args.attestation {
        files::write(path, text.as_bytes(), false)?;
    }
    session.output().result(&json!({ "name": args.name, "contributions": shown(&added) }), || {
        format!("{text}\nPublish this, best signed. Your secrets were never written; the folder can go to the next contributor.")
    })?;
    Ok(OK)
}

/// At most a mebibyte of anything.
fn entropy(path: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let Some(path) = path else { return Ok(bytes) };
    let read = |source: &mut dyn Read, bytes: &mut Vec<u8>| source.take(1 << 20).read_to_end(bytes);
    let outcome = match path == Path::new("-") {
        true => read(&mut std::io::stdin().lock(), &mut bytes),
        false => std::fs::File::open(path).and_then(|mut file| read(&mut file, &mut bytes)),
    };
    outcome.map_err(|error| {
        Failure::input(format!("cannot read {}: {error}", path.display()), "give --entropy another file")
    })?;
    Ok(bytes)
}

fn beacon(session: &Session, args: &Beacon) -> Result<u8, Failure> {
    let value = bytes(&args.value)?;
    let folder = Folder::open(&args.folder)?;
    let added = watched(session, folder.circuits().len(), |progress| folder.beacon(&value, args.iterations, progress))?;
    let text = attestation("the beacon", &folder.description_hash()?, &added);
    session.output().result(&json!({ "beacon": args.value, "contributions": shown(&added) }), || {
        format!("{text}\nNext: `psephos ceremony verify`, then `psephos ceremony finalise`.")
    })?;
    Ok(OK)
}

fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let refuse =
        || Failure::input("the beacon is not hexadecimal", "give --value 2 to 510 hexadecimal digits, two a byte");
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| refuse());
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn verify(session: &Session, args: &Verify) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    let reports = watched(session, folder.circuits().len(), |progress| folder.verify(&args.ptau, progress))?;
    warn(session, &folder);
    let description = folder.description();
    let complete = reports.iter().all(|report| report.transcript.complete());
    let value = json!({ "ceremony": description, "complete": complete, "circuits": reports.iter().map(report).collect::<Vec<_>>() });
    session.output().result(&value, || {
        let beacon = description.beacon.as_deref().unwrap_or("none");
        let end = if complete { "It is complete." } else { "It is not complete: the beacon is missing." };
        format!("Beacon announced: {}\n{}\nAll of it holds. {end}", printable(beacon), table(&reports))
    })?;
    Ok(OK)
}

fn finalise(session: &Session, args: &Finalise) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    let finished = watched(session, folder.circuits().len(), |progress| {
        folder.finalise(&args.ptau, &args.out, args.least, args.unpublished_powers, progress)
    })?;
    warn(session, &folder);
    if finished.manifest.development {
        session.output().warn("they and their verifiers work on local chains only");
    }
    session.output().result(&json!({ "folder": args.out, "manifest": finished.manifest }), || {
        let next =
            "Next: `cargo xtask verifiers FOLDER` compiles the verifiers; then `psephos deploy --key-folder FOLDER`.";
        format!("{}\nKeys, verifiers and manifest are in {}.\n{next}", table(&finished.reports), args.out.display())
    })?;
    Ok(OK)
}

fn rehearse(session: &Session, args: &Rehearse) -> Result<u8, Failure> {
    files::must_be_new(&args.out)?;
    let mut bytes = Vec::new();
    watched(session, 1, |_| rehearsal::write(args.power, &mut bytes))?;
    files::write(&args.out, &bytes, false)?;
    session.output().result(&json!({ "file": args.out, "power": args.power }), || {
        format!("Powers of tau for rehearsals, up to 2^{}: {}", args.power, args.out.display())
    })?;
    Ok(OK)
}
