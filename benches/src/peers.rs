//! Other provers, rapidsnark and snarkjs, timed with the same key and witness.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Returns the median.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Measures the duration of a computation, in milliseconds.
pub fn measure_milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed().as_secs_f64() * 1e3
}

/// Creates a command, pinned to one processor if `threads` is one: the measured programs use all processors that they
/// see.
fn pinned_command(program: &str, threads: usize) -> Command {
    let mut command = match threads {
        1 => Command::new("taskset"),
        _ => Command::new(program),
    };
    if threads == 1 {
        command.args(["-c", "0", program]);
    }
    command
}

/// Measures proofs by snarkjs with `key.zkey` and `witness.wtns` of a directory, in milliseconds, in one process that
/// has read both before. Returns `None` if snarkjs is not installed.
pub fn time_snarkjs(dir: &Path, rounds: usize, threads: usize) -> Option<Vec<f64>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/snarkjs.mjs");
    let output = pinned_command("node", threads).arg(script).arg(dir).arg(rounds.to_string()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let times: Vec<f64> = text.lines().filter_map(|line| line.parse().ok()).collect();
    (times.len() == rounds).then_some(times)
}

/// Measures proofs by rapidsnark's `prover`, whose path is in `PSEPHOS_RAPIDSNARK`, with the same files, in
/// milliseconds. Whole processes are timed, as it reports no other time. Returns `None` if it is not installed.
pub fn time_rapidsnark(dir: &Path, rounds: usize, threads: usize) -> Option<Vec<f64>> {
    let program = std::env::var("PSEPHOS_RAPIDSNARK").ok()?;
    let once = || {
        let mut command = pinned_command(&program, threads);
        command.args(["key.zkey", "witness.wtns", "proof.json", "public.json"]);
        let mut child = command.current_dir(dir).stdout(Stdio::null()).spawn().ok()?;
        child.wait().ok()?.success().then_some(())
    };
    (0..rounds)
        .map(|_| {
            let mut done = None;
            let time = measure_milliseconds(|| done = once());
            done.map(|()| time)
        })
        .collect()
}
