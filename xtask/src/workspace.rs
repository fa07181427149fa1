//! The checkout, and commands that run inside it.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// The root of the checkout.
pub(crate) struct Workspace {
    root: PathBuf,
    /// What was skipped, and why.
    skips: RefCell<Vec<String>>,
}

impl Workspace {
    /// Finds the root from the path of this package.
    pub(crate) fn locate() -> Result<Self, String> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = PathBuf::from(package).join("..");
        let root = root.canonicalize().map_err(|error| format!("cannot find the workspace: {error}"))?;
        Ok(Self { root, skips: RefCell::default() })
    }

    /// The root directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Records that something was skipped, and why, for the end of the suite; once, however often it is said.
    pub(crate) fn record_skip(&self, what: &str) {
        let mut skips = self.skips.borrow_mut();
        if !skips.iter().any(|skip| skip == what) {
            skips.push(what.to_owned());
        }
    }

    /// Returns what was skipped.
    pub(crate) fn skips(&self) -> Vec<String> {
        self.skips.borrow().clone()
    }

    /// Joins a relative path to the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Lists the files that git tracks, and those that it would, by their paths from the root.
    pub(crate) fn list_files(&self) -> Result<Vec<String>, String> {
        let mut git = self.command("git", ".");
        let listed = process::capture(git.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Prepares a command that runs in `directory` (relative to the root) with the project's own Node tools first on
    /// `PATH`, so that `anvil` and `forge` are always the versions that the lock files name.
    pub(crate) fn command(&self, program: &str, directory: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path(directory)).env("PATH", self.search_path());
        command
    }

    /// Prepares a call of the cargo that runs this program.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let mut command = self.command(&cargo, ".");
        command.args(arguments);
        command
    }

    /// Builds the `psephos` command in the dev profile (crates that prove are optimised there too) and returns its
    /// path.
    pub(crate) fn build_psephos(&self) -> Result<PathBuf, String> {
        process::run(&mut self.cargo(&["build", "--package", "psephos"]))?;
        Ok(self.psephos())
    }

    /// Returns the path at which a build leaves the `psephos` command.
    pub(crate) fn psephos(&self) -> PathBuf {
        self.built("psephos")
    }

    /// Returns the path at which a build in the dev profile leaves a program: `psephos`, `examples/shapes`.
    pub(crate) fn built(&self, program: &str) -> PathBuf {
        self.target().join("debug").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Returns the folder in which cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), PathBuf::from)
    }

    /// Native programs come before npm's wrappers of them: a wrapper that is killed leaves the program running.
    fn search_path(&self) -> OsString {
        let modules = self.path("verifier-contracts/node_modules");
        let foundry = modules.join("@foundry-rs").read_dir().into_iter().flatten().flatten();
        let native = foundry.map(|package| package.path().join("bin")).filter(|bin| bin.is_dir());
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let paths = native.chain([modules.join(".bin")]).chain(std::env::split_paths(&inherited));
        std::env::join_paths(paths).unwrap_or(inherited)
    }
}
