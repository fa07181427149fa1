//! `psephos ceremony`: trusted setup ceremonies. Proofs can be forged only if all contributors collude.

mod description;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use description::{contributions_to_json, format_attestation, report_table, report_to_json};
use psephos_ceremony::folder;
use psephos_ceremony::{CeremonyError, Folder, rehearsal};
use psephos_circuits::catalogue::Name;
use psephos_client::{Observer, Phase};
use serde_json::json;
use zeroize::Zeroizing;

use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{Table, to_printable};
use crate::value_parsers::circuit_name;

/// Subcommands of `ceremony`.
#[derive(Debug, Subcommand)]
pub(crate) enum CeremonyCommand {
    /// Start a ceremony: check the powers of tau and compute the initial zkey of each circuit
    Prepare(PrepareArgs),
    /// Contribute a secret factor to the key of every circuit; the secrets are never written
    Contribute(ContributeArgs),
    /// End a ceremony with a public beacon that no one could predict
    Beacon(BeaconArgs),
    /// Verify everything: powers of tau, initial zkeys, contributions, last zkeys
    Verify(VerifyCeremonyArgs),
    /// Verify everything and write keys, verifiers and the manifest
    Finalise(FinaliseArgs),
    /// Write powers of tau for a rehearsal; anyone can forge proofs under keys made from them
    Rehearse(RehearseArgs),
}

/// Arguments of `ceremony prepare`.
#[derive(Debug, Args)]
pub(crate) struct PrepareArgs {
    /// Working directory of the ceremony
    folder: PathBuf,
    /// Powers of tau (.ptau), prepared for phase 2
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// Circuit to make a key for; repeat for each (default: all circuits)
    #[arg(long, value_name = "NAME", value_parser = circuit_name())]
    circuit: Vec<Name>,
    /// Announcement of the beacon that will end the ceremony, in words
    #[arg(long, value_name = "TEXT")]
    beacon: Option<String>,
}

/// Arguments of `ceremony contribute`.
#[derive(Debug, Args)]
pub(crate) struct ContributeArgs {
    /// Working directory of the ceremony
    folder: PathBuf,
    /// Your name, as the contribution transcript shows it, 1 to 64 characters
    #[arg(long)]
    name: String,
    /// File with additional randomness, `-` for standard input; at most 1 MiB is read and mixed with the system's
    #[arg(long, value_name = "FILE")]
    entropy: Option<PathBuf>,
    /// Resume your interrupted contribution, or show your last one again
    #[arg(long)]
    resume: bool,
    /// File to write the attestation to; sign and publish it
    #[arg(long, value_name = "FILE")]
    attestation: Option<PathBuf>,
}

/// Arguments of `ceremony beacon`.
#[derive(Debug, Args)]
pub(crate) struct BeaconArgs {
    /// Working directory of the ceremony
    folder: PathBuf,
    /// Value of the beacon, hexadecimal, 1 to 255 bytes
    #[arg(long, value_name = "HEX")]
    value: String,
    /// Hash the value 2^N times, N from 10 to 28, so that no one has the time to try many values
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u8).range(10..=28))]
    iterations: u8,
}

/// Arguments of `ceremony verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyCeremonyArgs {
    /// Working directory of the ceremony
    folder: PathBuf,
    /// Powers of tau (.ptau) that the ceremony was started with
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
}

/// Arguments of `ceremony finalise`.
#[derive(Debug, Args)]
pub(crate) struct FinaliseArgs {
    /// Working directory of the ceremony
    folder: PathBuf,
    /// Powers of tau (.ptau) that the ceremony was started with
    #[arg(long, value_name = "FILE")]
    ptau: PathBuf,
    /// Folder to write the keys to; it must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Minimum number of contributions, not counting the beacon
    #[arg(long, value_name = "N", default_value_t = 2)]
    min_contributions: usize,
    /// Accept powers of tau that are not a published file; anyone who knows their tau can forge proofs
    #[arg(long)]
    unpublished_powers: bool,
}

