//! Prints the exact shape of every circuit of the catalogue, one figure a line: constraints in all and by section,
//! variables, non-zero entries of the matrices, the domain, and how many constraints are assertions.
//!
//! `cargo run -p psephos-circuits --example shapes`; `cargo xtask figures` records these figures in
//! `docs/src/figures.json`.

use psephos_circuits::catalogue::Name;

fn main() {
    for name in Name::ALL {
        let system = name.constraint_system();
        let constraints = system.num_constraints();
        let assertions = system.assertions().len();
        println!("constraints.{name} {constraints}");
        for (section, count) in system.section_sizes() {
            let section = section.replace(' ', "-");
            println!("constraints.{name}.{section} {count}");
        }
        println!("assertions.{name} {assertions}");
        println!("determining.{name} {}", constraints - assertions);
        println!("variables.{name} {}", system.num_variables());
        for (matrix, entries) in ["A", "B", "C"].into_iter().zip(system.non_zeros()) {
            println!("entries.{name}.{matrix} {entries}");
        }
        // Groth16 over an evaluation domain has one row for each constraint and each public input.
        let rows = constraints + system.num_inputs();
        println!("domainBits.{name} {}", rows.next_power_of_two().trailing_zeros());
    }
}
