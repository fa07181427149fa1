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

use crate::binary::{Fields, Kind, Section, Sections, put_modulus};
use crate::elements::{self, FilePoint, G1_BYTES, G2_BYTES, points};
use crate::{Iden3Error, binary};

const HEADER: u32 = 1;
const CONTRIBUTIONS: u32 = 7;
/// The largest domain that the field's roots of unity allow, as a power of two.
pub const MAX_POWER: u32 = 28;
/// Length of a contribution in bytes, without its parameters: nine points of G1, five of G2, a hash's state, a hash,
/// two numbers.
const RECORD: usize = 9 * G1_BYTES + 5 * G2_BYTES + 216 + 64 + 8;

/// A list of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Powers of tau in G1.
    TauG1,
    /// Powers of tau in G2.
    TauG2,
    /// Powers of tau, times alpha.
    Alpha,
    /// Powers of tau, times beta.
    Beta,
}

impl List {
    fn powers(self) -> u32 {
        [2, 3, 4, 5][self as usize]
    }

    fn lagrange(self) -> u32 {
        [12, 13, 14, 15][self as usize]
    }

    fn name(self) -> &'static str {
        ["tau in G1", "tau in G2", "alpha tau", "beta tau"][self as usize]
    }

    fn point_bytes(self) -> u64 {
        if self == List::TauG2 { G2_BYTES as u64 } else { G1_BYTES as u64 }
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
    file: Sections<R>,
    power: u32,
    ceremony_power: u32,
}

