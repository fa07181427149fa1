//! The end of a ceremony: everything is verified, and the keys are written to the folder from which clients load them.

use std::fs;
use std::io::{self, Cursor, Write};
use std::path::Path;

use blake2::{Blake2b512, Digest};
use psephos_circuits::catalogue::Name;
use psephos_circuits::{R1cs, with_circuit};
use psephos_formats::zkey::{FactorSource, Shape, Transcript};
use psephos_prover::circuit_files::constraint_system;
use psephos_prover::manifest::{self, KeyEntry, Manifest, VerifierContract};
use psephos_prover::{ProvingKey, VerifyingKey, snarkjs, solidity};

use super::{CeremonyDescription, Folder, Progress, io_error, open_file, with_path, write_new};
use crate::{CeremonyError, powers, verify::verify_ceremony};

/// The result of verifying a circuit's ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitReport {
    /// The circuit.
    pub circuit: Name,
    /// Its contributions, all of which are valid.
    pub transcript: Transcript,
    /// BLAKE2b hash of the last file.
    pub file_hash: [u8; 64],
}

/// The result of a finished ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedCeremony {
    /// One report per circuit.
    pub reports: Vec<CircuitReport>,
    /// The manifest that was written.
    pub manifest: Manifest,
}

impl Folder {
    /// Verifies the ceremony of every circuit: powers of tau, initial zkey, each contribution, the last key.
    ///
    /// # Errors
    /// Returns a [`CeremonyError`] with the first check that fails.
    pub fn verify(&self, ptau: &Path, progress: Progress<'_>) -> Result<Vec<CircuitReport>, CeremonyError> {
        let mut reports = Vec::new();
        self.verify_each(ptau, progress, |report, _, _| {
            reports.push(report);
            Ok(())
        })?;
        Ok(reports)
    }

