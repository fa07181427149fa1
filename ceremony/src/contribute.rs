//! Contributions: secret factors of delta that contributors destroy. If at least one did, no one knows delta.

use std::io::{Read, Seek, Write};

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand, Zero};
use blake2::{Blake2b512, Digest};
use psephos_formats::binary::{FileKind, SectionedFile, write_header, write_section};
use psephos_formats::elements::{FilePoint, G1_BYTES, check_points, decode_points, encode_points};
use psephos_formats::zkey::{self, Contribution, FactorSource, Header, Transcript};
use rand::rngs::OsRng;
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, Zeroizing};

use crate::scaling::scale_points;
use crate::stream::{HashStream, MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS, hash_to_g2};
use crate::{CeremonyError, transcript};

/// A random generator seeded with the operating system's randomness and any entropy that a contributor adds: dice, a
/// photograph, a sentence. The system's randomness alone is enough; additional entropy helps if the system's is broken.
/// The state is wiped on drop.
pub struct EntropyGenerator {
    key: Zeroizing<[u8; 64]>,
    blocks: u64,
}

/// Seeds a generator with the operating system's randomness and `entropy`.
pub fn seed_generator(entropy: &[u8]) -> EntropyGenerator {
    let mut system = Zeroizing::new([0; 64]);
    OsRng.fill_bytes(&mut *system);
    let mut hash = Blake2b512::new().chain_update(system.as_slice()).chain_update(entropy).finalize();
    let mut key = Zeroizing::new([0; 64]);
    key.copy_from_slice(&hash);
    hash.as_mut_slice().zeroize();
    EntropyGenerator { key, blocks: 0 }
}

impl RngCore for EntropyGenerator {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = Zeroizing::new([0; 8]);
        self.fill_bytes(&mut *bytes);
        u64::from_le_bytes(*bytes)
    }

    /// Generates blocks of BLAKE2b over the key and a block counter.
    fn fill_bytes(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(64) {
            let mut block =
                Blake2b512::new().chain_update(self.key.as_slice()).chain_update(self.blocks.to_le_bytes()).finalize();
            self.blocks += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
            block.as_mut_slice().zeroize();
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for EntropyGenerator {}

/// Reads a key, multiplies its delta by a new secret, and writes the result; returns the new record. The transcript so
/// far is verified first, so that no one contributes to an invalid one.
///
/// The secret and the lists derived from it are wiped before this returns; copies that arithmetic left on the stack are
/// not. Contributors who need more should contribute on a machine that is switched off afterwards.
///
/// # Errors
/// Returns `Name`, `Contribution` if the transcript so far is invalid, or `Format`.
pub fn contribute<R: Read + Seek>(
    source: R,
    out: &mut impl Write,
    name: &str,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Contribution, CeremonyError> {
    if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) || name.len() > 192 {
        return Err(CeremonyError::InvalidName);
    }
    let secret = loop {
        let secret = Fr::rand(rng);
        if !secret.is_zero() {
            break Zeroizing::new(secret);
        }
    };
    let s = G1Projective::rand(rng).into_affine();
    extend_key(source, out, *secret, s, FactorSource::Drawn, Some(name.to_owned()))
}

/// Adds a public beacon after the last contribution, so that no contributor could have tried secrets until the outcome
/// suited it.
///
/// # Errors
/// Returns `InvalidBeacon`, `Contribution` or `Format`.
pub fn contribute_beacon<R: Read + Seek>(
    source: R,
    out: &mut impl Write,
    value: &[u8],
    iterations: u8,
) -> Result<Contribution, CeremonyError> {
    if !(1..=255).contains(&value.len()) || !(MIN_BEACON_ITERATIONS..=MAX_BEACON_ITERATIONS).contains(&iterations) {
        return Err(CeremonyError::InvalidBeacon);
    }
    let mut stream = HashStream::from_beacon(value, iterations);
    let (secret, s) = (stream.next_scalar(), stream.next_g1());
    extend_key(source, out, secret, s, FactorSource::Beacon { value: value.to_vec(), iterations }, None)
}

/// Builds the transcript's record of a factor. Public for tests of malicious contributors, who know their factors.
pub fn build_record(
    transcript: &Transcript,
    before: G1Affine,
    d: Fr,
    s: G1Affine,
    secret: FactorSource,
    name: Option<String>,
) -> Contribution {
    let delta_after = (before * d).into_affine();
    let sx = (s * d).into_affine();
    let hash = transcript_hash(transcript, &s, &sx);
    let spx = (hash_to_g2(&hash) * d).into_affine();
    Contribution { delta_after, s, sx, spx, transcript: hash, secret, name }
}

/// Hashes everything before a contribution, and the contribution's first two points.
pub(crate) fn transcript_hash(before: &Transcript, s: &G1Affine, sx: &G1Affine) -> [u8; 64] {
    let mut bytes = Vec::with_capacity(2 * G1_BYTES);
    s.append_hash_input(&mut bytes);
    sx.append_hash_input(&mut bytes);
    before.hasher().chain_update(bytes).finalize().into()
}

fn extend_key<R: Read + Seek>(
    source: R,
    out: &mut impl Write,
    d: Fr,
    s: G1Affine,
    secret: FactorSource,
    name: Option<String>,
) -> Result<Contribution, CeremonyError> {
    let mut file = zkey::open_zkey(source)?;
    let shape = zkey::read_shape(&mut file)?;
    let mut transcript = zkey::read_transcript(&mut file)?;
    let mut header = Header::read_header(&mut file)?;
    transcript::verify_transcript(&transcript, header.delta_g1, header.delta_g2)?;
    let record = build_record(&transcript, header.delta_g1, d, s, secret, name);
    transcript.contributions.push(record.clone());
    header.delta_g1 = record.delta_after;
    header.delta_g2 = (header.delta_g2 * d).into_affine();

    // Sections that no contribution changes are copied, one at a time.
    let inverse = Zeroizing::new(d.inverse().unwrap_or_default());
    let io = |error: std::io::Error| CeremonyError::Format(error.into());
    write_header(out, FileKind::Zkey, 10).map_err(io)?;
    write_section(out, 1, &1u32.to_le_bytes()).map_err(io)?;
    write_section(out, 2, &header.encode(shape)).map_err(io)?;
    for id in 3..=7 {
        let section = file.find_section(id)?;
        write_section(out, id, &file.read_section(section)?).map_err(io)?;
    }
    for (id, what, length) in [(8, "L", shape.variables - shape.inputs), (9, "H", shape.domain)] {
        let list = read_list(&mut file, id, what, length)?;
        write_section(out, id, &encode_points(&scale_points(&list, *inverse))).map_err(io)?;
    }
    write_section(out, 10, &transcript.encode()).map_err(io)?;
    Ok(record)
}

/// Reads a list of points and checks them before the secret is used: points off the curve would leak parts of it.
fn read_list<R: Read + Seek>(
    file: &mut SectionedFile<R>,
    id: u32,
    what: &'static str,
    length: usize,
) -> Result<Vec<G1Affine>, CeremonyError> {
    let section = file.section_with_length(id, (length * G1_BYTES) as u64)?;
    let list: Vec<G1Affine> = decode_points(what, &file.read_section(section)?)?;
    check_points(what, &list)?;
    Ok(list)
}