/// Arguments of `ceremony rehearse`.
#[derive(Debug, Args)]
pub(crate) struct RehearseArgs {
    /// Powers of tau up to 2^N, N from 1 to 20; 18 is enough for all circuits
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u32).range(1..=20))]
    power: u32,
    /// File to write (.ptau)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &CeremonyCommand) -> Result<u8, Failure> {
    match command {
        CeremonyCommand::Prepare(args) => prepare_folder(session, args),
        CeremonyCommand::Contribute(args) => add_contribution(session, args),
        CeremonyCommand::Beacon(args) => apply_beacon(session, args),
        CeremonyCommand::Verify(args) => verify_folder(session, args),
        CeremonyCommand::Finalise(args) => finalise_keys(session, args),
        CeremonyCommand::Rehearse(args) => write_rehearsal_powers(session, args),
    }
}

/// Runs a step with a progress bar that counts circuits.
fn run_with_progress<T>(
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

fn prepare_folder(session: &Session, args: &PrepareArgs) -> Result<u8, Failure> {
    let circuits = if args.circuit.is_empty() { Name::ALL.to_vec() } else { args.circuit.clone() };
    let folder = run_with_progress(session, circuits.len(), |progress| {
        Folder::prepare(&args.folder, &args.ptau, &circuits, args.beacon.clone(), progress)
    })?;
    let powers = &folder.description().powers_of_tau;
    warn_powers(session, &folder);
    if folder.description().beacon.is_none() {
        session.output().print_warning(
            "no beacon is announced (--beacon TEXT): without an announcement no one can tell whether the last contributor chose \
             the beacon",
        );
    }
    session.output().print_result(&json!({ "folder": args.folder, "ceremony": folder.description() }), || {
        let mut table = Table::new(&["circuit", ">constraints", "initial zkey"]);
        for (name, circuit) in folder.circuits().iter().zip(&folder.description().circuits) {
            let file = folder.zkey_path(*name, 0).display().to_string();
            table.add_row([name.to_string(), circuit.constraints.to_string(), file]);
        }
        let next = "Next: `psephos ceremony contribute FOLDER --name NAME`, by each contributor in turn.";
        format!(
            "Powers of tau: {} (b2sum {}..)\n{}\n{next}",
            to_printable(&powers.file),
            &powers.blake2b[..16],
            table.render()
        )
    })?;
    Ok(OK)
}

/// Warns of powers of tau that are for rehearsals, or not published.
fn warn_powers(session: &Session, folder: &Folder) {
    let powers = &folder.description().powers_of_tau;
    if folder.description().rehearsal {
        session
            .output()
            .print_warning("these powers of tau are for rehearsals: anyone can forge proofs under keys made from them");
    } else if !powers.published {
        session.output().print_warning(&format!(
            "{} is not a published file of the perpetual powers of tau: anyone who knows its tau can forge proofs; publish \
             why no one does",
            to_printable(&powers.file)
        ));
    }
}

fn add_contribution(session: &Session, args: &ContributeArgs) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    if let Some(path) = &args.attestation {
        files::ensure_absent(path)?;
    }
    let entropy = read_entropy(args.entropy.as_deref())?;
    let added = run_with_progress(session, folder.circuits().len(), |progress| {
        folder.contribute(&args.name, &entropy, args.resume, progress)
    })?;
    let text = format_attestation(&args.name, &folder.description_hash()?, &added);
    if let Some(path) = &args.attestation {
        files::write_file(path, text.as_bytes(), false)?;
    }
    session.output().print_result(&json!({ "name": args.name, "contributions": contributions_to_json(&added) }), || {
        format!("{text}\nSign and publish this. Your secrets were never written; the folder is ready for the next contributor.")
    })?;
    Ok(OK)
}

