//! `.wtns`: an assignment. **It contains the witness of a proof**: anyone who has that of a ballot knows the vote.
//!
//! | section | holds |
//! |---|---|
//! | 1 | modulus; number of elements |
//! | 2 | the elements: one, the public inputs, the witness |

use std::io::{Read, Seek, Write};

use ark_bn254::Fr;
use zeroize::Zeroizing;

use crate::binary::{FieldReader, FileKind, SectionedFile, append_modulus, write_header, write_section};
use crate::{FileFormatError, elements};

const HEADER: u32 = 1;
const ELEMENTS: u32 = 2;

/// Writes an assignment. The writer should be a file that no one else can read.
///
/// # Errors
/// Returns the writer's errors.
pub fn write_witness(assignment: &[Fr], out: &mut impl Write) -> std::io::Result<()> {
    let mut header = Vec::new();
    append_modulus(&mut header, &elements::scalar_modulus());
    header.extend_from_slice(&(assignment.len() as u32).to_le_bytes());
    let mut values = Zeroizing::new(Vec::with_capacity(assignment.len() * elements::ELEMENT_BYTES));
    assignment.iter().for_each(|x| values.extend_from_slice(&elements::encode_scalar(x)));
    write_header(out, FileKind::Witness, 2)?;
    write_section(out, HEADER, &header)?;
    write_section(out, ELEMENTS, &values)
}

/// Reads an assignment. Whether it satisfies a constraint system is not checked here.
///
/// # Errors
/// Returns an [`FileFormatError`]; `Inconsistent` if the first element is not one.
pub fn read_witness(source: impl Read + Seek) -> Result<Zeroizing<Vec<Fr>>, FileFormatError> {
    let mut file = SectionedFile::open(source, FileKind::Witness)?;
    let section = file.find_section(HEADER)?;
    let content = file.read_section(section)?;
    let mut header = FieldReader::new(section, &content);
    header.expect_modulus(&elements::scalar_modulus())?;
    let count = header.read_u32()?;
    header.expect_end()?;
    let section = file.section_with_length(ELEMENTS, u64::from(count) * elements::ELEMENT_BYTES as u64)?;
    let content = Zeroizing::new(file.read_section(section)?);
    let mut assignment = Zeroizing::new(Vec::with_capacity(count as usize));
    for (index, bytes) in content.as_chunks::<32>().0.iter().enumerate() {
        let element = elements::decode_scalar(bytes);
        assignment.push(element.map_err(|source| FileFormatError::Element { what: "element", index, source })?);
    }
    match assignment.first() {
        Some(one) if *one == Fr::from(1u64) => Ok(assignment),
        _ => Err(FileFormatError::inconsistent("the assignment does not begin with one")),
    }
}
