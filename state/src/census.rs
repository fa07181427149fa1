//! A whole census as bytes, so that nobody says which leaf is its own by asking for it.
//!
//! `PSCENSUS`, a version (a byte, 1), the chain's id, the registry (20 bytes), the chamber, the block it is of and its hash, the root, the number of places,
//! the first place that is told; then for each place from there its identity (32 bytes) and its weight (5 bytes), zeros where a member was
//! removed; a SHA-256 of all that at the end. Numbers have eight bytes.

use alloy_primitives::{Address, B256};
use psephos_protocol::{
    Fr,
    census::{Census, Weight, leaf},
    field,
    identity::IdentityCommitment,
};
use rayon::prelude::*;

use crate::{
    bytes::{ByteReader, CHECKSUM_BYTES, DecodeError, append_checksum, verify_checksum},
    chamber::Chamber,
};

const MAGIC: &[u8; 9] = b"PSCENSUS\x01";
const HEADER_BYTES: usize = MAGIC.len() + 8 + 20 + 8 + 8 + 32 + 32 + 8 + 8;
const WEIGHT_BYTES: usize = 5;
/// Bytes of a place: identity and weight.
pub const LEAF_BYTES: usize = 32 + WEIGHT_BYTES;

/// Which census it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CensusHeader {
    /// The chain.
    pub chain_id: u64,
    /// The registry.
    pub registry: Address,
    /// The chamber.
    pub chamber: u64,
    /// The block that it is of.
    pub block: u64,
    /// That block's hash.
    pub hash: B256,
}

/// Identity and weight of a member; `None` where one was removed.
pub type CensusLeaf = Option<(IdentityCommitment, Weight)>;

/// The places of a census, from one on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CensusPage {
    /// Which census.
    pub header: CensusHeader,
    /// Its root.
    pub root: Fr,
    /// How many places it has.
    pub len: u64,
    /// The first that is told.
    pub from: u64,
    /// The places from there on.
    pub leaves: Vec<CensusLeaf>,
}

/// How many bytes the census of so many leaves has.
pub fn encoded_length(leaves: u64) -> u64 {
    (HEADER_BYTES + CHECKSUM_BYTES) as u64 + leaves * LEAF_BYTES as u64
}

/// The leaves of a chamber's census from one on.
pub fn encode_census(header: &CensusHeader, chamber: &Chamber, from: u64) -> Vec<u8> {
    let len = chamber.census.len();
    let first = usize::try_from(from).unwrap_or(usize::MAX).min(len);
    let mut leaves = vec![0; (len - first) * LEAF_BYTES];
    for member in chamber.members.values().filter(|member| (first..len).contains(&member.index)) {
        let leaf = &mut leaves[(member.index - first) * LEAF_BYTES..][..LEAF_BYTES];
        leaf[..32].copy_from_slice(&field::to_bytes(&member.id.value()));
        leaf[32..].copy_from_slice(&member.weight.get().to_be_bytes()[8 - WEIGHT_BYTES..]);
    }
    let mut bytes = Vec::with_capacity(HEADER_BYTES + leaves.len() + CHECKSUM_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(header.chain_id.to_be_bytes());
    bytes.extend(header.registry);
    bytes.extend(header.chamber.to_be_bytes());
    bytes.extend(header.block.to_be_bytes());
    bytes.extend(header.hash);
    bytes.extend(field::to_bytes(&chamber.census.root()));
    bytes.extend((len as u64).to_be_bytes());
    bytes.extend((first as u64).to_be_bytes());
    bytes.extend(leaves);
    append_checksum(bytes)
}

/// The leaves of these bytes. Their root is not computed: [`Places::census`] does.
///
/// # Errors
/// [`Malformed`].
pub fn decode_census(bytes: &[u8]) -> Result<CensusPage, DecodeError> {
    if !bytes.starts_with(MAGIC) {
        return Err(DecodeError::UnknownFormat("a census"));
    }
    let mut reader = ByteReader::new(verify_checksum(bytes)?);
    reader.read_slice(MAGIC.len())?;
    let header = CensusHeader {
        chain_id: reader.read_u64()?,
        registry: Address::new(reader.read_array()?),
        chamber: reader.read_u64()?,
        block: reader.read_u64()?,
        hash: B256::new(reader.read_array()?),
    };
    let (root, len, from) = (reader.read_field()?, reader.read_u64()?, reader.read_u64()?);
    let mut leaves = Vec::new();
    while !reader.is_empty() {
        let (id, weight) = (reader.read_field()?, reader.read_array::<WEIGHT_BYTES>()?);
        let weight = weight.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        leaves.push(match (id == Fr::default(), weight) {
            (true, 0) => None,
            _ => {
                let id =
                    IdentityCommitment::from_fr(id).map_err(|_| DecodeError::InvalidPart("an identity of zero"))?;
                Some((id, Weight::new(weight).map_err(|_| DecodeError::InvalidPart("a weight of zero"))?))
            }
        });
    }
    if from.checked_add(leaves.len() as u64) != Some(len) {
        return Err(DecodeError::InvalidPart("other places than it says"));
    }
    Ok(CensusPage { header, root, len, from, leaves })
}

impl CensusPage {
    /// The census of all places, hashed by all cores, if it has the root that is said. Whether this root is the chain's is for the registry to say.
    ///
    /// # Errors
    /// [`Malformed::Part`], also if places are missing.
    pub fn rebuild_census(&self) -> Result<Census, DecodeError> {
        if self.from != 0 {
            return Err(DecodeError::InvalidPart("a census is made of all its places"));
        }
        let leaf = |place: &CensusLeaf| place.map_or(Fr::default(), |(id, weight)| leaf(&id, weight));
        let leaves = self.leaves.par_iter().with_min_len(64).map(leaf).collect();
        let census =
            Census::from_leaves(leaves).map_err(|_| DecodeError::InvalidPart("more places than a census has"))?;
        if census.root() == self.root {
            Ok(census)
        } else {
            Err(DecodeError::InvalidPart("its places have another root"))
        }
    }
}

#[cfg(test)]
mod tests;
