use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::{
    identifiers::{ChainId, ChamberId},
    identity::{Identity, Seed},
};

use super::*;
use crate::chamber::Member;

fn chamber() -> Chamber {
    let mut census = Census::new();
    let mut members = BTreeMap::new();
    for index in 0..5u8 {
        let id = Identity::from_seed(&Seed::from_bytes([index; 32])).unwrap().commitment();
        let member = Member { index: index.into(), id, weight: Weight::new(u64::from(index) + 1).unwrap() };
        census.insert_leaf(member.leaf()).unwrap();
        members.insert(Address::repeat_byte(9 - index), member);
    }
    census.remove_leaf(2).unwrap();
    members.remove(&Address::repeat_byte(7)).unwrap();
    Chamber { name: "Founders".into(), policy: Address::ZERO, members, marked: BTreeSet::new(), census }
}

fn header() -> CensusHeader {
    CensusHeader {
        chain_id: ChainId::new(5),
        registry: Address::repeat_byte(1),
        chamber: ChamberId::new(3),
        block: 8,
        hash: B256::repeat_byte(2),
    }
}

#[test]
fn census_round_trip_preserves_root() {
    let chamber = chamber();
    let bytes = encode_census(&header(), &chamber, 0);
    assert_eq!(bytes.len() as u64, encoded_length(5));
    let read = decode_census(&bytes).unwrap();
    assert_eq!((read.header, read.len, read.leaves[2]), (header(), 5, None));
    assert_eq!(read.leaves[4].unwrap().1.get(), 5);
    assert_eq!(read.rebuild_census().unwrap(), chamber.census);
    let later = decode_census(&encode_census(&header(), &chamber, 3)).unwrap();
    assert_eq!((later.from, &later.leaves[..]), (3, &read.leaves[3..]));
    assert!(later.rebuild_census().is_err());
    assert!(decode_census(&encode_census(&header(), &chamber, 9)).unwrap().leaves.is_empty());
}

#[test]
fn changed_census_bytes_are_rejected() {
    let bytes = encode_census(&header(), &chamber(), 0);
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(decode_census(&changed).is_err(), "{place}");
    }
    // With a valid checksum, the root still differs.
    let body = bytes.len() - CHECKSUM_BYTES;
    let mut changed = bytes[..body].to_vec();
    changed[body - 1] ^= 2;
    let read = decode_census(&append_checksum(changed)).unwrap();
    assert_eq!(read.rebuild_census(), Err(DecodeError::InvalidPart("its leaves have another root")));
    assert!(decode_census(&append_checksum(bytes[..body - LEAF_BYTES].to_vec())).is_err());
}
