//! Deployment files.

use std::{io::ErrorKind, path::Path};

use psephos_state::Deployment;

use crate::{
    error::ChainError,
    files::{read_text, replace_file},
};

/// The maximum size of a deployment file, in bytes; one has some thousands.
const MAX_BYTES: u64 = 1 << 20;

/// Reads a deployment file.
///
/// # Errors
/// `DeploymentFile` if it cannot be read or is not one.
pub fn read_deployment(path: &Path) -> Result<Deployment, ChainError> {
    let refuse = |reason: String| ChainError::DeploymentFile { path: path.display().to_string(), reason };
    let text = match read_text(path, MAX_BYTES) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(refuse("there is none".into())),
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            return Err(refuse(format!("it has more than {MAX_BYTES} bytes, so it is another file")));
        }
        Err(error) => return Err(refuse(error.to_string())),
    };
    Deployment::from_json(&text).map_err(|error| refuse(error.to_string()))
}

/// Writes a deployment file, replacing the one there: as a whole, or not at all.
///
/// # Errors
/// `DeploymentFile` if it cannot be written.
pub fn write_deployment(deployment: &Deployment, path: &Path) -> Result<(), ChainError> {
    let refuse = |reason: String| ChainError::DeploymentFile { path: path.display().to_string(), reason };
    replace_file(path, deployment.to_json().as_bytes()).map_err(|error| refuse(error.to_string()))
}
