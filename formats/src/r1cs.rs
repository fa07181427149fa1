//! `.r1cs`: a constraint system.
//!
//! | section | holds |
//! |---|---|
//! | 1 | modulus; wires, public outputs, public inputs, private inputs; labels (8 bytes); constraints |
//! | 2 | for each constraint its rows of A, B and C: number of entries, then wire and coefficient of each |
//! | 3 | for each wire its label (8 bytes) |
//!
//! Wires are the system's variables: one, the public inputs, the witness. This crate writes no outputs and no private
//! inputs: the format wants private inputs right after the public ones, which would force an order of allocation upon
//! circuits ([`crate::symbols`] names the wires). Each wire is its own label.

use std::borrow::Cow;
use std::io::{Read, Seek, Write};

use ark_bn254::Fr;

use crate::binary::{Fields, Kind, Sections, put_modulus, write_head, write_section};
use crate::{Iden3Error, elements};

const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;
/// Sections of custom gates, which Groth16 does not support.
const GATES: [u32; 2] = [4, 5];

/// One row of a matrix: coefficient and wire of each entry, sorted by wire.
pub type Row = Vec<(Fr, usize)>;

/// A constraint system `A·z ∘ B·z = C·z`, owned or borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintSystem<'a> {
    /// Number of public inputs, counting the constant one.
    pub inputs: usize,
    /// Number of all wires: one, public inputs, witness.
    pub variables: usize,
    /// The matrices A, B and C, with one row for each constraint.
    pub matrices: [Cow<'a, [Row]>; 3],
}

impl<'a> ConstraintSystem<'a> {
    /// Borrows the matrices of a system.
    pub fn borrowed(inputs: usize, variables: usize, [a, b, c]: [&'a [Row]; 3]) -> ConstraintSystem<'a> {
        ConstraintSystem { inputs, variables, matrices: [a, b, c].map(Cow::Borrowed) }
    }

    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.matrices[0].len()
    }
}

/// Writes the system. Rows must be sorted by wire, or [`read`] rejects the file.
///
/// # Errors
/// Returns the writer's errors.
pub fn write(system: &ConstraintSystem<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let word = |n: usize| (n as u32).to_le_bytes();
    let mut header = Vec::new();
    put_modulus(&mut header, &elements::scalar_modulus());
    for count in [system.variables, 0, system.inputs - 1, 0] {
        header.extend_from_slice(&word(count));
    }
    header.extend_from_slice(&(system.variables as u64).to_le_bytes());
    header.extend_from_slice(&word(system.constraints()));

    let mut constraints = Vec::new();
    let [a, b, c] = &system.matrices;
    for ((a, b), c) in a.iter().zip(b.iter()).zip(c.iter()) {
        for row in [a, b, c] {
            constraints.extend_from_slice(&word(row.len()));
            for (coefficient, wire) in row {
                constraints.extend_from_slice(&word(*wire));
                constraints.extend_from_slice(&elements::scalar_bytes(coefficient));
            }
        }
    }
    let labels: Vec<u8> = (0..system.variables as u64).flat_map(u64::to_le_bytes).collect();
    write_head(out, Kind::R1cs, 3)?;
    write_section(out, HEADER, &header)?;
    write_section(out, CONSTRAINTS, &constraints)?;
    write_section(out, LABELS, &labels)
}

/// Reads a system, of this crate or of circom: outputs count as public inputs.
///
/// # Errors
/// Returns an [`Iden3Error`]; `Inconsistent` also for a file with custom gates, and for a row that is not sorted by
/// wire.
pub fn read(source: impl Read + Seek) -> Result<ConstraintSystem<'static>, Iden3Error> {
    let mut file = Sections::open(source, Kind::R1cs)?;
    let section = file.section(HEADER)?;
    let content = file.content(section)?;
    let mut header = Fields::new(section, &content);
    header.modulus(&elements::scalar_modulus())?;
    let [wires, outputs, public, private] = [header.u32()?, header.u32()?, header.u32()?, header.u32()?];
    let labels = header.u64()?;
    let constraints = header.u32()? as usize;
    header.end()?;
    let inputs = 1 + u64::from(outputs) + u64::from(public);
    if inputs + u64::from(private) > u64::from(wires) || labels < u64::from(wires) {
        return Err(Iden3Error::inconsistent("the header counts more inputs than wires, or fewer labels"));
    }
    if GATES.iter().any(|id| file.section(*id).is_ok_and(|gates| gates.length > 4)) {
        return Err(Iden3Error::inconsistent("the circuit uses custom gates, which Groth16 does not support"));
    }
    file.section_of(LABELS, u64::from(wires) * 8)?;

    let section = file.section(CONSTRAINTS)?;
    // A constraint takes at least three empty rows: nothing is allocated for constraints that the section cannot hold.
    if section.length / 12 < constraints as u64 {
        return Err(Iden3Error::inconsistent(format!("{constraints} constraints do not fit section {CONSTRAINTS}")));
    }
    let content = file.content(section)?;
    let mut rows = Fields::new(section, &content);
    let [mut a, mut b, mut c] = [(); 3].map(|()| Vec::with_capacity(constraints));
    for index in 0..constraints {
        for matrix in [&mut a, &mut b, &mut c] {
            matrix.push(row(&mut rows, index, wires)?);
        }
    }
    rows.end()?;
    Ok(ConstraintSystem { inputs: inputs as usize, variables: wires as usize, matrices: [a, b, c].map(Cow::Owned) })
}

fn row(fields: &mut Fields<'_>, index: usize, wires: u32) -> Result<Row, Iden3Error> {
    let count = fields.u32()? as usize;
    if count > fields.left() / 36 {
        return Err(Iden3Error::inconsistent(format!("constraint {index} states more entries than the section holds")));
    }
    let mut row: Vec<(Fr, usize)> = Vec::with_capacity(count);
    for _ in 0..count {
        let wire = fields.u32()?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(fields.take(32)?);
        let coefficient = elements::scalar(&bytes).map_err(|source| Iden3Error::Element {
            what: "a coefficient of constraint",
            index,
            source,
        })?;
        if wire >= wires || row.last().is_some_and(|(_, last)| *last >= wire as usize) {
            return Err(Iden3Error::inconsistent(format!(
                "constraint {index}: its wires are not sorted, or do not exist"
            )));
        }
        row.push((coefficient, wire as usize));
    }
    Ok(row)
}
