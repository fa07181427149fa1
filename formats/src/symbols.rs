//! `.sym`: names of the wires, one line each: label, wire, component, name.

use std::fmt::Write;

/// The name of one wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The wire, which is its own label in the files of [`crate::r1cs`].
    pub wire: usize,
    /// Number of the component that the wire belongs to; 0 is the circuit itself.
    pub component: usize,
    /// Its full name, such as `main.census.17`. It must contain neither a comma nor a line break.
    pub name: String,
}

/// Returns the file's text.
pub fn format_symbols(symbols: &[Symbol]) -> String {
    let mut out = String::new();
    for Symbol { wire, component, name } in symbols {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{wire},{wire},{component},{name}");
    }
    out
}
