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

use crate::binary::{FieldReader, FileKind, SectionedFile, append_modulus, write_header, write_section};
use crate::{FileFormatError, elements};

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
    pub fn borrow_matrices(inputs: usize, variables: usize, [a, b, c]: [&'a [Row]; 3]) -> ConstraintSystem<'a> {
        ConstraintSystem { inputs, variables, matrices: [a, b, c].map(Cow::Borrowed) }
    }

    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.matrices[0].len()
    }
}

/// Writes the system. Rows must be sorted by wire, or [`read_r1cs`] rejects the file.
///
/// # Errors
/// Returns the writer's errors.
pub fn write_r1cs(system: &ConstraintSystem<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let word = |n: usize| (n as u32).to_le_bytes();
    let mut header = Vec::new();
    append_modulus(&mut header, &elements::scalar_modulus());
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
                constraints.extend_from_slice(&elements::encode_scalar(coefficient));
            }
        }
    }
    let labels: Vec<u8> = (0..system.variables as u64).flat_map(u64::to_le_bytes).collect();
    write_header(out, FileKind::R1cs, 3)?;
    write_section(out, HEADER, &header)?;
    write_section(out, CONSTRAINTS, &constraints)?;
    write_section(out, LABELS, &labels)
}

/// Reads a system, of this crate or of circom: outputs count as public inputs.
///
/// # Errors
/// Returns an [`FileFormatError`]; `Inconsistent` also for a file with custom gates, and for a row that is not sorted
/// by wire.
pub fn read_r1cs(source: impl Read + Seek) -> Result<ConstraintSystem<'static>, FileFormatError> {
    let mut file = SectionedFile::open(source, FileKind::R1cs)?;
    let section = file.find_section(HEADER)?;
    let content = file.read_section(section)?;
    let mut header = FieldReader::new(section, &content);
    header.expect_modulus(&elements::scalar_modulus())?;
    let [wires, outputs, public, private] =
        [header.read_u32()?, header.read_u32()?, header.read_u32()?, header.read_u32()?];
    let labels = header.read_u64()?;
    let constraints = header.read_u32()? as usize;
    header.expect_end()?;
    let inputs = 1 + u64::from(outputs) + u64::from(public);
    if inputs + u64::from(private) > u64::from(wires) || labels < u64::from(wires) {
        return Err(FileFormatError::inconsistent("the header counts more inputs than wires, or fewer labels"));
    }
    if GATES.iter().any(|id| file.find_section(*id).is_ok_and(|gates| gates.length > 4)) {
        return Err(FileFormatError::inconsistent("the circuit uses custom gates, which Groth16 does not support"));
    }
    file.section_with_length(LABELS, u64::from(wires) * 8)?;

    let section = file.find_section(CONSTRAINTS)?;
    // A constraint takes at least three empty rows: nothing is allocated for constraints that the section cannot hold.
    if section.length / 12 < constraints as u64 {
        return Err(FileFormatError::inconsistent(format!(
            "{constraints} constraints do not fit section {CONSTRAINTS}"
        )));
    }
    let content = file.read_section(section)?;
    let mut rows = FieldReader::new(section, &content);
    let [mut a, mut b, mut c] = [(); 3].map(|()| Vec::with_capacity(constraints));
    for index in 0..constraints {
        for matrix in [&mut a, &mut b, &mut c] {
            matrix.push(read_row(&mut rows, index, wires)?);
        }
    }
    rows.expect_end()?;
    Ok(ConstraintSystem { inputs: inputs as usize, variables: wires as usize, matrices: [a, b, c].map(Cow::Owned) })
}

fn read_row(fields: &mut FieldReader<'_>, index: usize, wires: u32) -> Result<Row, FileFormatError> {
    let count = fields.read_u32()? as usize;
    if count > fields.remaining() / 36 {
        return Err(FileFormatError::inconsistent(format!(
            "constraint {index} states more entries than the section holds"
        )));
    }
    let mut row: Vec<(Fr, usize)> = Vec::with_capacity(count);
    for _ in 0..count {
        let wire = fields.read_u32()?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(fields.take_bytes(32)?);
        let coefficient = elements::decode_scalar(&bytes).map_err(|source| FileFormatError::Element {
            what: "a coefficient of constraint",
            index,
            source,
        })?;
        if wire >= wires || row.last().is_some_and(|(_, last)| *last >= wire as usize) {
            return Err(FileFormatError::inconsistent(format!(
                "constraint {index}: its wires are not sorted, or do not exist"
            )));
        }
        row.push((coefficient, wire as usize));
    }
    Ok(row)
}
