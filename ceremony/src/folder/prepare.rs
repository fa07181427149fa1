//! The start of a ceremony: the powers of tau are checked, and each circuit's initial zkey is computed.

use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::Path;

use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::ptau::{PointList, Ptau};
use psephos_formats::zkey::{self, SectionOrder, Shape};
use psephos_prover::circuit_files::constraint_system;
use psephos_prover::manifest::PowersOfTau;

use super::files::{hash_reader, io_error, open_file, with_path, write_new};
use super::{CeremonyCircuit, CeremonyDescription, DESCRIPTION, FORMAT, Folder, Progress};
use crate::initial::check_initial_zkey;
use crate::published::published_name;
use crate::{CeremonyError, compute_initial_zkey, powers, rehearsal};

impl Folder {
    /// Starts a ceremony, or resumes an interrupted start: checks the powers and computes each circuit's initial zkey.
    ///
    /// # Errors
    /// Returns `Folder` if the folder holds another ceremony, `File`, `TooSmall`, `NotPrepared`, `InvalidPowers` or
    /// `Io`.
    pub fn prepare(
        dir: &Path,
        ptau: &Path,
        circuits: &[Name],
        beacon: Option<String>,
        progress: Progress<'_>,
    ) -> Result<Folder, CeremonyError> {
        let mut circuits = circuits.to_vec();
        circuits.sort_unstable();
        circuits.dedup();
        let systems: Vec<(Name, R1cs)> = circuits.iter().map(|name| (*name, name.constraint_system())).collect();
        let (mut file, powers_of_tau, rehearsal) = examine_powers(ptau)?;
        let domains: Vec<usize> =
            systems.iter().map(|(_, system)| Shape::from_system(&constraint_system(system)).domain).collect();
        let at = |error| with_path(ptau, error);
        powers::check_powers(&mut file, &domains).map_err(at)?;
        let description = CeremonyDescription {
            format: FORMAT,
            powers_of_tau,
            rehearsal,
            beacon,
            circuits: systems.iter().map(|(name, system)| CeremonyCircuit::from_system(*name, system)).collect(),
        };
        let path = dir.join(DESCRIPTION);
        if path.exists() {
            let there = Folder::open(dir)?;
            if there.description != description {
                return Err(CeremonyError::Folder(format!(
                    "{} holds another ceremony, with other circuits, powers of tau or beacon: use a new folder",
                    dir.display()
                )));
            }
        } else {
            fs::create_dir_all(dir).map_err(|source| io_error(dir, source))?;
            let text = serde_json::to_string_pretty(&description).unwrap_or_default() + "\n";
            write_new(&path, |out| out.write_all(text.as_bytes()).map_err(|source| io_error(&path, source)))?;
        }
        let folder = Folder { dir: dir.into(), description, circuits };
        for (name, system) in &systems {
            let path = folder.zkey_path(*name, 0);
            if path.exists() {
                // Left by an interrupted run, or written by another party: it is checked before it is used.
                let mut there = zkey::open_zkey(open_file(&path)?)?;
                let (key, transcript) = (zkey::Zkey::read_points(&mut there)?, zkey::read_transcript(&mut there)?);
                let checked = check_initial_zkey(&key, &transcript, system, &mut file);
                checked.map_err(|problem| CeremonyError::Circuit { circuit: *name, problem: Box::new(problem) })?;
            } else {
                let (key, transcript) = compute_initial_zkey(system, &mut file).map_err(at)?;
                let coefficients = zkey::encode_coefficients(zkey::key_coefficients(&constraint_system(system)));
                write_new(&path, |out| {
                    let written = key.write_file(&coefficients, &transcript, SectionOrder::Initial, out);
                    written.map_err(|source| io_error(&path, source))
                })?;
            }
            progress(*name);
        }
        Ok(folder)
    }
}

/// Opens powers of tau: returns the file, its description, and whether its tau is public.
pub(super) fn examine_powers(path: &Path) -> Result<(Ptau<BufReader<File>>, PowersOfTau, bool), CeremonyError> {
    let at = |problem| CeremonyError::File { path: path.into(), problem };
    let mut opened = open_file(path)?;
    // The same open file is hashed and read.
    let hash = hash_reader(&mut opened).map_err(|source| io_error(path, source))?;
    let mut file = Ptau::open(opened).map_err(at)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let powers = PowersOfTau {
        file: published_name(&hash).map_or(name, str::to_owned),
        blake2b: hex::encode(hash),
        power: file.power(),
        published: published_name(&hash).is_some(),
    };
    let tau: Vec<ark_bn254::G1Affine> = file.read_powers(PointList::TauG1, 1, 1).map_err(at)?;
    let rehearsal = tau.first().is_some_and(|tau| rehearsal::is_rehearsal(*tau));
    Ok((file, powers, rehearsal))
}
