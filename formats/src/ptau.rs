//! `.ptau`: powers of tau, phase 1 of a trusted setup, which all circuits up to a size share.
//!
//! With `n = 2^power`:
//!
//! | section | holds |
//! |---|---|
//! | 1 | modulus of the base field; power; power of the ceremony |
//! | 2 | `tau^i` in G1, `2n - 1` of them |
//! | 3 | `tau^i` in G2, `n` |
//! | 4, 5 | `alpha·tau^i`, `beta·tau^i` in G1, `n` each |
//! | 6 | beta in G2 |
//! | 7 | contributions |
//! | 12 | Lagrange polynomials at tau in G1, of every domain from 1 to `2n` |
//! | 13, 14, 15 | those in G2, times alpha, times beta, of every domain from 1 to `n` |
//!
//! The last four exist once the file has been prepared for phase 2.

use std::io::{Read, Seek};

use ark_bn254::G2Affine;

use crate::binary::{FieldReader, FileKind, Section, SectionedFile, append_modulus};
use crate::elements::{self, FilePoint, G1_BYTES, G2_BYTES, decode_points};
use crate::{FileFormatError, binary};

const HEADER: u32 = 1;
const CONTRIBUTIONS: u32 = 7;
/// The largest domain that the field's roots of unity allow, as a power of two.
pub const MAX_POWER: u32 = 28;
/// Length of a contribution in bytes, without its parameters: nine points of G1, five of G2, a hash's state, a hash,
/// two numbers.
const RECORD: usize = 9 * G1_BYTES + 5 * G2_BYTES + 216 + 64 + 8;

/// A list of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointList {
    /// Powers of tau in G1.
    TauG1,
    /// Powers of tau in G2.
    TauG2,
    /// Powers of tau, times alpha.
    Alpha,
    /// Powers of tau, times beta.
    Beta,
}

impl PointList {
    fn powers_section_id(self) -> u32 {
        [2, 3, 4, 5][self as usize]
    }

    fn lagrange_section_id(self) -> u32 {
        [12, 13, 14, 15][self as usize]
    }

    fn list_name(self) -> &'static str {
        ["tau in G1", "tau in G2", "alpha tau", "beta tau"][self as usize]
    }

    fn point_bytes(self) -> u64 {
        if self == PointList::TauG2 { G2_BYTES as u64 } else { G1_BYTES as u64 }
    }
}

/// A contributor to the powers, as it named itself. The chain of contributions' proofs is not verified here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// The name, if there is one.
    pub name: Option<String>,
    /// Whether it is a beacon.
    pub beacon: bool,
    /// Hash of the file that the next contributor started from.
    pub next_challenge: [u8; 64],
}

/// A file of powers of tau whose header has been read.
pub struct Ptau<R> {
    file: SectionedFile<R>,
    power: u32,
    ceremony_power: u32,
}

impl<R: Read + Seek> Ptau<R> {
    /// Reads header and table, and compares the length of every list with the power.
    ///
    /// # Errors
    /// Returns an [`FileFormatError`]; `WrongCurve` for powers over another curve.
    pub fn open(source: R) -> Result<Ptau<R>, FileFormatError> {
        let mut file = binary::SectionedFile::open(source, FileKind::Ptau)?;
        let section = file.find_section(HEADER)?;
        let content = file.read_section(section)?;
        let mut header = FieldReader::new(section, &content);
        header.expect_modulus(&elements::base_modulus())?;
        let [power, ceremony_power] = [header.read_u32()?, header.read_u32()?];
        header.expect_end()?;
        if power == 0 || power > MAX_POWER || ceremony_power > MAX_POWER {
            return Err(FileFormatError::inconsistent(format!(
                "the header states powers up to 2^{power}, possible are 2^1 to 2^{MAX_POWER}"
            )));
        }
        let ptau = Ptau { file, power, ceremony_power };
        for list in [PointList::TauG1, PointList::TauG2, PointList::Alpha, PointList::Beta] {
            ptau.file.section_with_length(list.powers_section_id(), ptau.power_count(list) * list.point_bytes())?;
            if ptau.file.find_section(list.lagrange_section_id()).is_ok() {
                ptau.lagrange_section(list)?;
            }
        }
        ptau.file.section_with_length(6, G2_BYTES as u64)?;
        Ok(ptau)
    }

    /// The power `n`: domains up to `2^n` are supported.
    pub fn power(&self) -> u32 {
        self.power
    }

    /// The power of the ceremony; the file may hold a part of its powers.
    pub fn ceremony_power(&self) -> u32 {
        self.ceremony_power
    }

    /// Whether the file is prepared for phase 2.
    pub fn is_prepared(&self) -> bool {
        [PointList::TauG1, PointList::TauG2, PointList::Alpha, PointList::Beta]
            .iter()
            .all(|list| self.file.find_section(list.lagrange_section_id()).is_ok())
    }

    /// Number of powers in a list.
    pub fn power_count(&self, list: PointList) -> u64 {
        if list == PointList::TauG1 { (2 << self.power) - 1 } else { 1 << self.power }
    }

