//! The working directory of a ceremony: for each circuit its initial zkey, and one more file after each contribution.
//!
//! | file | holds |
//! |---|---|
//! | `ceremony.json` | the parameters that were agreed on beforehand: circuits, powers of tau, the beacon |
//! | `ballot-3_0000.zkey` | the initial zkey of a circuit |
//! | `ballot-3_0001.zkey`, .. | the key after each contribution, made here or with snarkjs |
//!
//! A round is one contribution to every circuit. Files appear whole, by renaming, so an interrupted step can be
//! resumed; no file is ever replaced.

mod files;
mod finish;
mod prepare;
mod round;

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::ptau::Ptau;
use psephos_prover::manifest::PowersOfTau;
use serde::{Deserialize, Serialize};

use crate::CeremonyError;
pub use files::file_hash;
use files::{io_error, open_file, with_path, write_new};
pub use finish::{CircuitReport, FinishedCeremony};
use prepare::examine_powers;
pub use round::AddedContribution;

/// File name of the description.
const DESCRIPTION: &str = "ceremony.json";
const FORMAT: u32 = 1;
/// Largest description that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The parameters that were agreed on beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CeremonyDescription {
    format: u32,
    /// The powers of tau.
    pub powers_of_tau: PowersOfTau,
    /// Whether their tau is public.
    pub rehearsal: bool,
    /// Description of the beacon that will end the ceremony, announced before the first contribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<String>,
    /// The circuits.
    pub circuits: Vec<CeremonyCircuit>,
}

/// A circuit of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CeremonyCircuit {
    /// Its name.
    pub circuit: String,
    /// Keccak-256 of its matrices, in hexadecimal.
    pub circuit_hash: String,
    /// Number of its constraints.
    pub constraints: usize,
}

/// A callback for each circuit that a step has completed.
pub type Progress<'a> = &'a dyn Fn(Name);

/// A ceremony's working directory.
pub struct Folder {
    dir: PathBuf,
    description: CeremonyDescription,
    circuits: Vec<Name>,
}

impl Folder {
    /// Opens a ceremony.
    ///
    /// # Errors
    /// Returns `Folder` if there is none, or if it is for other versions of its circuits, or `Io`.
    pub fn open(dir: &Path) -> Result<Folder, CeremonyError> {
        let path = dir.join(DESCRIPTION);
        let refuse = |reason: String| CeremonyError::Folder(format!("{}: {reason}", path.display()));
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(refuse("no ceremony here; start one with `psephos ceremony prepare`".into()));
            }
            Err(source) => return Err(io_error(&path, source)),
        };
        if length > MAX_BYTES {
            return Err(refuse(format!("it has {length} bytes, at most {MAX_BYTES} are read")));
        }
        let text = fs::read_to_string(&path).map_err(|source| io_error(&path, source))?;
        let description: CeremonyDescription =
            serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if description.format != FORMAT {
            return Err(refuse(format!("its format is {}, expected {FORMAT}", description.format)));
        }
        let mut circuits = Vec::new();
        for circuit in &description.circuits {
            let name: Name = circuit
                .circuit
                .parse()
                .map_err(|error: psephos_circuits::catalogue::UnknownCircuit| refuse(error.to_string()))?;
            if *circuit != CeremonyCircuit::from_system(name, &name.constraint_system()) {
                return Err(refuse(format!("it is for another version of circuit {name} than this program's")));
            }
            if circuits.contains(&name) {
                return Err(refuse(format!("it lists circuit {name} twice")));
            }
            circuits.push(name);
        }
        if circuits.is_empty() {
            return Err(refuse("it has no circuit".into()));
        }
        Ok(Folder { dir: dir.into(), description, circuits })
    }

    /// The parameters that were agreed on beforehand.
    pub fn description(&self) -> &CeremonyDescription {
        &self.description
    }

    /// Its circuits.
    pub fn circuits(&self) -> &[Name] {
        &self.circuits
    }

    /// Returns the path of a circuit's key after this number of contributions.
    pub fn zkey_path(&self, circuit: Name, contributions: usize) -> PathBuf {
        self.dir.join(format!("{circuit}_{contributions:04}.zkey"))
    }

    /// Counts the contributions of a circuit by its files.
    ///
    /// # Errors
    /// Returns `Folder` if one in between is missing, or `Io`.
    pub fn count_contributions(&self, circuit: Name) -> Result<usize, CeremonyError> {
        let prefix = format!("{circuit}_");
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(|source| io_error(&self.dir, source))? {
            let name = entry.map_err(|source| io_error(&self.dir, source))?.file_name();
            let name = name.to_string_lossy();
            let number = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".zkey"));
            numbers.extend(
                number
                    .and_then(|digits| digits.parse::<usize>().ok())
                    .filter(|n| name == format!("{prefix}{n:04}.zkey")),
            );
        }
        numbers.sort_unstable();
        match numbers.iter().enumerate().find(|(index, number)| index != *number) {
            Some((missing, _)) => {
                Err(CeremonyError::Folder(format!("{} is missing", self.zkey_path(circuit, missing).display())))
            }
            None if numbers.is_empty() => Err(CeremonyError::Folder(format!(
                "{} is missing: run `psephos ceremony prepare` again",
                self.zkey_path(circuit, 0).display()
            ))),
            None => Ok(numbers.len() - 1),
        }
    }

    /// Computes the BLAKE2b hash of the description, which contributors attest with their contributions.
    ///
    /// # Errors
    /// Returns `Io`.
    pub fn description_hash(&self) -> Result<[u8; 64], CeremonyError> {
        file_hash(&self.dir.join(DESCRIPTION))
    }

    /// Opens the powers of tau, which must be the file that was agreed on. The description is not trusted for whether
    /// their tau is public: that is determined from the file.
    fn open_powers(&self, path: &Path) -> Result<Ptau<BufReader<File>>, CeremonyError> {
        let (file, mut actual, rehearsal) = examine_powers(path)?;
        let CeremonyDescription { powers_of_tau: stated, rehearsal: stated_rehearsal, .. } = &self.description;
        if !actual.published {
            // A file that is not published may be renamed freely.
            actual.file.clone_from(&stated.file);
        }
        if actual.blake2b != stated.blake2b {
            return Err(CeremonyError::Folder(format!(
                "{} is not the powers of tau of this ceremony ({}): its hash is different",
                path.display(),
                stated.file
            )));
        }
        if actual != *stated || rehearsal != *stated_rehearsal {
            let description = self.dir.join(DESCRIPTION);
            return Err(CeremonyError::Folder(format!(
                "{} contradicts the powers of tau: it has been altered, get the original again",
                description.display()
            )));
        }
        Ok(file)
    }
}

impl CeremonyCircuit {
    fn from_system(name: Name, system: &R1cs) -> CeremonyCircuit {
        CeremonyCircuit {
            circuit: name.to_string(),
            circuit_hash: hex::encode(system.circuit_hash()),
            constraints: system.num_constraints(),
        }
    }
}
