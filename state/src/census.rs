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
    bytes::{CHECKSUM, Malformed, Reader, seal, unseal},
    chamber::Chamber,
};

const MAGIC: &[u8; 9] = b"PSCENSUS\x01";
const HEADER: usize = MAGIC.len() + 8 + 20 + 8 + 8 + 32 + 32 + 8 + 8;
const WEIGHT: usize = 5;
/// Bytes of a place: identity and weight.
pub const PLACE: usize = 32 + WEIGHT;

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
pub type Place = Option<(IdentityCommitment, Weight)>;

/// The places of a census, from one on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Which census.
    pub header: CensusHeader,
    /// Its root.
    pub root: Fr,
    /// How many places it has.
    pub len: u64,
    /// The first that is told.
    pub from: u64,
    /// The places from there on.
    pub places: Vec<Place>,
}

/// How many bytes the census of so many places has.
pub fn length(places: u64) -> u64 {
    (HEADER + CHECKSUM) as u64 + places * PLACE as u64
}

/// The places of a chamber's census from one on.
pub fn encode(header: &CensusHeader, chamber: &Chamber, from: u64) -> Vec<u8> {
    let len = chamber.census.len();
    let first = usize::try_from(from).unwrap_or(usize::MAX).min(len);
    let mut places = vec![0; (len - first) * PLACE];
    for member in chamber.members.values().filter(|member| (first..len).contains(&member.index)) {
        let place = &mut places[(member.index - first) * PLACE..][..PLACE];
        place[..32].copy_from_slice(&field::to_bytes(&member.id.value()));
        place[32..].copy_from_slice(&member.weight.get().to_be_bytes()[8 - WEIGHT..]);
    }
    let mut bytes = Vec::with_capacity(HEADER + places.len() + CHECKSUM);
    bytes.extend(MAGIC);
    bytes.extend(header.chain_id.to_be_bytes());
    bytes.extend(header.registry);
    bytes.extend(header.chamber.to_be_bytes());
    bytes.extend(header.block.to_be_bytes());
    bytes.extend(header.hash);
    bytes.extend(field::to_bytes(&chamber.census.root()));
    bytes.extend((len as u64).to_be_bytes());
    bytes.extend((first as u64).to_be_bytes());
    bytes.extend(places);
    seal(bytes)
}

/// The places of these bytes. Their root is not computed: [`Places::census`] does.
///
/// # Errors
/// [`Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Places, Malformed> {
    if !bytes.starts_with(MAGIC) {
        return Err(Malformed::Format("a census"));
    }
    let mut reader = Reader::new(unseal(bytes)?);
    reader.take(MAGIC.len())?;
    let header = CensusHeader {
        chain_id: reader.u64()?,
        registry: Address::new(reader.array()?),
        chamber: reader.u64()?,
        block: reader.u64()?,
        hash: B256::new(reader.array()?),
    };
    let (root, len, from) = (reader.field()?, reader.u64()?, reader.u64()?);
    let mut places = Vec::new();
    while !reader.is_empty() {
        let (id, weight) = (reader.field()?, reader.array::<WEIGHT>()?);
        let weight = weight.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        places.push(match (id == Fr::default(), weight) {
            (true, 0) => None,
            _ => {
                let id = IdentityCommitment::from_fr(id).map_err(|_| Malformed::Part("an identity of zero"))?;
                Some((id, Weight::new(weight).map_err(|_| Malformed::Part("a weight of zero"))?))
            }
        });
    }
    if from.checked_add(places.len() as u64) != Some(len) {
        return Err(Malformed::Part("other places than it says"));
    }
    Ok(Places { header, root, len, from, places })
}

impl Places {
    /// The census of all places, hashed by all cores, if it has the root that is said. Whether this root is the chain's is for the registry to say.
    ///
    /// # Errors
    /// [`Malformed::Part`], also if places are missing.
    pub fn census(&self) -> Result<Census, Malformed> {
        if self.from != 0 {
            return Err(Malformed::Part("a census is made of all its places"));
        }
        let leaf = |place: &Place| place.map_or(Fr::default(), |(id, weight)| leaf(&id, weight));
        let leaves = self.places.par_iter().with_min_len(64).map(leaf).collect();
        let census = Census::from_leaves(leaves).map_err(|_| Malformed::Part("more places than a census has"))?;
        if census.root() == self.root { Ok(census) } else { Err(Malformed::Part("its places have another root")) }
    }
}

#[cfg(test)]
mod tests;