    /// Reads `count` powers, the first with exponent `start`.
    ///
    /// # Errors
    /// Returns `SectionLength` if there are fewer, `Element` or `Io`. Whether the points are in their groups is not
    /// checked.
    pub fn read_powers<P: FilePoint>(
        &mut self,
        list: PointList,
        start: u64,
        count: u64,
    ) -> Result<Vec<P>, FileFormatError> {
        let section = self.file.find_section(list.powers_section_id())?;
        self.read_list(list, section, start, count)
    }

    /// Reads the Lagrange polynomials at tau of the domain of size `2^level`.
    ///
    /// # Errors
    /// Returns `MissingSection` if the file is not prepared, `SectionLength` if the domain is too large, `Element` or
    /// `Io`.
    pub fn read_lagrange<P: FilePoint>(&mut self, list: PointList, level: u32) -> Result<Vec<P>, FileFormatError> {
        let section = self.lagrange_section(list)?;
        if level > MAX_POWER {
            return Err(FileFormatError::inconsistent(format!("the field has no domain of size 2^{level}")));
        }
        self.read_list(list, section, (1 << level) - 1, 1 << level)
    }

    /// Reads beta in G2.
    ///
    /// # Errors
    /// Returns `Element` or `Io`.
    pub fn read_beta_g2(&mut self) -> Result<G2Affine, FileFormatError> {
        let section = self.file.find_section(6)?;
        let bytes = self.file.read_section(section)?;
        G2Affine::decode_unchecked(&bytes).map_err(|source| FileFormatError::Element {
            what: "beta in G2,",
            index: 0,
            source,
        })
    }

    /// Reads raw bytes from the start of the powers of tau in G1, possibly beyond their end: snarkjs' hash of an
    /// initial zkey reads one point too far.
    ///
    /// # Errors
    /// Returns `Io`.
    pub fn read_raw_tau_g1(&mut self, start: u64, count: u64) -> Result<Vec<u8>, FileFormatError> {
        let section = self.file.find_section(PointList::TauG1.powers_section_id())?;
        self.file.read_bytes(section.start + start * G1_BYTES as u64, count * G1_BYTES as u64)
    }

    /// Reads the list of contributors.
    ///
    /// # Errors
    /// Returns `SectionLength` or `Inconsistent`.
    pub fn read_contributors(&mut self) -> Result<Vec<Contributor>, FileFormatError> {
        let section = self.file.find_section(CONTRIBUTIONS)?;
        let content = self.file.read_section(section)?;
        let mut fields = FieldReader::new(section, &content);
        let count = fields.read_u32()? as usize;
        if count > fields.remaining() / RECORD {
            return Err(FileFormatError::inconsistent(format!("{count} contributions do not fit their section")));
        }
        let contributors = (0..count).map(|index| parse_contributor(&mut fields, index)).collect::<Result<_, _>>()?;
        fields.expect_end()?;
        Ok(contributors)
    }

    fn lagrange_section(&self, list: PointList) -> Result<Section, FileFormatError> {
        let levels = self.power + if list == PointList::TauG1 { 2 } else { 1 };
        self.file.section_with_length(list.lagrange_section_id(), ((1 << levels) - 1) * list.point_bytes())
    }

    fn read_list<P: FilePoint>(
        &mut self,
        list: PointList,
        section: Section,
        start: u64,
        count: u64,
    ) -> Result<Vec<P>, FileFormatError> {
        if P::BYTES as u64 != list.point_bytes() {
            return Err(FileFormatError::inconsistent(format!("{} holds points of another group", list.list_name())));
        }
        let [start, length] = [start, count].map(|points| points.saturating_mul(P::BYTES as u64));
        let bytes = self.file.read_part(section, start, length)?;
        decode_points(list.list_name(), &bytes)
    }
}

/// Encodes section 1.
pub fn encode_header(power: u32, ceremony_power: u32) -> Vec<u8> {
    let mut out = Vec::new();
    append_modulus(&mut out, &elements::base_modulus());
    out.extend_from_slice(&power.to_le_bytes());
    out.extend_from_slice(&ceremony_power.to_le_bytes());
    out
}

fn parse_contributor(fields: &mut FieldReader<'_>, index: usize) -> Result<Contributor, FileFormatError> {
    let wrong = |what: &str| FileFormatError::inconsistent(format!("contribution {index} to the powers: {what}"));
    fields.take_bytes(RECORD - 8 - 64)?;
    let mut next_challenge = [0; 64];
    next_challenge.copy_from_slice(fields.take_bytes(64)?);
    let [kind, length] = [fields.read_u32()?, fields.read_u32()?];
    let rest = fields.remaining().checked_sub(length as usize).ok_or_else(|| wrong("its parameters are truncated"))?;
    let mut name = None;
    while fields.remaining() > rest {
        match fields.read_u8()? {
            2 => drop(fields.read_u8()?),
            parameter @ (1 | 3) => {
                let length = fields.read_u8()?;
                let bytes = fields.take_bytes(length.into())?;
                if parameter == 1 {
                    name = Some(String::from_utf8_lossy(bytes).into_owned());
                }
            }
            _ => return Err(wrong("it has an unknown parameter")),
        }
    }
    if fields.remaining() != rest {
        return Err(wrong("its parameters are longer than their stated length"));
    }
    Ok(Contributor { name, beacon: kind == 1, next_challenge })
}
