//! The contribution transcript: the secret factors of delta, one after another.
//!
//! A contributor draws `d` and a point `S`, and proves that it knows `d` by `S·d` in G1 and `S'·d` in G2, where `S'` is
//! hashed from everything before it: so a copied contribution does not verify. Each record also has the delta that
//! results, which links it to the next one.

use ark_bn254::{G1Affine, G2Affine};
use blake2::{Blake2b512, Digest};

use crate::FileFormatError;
use crate::binary::{FieldReader, Section};
use crate::elements::{FilePoint, G1_BYTES, G2_BYTES};

pub(super) const SECTION: u32 = 10;
/// Length of a record in bytes, without its parameters.
const RECORD: usize = 3 * G1_BYTES + G2_BYTES + 64 + 8;
/// The longest name in bytes: 64 of JavaScript's characters.
const MAX_NAME: usize = 192;

/// A contribution transcript: section 10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// Hash of the initial zkey, which depends on the circuit and the powers of tau.
    pub circuit: [u8; 64],
    /// The contributions, in order.
    pub contributions: Vec<Contribution>,
}

/// A contribution: one factor of delta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Delta after this contribution.
    pub delta_after: G1Affine,
    /// `S`.
    pub s: G1Affine,
    /// `S·d`.
    pub sx: G1Affine,
    /// `S'·d`, with `S'` hashed from `transcript`.
    pub spx: G2Affine,
    /// Hash of everything before it, of `S` and of `S·d`.
    pub transcript: [u8; 64],
    /// The source of `d`.
    pub secret: FactorSource,
    /// The contributor's name, as it named itself.
    pub name: Option<String>,
}

/// The source of a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorSource {
    /// Drawn by a contributor, and destroyed.
    Drawn,
    /// Derived from a public beacon, so that the last contributor could not choose the outcome.
    Beacon {
        /// The beacon's value, 1 to 255 bytes.
        value: Vec<u8>,
        /// The value is hashed `2^iterations` times.
        iterations: u8,
    },
}

impl Transcript {
    /// The transcript of a key that one party made, without a ceremony.
    pub fn without_ceremony() -> Transcript {
        Transcript { circuit: [0; 64], contributions: Vec::new() }
    }

    /// Returns the hash state that the next contribution extends.
    pub fn hasher(&self) -> Blake2b512 {
        let mut hasher = Blake2b512::new();
        hasher.update(self.circuit);
        self.contributions.iter().for_each(|c| hasher.update(c.hash_input()));
        hasher
    }

    /// Returns the hash of the transcript: [`Transcript::hasher`] after the last contribution.
    pub fn hash(&self) -> [u8; 64] {
        self.hasher().finalize().into()
    }

    /// Returns the contributions with a drawn factor: all but beacons.
    pub fn drawn_contributions(&self) -> impl Iterator<Item = &Contribution> {
        self.contributions.iter().filter(|contribution| contribution.secret == FactorSource::Drawn)
    }

    /// Whether the last contribution is a beacon, and at least one other contribution precedes it.
    pub fn is_complete(&self) -> bool {
        let last = self.contributions.last();
        last.is_some_and(|contribution| contribution.secret != FactorSource::Drawn)
            && self.drawn_contributions().next().is_some()
    }

    /// Encodes section 10.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.circuit.to_vec();
        out.extend_from_slice(&(self.contributions.len() as u32).to_le_bytes());
        self.contributions.iter().for_each(|c| c.encode(&mut out));
        out
    }

    /// Parses section 10. Its contributions are not verified here.
    pub(super) fn parse(section: Section, content: &[u8]) -> Result<Transcript, FileFormatError> {
        let mut fields = FieldReader::new(section, content);
        let circuit = to_array(fields.take_bytes(64)?);
        let count = fields.read_u32()? as usize;
        if count > fields.remaining() / RECORD {
            return Err(FileFormatError::inconsistent(format!("{count} contributions do not fit the transcript")));
        }
        let contributions =
            (0..count).map(|index| Contribution::parse(&mut fields, index)).collect::<Result<_, _>>()?;
        fields.expect_end()?;
        Ok(Transcript { circuit, contributions })
    }
}

