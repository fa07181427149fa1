//! Key storage: a cache of development keys, or a folder with a ceremony's keys.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use psephos_circuits::Circuit;

use crate::manifest::{self, Manifest};
use crate::{KeyError, Preparation, ProvingKey, development, key_file};

/// A folder of keys.
///
/// With a manifest in it ([`manifest::FILE_NAME`]) it holds a ceremony's keys, and nothing is loaded that the manifest
/// does not list. Without one it is a cache of development keys, one file per circuit, named by its hash: a changed
/// circuit gets a new file. The cache is safe for concurrent processes: files appear whole, by renaming, and the key of
/// a circuit is always the same.
pub struct KeyStore {
    dir: PathBuf,
    manifest: Option<(Manifest, [u8; 64])>,
    preparation: Preparation,
}

/// The next step of [`KeyStore::load_key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadStage {
    /// Building the constraint system.
    Circuit,
    /// Reading the key from its file.
    Loading,
    /// Generating the key, which takes seconds for a large circuit.
    Generating,
    /// Writing it to its file.
    Storing,
}

impl KeyStore {
    /// Opens a cache of development keys in this folder, which is created when the first key is stored.
    pub fn new(dir: impl Into<PathBuf>) -> KeyStore {
        KeyStore { dir: dir.into(), manifest: None, preparation: Preparation::default() }
    }

    /// Opens the store in this folder: a ceremony's keys if it has a manifest, otherwise a cache of development keys.
    ///
    /// # Errors
    /// Returns [`KeyError::Manifest`], [`KeyError::Broken`] or [`KeyError::Io`].
    pub fn open(dir: impl Into<PathBuf>) -> Result<KeyStore, KeyError> {
        let dir = dir.into();
        let path = dir.join(manifest::FILE_NAME);
        let manifest = path.exists().then(|| Manifest::read_file(&path)).transpose()?;
        Ok(KeyStore { dir, manifest, preparation: Preparation::default() })
    }

    /// Sets how keys are prepared for proofs.
    #[must_use]
    pub fn with_preparation(self, preparation: Preparation) -> KeyStore {
        KeyStore { preparation, ..self }
    }

