//! Deployment files.

use std::{fs, path::Path};

use psephos_state::Deployment;

use crate::{error::ChainError, files::replace_file};

/// Reads a deployment file.
///
/// # Errors
/// `DeploymentFile` if it cannot be read or is not one.
pub fn read_deployment(path: &Path) -> Result<Deployment, ChainError> {
    let refuse = |reason: String| ChainError::DeploymentFile { path: path.display().to_string(), reason };
    let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
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