impl Contribution {
    /// Returns the part of a record that transcripts hash.
    fn hash_input(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(RECORD);
        [self.delta_after, self.s, self.sx].iter().for_each(|point| point.append_hash_input(&mut out));
        self.spx.append_hash_input(&mut out);
        out.extend_from_slice(&self.transcript);
        out
    }

    /// Returns its hash, which the contributor publishes.
    pub fn hash(&self) -> [u8; 64] {
        Blake2b512::digest(self.hash_input()).into()
    }

    fn encode(&self, out: &mut Vec<u8>) {
        [self.delta_after, self.s, self.sx].iter().for_each(|point| point.append_encoding(out));
        self.spx.append_encoding(out);
        out.extend_from_slice(&self.transcript);
        let mut parameters = Vec::new();
        if let Some(name) = self.name.as_deref().filter(|name| !name.is_empty()) {
            // Longer names are neither made nor read.
            debug_assert!(name.len() <= MAX_NAME);
            parameters.extend([1, name.len() as u8]);
            parameters.extend(name.as_bytes());
        }
        let kind = match &self.secret {
            FactorSource::Drawn => 0u32,
            FactorSource::Beacon { value, iterations } => {
                parameters.extend([2, *iterations, 3, value.len() as u8]);
                parameters.extend(value);
                1
            }
        };
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&(parameters.len() as u32).to_le_bytes());
        out.extend_from_slice(&parameters);
    }

    fn parse(fields: &mut FieldReader<'_>, index: usize) -> Result<Contribution, FileFormatError> {
        let element = |source| FileFormatError::Element { what: "a point of contribution", index, source };
        let mut g1 = || G1Affine::decode_unchecked(fields.take_bytes(G1_BYTES)?).map_err(element);
        let [delta_after, s, sx] = [g1()?, g1()?, g1()?];
        let spx = G2Affine::decode_unchecked(fields.take_bytes(G2_BYTES)?).map_err(element)?;
        let transcript = to_array(fields.take_bytes(64)?);
        let [kind, length] = [fields.read_u32()?, fields.read_u32()?];
        let wrong = |what: &str| FileFormatError::inconsistent(format!("contribution {index}: {what}"));
        let rest =
            fields.remaining().checked_sub(length as usize).ok_or_else(|| wrong("its parameters are truncated"))?;
        let (mut name, mut iterations, mut value, mut last) = (None, None, None, 0);
        while fields.remaining() > rest {
            let parameter = fields.read_u8()?;
            if parameter <= last {
                return Err(wrong("its parameters are not sorted"));
            }
            last = parameter;
            match parameter {
                1 => {
                    let length = fields.read_u8()?;
                    if usize::from(length) > MAX_NAME {
                        return Err(wrong("its name is too long"));
                    }
                    let text = std::str::from_utf8(fields.take_bytes(length.into())?)
                        .map_err(|_| wrong("its name is not UTF-8"))?;
                    name = Some(text.to_owned());
                }
                2 => iterations = Some(fields.read_u8()?),
                3 => {
                    let length = fields.read_u8()?;
                    value = Some(fields.take_bytes(length.into())?.to_vec());
                }
                _ => return Err(wrong("it has an unknown parameter")),
            }
        }
        if fields.remaining() != rest {
            return Err(wrong("its parameters are longer than their stated length"));
        }
        let secret = match (kind, iterations, value) {
            (0, None, None) => FactorSource::Drawn,
            (1, Some(iterations), Some(value)) if !value.is_empty() => FactorSource::Beacon { value, iterations },
            _ => return Err(wrong("its parameters are neither those of a drawn factor nor of a beacon")),
        };
        Ok(Contribution { delta_after, s, sx, spx, transcript, secret, name })
    }
}

fn to_array(bytes: &[u8]) -> [u8; 64] {
    let mut array = [0; 64];
    array.copy_from_slice(bytes);
    array
}
