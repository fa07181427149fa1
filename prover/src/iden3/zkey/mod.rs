//! `.zkey`: a Groth16 proving key with the transcript of its ceremony.
//!
//! | section | holds |
//! |---|---|
//! | 1 | the proof system: 1, Groth16 |
//! | 2 | both moduli; variables, public inputs, domain; alpha, beta (G1, G2), gamma, delta (G1, G2) |
//! | 3 | `IC`: one and the public inputs, over gamma |
//! | 4 | entries of A and B ([`Coefficient`]); C is not needed, as a witness gives it |
//! | 5, 6, 7 | A in G1, B in G1, B in G2, for every variable |
//! | 8 | `L`: what is not public, over delta |
//! | 9 | `H`: the odd Lagrange polynomials of twice the domain, over delta |
//! | 10 | [`Transcript`] |
//!
//! Sections stand in two orders: as a new key is written, and as each contribution writes it. A cached development key has one more,
//! [`origin`], at its end; other programs pass over it.

pub mod origin;
mod transcript;

use std::io::{Read, Seek, Write};

use ark_bn254::{Fr, G1Affine, G2Affine};
use psephos_circuits::R1cs;

use super::binary::{Fields, Kind, Section, Sections, put_modulus, write_head, write_section};
use super::elements::{self, FilePoint, G1_BYTES, G2_BYTES, check_points, encoded, points};
use super::{Iden3Error, binary};
use origin::Origin;
pub use transcript::{Contribution, Secret, Transcript};

const SYSTEM: u32 = 1;
const HEADER: u32 = 2;
const COEFFICIENTS: u32 = 4;
/// The number of Groth16.
const GROTH16: u32 = 1;
/// Bytes of an entry of section 4: three numbers, and an element.
const COEFFICIENT_BYTES: u64 = 12 + 32;
/// Bytes of section 2.
pub(crate) const HEADER_BYTES: usize = 2 * 36 + 12 + 3 * G1_BYTES + 3 * G2_BYTES;

/// How large everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// One, public inputs, witness.
    pub variables: usize,
    /// One and the public inputs.
    pub inputs: usize,
    /// Constraints and inputs, rounded up to a power of two.
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
    /// Gamma: after a ceremony, the generator.
    pub gamma_g2: G2Affine,
    /// Delta, to which all contributors gave a factor.
    pub delta_g1: G1Affine,
    /// Delta.
    pub delta_g2: G2Affine,
}

/// A proving key's points.
#[derive(Clone, PartialEq)]
pub struct Zkey {
    /// Alpha, beta, gamma, delta.
    pub header: Header,
    /// `(beta·A + alpha·B + C) / gamma` of one and of each public input.
    pub ic: Vec<G1Affine>,
    /// `A` of each variable.
    pub a: Vec<G1Affine>,
    /// `B` of each variable.
    pub b_g1: Vec<G1Affine>,
    /// `B` of each variable.
    pub b_g2: Vec<G2Affine>,
    /// `(beta·A + alpha·B + C) / delta` of each variable that is not public.
    pub l: Vec<G1Affine>,
    /// Odd Lagrange polynomials of twice the domain, over delta.
    pub h: Vec<G1Affine>,
}

/// An entry of A or B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coefficient {
    /// 0: A, 1: B.
    pub matrix: u32,
    /// The row.
    pub constraint: u32,
    /// The column.
    pub variable: u32,
    /// The entry.
    pub value: Fr,
}

/// In which order sections are written; readers take any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Of a key before its first contribution.
    New,
    /// Of a contribution.
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

impl Shape {
    /// The shape of a system's keys.
    pub fn of(system: &R1cs) -> Shape {
        let domain = (system.constraints() + system.inputs()).next_power_of_two();
        Shape { variables: system.variables(), inputs: system.inputs(), domain }
    }

    /// Bytes of a key of this shape with so many entries of A and B, and a transcript of so many bytes.
    pub fn file_bytes(&self, coefficients: usize, transcript: usize) -> u64 {
        let points = self.inputs + 2 * self.variables + (self.variables - self.inputs) + self.domain;
        let content = 4 + HEADER_BYTES + points * G1_BYTES + self.variables * G2_BYTES + 4 + transcript;
        (12 + 10 * 12 + content) as u64 + coefficients as u64 * COEFFICIENT_BYTES
    }
}