/// Reads additional randomness, at most 1 MiB.
fn read_entropy(path: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let Some(path) = path else { return Ok(bytes) };
    let read = |source: &mut dyn Read, bytes: &mut Vec<u8>| source.take(1 << 20).read_to_end(bytes);
    let outcome = match path == Path::new("-") {
        true => read(&mut std::io::stdin().lock(), &mut bytes),
        false => std::fs::File::open(path).and_then(|mut file| read(&mut file, &mut bytes)),
    };
    outcome.map_err(|error| {
        Failure::invalid_input(format!("cannot read {}: {error}", path.display()), "name another file with --entropy")
    })?;
    Ok(bytes)
}

fn apply_beacon(session: &Session, args: &BeaconArgs) -> Result<u8, Failure> {
    let value = parse_hex(&args.value)?;
    let folder = Folder::open(&args.folder)?;
    let added = run_with_progress(session, folder.circuits().len(), |progress| {
        folder.add_beacon(&value, args.iterations, progress)
    })?;
    let text = format_attestation("the beacon", &folder.description_hash()?, &added);
    session
        .output()
        .print_result(&json!({ "beacon": args.value, "contributions": contributions_to_json(&added) }), || {
            format!("{text}\nNext: `psephos ceremony verify`, then `psephos ceremony finalise`.")
        })?;
    Ok(OK)
}

fn parse_hex(text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let refuse = || {
        Failure::invalid_input(
            format!("the beacon value {text:?} is not hexadecimal, or has an odd number of digits"),
            "pass 2 to 510 hexadecimal digits with --value, two per byte",
        )
    };
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| refuse());
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn verify_folder(session: &Session, args: &VerifyCeremonyArgs) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    let reports = run_with_progress(session, folder.circuits().len(), |progress| folder.verify(&args.ptau, progress))?;
    warn_powers(session, &folder);
    let description = folder.description();
    let complete = reports.iter().all(|report| report.transcript.is_complete());
    let value = json!({ "ceremony": description, "complete": complete, "circuits": reports.iter().map(report_to_json).collect::<Vec<_>>() });
    session.output().print_result(&value, || {
        let beacon = description.beacon.as_deref().unwrap_or("none");
        let end =
            if complete { "The ceremony is complete." } else { "The ceremony is not complete: the beacon is missing." };
        format!("Beacon announced: {}\n{}\nEverything verifies. {end}", to_printable(beacon), report_table(&reports))
    })?;
    Ok(OK)
}

fn finalise_keys(session: &Session, args: &FinaliseArgs) -> Result<u8, Failure> {
    let folder = Folder::open(&args.folder)?;
    let finished = run_with_progress(session, folder.circuits().len(), |progress| {
        folder.finalise(&args.ptau, &args.out, args.min_contributions, args.unpublished_powers, progress)
    })?;
    warn_powers(session, &folder);
    if finished.manifest.development {
        session.output().print_warning("these keys and their verifiers work on local chains only");
    }
    session.output().print_result(&json!({ "folder": args.out, "manifest": finished.manifest }), || {
        let next =
            "Next: `cargo xtask verifiers FOLDER` compiles the verifiers; then `psephos deploy --key-folder FOLDER`.";
        format!(
            "{}\nKeys, verifiers and manifest are in {}.\n{next}",
            report_table(&finished.reports),
            args.out.display()
        )
    })?;
    Ok(OK)
}

fn write_rehearsal_powers(session: &Session, args: &RehearseArgs) -> Result<u8, Failure> {
    files::ensure_absent(&args.out)?;
    let mut bytes = Vec::new();
    run_with_progress(session, 1, |_| rehearsal::write_powers(args.power, &mut bytes))?;
    files::write_file(&args.out, &bytes, false)?;
    session.output().print_result(&json!({ "file": files::shown(&args.out), "power": args.power }), || {
        format!("Powers of tau for rehearsals, up to 2^{}: {}", args.power, args.out.display())
    })?;
    Ok(OK)
}
