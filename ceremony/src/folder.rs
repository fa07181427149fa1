//! A ceremony in a folder: for each circuit the key before the first contribution, and one file more after each.
//!
//! | file | is |
//! |---|---|
//! | `ceremony.json` | what everybody agreed on beforehand: circuits, powers of tau, the beacon |
//! | `ballot-3_0000.zkey` | the first key of a circuit |
//! | `ballot-3_0001.zkey`, .. | after each contribution, this command's or snarkjs' |
//!
//! A round is one contribution to every circuit. Files appear whole, by renaming, so an interrupted step goes on where it was; nothing is
//! ever replaced.

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
use files::{io_error, named, open_file, write_new};
pub use finish::{Finished, Report};
use prepare::examined;
pub use round::Added;

/// The name of the description.
const DESCRIPTION: &str = "ceremony.json";
const FORMAT: u32 = 1;
/// The largest description that is read.
const MAX_BYTES: u64 = 1 << 20;

/// What everybody agreed on beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Description {
    format: u32,
    /// The powers of tau.
    pub powers_of_tau: PowersOfTau,
    /// Whether everybody knows their tau.
    pub rehearsal: bool,
    /// Which beacon will end it, in words: announced before the first contribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<String>,
    /// The circuits.
    pub circuits: Vec<Circuit>,
}

/// A circuit of a ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Circuit {
    /// Its name.
    pub circuit: String,
    /// Keccak-256 of its matrices, in hexadecimal.
    pub circuit_hash: String,
    /// Its constraints.
    pub constraints: usize,
}

/// Told of each circuit that a step is done with.
pub type Progress<'a> = &'a dyn Fn(Name);

/// A ceremony's folder.
pub struct Folder {
    dir: PathBuf,
    description: Description,
    circuits: Vec<Name>,
}

impl Folder {
    /// Opens a ceremony.
    ///
    /// # Errors
    /// `Folder` if there is none, or it is of other versions of its circuits; `Io`.
    pub fn open(dir: &Path) -> Result<Folder, CeremonyError> {
        let path = dir.join(DESCRIPTION);
        let refuse = |reason: String| CeremonyError::Folder(format!("{}: {reason}", path.display()));
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(refuse("there is no ceremony here; `psephos ceremony prepare` begins one".into()));
            }
            Err(source) => return Err(io_error(&path, source)),
        };
        if length > MAX_BYTES {
            return Err(refuse(format!("{length} bytes, at most {MAX_BYTES} are read")));
        }
        let text = fs::read_to_string(&path).map_err(|source| io_error(&path, source))?;
        let description: Description = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if description.format != FORMAT {
            return Err(refuse(format!("format {}, expected {FORMAT}", description.format)));
        }
        let mut circuits = Vec::new();
        for circuit in &description.circuits {
            let name: Name = circuit
                .circuit
                .parse()
                .map_err(|error: psephos_circuits::catalogue::UnknownCircuit| refuse(error.to_string()))?;
            if *circuit != Circuit::of(name, &name.system()) {
                return Err(refuse(format!("it is for another version of circuit {name}")));
            }
            if circuits.contains(&name) {
                return Err(refuse(format!("it names circuit {name} twice")));
            }
            circuits.push(name);
        }
        if circuits.is_empty() {
            return Err(refuse("it has no circuit".into()));
        }
        Ok(Folder { dir: dir.into(), description, circuits })
    }

    /// What was agreed on beforehand.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Its circuits.
    pub fn circuits(&self) -> &[Name] {
        &self.circuits
    }

    /// The file of a circuit after so many contributions.
    pub fn path(&self, circuit: Name, contributions: usize) -> PathBuf {
        self.dir.join(format!("{circuit}_{contributions:04}.zkey"))
    }

    /// How many contributions a circuit has, by its files.
    ///
    /// # Errors
    /// `Folder` if one is missing in between, `Io`.
    pub fn contributions(&self, circuit: Name) -> Result<usize, CeremonyError> {
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
                Err(CeremonyError::Folder(format!("{} is missing", self.path(circuit, missing).display())))
            }
            None if numbers.is_empty() => Err(CeremonyError::Folder(format!(
                "{} is missing: run `psephos ceremony prepare` again",
                self.path(circuit, 0).display()
            ))),
            None => Ok(numbers.len() - 1),
        }
    }

    /// BLAKE2b hash of the description, which contributors attest with their contributions.
    ///
    /// # Errors
    /// `Io`.
    pub fn description_hash(&self) -> Result<[u8; 64], CeremonyError> {
        file_hash(&self.dir.join(DESCRIPTION))
    }

    /// The powers of tau, which must be the file that was agreed on. What the description says of them is not believed: whether everybody
    /// knows their tau is read off the file.
    fn powers(&self, path: &Path) -> Result<Ptau<BufReader<File>>, CeremonyError> {
        let (file, mut actual, rehearsal) = examined(path)?;
        let Description { powers_of_tau: stated, rehearsal: stated_rehearsal, .. } = &self.description;
        if !actual.published {
            // Anybody may rename a file that has no published name.
            actual.file.clone_from(&stated.file);
        }
        if actual.blake2b != stated.blake2b {
            return Err(CeremonyError::Folder(format!(
                "{} is not the file of this ceremony, {}: its hash is another",
                path.display(),
                stated.file
            )));
        }
        if actual != *stated || rehearsal != *stated_rehearsal {
            let description = self.dir.join(DESCRIPTION);
            return Err(CeremonyError::Folder(format!(
                "{} says other things of the powers of tau than their file: somebody altered it",
                description.display()
            )));
        }
        Ok(file)
    }
}

impl Circuit {
    fn of(name: Name, system: &R1cs) -> Circuit {
        Circuit {
            circuit: name.to_string(),
            circuit_hash: hex::encode(system.hash()),
            constraints: system.constraints(),
        }
    }
}