impl<R: Read + Seek> Ptau<R> {
    /// Reads header and table, and compares the length of every list with the power.
    ///
    /// # Errors
    /// Returns an [`Iden3Error`]; `Curve` for powers over another curve.
    pub fn open(source: R) -> Result<Ptau<R>, Iden3Error> {
        let mut file = binary::Sections::open(source, Kind::Ptau)?;
        let section = file.section(HEADER)?;
        let content = file.content(section)?;
        let mut header = Fields::new(section, &content);
        header.modulus(&elements::base_modulus())?;
        let [power, ceremony_power] = [header.u32()?, header.u32()?];
        header.end()?;
        if power == 0 || power > MAX_POWER || ceremony_power > MAX_POWER {
            return Err(Iden3Error::inconsistent(format!(
                "the header states powers up to 2^{power}, possible are 2^1 to 2^{MAX_POWER}"
            )));
        }
        let ptau = Ptau { file, power, ceremony_power };
        for list in [List::TauG1, List::TauG2, List::Alpha, List::Beta] {
            ptau.file.section_of(list.powers(), ptau.count(list) * list.point_bytes())?;
            if ptau.file.section(list.lagrange()).is_ok() {
                ptau.lagrange_section(list)?;
            }
        }
        ptau.file.section_of(6, G2_BYTES as u64)?;
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
    pub fn prepared(&self) -> bool {
        [List::TauG1, List::TauG2, List::Alpha, List::Beta]
            .iter()
            .all(|list| self.file.section(list.lagrange()).is_ok())
    }

    /// Number of powers in a list.
    pub fn count(&self, list: List) -> u64 {
        if list == List::TauG1 { (2 << self.power) - 1 } else { 1 << self.power }
    }

    /// Reads `count` powers, the first with exponent `start`.
    ///
    /// # Errors
    /// Returns `Length` if there are fewer, `Element` or `Io`. Whether the points are in their groups is not checked.
    pub fn powers<P: FilePoint>(&mut self, list: List, start: u64, count: u64) -> Result<Vec<P>, Iden3Error> {
        let section = self.file.section(list.powers())?;
        self.list(list, section, start, count)
    }

    /// Reads the Lagrange polynomials at tau of the domain of size `2^level`.
    ///
    /// # Errors
    /// Returns `Missing` if the file is not prepared, `Length` if the domain is too large, `Element` or `Io`.
    pub fn lagrange<P: FilePoint>(&mut self, list: List, level: u32) -> Result<Vec<P>, Iden3Error> {
        let section = self.lagrange_section(list)?;
        if level > MAX_POWER {
            return Err(Iden3Error::inconsistent(format!("the field has no domain of size 2^{level}")));
        }
        self.list(list, section, (1 << level) - 1, 1 << level)
    }

    /// Reads beta in G2.
    ///
    /// # Errors
    /// Returns `Element` or `Io`.
    pub fn beta_g2(&mut self) -> Result<G2Affine, Iden3Error> {
        let section = self.file.section(6)?;
        let bytes = self.file.content(section)?;
        G2Affine::decode(&bytes).map_err(|source| Iden3Error::Element { what: "beta in G2,", index: 0, source })
    }

    /// Reads raw bytes from the start of the powers of tau in G1, possibly beyond their end: snarkjs' hash of an
    /// initial zkey reads one point too far.
    ///
    /// # Errors
    /// Returns `Io`.
    pub fn raw_tau_g1(&mut self, start: u64, count: u64) -> Result<Vec<u8>, Iden3Error> {
        let section = self.file.section(List::TauG1.powers())?;
        self.file.bytes(section.start + start * G1_BYTES as u64, count * G1_BYTES as u64)
    }

    /// Reads the list of contributors.
    ///
    /// # Errors
    /// Returns `Length` or `Inconsistent`.
    pub fn contributors(&mut self) -> Result<Vec<Contributor>, Iden3Error> {
        let section = self.file.section(CONTRIBUTIONS)?;
        let content = self.file.content(section)?;
        let mut fields = Fields::new(section, &content);
        let count = fields.u32()? as usize;
        if count > fields.left() / RECORD {
            return Err(Iden3Error::inconsistent(format!("{count} contributions do not fit their section")));
        }
        let contributors = (0..count).map(|index| contributor(&mut fields, index)).collect::<Result<_, _>>()?;
        fields.end()?;
        Ok(contributors)
    }

    fn lagrange_section(&self, list: List) -> Result<Section, Iden3Error> {
        let levels = self.power + if list == List::TauG1 { 2 } else { 1 };
        self.file.section_of(list.lagrange(), ((1 << levels) - 1) * list.point_bytes())
    }

    fn list<P: FilePoint>(
        &mut self,
        list: List,
        section: Section,
        start: u64,
        count: u64,
    ) -> Result<Vec<P>, Iden3Error> {
        if P::BYTES as u64 != list.point_bytes() {
            return Err(Iden3Error::inconsistent(format!("{} holds points of another group", list.name())));
        }
        let [start, length] = [start, count].map(|points| points.saturating_mul(P::BYTES as u64));
        let bytes = self.file.part(section, start, length)?;
        points(list.name(), &bytes)
    }
}

/// Encodes section 1.
pub fn header(power: u32, ceremony_power: u32) -> Vec<u8> {
    let mut out = Vec::new();
    put_modulus(&mut out, &elements::base_modulus());
    out.extend_from_slice(&power.to_le_bytes());
    out.extend_from_slice(&ceremony_power.to_le_bytes());
    out
}

fn contributor(fields: &mut Fields<'_>, index: usize) -> Result<Contributor, Iden3Error> {
    let wrong = |what: &str| Iden3Error::inconsistent(format!("contribution {index} to the powers: {what}"));
    fields.take(RECORD - 8 - 64)?;
    let mut next_challenge = [0; 64];
    next_challenge.copy_from_slice(fields.take(64)?);
    let [kind, length] = [fields.u32()?, fields.u32()?];
    let rest = fields.left().checked_sub(length as usize).ok_or_else(|| wrong("its parameters are truncated"))?;
    let mut name = None;
    while fields.left() > rest {
        match fields.u8()? {
            2 => drop(fields.u8()?),
            parameter @ (1 | 3) => {
                let length = fields.u8()?;
                let bytes = fields.take(length.into())?;
                if parameter == 1 {
                    name = Some(String::from_utf8_lossy(bytes).into_owned());
                }
            }
            _ => return Err(wrong("it has an unknown parameter")),
        }
    }
    if fields.left() != rest {
        return Err(wrong("its parameters are longer than their stated length"));
    }
    Ok(Contributor { name, beacon: kind == 1, next_challenge })
}
