//! A small disk that can be filled.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// A file system of 8 MB in memory, mounted on a temporary folder.
#[derive(Debug)]
pub struct SmallDisk {
    folder: Arc<tempfile::TempDir>,
}

impl SmallDisk {
    /// Mounts the disk. Returns `None` if this process may not mount; panics if tools are required.
    pub fn mount() -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(folder.path()).output();
        let problem = match mounted {
            Ok(output) if output.status.success() => return Some(Self { folder }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        let required = std::env::var_os("PSEPHOS_REQUIRE_TOOLS").is_some();
        assert!(!required, "a small disk cannot be mounted, which needs root on Linux: {problem}");
        eprintln!("skipped: a small disk cannot be mounted, which needs root on Linux: {problem}");
        None
    }

    /// Returns the folder that it is mounted on, which is removed with its last user.
    pub fn folder(&self) -> Arc<tempfile::TempDir> {
        self.folder.clone()
    }

    /// Returns the path of a file on the disk.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes until nothing more fits.
    pub fn fill(&self) {
        let mut filler = fs::OpenOptions::new().create(true).append(true).open(self.path("filler")).unwrap();
        for size in [64 * 1024, 4_096, 1] {
            while filler.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Makes space again.
    pub fn free(&self) {
        fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        unmount(self.folder.path());
    }
}

/// Unmounts as soon as no file is open: a service may still be stopping.
fn unmount(path: &Path) {
    let _ = Command::new("umount").arg("--lazy").arg(path).status();
}
