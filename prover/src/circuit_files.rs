//! Circuits as files: conversions between [`R1cs`] and the types of `psephos_formats`, and the names of a circuit's
//! wires.
//!
//! In a `.sym` file a public input has its own name (`main.h`). Every other wire is named after the section of the
//! circuit that first uses it, and numbered within that section (`main.census.17`); the section's number is its
//! component. A free witness input, which no constraint computes from other wires, is called `free`
//! (`main.census.free.3`).

use std::collections::HashSet;

use psephos_circuits::R1cs;
use psephos_formats::FileFormatError;
use psephos_formats::r1cs::ConstraintSystem;
use psephos_formats::symbols::Symbol;

/// Borrows a circuit's matrices for the writers of `psephos_formats`.
pub fn constraint_system(system: &R1cs) -> ConstraintSystem<'_> {
    let [a, b, c] = system.matrices();
    ConstraintSystem::borrow_matrices(system.num_inputs(), system.num_variables(), [a, b, c])
}

/// Converts a system that was read from a `.r1cs` file. It has no sections and no names.
///
/// # Errors
/// Returns [`FileFormatError::Inconsistent`] if a constraint names a wire that does not exist.
pub fn into_r1cs(system: ConstraintSystem<'_>) -> Result<R1cs, FileFormatError> {
    let ConstraintSystem { inputs, variables, matrices } = system;
    let [a, b, c] = matrices.map(|rows| rows.into_owned());
    R1cs::from_matrices(inputs, variables, a, b, c)
        .ok_or_else(|| FileFormatError::Inconsistent("a constraint names a wire that does not exist".into()))
}

/// Names a circuit's wires, in their order and without the constant one. `inputs` are the names of the public inputs,
/// in order.
pub fn name_wires(system: &R1cs, inputs: &[&str]) -> Vec<Symbol> {
    let sections: Vec<&str> = system.section_sizes().iter().map(|(name, _)| *name).collect();
    let free: HashSet<usize> = system.free_inputs().iter().copied().collect();
    let mut counts = vec![[0usize; 2]; sections.len() + 1];
    let mut symbols = Vec::with_capacity(system.num_variables());
    for (wire, section) in first_uses(system, &sections).into_iter().enumerate().skip(1) {
        // Component 0 is the circuit itself.
        let (component, name) = match inputs.get(wire - 1).filter(|_| wire < system.num_inputs()) {
            Some(name) => (0, format!("main.{name}")),
            None => {
                let name = section.map_or("unused", |section| sections[section]).replace([' ', ','], "-");
                let number = section.map_or(sections.len(), |section| section);
                let is_free = free.contains(&wire);
                let count = &mut counts[number][usize::from(is_free)];
                *count += 1;
                (number + 1, format!("main.{name}.{}{}", if is_free { "free." } else { "" }, *count - 1))
            }
        };
        symbols.push(Symbol { wire, component, name });
    }
    symbols
}

/// For each wire, the index of the section of the first constraint that mentions it.
fn first_uses(system: &R1cs, sections: &[&str]) -> Vec<Option<usize>> {
    let mut first = vec![None; system.num_variables()];
    let [a, b, c] = system.matrices();
    for (index, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
        let section = sections.iter().position(|name| *name == system.section_of(index));
        for (_, wire) in a.iter().chain(b).chain(c) {
            first[*wire] = first[*wire].or(section);
        }
    }
    first
}
