//! Peak memory, of processes of their own.

use std::fmt::Write as _;
use std::process::Command;

use psephos_benches::{rng, stock};
use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_prover::Preparation;
use psephos_prover::examples::Example;

use super::store;

/// What a child is told: the circuit and the memory in MiB, or `stock`.
const VARIABLE: &str = "PSEPHOS_BENCH_MEMORY";

fn prove<C: Example>(memory: &str) {
    let assignment = C::example().assignment();
    if memory == "stock" {
        let stock = stock::Stock::<C>::new();
        (0..3).for_each(|_| _ = stock.prove(&assignment, &mut rng(1)));
        return;
    }
    let preparation = Preparation::within(memory.parse::<usize>().unwrap() << 20).unwrap();
    let key = store().development::<C>(|_| {}).unwrap().with_preparation(preparation);
    (0..3).for_each(|_| _ = key.prove_assignment(&assignment, &mut rng(1)).unwrap());
}

/// Does a child's work, and says so.
pub(crate) fn is_child() -> bool {
    let Ok(task) = std::env::var(VARIABLE) else { return false };
    let (name, memory) = task.split_once(' ').unwrap();
    let name: Name = name.parse().unwrap();
    with_circuit!(name, C => prove::<C>(memory));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.unwrap_or("0 kB").trim().trim_end_matches(" kB"));
    true
}

/// MiB at the highest, or nothing where the system does not tell.
fn peak(name: Name, memory: &str) -> Option<f64> {
    let child = Command::new(std::env::current_exe().ok()?).env(VARIABLE, format!("{name} {memory}")).output().ok()?;
    let kilobytes: f64 = String::from_utf8(child.stdout).ok()?.trim().parse().ok()?;
    (kilobytes > 0.0).then_some(kilobytes / 1024.0)
}

pub(crate) fn table() -> String {
    let mut out = String::from(
        "| | default, `--memory 64` | `--memory 256` | arkworks, with making its key |\n|---|---|---|---|\n",
    );
    for name in [Name::Ballot3, Name::Ballot8] {
        let [least, more, stock] = ["64", "256", "stock"].map(|memory| match peak(name, memory) {
            Some(peak) => format!("{peak:.0} MiB"),
            None => "not known".into(),
        });
        writeln!(out, "| {name} | {least} | {more} | {stock} |").unwrap();
    }
    out
}
