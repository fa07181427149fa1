//! `.sym`: names of the wires, one line each: label, wire, component, name.
//!
//! A public input has its own name (`main.h`). Every other wire is called after the section of the circuit that first uses it, in
//! which it is counted (`main.census.17`); the section's number is its component. What comes from outside, and is not computed by
//! the circuit, is called `given` (`main.census.given.3`).

use std::collections::HashSet;
use std::fmt::Write;

use psephos_circuits::R1cs;

/// The file's text. `inputs` are the names of the public inputs, in order.
pub fn symbols(system: &R1cs, inputs: &[&str]) -> String {
    let sections: Vec<&str> = system.sections().iter().map(|(name, _)| *name).collect();
    let given: HashSet<usize> = system.given().iter().copied().collect();
    let mut counts = vec![[0usize; 2]; sections.len() + 1];
    let mut out = String::new();
    for (wire, section) in first_uses(system, &sections).into_iter().enumerate().skip(1) {
        // Component 0 is the circuit itself.
        let (component, name) = match inputs.get(wire - 1).filter(|_| wire < system.inputs()) {
            Some(name) => (0, format!("main.{name}")),
            None => {
                let name = section.map_or("unused", |section| sections[section]).replace([' ', ','], "-");
                let number = section.map_or(sections.len(), |section| section);
                let outside = given.contains(&wire);
                let count = &mut counts[number][usize::from(outside)];
                *count += 1;
                (number + 1, format!("main.{name}.{}{}", if outside { "given." } else { "" }, *count - 1))
            }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{wire},{wire},{component},{name}");
    }
    out
}

/// For each wire the position of the section of the first constraint that mentions it.
fn first_uses(system: &R1cs, sections: &[&str]) -> Vec<Option<usize>> {
    let mut first = vec![None; system.variables()];
    let [a, b, c] = system.matrices();
    for (index, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
        let section = sections.iter().position(|name| *name == system.section_of(index));
        for (_, wire) in a.iter().chain(b).chain(c) {
            first[*wire] = first[*wire].or(section);
        }
    }
    first
}
