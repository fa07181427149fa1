//! Sections 1 and 2: the proof system, the sizes of all lists, and alpha, beta, gamma, delta.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};

use super::coefficients;
use crate::binary::{FieldReader, SectionedFile, append_modulus};
use crate::elements::{FilePoint, G1_BYTES, G2_BYTES};
use crate::r1cs::ConstraintSystem;
use crate::{FileFormatError, elements};

pub(super) const SYSTEM: u32 = 1;
pub(super) const HEADER: u32 = 2;
/// The number of Groth16 among the proof systems.
pub(super) const GROTH16: u32 = 1;
/// Length of section 2 in bytes.
const HEADER_BYTES: usize = 2 * 36 + 12 + 3 * G1_BYTES + 3 * G2_BYTES;

/// The sizes that determine the lengths of a key's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Number of all variables: one, public inputs, witness.
    pub variables: usize,
    /// Number of public inputs, counting the constant one.
    pub inputs: usize,
    /// Size of the domain: constraints plus inputs, rounded up to a power of two.
    pub domain: usize,
}

/// The points of a key's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Alpha.
    pub alpha_g1: G1Affine,
    /// Beta.
    pub beta_g1: G1Affine,
    /// Beta.
    pub beta_g2: G2Affine,
    /// Gamma: the generator, if the key is from a ceremony.
    pub gamma_g2: G2Affine,
    /// Delta, which every contributor has multiplied by a secret factor.
    pub delta_g1: G1Affine,
    /// Delta.
    pub delta_g2: G2Affine,
}

impl Shape {
    /// Returns the shape of a system's keys.
    pub fn from_system(system: &ConstraintSystem<'_>) -> Shape {
        let domain = (system.constraints() + system.inputs).next_power_of_two();
        Shape { variables: system.variables, inputs: system.inputs, domain }
    }

    /// Returns the length in bytes of a key file of this shape, with this number of entries of A and B and a transcript
    /// of this length in bytes.
    pub fn file_length(&self, coefficients: usize, transcript: usize) -> u64 {
        let points = self.inputs + 2 * self.variables + (self.variables - self.inputs) + self.domain;
        let content = 4 + HEADER_BYTES + points * G1_BYTES + self.variables * G2_BYTES + 4 + transcript;
        (12 + 10 * 12 + content) as u64 + coefficients as u64 * coefficients::BYTES
    }
}

/// Reads the shape that a file states.
///
/// # Errors
/// Returns `ProofSystem`, `WrongCurve`, `SectionLength`, `MissingSection`, `RepeatedSection`, or `Inconsistent` if
/// there are fewer variables than inputs or the domain is not a power of two.
pub fn read_shape<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Shape, FileFormatError> {
    let section = file.section_with_length(SYSTEM, 4)?;
    let system = FieldReader::new(section, &file.read_section(section)?).read_u32()?;
    if system != GROTH16 {
        return Err(FileFormatError::ProofSystem(system));
    }
    let section = file.section_with_length(HEADER, HEADER_BYTES as u64)?;
    let content = file.read_section(section)?;
    let mut header = FieldReader::new(section, &content);
    header.expect_modulus(&elements::base_modulus())?;
    header.expect_modulus(&elements::scalar_modulus())?;
    let [variables, public, domain] = [header.read_u32()?, header.read_u32()?, header.read_u32()?];
    if public >= variables || !domain.is_power_of_two() || domain <= public {
        return Err(FileFormatError::inconsistent(
            "the header's numbers of variables and inputs and its domain contradict each other",
        ));
    }
    Ok(Shape { variables: variables as usize, inputs: public as usize + 1, domain: domain as usize })
}

impl Header {
    /// Reads the points of section 2. Their encodings are checked.
    ///
    /// # Errors
    /// As [`read_shape`]; `Element` for an invalid point.
    pub fn read_header<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Header, FileFormatError> {
        read_shape(file)?;
        let section = file.find_section(HEADER)?;
        let points = file.read_part(section, 2 * 36 + 12, (3 * G1_BYTES + 3 * G2_BYTES) as u64)?;
        let g1 = |at: usize| decode_point("a point of the header,", &points[at..at + G1_BYTES]);
        let g2 = |at: usize| decode_point("a point of the header,", &points[at..at + G2_BYTES]);
        let [alpha_g1, beta_g1, delta_g1] = [g1(0)?, g1(64)?, g1(384)?];
        let [beta_g2, gamma_g2, delta_g2] = [g2(128)?, g2(256)?, g2(448)?];
        Ok(Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 })
    }

    /// Encodes section 2 of a key of this shape.
    pub fn encode(&self, shape: Shape) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        append_modulus(&mut out, &elements::base_modulus());
        append_modulus(&mut out, &elements::scalar_modulus());
        let Shape { variables, inputs, domain } = shape;
        [variables, inputs - 1, domain].iter().for_each(|n| out.extend_from_slice(&(*n as u32).to_le_bytes()));
        self.alpha_g1.append_encoding(&mut out);
        self.beta_g1.append_encoding(&mut out);
        self.beta_g2.append_encoding(&mut out);
        self.gamma_g2.append_encoding(&mut out);
        self.delta_g1.append_encoding(&mut out);
        self.delta_g2.append_encoding(&mut out);
        out
    }
}

fn decode_point<P: FilePoint>(what: &'static str, bytes: &[u8]) -> Result<P, FileFormatError> {
    P::decode_unchecked(bytes).map_err(|source| FileFormatError::Element { what, index: 0, source })
}
