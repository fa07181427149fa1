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

mod finish;
mod round;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use blake2::{Blake2b512, Digest};
use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_prover::iden3::ptau::{List, Ptau};
use psephos_prover::iden3::zkey::{self, Order, Shape};
use psephos_prover::manifest::PowersOfTau;
use serde::{Deserialize, Serialize};

use crate::first::check_first_key;
use crate::published::published;
use crate::{CeremonyError, first_key, powers, rehearsal};
pub use finish::{Finished, Report};
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
    /// Begins a ceremony, or goes on with beginning it: checks the powers and computes each circuit's first key.
    ///
    /// # Errors
    /// `Folder` if another ceremony is there; `File`, `TooSmall`, `NotPrepared`, `Powers`; `Io`.
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
        let systems: Vec<(Name, R1cs)> = circuits.iter().map(|name| (*name, name.system())).collect();
        let (mut file, powers_of_tau, rehearsal) = examined(ptau)?;
        let domains: Vec<usize> = systems.iter().map(|(_, system)| Shape::of(system).domain).collect();
        let at = |error| named(ptau, error);
        powers::check(&mut file, &domains).map_err(at)?;
        let description = Description {
            format: FORMAT,
            powers_of_tau,
            rehearsal,
            beacon,
            circuits: systems.iter().map(|(name, system)| Circuit::of(*name, system)).collect(),
        };
        let path = dir.join(DESCRIPTION);
        if path.exists() {
            let there = Folder::open(dir)?;
            if there.description != description {
                return Err(CeremonyError::Folder(format!(
                    "{} holds another ceremony: other circuits, powers of tau or beacon",
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
            let path = folder.path(*name, 0);
            if path.exists() {
                // Of a run that was interrupted, or somebody else's: nothing is built on it unseen.
                let mut there = zkey::open(open_file(&path)?)?;
                let (key, transcript) = (zkey::Zkey::read(&mut there)?, zkey::transcript(&mut there)?);
                let checked = check_first_key(&key, &transcript, system, &mut file);
                checked.map_err(|problem| CeremonyError::Circuit { circuit: *name, problem: Box::new(problem) })?;
            } else {
                let (key, transcript) = first_key(system, &mut file).map_err(at)?;
                let coefficients = zkey::encode_coefficients(zkey::coefficients(system));
                write_new(&path, |out| {
                    let written = key.write(&coefficients, &transcript, Order::New, out);
                    written.map_err(|source| io_error(&path, source))
                })?;
            }
            progress(*name);
        }
        Ok(folder)
    }

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

/// Opens powers of tau: the file, what is to be said of it, and whether everybody knows their tau.
fn examined(path: &Path) -> Result<(Ptau<BufReader<File>>, PowersOfTau, bool), CeremonyError> {
    let at = |problem| CeremonyError::File { path: path.into(), problem };
    let mut opened = open_file(path)?;
    // The same open file is hashed and read.
    let hash = hash_of(&mut opened).map_err(|source| io_error(path, source))?;
    let mut file = Ptau::open(opened).map_err(at)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let powers = PowersOfTau {
        file: published(&hash).map_or(name, str::to_owned),
        blake2b: hex::encode(hash),
        power: file.power(),
        published: published(&hash).is_some(),
    };
    let tau: Vec<ark_bn254::G1Affine> = file.powers(List::TauG1, 1, 1).map_err(at)?;
    let rehearsal = tau.first().is_some_and(|tau| rehearsal::is_rehearsal(*tau));
    Ok((file, powers, rehearsal))
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

/// BLAKE2b of a file: what `b2sum` prints.
///
/// # Errors
/// `Io`.
pub fn file_hash(path: &Path) -> Result<[u8; 64], CeremonyError> {
    let mut file = File::open(path).map_err(|source| io_error(path, source))?;
    hash_of(&mut file).map_err(|source| io_error(path, source))
}

fn hash_of(source: &mut impl Read) -> io::Result<[u8; 64]> {
    let mut hasher = Blake2b512::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn open_file(path: &Path) -> Result<BufReader<File>, CeremonyError> {
    Ok(BufReader::new(File::open(path).map_err(|source| io_error(path, source))?))
}

/// Writes a file beside its final place, and puts it there when it is whole and on the disk.
fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<T, CeremonyError>,
) -> Result<T, CeremonyError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let io = |source| io_error(path, source);
    let file = tempfile::NamedTempFile::new_in(dir).map_err(io)?;
    let mut out = BufWriter::new(file.as_file());
    let result = write(&mut out)?;
    out.flush().map_err(io)?;
    drop(out);
    readable(file.as_file()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist_noclobber(path).map_err(|error| io(error.error))?;
    Ok(result)
}

/// Temporary files are their owner's alone; a ceremony's go from hand to hand.
fn readable(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

fn io_error(path: &Path, source: io::Error) -> CeremonyError {
    CeremonyError::Io { path: path.into(), source }
}

/// Says which file it was.
fn named(path: &Path, error: CeremonyError) -> CeremonyError {
    match error {
        CeremonyError::Format(problem) => CeremonyError::File { path: path.into(), problem },
        other => other,
    }
}
