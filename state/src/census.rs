//! A whole census as bytes, so that no reader reveals which leaf is its own by asking for it.
//!
//! The format: `PSCENSUS`, a version (one byte, 1), the chain id, the registry (20 bytes), the chamber, the block and
//! its hash, the census root, the number of leaves, the index of the first leaf in the page; then for each leaf from
//! there its identity commitment (32 bytes) and its weight (5 bytes), zeros for a member that was removed; a SHA-256
//! checksum of all of it. Integers have eight bytes.

use alloy_primitives::{Address, B256};
use psephos_protocol::{
    Fr,
    census::{Census, hash_leaf},
    elements::{self, CensusRoot},
    field,
    identifiers::{ChainId, ChamberId},
    identity::IdentityCommitment,
    weight::Weight,
};
use rayon::prelude::*;

use crate::{
    bytes::{ByteReader, CHECKSUM_BYTES, DecodeError, append_checksum, verify_checksum},
    chamber::Chamber,
};

const MAGIC: &[u8; 9] = b"PSCENSUS\x01";
const HEADER_BYTES: usize = MAGIC.len() + 8 + 20 + 8 + 8 + 32 + 32 + 8 + 8;
const WEIGHT_BYTES: usize = 5;
/// Length of a leaf in bytes: identity commitment and weight.
pub const LEAF_BYTES: usize = 32 + WEIGHT_BYTES;

/// The census that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CensusHeader {
    /// The chain id.
    pub chain_id: ChainId,
    /// The registry contract.
    pub registry: Address,
    /// The chamber.
    pub chamber: ChamberId,
    /// The number of the block at which the census was taken.
    pub block: u64,
    /// The hash of that block.
    pub hash: B256,
}

/// Identity commitment and weight of a member; `None` for a member that was removed.
pub type CensusLeaf = Option<(IdentityCommitment, Weight)>;

/// The leaves of a census from one index to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CensusPage {
    /// The census that the leaves belong to.
    pub header: CensusHeader,
    /// The census root.
    pub root: CensusRoot,
    /// The number of leaves of the whole census.
    pub len: u64,
    /// The index of the first leaf in this page.
    pub from: u64,
    /// The leaves from there to the end.
    pub leaves: Vec<CensusLeaf>,
}

/// Returns the encoded length in bytes of a census with this number of leaves.
pub fn encoded_length(leaves: u64) -> u64 {
    (HEADER_BYTES + CHECKSUM_BYTES) as u64 + leaves * LEAF_BYTES as u64
}

/// Encodes the leaves of a chamber's census from index `from` to the end.
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
    bytes.extend(header.chain_id.get().to_be_bytes());
    bytes.extend(header.registry);
    bytes.extend(header.chamber.get().to_be_bytes());
    bytes.extend(header.block.to_be_bytes());
    bytes.extend(header.hash);
    bytes.extend(chamber.census.root().to_bytes());
    bytes.extend((len as u64).to_be_bytes());
    bytes.extend((first as u64).to_be_bytes());
    bytes.extend(leaves);
    append_checksum(bytes)
}

/// Decodes a page of leaves. The root is not recomputed: [`CensusPage::rebuild_census`] does that.
///
/// # Errors
/// [`DecodeError`] if the bytes are not a page.
pub fn decode_census(bytes: &[u8]) -> Result<CensusPage, DecodeError> {
    if !bytes.starts_with(MAGIC) {
        return Err(DecodeError::UnknownFormat("a census"));
    }
    let mut reader = ByteReader::new(verify_checksum(bytes)?);
    reader.read_slice(MAGIC.len())?;
    let header = CensusHeader {
        chain_id: ChainId::new(reader.read_u64()?),
        registry: Address::new(reader.read_array()?),
        chamber: ChamberId::new(reader.read_u64()?),
        block: reader.read_u64()?,
        hash: B256::new(reader.read_array()?),
    };
    let (root, len, from) = (reader.read_field()?, reader.read_u64()?, reader.read_u64()?);
    let mut leaves = Vec::new();
    while !reader.is_empty() {
        let (id, weight) = (reader.read_field::<Fr>()?, reader.read_array::<WEIGHT_BYTES>()?);
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
        return Err(DecodeError::InvalidPart("the number of leaves differs from the header's"));
    }
    Ok(CensusPage { header, root, len, from, leaves })
}

impl CensusPage {
    /// Rebuilds the census on all cores and checks that it has the root that the page states. Whether this root is the
    /// chain's, only the registry can say.
    ///
    /// # Errors
    /// [`DecodeError::InvalidPart`] if the root differs or the page does not hold all leaves.
    pub fn rebuild_census(&self) -> Result<Census, DecodeError> {
        if self.from != 0 {
            return Err(DecodeError::InvalidPart("the page does not begin at leaf 0: request the whole census"));
        }
        let leaf =
            |entry: &CensusLeaf| entry.map_or(elements::CensusLeaf::REMOVED, |(id, weight)| hash_leaf(&id, weight));
        let leaves = self.leaves.par_iter().with_min_len(64).map(leaf).collect();
        let census =
            Census::from_leaves(leaves).map_err(|_| DecodeError::InvalidPart("more leaves than a census holds"))?;
        if census.root() == self.root {
            Ok(census)
        } else {
            Err(DecodeError::InvalidPart("its leaves have another root"))
        }
    }
}

#[cfg(test)]
mod tests;
