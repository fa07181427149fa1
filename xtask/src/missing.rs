//! What this machine lacks, so that tests skip themselves or test less: said at the end of the suite.

use std::process::Command;

use crate::process;
use crate::workspace::Workspace;

/// Records what the Rust tests will skip on this machine. Peers are no part of it: the suite requires them.
pub(crate) fn record(workspace: &Workspace) {
    if !process::is_installed("nats-server") {
        let how = "`apt-get install nats-server`, or a release of github.com/nats-io/nats-server";
        workspace.record_skip(&format!("tests of the distributed queue: nats-server is not installed ({how})"));
    }
    if !has_simd() {
        workspace.record_skip("tests of the engine's SIMD backend: this processor has no AVX-512 IFMA");
    }
    if !can_mount() {
        workspace.record_skip("the test of a full disk: it mounts a small one, which needs root on Linux");
    }
}

/// Returns whether the engine's SIMD backend runs here: all that its vectors need.
fn has_simd() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Returns whether a file system in memory can be mounted, as the test does.
fn can_mount() -> bool {
    let script =
        "d=$(mktemp -d) && { mount -t tmpfs -o size=8m tmpfs \"$d\" && umount \"$d\"; r=$?; rmdir \"$d\"; exit $r; }";
    process::capture(Command::new("sh").args(["-c", script])).is_ok()
}