    /// Passes on each report with exactly the bytes that were verified: the file may have been replaced by then.
    fn verify_each(
        &self,
        ptau: &Path,
        progress: Progress<'_>,
        mut then: impl FnMut(CircuitReport, &R1cs, &[u8]) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError> {
        let mut file = self.open_powers(ptau)?;
        let systems: Vec<_> = self.circuits.iter().map(|name| (*name, name.constraint_system())).collect();
        let domains: Vec<usize> =
            systems.iter().map(|(_, system)| Shape::from_system(&constraint_system(system)).domain).collect();
        powers::check_powers(&mut file, &domains).map_err(|error| with_path(ptau, error))?;
        for (circuit, system) in &systems {
            let count = self.count_contributions(*circuit)?;
            let (first, last) = (self.zkey_path(*circuit, 0), self.zkey_path(*circuit, count));
            let bytes = fs::read(&last).map_err(|source| io_error(&last, source))?;
            let transcript = verify_ceremony(system, &mut file, Cursor::new(&bytes), Some(open_file(&first)?));
            let transcript = transcript.map_err(|error| with_circuit_name(*circuit, with_path(&last, error)))?;
            if transcript.contributions.len() != count {
                return Err(CeremonyError::Folder(format!(
                    "{} has {} contributions, its name states {count}",
                    last.display(),
                    transcript.contributions.len()
                )));
            }
            let file_hash = Blake2b512::digest(&bytes).into();
            then(CircuitReport { circuit: *circuit, transcript, file_hash }, system, &bytes)?;
            progress(*circuit);
        }
        Ok(())
    }

    /// Verifies everything, and writes keys, verifying keys, verifier contracts and the manifest into a new folder,
    /// which appears once it is complete.
    ///
    /// # Errors
    /// Returns `Folder` if the folder exists, the powers of tau are neither published nor a rehearsal's and
    /// `unpublished` is not set, a beacon is missing or not equal for all circuits, or there are fewer than
    /// `min_contributions` contributions; `Verifier` if a contract cannot be written; otherwise as [`Folder::verify`].
    pub fn finalise(
        &self,
        ptau: &Path,
        out: &Path,
        min_contributions: usize,
        unpublished: bool,
        progress: Progress<'_>,
    ) -> Result<FinishedCeremony, CeremonyError> {
        if out.exists() {
            return folder_error(format!("{} exists already: choose another folder", out.display()));
        }
        let CeremonyDescription { powers_of_tau, rehearsal, .. } = &self.description;
        if !powers_of_tau.published && !rehearsal && !unpublished {
            return folder_error(format!(
                "{} is not a published file of the perpetual powers of tau, and anyone who knows its tau can forge proofs; use \
                 --unpublished-powers if you know how it was made",
                powers_of_tau.file
            ));
        }
        // Checked before the long work, and again on the transcripts that were verified.
        let mut beacons = Vec::new();
        for circuit in &self.circuits {
            let transcript = self.read_transcript(*circuit, self.count_contributions(*circuit)?)?;
            check_complete(*circuit, &transcript, min_contributions, &mut beacons)?;
        }
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let building = tempfile::tempdir_in(parent).map_err(|source| io_error(parent, source))?;
        let (mut reports, mut keys): (Vec<CircuitReport>, Vec<KeyEntry>) = (Vec::new(), Vec::new());
        beacons.clear();
        self.verify_each(ptau, progress, |report, system, bytes| {
            check_complete(report.circuit, &report.transcript, min_contributions, &mut beacons)?;
            keys.push(self.write_circuit(building.path(), &report, system, bytes)?);
            reports.push(report);
            Ok(())
        })?;
        let manifest = Manifest::new(*rehearsal, powers_of_tau.clone(), keys);
        write_file(&building.path().join(manifest::FILE_NAME), manifest.to_json().as_bytes())?;
        let built = building.keep();
        make_accessible(&built).and_then(|()| fs::rename(&built, out)).map_err(|source| io_error(out, source))?;
        Ok(FinishedCeremony { reports, manifest })
    }

    /// Writes the files of one circuit; returns its manifest entry.
    fn write_circuit(
        &self,
        folder: &Path,
        report: &CircuitReport,
        system: &R1cs,
        bytes: &[u8],
    ) -> Result<KeyEntry, CeremonyError> {
        let circuit = report.circuit;
        let key = with_circuit!(circuit, C => ProvingKey::<C>::read_verifying_key(bytes, system)?);
        let key = key.with_development_flag(self.description.rehearsal);
        write_file(&folder.join(format!("{circuit}.vkey.json")), snarkjs::verification_key_to_json(&key).as_bytes())?;
        let contract = solidity::generate_verifier(&key, circuit.contract())
            .map_err(|source| CeremonyError::Verifier { circuit, source })?;
        let verifiers = folder.join("verifiers");
        fs::create_dir_all(&verifiers).map_err(|source| io_error(&verifiers, source))?;
        write_file(&verifiers.join(format!("{}.sol", circuit.contract())), contract.as_bytes())?;
        let file = format!("{circuit}.zkey");
        write_file(&folder.join(&file), bytes)?;
        Ok(manifest_entry(report, &key, file, bytes.len() as u64))
    }
}

/// Checks that a transcript is complete: at least `min_contributions` contributions, then the beacon that all circuits
/// share.
fn check_complete(
    circuit: Name,
    transcript: &Transcript,
    min_contributions: usize,
    beacons: &mut Vec<FactorSource>,
) -> Result<(), CeremonyError> {
    let contributions = transcript.drawn_contributions().count();
    if contributions < min_contributions {
        return folder_error(format!(
            "{circuit} has {contributions} contributions, at least {min_contributions} are required"
        ));
    }
    let beacon = transcript.contributions.last().map(|last| last.secret.clone()).filter(|_| transcript.is_complete());
    let Some(beacon) = beacon else {
        return folder_error(format!("{circuit} has no beacon at its end: add one with `psephos ceremony beacon`"));
    };
    if beacons.iter().any(|other| *other != beacon) {
        return folder_error(format!("{circuit} has another beacon than the circuits before it"));
    }
    beacons.push(beacon);
    Ok(())
}

fn folder_error<T>(what: String) -> Result<T, CeremonyError> {
    Err(CeremonyError::Folder(what))
}

fn write_file(path: &Path, content: &[u8]) -> Result<(), CeremonyError> {
    write_new(path, |out| out.write_all(content).map_err(|source| io_error(path, source)))
}

/// Makes a folder readable for all: temporary folders are private to their owner.
fn make_accessible(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    let _ = folder;
    Ok(())
}

fn with_circuit_name(circuit: Name, error: CeremonyError) -> CeremonyError {
    match error {
        error @ (CeremonyError::File { .. } | CeremonyError::Io { .. }) => error,
        problem => CeremonyError::Circuit { circuit, problem: Box::new(problem) },
    }
}

fn manifest_entry(report: &CircuitReport, key: &VerifyingKey, file: String, bytes: u64) -> KeyEntry {
    let info = key.info();
    KeyEntry {
        circuit: info.circuit.clone(),
        circuit_version: report.circuit.version(),
        circuit_hash: hex::encode(info.circuit_hash),
        constraints: info.constraints,
        variables: info.variables,
        inputs: info.inputs.clone(),
        file,
        bytes,
        blake2b: hex::encode(report.file_hash),
        key_hash: hex::encode(info.key_hash),
        transcript_hash: hex::encode(report.transcript.hash()),
        contributions: report.transcript.contributions.len(),
        verifier: VerifierContract { contract: report.circuit.contract().into(), code_hash: None },
    }
}
