//! Peak memory of proving, measured in child processes.

use std::fmt::Write as _;
use std::process::Command;

use psephos_benches::{arkworks, seeded_rng};
use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_prover::Preparation;
use psephos_prover::examples::Example;

use super::open_store;

/// The environment variable with a child's task: the circuit, and the memory for tables in MiB or `arkworks` for
/// arkworks' prover.
const VARIABLE: &str = "PSEPHOS_BENCH_MEMORY";

fn prove_three_times<C: Example>(memory: &str) {
    let assignment = C::example().generate_assignment();
    if memory == "arkworks" {
        let arkworks = arkworks::ArkworksProver::<C>::new();
        (0..3).for_each(|_| _ = arkworks.prove(&assignment, &mut seeded_rng(1)));
        return;
    }
    let preparation = Preparation::within_memory(memory.parse::<usize>().unwrap() << 20).unwrap();
    let key = open_store().load_development::<C>(|_| {}).unwrap().with_preparation(preparation);
    (0..3).for_each(|_| _ = key.prove_assignment(&assignment, &mut seeded_rng(1)).unwrap());
}

/// Runs a child's task and prints its peak memory in KiB. Returns `false` in the parent process.
pub(crate) fn run_as_child() -> bool {
    let Ok(task) = std::env::var(VARIABLE) else { return false };
    let (name, memory) = task.split_once(' ').unwrap();
    let name: Name = name.parse().unwrap();
    with_circuit!(name, C => prove_three_times::<C>(memory));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.unwrap_or("0 kB").trim().trim_end_matches(" kB"));
    true
}

/// Measures a child's peak memory in MiB. Returns `None` if the system does not report it.
fn measure_peak(name: Name, memory: &str) -> Option<f64> {
    let child = Command::new(std::env::current_exe().ok()?).env(VARIABLE, format!("{name} {memory}")).output().ok()?;
    let kilobytes: f64 = String::from_utf8(child.stdout).ok()?.trim().parse().ok()?;
    (kilobytes > 0.0).then_some(kilobytes / 1024.0)
}

/// Measures peak memory of all provers and formats it as a table.
pub(crate) fn measure_peaks() -> String {
    let mut out = String::from(
        "| | default, `--memory 64` | `--memory 256` | arkworks, including key generation |\n|---|---|---|---|\n",
    );
    for name in [Name::Ballot3, Name::Ballot8] {
        let [small, large, arkworks] = ["64", "256", "arkworks"].map(|memory| match measure_peak(name, memory) {
            Some(peak) => format!("{peak:.0} MiB"),
            None => "unknown".into(),
        });
        writeln!(out, "| {name} | {small} | {large} | {arkworks} |").unwrap();
    }
    out
}