/// The entries of A and B of a system's keys, in the order of the file: for each constraint A's, then B's; last those that bind the inputs.
pub fn coefficients(system: &R1cs) -> impl Iterator<Item = Coefficient> + '_ {
    let [a, b, _] = system.matrices();
    let rows = a.iter().zip(b).enumerate().flat_map(|(constraint, (a, b))| {
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
    entries.chain((0..system.inputs()).map(|input| Coefficient {
        matrix: 0,
        constraint: (system.constraints() + input) as u32,
        variable: input as u32,
        value: Fr::from(1u64),
    }))
}

/// The shape that a file states.
///
/// # Errors
/// `ProofSystem`, `Curve`, `Length`, `Missing`, `Repeated`; `Inconsistent` if there are fewer variables than inputs, or the domain is no power of two.
pub fn shape<R: Read + Seek>(file: &mut Sections<R>) -> Result<Shape, Iden3Error> {
    let section = file.section_of(SYSTEM, 4)?;
    let system = Fields::new(section, &file.content(section)?).u32()?;
    if system != GROTH16 {
        return Err(Iden3Error::ProofSystem(system));
    }
    let section = file.section_of(HEADER, HEADER_BYTES as u64)?;
    let content = file.content(section)?;
    let mut header = Fields::new(section, &content);
    header.modulus(&elements::base_modulus())?;
    header.modulus(&elements::scalar_modulus())?;
    let [variables, public, domain] = [header.u32()?, header.u32()?, header.u32()?];
    if public >= variables || !domain.is_power_of_two() || domain <= public {
        return Err(Iden3Error::inconsistent(
            "the header's numbers of variables, inputs and domain contradict each other",
        ));
    }
    Ok(Shape { variables: variables as usize, inputs: public as usize + 1, domain: domain as usize })
}

impl Header {
    /// Reads section 2's points. Their encodings are checked.
    ///
    /// # Errors
    /// As [`shape`]; `Element`.
    pub fn read<R: Read + Seek>(file: &mut Sections<R>) -> Result<Header, Iden3Error> {
        shape(file)?;
        let section = file.section(HEADER)?;
        let points = file.part(section, 2 * 36 + 12, (3 * G1_BYTES + 3 * G2_BYTES) as u64)?;
        let g1 = |at: usize| point("a point of the header,", &points[at..at + G1_BYTES]);
        let g2 = |at: usize| point("a point of the header,", &points[at..at + G2_BYTES]);
        let [alpha_g1, beta_g1, delta_g1] = [g1(0)?, g1(64)?, g1(384)?];
        let [beta_g2, gamma_g2, delta_g2] = [g2(128)?, g2(256)?, g2(448)?];
        Ok(Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 })
    }

    /// Section 2 of a key of this shape.
    pub fn encode(&self, shape: Shape) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        put_modulus(&mut out, &elements::base_modulus());
        put_modulus(&mut out, &elements::scalar_modulus());
        let Shape { variables, inputs, domain } = shape;
        [variables, inputs - 1, domain].iter().for_each(|n| out.extend_from_slice(&(*n as u32).to_le_bytes()));
        self.alpha_g1.encode(&mut out);
        self.beta_g1.encode(&mut out);
        self.beta_g2.encode(&mut out);
        self.gamma_g2.encode(&mut out);
        self.delta_g1.encode(&mut out);
        self.delta_g2.encode(&mut out);
        out
    }
}

impl Zkey {
    /// Reads the points. Their encodings are checked, [`Zkey::check_points`] asks for the rest.
    ///
    /// # Errors
    /// [`Iden3Error`].
    pub fn read<R: Read + Seek>(file: &mut Sections<R>) -> Result<Zkey, Iden3Error> {
        let Shape { variables, inputs, domain } = shape(file)?;
        Ok(Zkey {
            header: Header::read(file)?,
            ic: list(file, 3, "IC", inputs)?,
            a: list(file, 5, "A", variables)?,
            b_g1: list(file, 6, "B in G1", variables)?,
            b_g2: list(file, 7, "B in G2", variables)?,
            l: list(file, 8, "L", variables - inputs)?,
            h: list(file, 9, "H", domain)?,
        })
    }

    /// Whether every point is on its curve and in its subgroup.
    ///
    /// # Errors
    /// `Element` with the first that is not.
    pub fn check_points(&self) -> Result<(), Iden3Error> {
        let Header { alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2 } = self.header;
        check_points("alpha, beta or delta,", &[alpha_g1, beta_g1, delta_g1])?;
        check_points("beta, gamma or delta in G2,", &[beta_g2, gamma_g2, delta_g2])?;
        let lists = [("IC", &self.ic), ("A", &self.a), ("B in G1", &self.b_g1), ("L", &self.l), ("H", &self.h)];
        lists.into_iter().try_for_each(|(what, list)| check_points(what, list))?;
        check_points("B in G2", &self.b_g2)
    }

