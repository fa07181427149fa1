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

use crate::binary::{Kind, Section, Sections, write_head, write_section};
use crate::elements::{FilePoint, check_points, encoded, points};
use crate::{Iden3Error, binary};
pub use coefficients::{Coefficient, coefficient_bytes, coefficients, encode_coefficients, parse_coefficients};
pub use header::{Header, Shape, shape};
pub use transcript::{Contribution, Secret, Transcript};

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
pub enum Order {
    /// That of an initial zkey, before the first contribution.
    New,
    /// That of a contribution.
    Contributed,
}

impl Order {
    fn sections(self) -> [u32; 10] {
        match self {
            Order::New => [1, 2, 4, 3, 9, 8, 5, 6, 7, 10],
            Order::Contributed => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        }
    }
}

impl Zkey {
    /// Reads the points. Their encodings are checked; [`Zkey::check_points`] checks the rest.
    ///
    /// # Errors
    /// Returns an [`Iden3Error`].
    pub fn read<R: Read + Seek>(file: &mut Sections<R>) -> Result<Zkey, Iden3Error> {
        let Shape { variables, inputs, domain } = shape(file)?;
        Ok(Zkey {
            header: Header::read(file)?,
            ic: list(file, IC, "IC", inputs)?,
            a: list(file, 5, "A", variables)?,
            b_g1: list(file, 6, "B in G1", variables)?,
            b_g2: list(file, 7, "B in G2", variables)?,
            l: list(file, 8, "L", variables - inputs)?,
            h: list(file, 9, "H", domain)?,
        })
    }

    /// Checks that every point is on its curve and in its subgroup.
    ///
    /// # Errors
    /// Returns `Element` with the first point that is not.
    pub fn check_points(&self) -> Result<(), Iden3Error> {
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
    pub fn write(
        &self,
        coefficients: &[u8],
        transcript: &Transcript,
        order: Order,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        write_head(out, Kind::Zkey, 10)?;
        order.sections().into_iter().try_for_each(|id| match id {
            header::SYSTEM => write_section(out, id, &header::GROTH16.to_le_bytes()),
            header::HEADER => write_section(out, id, &self.header.encode(self.shape())),
            IC => write_section(out, id, &encoded(&self.ic)),
            coefficients::SECTION => write_section(out, id, coefficients),
            5 => write_section(out, id, &encoded(&self.a)),
            6 => write_section(out, id, &encoded(&self.b_g1)),
            7 => write_section(out, id, &encoded(&self.b_g2)),
            8 => write_section(out, id, &encoded(&self.l)),
            9 => write_section(out, id, &encoded(&self.h)),
            _ => write_section(out, id, &transcript.encode()),
        })
    }
}

/// Reads section 10, the contribution transcript.
///
/// # Errors
/// Returns an [`Iden3Error`].
pub fn transcript<R: Read + Seek>(file: &mut Sections<R>) -> Result<Transcript, Iden3Error> {
    let section = file.section(transcript::SECTION)?;
    Transcript::parse(section, &file.content(section)?)
}

fn list<R: Read + Seek, P: FilePoint>(
    file: &mut Sections<R>,
    id: u32,
    what: &'static str,
    length: usize,
) -> Result<Vec<P>, Iden3Error> {
    let section: Section = file.section_of(id, (length * P::BYTES) as u64)?;
    points(what, &file.content(section)?)
}

/// Reads `IC`, the points of one and of the public inputs.
///
/// # Errors
/// As [`shape`]; `Element` for an invalid point.
pub fn ic<R: Read + Seek>(file: &mut Sections<R>) -> Result<Vec<G1Affine>, Iden3Error> {
    let inputs = shape(file)?.inputs;
    list(file, IC, "IC", inputs)
}

/// Opens the file of a key.
///
/// # Errors
/// As [`Sections::open`].
pub fn open<R: Read + Seek>(source: R) -> Result<Sections<R>, Iden3Error> {
    binary::Sections::open(source, Kind::Zkey)
}
