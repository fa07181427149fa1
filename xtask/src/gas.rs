//! `cargo xtask gas`.
use crate::workspace::Workspace;
pub(crate) fn run(_: &Workspace) -> Result<(), String> {
    Ok(())
}
