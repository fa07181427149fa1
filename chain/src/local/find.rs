//! Finding anvil: `$PSEPHOS_ANVIL`, the contracts' npm packages, `PATH`.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::error::ChainError;

const VARIABLE: &str = "PSEPHOS_ANVIL";
const PROGRAM: &str = if cfg!(windows) { "anvil.exe" } else { "anvil" };

/// Returns the path of the program.
///
/// # Errors
/// `NoAnvil`, whose message says how to get it.
pub(super) fn find_anvil() -> Result<PathBuf, ChainError> {
    if let Some(path) = env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from) {
        return match path.is_file() {
            true => Ok(path),
            false => Err(ChainError::NoAnvil { reason: format!("{VARIABLE}={} is not a file", path.display()) }),
        };
    }
    let here = env::current_dir().unwrap_or_default();
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packaged = here.ancestors().chain(built.ancestors()).find_map(find_packaged);
    packaged.or_else(|| find_on_path(&env::var_os("PATH")?)).ok_or_else(|| ChainError::NoAnvil {
        reason: "the program `anvil`, the local chain, is neither in verifier-contracts/node_modules nor on PATH"
            .into(),
    })
}

/// Returns the program itself rather than the script that npm puts in `.bin`: stopping a script would leave the program
/// running.
fn find_packaged(root: &Path) -> Option<PathBuf> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = format!("verifier-contracts/node_modules/@foundry-rs/anvil-{system}-{machine}/bin");
    Some(root.join(package).join(PROGRAM)).filter(|path| path.is_file())
}

fn find_on_path(path: &std::ffi::OsStr) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(PROGRAM)).find(|program| program.is_file())
}
