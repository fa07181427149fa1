//! `.zkey`: a Groth16 proving key with the transcript of its ceremony.
//!
//! | section | holds |
//! |---|---|
//! | 1 | the proof system: 1, Groth16 |
//! | 2 | both moduli; variables, public inputs, domain; alpha, beta (G1, G2), gamma, delta (G1, G2) |
//! | 3 | `IC`: one and the public inputs, over gamma |
//! | 4 | entries of A and B ([`Coefficient`]); C is not needed, as it is `A∘B` for a valid witness |
//! | 5, 6, 7 | A in G1, B in G1, B in G2, for every variable |
//! | 8 | `L`: the variables that are not public, over delta |
//! | 9 | `H`: the odd Lagrange polynomials of twice the domain, over delta |
//! | 10 | [`Transcript`] |
//!
//! Sections are written in two orders: that of an initial zkey, and that of a contribution. Readers accept any.
//! Sections with other numbers are ignored.

mod coefficients;
mod header;
mod transcript;

use std::io::{Read, Seek, Write};

use ark_bn254::{G1Affine, G2Affine};

use crate::binary::{FileKind, Section, SectionedFile, write_header, write_section};
use crate::elements::{FilePoint, check_points, decode_points, encode_points};
use crate::{FileFormatError, binary};
pub use coefficients::{
    Coefficient, encode_coefficients, key_coefficients, read_coefficient_section, read_coefficients,
};
pub use header::{Header, Shape, read_shape};
pub use transcript::{Contribution, FactorSource, Transcript};

const IC: u32 = 3;

/// The points of a proving key.
#[derive(Clone, PartialEq)]
pub struct Zkey {
    /// Alpha, beta, gamma, delta.
    pub header: Header,
    /// `(beta·A + alpha·B + C) / gamma` of one and of each public input.
    pub ic: Vec<G1Affine>,
    /// `A` of each variable.
    pub a: Vec<G1Affine>,
    /// `B` of each variable, in this group.
    pub b_g1: Vec<G1Affine>,
    /// `B` of each variable, in this group.
    pub b_g2: Vec<G2Affine>,
    /// `(beta·A + alpha·B + C) / delta` of each variable that is not public.
    pub l: Vec<G1Affine>,
    /// Odd Lagrange polynomials of twice the domain, over delta.
    pub h: Vec<G1Affine>,
}

/// The order in which sections are written; readers accept any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionOrder {
    /// That of an initial zkey, before the first contribution.
    Initial,
    /// That of a contribution.
    Contributed,
}

impl SectionOrder {
    fn section_ids(self) -> [u32; 10] {
        match self {
            SectionOrder::Initial => [1, 2, 4, 3, 9, 8, 5, 6, 7, 10],
            SectionOrder::Contributed => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        }
    }
}

impl Zkey {
    /// Reads the points. Their encodings are checked; [`Zkey::check_points`] checks the rest.
    ///
    /// # Errors
    /// Returns an [`FileFormatError`].
    pub fn read_points<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Zkey, FileFormatError> {
        let Shape { variables, inputs, domain } = read_shape(file)?;
        Ok(Zkey {
            header: Header::read_header(file)?,
            ic: read_list(file, IC, "IC", inputs)?,
            a: read_list(file, 5, "A", variables)?,
            b_g1: read_list(file, 6, "B in G1", variables)?,
            b_g2: read_list(file, 7, "B in G2", variables)?,
            l: read_list(file, 8, "L", variables - inputs)?,
            h: read_list(file, 9, "H", domain)?,
        })
    }

    /// Checks that every point is on its curve and in its subgroup.
    ///
    /// # Errors
    /// Returns `Element` with the first point that is not.
    pub fn check_points(&self) -> Result<(), FileFormatError> {
        let Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 } = self.header;
        check_points("alpha, beta or delta,", &[alpha_g1, beta_g1, delta_g1])?;
        check_points("beta, gamma or delta in G2,", &[beta_g2, gamma_g2, delta_g2])?;
        let lists = [("IC", &self.ic), ("A", &self.a), ("B in G1", &self.b_g1), ("L", &self.l), ("H", &self.h)];
        lists.into_iter().try_for_each(|(what, list)| check_points(what, list))?;
        check_points("B in G2", &self.b_g2)
    }

    /// The shape given by the lengths of its lists.
    pub fn shape(&self) -> Shape {
        Shape { variables: self.a.len(), inputs: self.ic.len(), domain: self.h.len() }
    }

    /// Writes a key. `coefficients` is section 4, as [`encode_coefficients`] returns it.
    ///
    /// # Errors
    /// Returns the writer's errors.
    pub fn write_file(
        &self,
        coefficients: &[u8],
        transcript: &Transcript,
        order: SectionOrder,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        write_header(out, FileKind::Zkey, 10)?;
        order.section_ids().into_iter().try_for_each(|id| match id {
            header::SYSTEM => write_section(out, id, &header::GROTH16.to_le_bytes()),
            header::HEADER => write_section(out, id, &self.header.encode(self.shape())),
            IC => write_section(out, id, &encode_points(&self.ic)),
            coefficients::SECTION => write_section(out, id, coefficients),
            5 => write_section(out, id, &encode_points(&self.a)),
            6 => write_section(out, id, &encode_points(&self.b_g1)),
            7 => write_section(out, id, &encode_points(&self.b_g2)),
            8 => write_section(out, id, &encode_points(&self.l)),
            9 => write_section(out, id, &encode_points(&self.h)),
            _ => write_section(out, id, &transcript.encode()),
        })
    }
}

/// Reads section 10, the contribution transcript.
///
/// # Errors
/// Returns an [`FileFormatError`].
pub fn read_transcript<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Transcript, FileFormatError> {
    let section = file.find_section(transcript::SECTION)?;
    Transcript::parse(section, &file.read_section(section)?)
}

fn read_list<R: Read + Seek, P: FilePoint>(
    file: &mut SectionedFile<R>,
    id: u32,
    what: &'static str,
    length: usize,
) -> Result<Vec<P>, FileFormatError> {
    let section: Section = file.section_with_length(id, (length * P::BYTES) as u64)?;
    decode_points(what, &file.read_section(section)?)
}

/// Reads `IC`, the points of one and of the public inputs.
///
/// # Errors
/// As [`read_shape`]; `Element` for an invalid point.
pub fn read_ic<R: Read + Seek>(file: &mut SectionedFile<R>) -> Result<Vec<G1Affine>, FileFormatError> {
    let inputs = read_shape(file)?.inputs;
    read_list(file, IC, "IC", inputs)
}

/// Opens the file of a key.
///
/// # Errors
/// As [`SectionedFile::open`].
pub fn open_zkey<R: Read + Seek>(source: R) -> Result<SectionedFile<R>, FileFormatError> {
    binary::SectionedFile::open(source, FileKind::Zkey)
}