    /// The shape that its lists have.
    pub fn shape(&self) -> Shape {
        Shape { variables: self.a.len(), inputs: self.ic.len(), domain: self.h.len() }
    }

    /// Writes a key.
    ///
    /// # Errors
    /// What the writer answers.
    pub fn write(
        &self,
        coefficients: &[u8],
        transcript: &Transcript,
        order: Order,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        write_head(out, Kind::Zkey, 10)?;
        self.write_sections(coefficients, transcript, order, out)
    }

    /// Writes a key that says at its end whose it is, and carries a hash of itself.
    ///
    /// # Errors
    /// What the writer answers.
    pub fn write_with_origin(&self, coefficients: &[u8], origin: &Origin, out: &mut impl Write) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        write_head(&mut bytes, Kind::Zkey, 11)?;
        self.write_sections(coefficients, &Transcript::none(), Order::New, &mut bytes)?;
        out.write_all(&bytes)?;
        origin.write(&bytes, out)
    }

    fn write_sections(
        &self,
        coefficients: &[u8],
        transcript: &Transcript,
        order: Order,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        order.sections().into_iter().try_for_each(|id| match id {
            SYSTEM => write_section(out, id, &GROTH16.to_le_bytes()),
            HEADER => write_section(out, id, &self.header.encode(self.shape())),
            3 => write_section(out, id, &encoded(&self.ic)),
            COEFFICIENTS => write_section(out, id, coefficients),
            5 => write_section(out, id, &encoded(&self.a)),
            6 => write_section(out, id, &encoded(&self.b_g1)),
            7 => write_section(out, id, &encoded(&self.b_g2)),
            8 => write_section(out, id, &encoded(&self.l)),
            9 => write_section(out, id, &encoded(&self.h)),
            _ => write_section(out, id, &transcript.encode()),
        })
    }
}

/// Section 4 as it is written.
pub fn encode_coefficients(entries: impl Iterator<Item = Coefficient>) -> Vec<u8> {
    let mut out = vec![0; 4];
    let mut count = 0u32;
    for entry in entries {
        count += 1;
        [entry.matrix, entry.constraint, entry.variable].iter().for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        out.extend_from_slice(&elements::coefficient_bytes(&entry.value));
    }
    out[..4].copy_from_slice(&count.to_le_bytes());
    out
}

/// Section 4 as it stands.
///
/// # Errors
/// `Missing`, `Repeated`, `Io`.
pub fn coefficient_bytes<R: Read + Seek>(file: &mut Sections<R>) -> Result<Vec<u8>, Iden3Error> {
    let section = file.section(COEFFICIENTS)?;
    file.content(section)
}

/// Reads section 4.
///
/// # Errors
/// `Length`, `Element`; `Inconsistent` if an entry is of no matrix, row or column.
pub fn parse_coefficients<R: Read + Seek>(file: &mut Sections<R>) -> Result<Vec<Coefficient>, Iden3Error> {
    let Shape { variables, domain, .. } = shape(file)?;
    let section = file.section(COEFFICIENTS)?;
    let count = Fields::new(section, &file.part(section, 0, 4)?).u32()?;
    let content =
        file.section_of(COEFFICIENTS, 4 + u64::from(count) * COEFFICIENT_BYTES).and_then(|s| file.content(s))?;
    let mut fields = Fields::new(section, &content[4..]);
    let mut entries = Vec::with_capacity(count as usize);
    for index in 0..count as usize {
        let [matrix, constraint, variable] = [fields.u32()?, fields.u32()?, fields.u32()?];
        if matrix > 1 || constraint as usize >= domain || variable as usize >= variables {
            return Err(Iden3Error::inconsistent(format!(
                "entry {index} of section {COEFFICIENTS} is outside the matrices"
            )));
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(fields.take(32)?);
        let value = elements::coefficient(&bytes).map_err(|source| Iden3Error::Element {
            what: "coefficient",
            index,
            source,
        })?;
        entries.push(Coefficient { matrix, constraint, variable, value });
    }
    Ok(entries)
}

/// Reads section 10.
///
/// # Errors
/// [`Iden3Error`].
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

fn point<P: FilePoint>(what: &'static str, bytes: &[u8]) -> Result<P, Iden3Error> {
    P::decode(bytes).map_err(|source| Iden3Error::Element { what, index: 0, source })
}

/// Opens a key's file.
///
/// # Errors
/// As [`Sections::open`].
pub fn open<R: Read + Seek>(source: R) -> Result<Sections<R>, Iden3Error> {
    binary::Sections::open(source, Kind::Zkey)
}