    /// The manifest of a ceremony's keys; `None` for development keys.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref().map(|(manifest, _)| manifest)
    }

    /// BLAKE2b hash of the manifest's file; `None` for development keys.
    pub fn manifest_hash(&self) -> Option<[u8; 64]> {
        self.manifest.as_ref().map(|(_, hash)| *hash)
    }

    /// Loads the key of a circuit: the ceremony's, or otherwise the development key.
    ///
    /// # Errors
    /// Returns [`KeyError::NotListed`] or [`KeyError::OtherVersion`] if the manifest has no key of exactly this
    /// circuit, [`KeyError::File`] if the file is damaged or not the one that the manifest lists; otherwise as
    /// [`KeyStore::load_development`].
    pub fn load_key<C: Circuit>(&self, progress: impl FnMut(LoadStage)) -> Result<ProvingKey<C>, KeyError> {
        let key = match &self.manifest {
            Some((manifest, _)) => self.load_registered(manifest, progress),
            None => self.load_development(progress),
        };
        Ok(key?.with_preparation(self.preparation))
    }

    fn load_registered<C: Circuit>(
        &self,
        manifest: &Manifest,
        mut progress: impl FnMut(LoadStage),
    ) -> Result<ProvingKey<C>, KeyError> {
        progress(LoadStage::Circuit);
        let system = C::constraint_system();
        let hash = system.circuit_hash();
        let not_listed = |reason| KeyError::NotListed { circuit: C::NAME, folder: self.dir.clone(), reason };
        let entry = manifest.entry(C::NAME).ok_or_else(|| not_listed("it has no key of this circuit"))?;
        if entry.circuit_version != C::VERSION {
            let (expected, actual) = (C::VERSION, entry.circuit_version);
            return Err(KeyError::OtherVersion { circuit: C::NAME, folder: self.dir.clone(), expected, actual });
        }
        if !entry.is_for_circuit(&hash) {
            return Err(not_listed("its key is for other matrices of the circuit than this program's"));
        }
        progress(LoadStage::Loading);
        let path = self.dir.join(&entry.file);
        let (engine, transcript) = key_file::read_registered(&path, &system, entry)?;
        let key = ProvingKey::from_engine(engine, system, hash, manifest.development)?;
        if !entry.matches_key(key.info(), &transcript) {
            return Err(not_listed("its entry states another verifying key or transcript than the file holds"));
        }
        Ok(key)
    }

    /// Reads the `.zkey` file of a circuit's key, with which other programs can prove: a ceremony's unchanged, or the
    /// development key.
    ///
    /// # Errors
    /// As [`KeyStore::load_key`].
    pub fn read_zkey<C: Circuit>(&self, progress: impl FnMut(LoadStage)) -> Result<Vec<u8>, KeyError> {
        let Some((manifest, _)) = &self.manifest else {
            let key = self.load_development::<C>(progress)?;
            return key.to_zkey().map_err(|source| KeyError::Io { path: self.dir.clone(), source });
        };
        let reason = "it has no key of this circuit";
        let not_listed = || KeyError::NotListed { circuit: C::NAME, folder: self.dir.clone(), reason };
        let entry = manifest.entry(C::NAME).ok_or_else(not_listed)?;
        key_file::read_registered_bytes(&self.dir.join(&entry.file), entry)
    }

    /// Returns `$PSEPHOS_KEYS`, or else `$XDG_CACHE_HOME/psephos/keys`, or else `~/.cache/psephos/keys`, or else
    /// `psephos/keys` in the folder for temporary files.
    pub fn default_dir() -> PathBuf {
        default_dir(|name| std::env::var_os(name))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the path of a circuit's development key: `<circuit>-<first 16 hexadecimal digits of its hash>.dev.zkey`.
    pub fn development_file<C: Circuit>(&self, circuit_hash: &[u8; 32]) -> PathBuf {
        self.dir.join(format!("{}-{}.dev.zkey", C::NAME, hex::encode(&circuit_hash[..8])))
    }

    /// Loads the circuit's development key, or generates and stores it. Anyone can forge proofs under such a key.
    ///
    /// # Errors
    /// Returns [`KeyError::File`] if the file exists but is damaged or another circuit's (the message says to delete
    /// it; it is not replaced silently, as that would hide a failing disk or tampering), [`KeyError::Io`] or
    /// [`KeyError::Setup`].
    pub fn load_development<C: Circuit>(&self, mut progress: impl FnMut(LoadStage)) -> Result<ProvingKey<C>, KeyError> {
        progress(LoadStage::Circuit);
        let system = C::constraint_system();
        let hash = system.circuit_hash();
        let path = self.development_file::<C>(&hash);
        if path.exists() {
            progress(LoadStage::Loading);
        }
        if let Some(engine) = key_file::read_development(&path, &system, &hash)? {
            return ProvingKey::from_engine(engine, system, hash, true);
        }
        progress(LoadStage::Generating);
        let engine =
            development::generate_key(&system, &hash).map_err(|reason| KeyError::Setup { circuit: C::NAME, reason })?;
        let key = ProvingKey::from_engine(engine, system, hash, true)?;
        progress(LoadStage::Storing);
        key_file::write_atomically(
            &path,
            &key.to_zkey().map_err(|source| KeyError::Io { path: path.clone(), source })?,
        )?;
        Ok(key)
    }
}

fn default_dir(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    set("PSEPHOS_KEYS").unwrap_or_else(|| cache().unwrap_or_else(std::env::temp_dir).join("psephos").join("keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_set_variable_determines_key_folder() {
        let with = |vars: &'static [(&str, &str)]| {
            default_dir(|name| vars.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
        };
        assert_eq!(with(&[("PSEPHOS_KEYS", "/k"), ("HOME", "/h")]), Path::new("/k"));
        assert_eq!(with(&[("PSEPHOS_KEYS", ""), ("XDG_CACHE_HOME", "/x")]), Path::new("/x/psephos/keys"));
        assert_eq!(with(&[("HOME", "/h")]), Path::new("/h/.cache/psephos/keys"));
        assert_eq!(with(&[]), std::env::temp_dir().join("psephos/keys"));
    }
}
