//! Section 4: the entries of A and B.

use std::io::{Read, Seek};

use ark_bn254::Fr;

use super::{Shape, read_shape};
use crate::binary::{FieldReader, SectionedFile};
use crate::r1cs::ConstraintSystem;
use crate::{FileFormatError, elements};

pub(super) const SECTION: u32 = 4;
/// Length of an entry in bytes: three numbers and a field element.
pub(super) const BYTES: u64 = 12 + 32;

/// An entry of A or B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coefficient {
    /// The matrix: 0 for A, 1 for B.
    pub matrix: u32,
    /// The row.
    pub constraint: u32,
    /// The column.
    pub variable: u32,
    /// The entry.
    pub value: Fr,
}

/// Returns the entries of A and B of a system's keys, in the order of the file: for each constraint those of A, then
/// those of B; last the entries of A that bind the public inputs.
pub fn key_coefficients<'a>(system: &'a ConstraintSystem<'_>) -> impl Iterator<Item = Coefficient> + 'a {
    let [a, b, _] = &system.matrices;
    let rows = a.iter().zip(b.iter()).enumerate().flat_map(|(constraint, (a, b))| {
        [(0, a), (1, b)]
            .into_iter()
            .flat_map(move |(matrix, row)| row.iter().map(move |entry| (matrix, constraint, entry)))
    });
    let entries = rows.map(|(matrix, constraint, (value, variable))| Coefficient {
        matrix,
        constraint: constraint as u32,
        variable: *variable as u32,
        value: *value,
    });
    entries.chain((0..system.inputs).map(|input| Coefficient {
        matrix: 0,
        constraint: (system.constraints() + input) as u32,
        variable: input as u32,
        value: Fr::from(1u64),
    }))
}

/// Encodes section 4.
pub fn encode_coefficients(entries: impl Iterator<Item = Coefficient>) -> Vec<u8> {
    let mut out = vec![0; 4];
    let mut count = 0u32;
    for entry in entries {
        count += 1;
        [entry.matrix, entry.constraint, entry.variable].iter().for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        out.extend_from_slice(&elements::encode_coefficient(&entry.value));
    }
    out[..4].copy_from_slice(&count.to_le_bytes());
    out
}

/// Reads section 4 without parsing it.
///
/// # Errors
/// Returns `MissingSection`, `RepeatedSection` or `Io`.
pub fn read_coefficient_section<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Vec<u8>, FileFormatError> {
    let section = file.find_section(SECTION)?;
    file.read_section(section)
}

/// Reads and parses section 4.
///
/// # Errors
/// Returns `SectionLength`, `Element`, or `Inconsistent` if an entry is outside the matrices.
pub fn read_coefficients<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Vec<Coefficient>, FileFormatError> {
    let Shape { variables, domain, .. } = read_shape(file)?;
    let section = file.find_section(SECTION)?;
    let count = FieldReader::new(section, &file.read_part(section, 0, 4)?).read_u32()?;
    let content = file.section_with_length(SECTION, 4 + u64::from(count) * BYTES).and_then(|s| file.read_section(s))?;
    let mut fields = FieldReader::new(section, &content[4..]);
    let mut entries = Vec::with_capacity(count as usize);
    for index in 0..count as usize {
        let [matrix, constraint, variable] = [fields.read_u32()?, fields.read_u32()?, fields.read_u32()?];
        if matrix > 1 || constraint as usize >= domain || variable as usize >= variables {
            return Err(FileFormatError::inconsistent(format!(
                "entry {index} of section {SECTION} is outside the matrices"
            )));
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(fields.take_bytes(32)?);
        let value = elements::decode_coefficient(&bytes).map_err(|source| FileFormatError::Element {
            what: "coefficient",
            index,
            source,
        })?;
        entries.push(Coefficient { matrix, constraint, variable, value });
    }
    Ok(entries)
}
