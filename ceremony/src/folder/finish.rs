//! The end of a ceremony: everything is verified, and the keys are put where clients load them.

use std::fs;
use std::path::Path;

use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_prover::iden3::zkey::Shape;
use psephos_prover::manifest::{self, Entry, Manifest, Verifier};
use psephos_prover::{ProvingKey, VerifyingKey, snarkjs, solidity};

use super::{Folder, Progress, file_hash, io_error, named, open_file, write_new};
use crate::verify::Verified;
use crate::{CeremonyError, powers, verify};

/// What the verification of a circuit's ceremony found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The circuit.
    pub circuit: Name,
    /// Its contributions.
    pub verified: Verified,
    /// BLAKE2b hash of the last file.
    pub file_hash: [u8; 64],
}

/// What a finished ceremony gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// One report a circuit.
    pub reports: Vec<Report>,
    /// The manifest that was written.
    pub manifest: Manifest,
}

impl Folder {
    /// Verifies the ceremony of every circuit: powers of tau, first key, each contribution, the last key.
    ///
    /// # Errors
    /// [`CeremonyError`] with the first thing that does not hold.
    pub fn verify(&self, ptau: &Path, progress: Progress<'_>) -> Result<Vec<Report>, CeremonyError> {
        let mut file = self.powers(ptau)?;
        let systems: Vec<_> = self.circuits.iter().map(|name| (*name, name.system())).collect();
        let domains: Vec<usize> = systems.iter().map(|(_, system)| Shape::of(system).domain).collect();
        powers::check(&mut file, &domains).map_err(|error| named(ptau, error))?;
        let mut reports = Vec::new();
        for (circuit, system) in &systems {
            let count = self.contributions(*circuit)?;
            let (first, last) = (self.path(*circuit, 0), self.path(*circuit, count));
            let verified = verify(system, &mut file, open_file(&last)?, Some(open_file(&first)?));
            let verified = verified.map_err(|error| of_circuit(*circuit, named(&last, error)))?;
            if verified.transcript.contributions.len() != count {
                self.transcript(*circuit, count)?;
            }
            reports.push(Report { circuit: *circuit, verified, file_hash: file_hash(&last)? });
            progress(*circuit);
        }
        Ok(reports)
    }

    /// Verifies everything, and writes keys, verifying keys, verifier contracts and the manifest into a new folder.
    ///
    /// # Errors
    /// `Folder` if a beacon is missing, fewer than `least` people contributed, or the folder exists; as [`Folder::verify`].
    pub fn finalise(
        &self,
        ptau: &Path,
        out: &Path,
        least: usize,
        progress: Progress<'_>,
    ) -> Result<Finished, CeremonyError> {
        if out.exists() {
            return Err(CeremonyError::Folder(format!("{} exists already: choose another folder", out.display())));
        }
        let reports = self.verify(ptau, progress)?;
        for report in &reports {
            let (circuit, people) = (report.circuit, report.verified.drawn().count());
            if people < least {
                return Err(CeremonyError::Folder(format!("{people} contributed to {circuit}, {least} are wanted")));
            }
            if !report.verified.complete() {
                return Err(CeremonyError::Folder(format!(
                    "{circuit} has no beacon at its end: `psephos ceremony beacon`"
                )));
            }
        }
        let verifiers = out.join("verifiers");
        fs::create_dir_all(&verifiers).map_err(|source| io_error(&verifiers, source))?;
        let put = |path: &Path, text: &str| {
            write_new(path, |out| {
                std::io::Write::write_all(out, text.as_bytes()).map_err(|source| io_error(path, source))
            })
        };
        let mut keys = Vec::new();
        for report in &reports {
            let (circuit, count) = (report.circuit, report.verified.transcript.contributions.len());
            let path = self.path(circuit, count);
            let bytes = fs::read(&path).map_err(|source| io_error(&path, source))?;
            let key = with_circuit!(circuit, C => ProvingKey::<C>::from_zkey(&bytes)?.verifying_key().clone());
            let key = key.or_development(self.description.rehearsal);
            put(&out.join(format!("{circuit}.vkey.json")), &snarkjs::verification_key(&key))?;
            let contract = solidity::verifier(&key, circuit.contract())
                .map_err(|error| CeremonyError::Folder(format!("{circuit}: {error}")))?;
            put(&verifiers.join(format!("{}.sol", circuit.contract())), &contract)?;
            let file = format!("{circuit}.zkey");
            let target = out.join(&file);
            write_new(&target, |out| {
                std::io::Write::write_all(out, &bytes).map_err(|source| io_error(&target, source))
            })?;
            keys.push(entry(report, &key, file, bytes.len() as u64));
        }
        let manifest = Manifest::new(self.description.rehearsal, self.description.powers_of_tau.clone(), keys);
        // Last: a folder without it is a cache of development keys, which has none of these files.
        put(&out.join(manifest::FILE), &manifest.to_json())?;
        Ok(Finished { reports, manifest })
    }
}

fn of_circuit(circuit: Name, error: CeremonyError) -> CeremonyError {
    match error {
        error @ (CeremonyError::File { .. } | CeremonyError::Io { .. }) => error,
        problem => CeremonyError::Circuit { circuit, problem: Box::new(problem) },
    }
}

fn entry(report: &Report, key: &VerifyingKey, file: String, bytes: u64) -> Entry {
    let info = key.info();
    Entry {
        circuit: info.circuit.clone(),
        circuit_hash: hex::encode(info.circuit_hash),
        constraints: info.constraints,
        variables: info.variables,
        inputs: info.inputs.clone(),
        file,
        bytes,
        blake2b: hex::encode(report.file_hash),
        key_hash: hex::encode(info.key_hash),
        transcript_hash: hex::encode(report.verified.transcript.hash()),
        contributions: report.verified.transcript.contributions.len(),
        verifier: Verifier { contract: report.circuit.contract().into(), code_hash: None },
    }
}
