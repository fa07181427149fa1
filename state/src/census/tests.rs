use std::collections::BTreeMap;

use psephos_protocol::identity::{Identity, Seed};

use super::*;
use crate::chamber::Member;

fn chamber() -> Chamber {
    let mut census = Census::new();
    let mut members = BTreeMap::new();
    for index in 0..5u8 {
        let id = Identity::from_seed(&Seed::from_bytes([index; 32])).unwrap().commitment();
        let member = Member { index: index.into(), id, weight: Weight::new(u64::from(index) + 1).unwrap() };
        census.insert(member.leaf()).unwrap();
        members.insert(Address::repeat_byte(9 - index), member);
    }
    census.remove(2).unwrap();
    members.remove(&Address::repeat_byte(7)).unwrap();
    Chamber { name: "Founders".into(), policy: Address::ZERO, members, census }
}

fn header() -> CensusHeader {
    CensusHeader { chain_id: 5, registry: Address::repeat_byte(1), chamber: 3, block: 8, hash: B256::repeat_byte(2) }
}

#[test]
fn a_census_comes_back_with_its_root() {
    let chamber = chamber();
    let bytes = encode(&header(), &chamber, 0);
    assert_eq!(bytes.len() as u64, length(5));
    let read = decode(&bytes).unwrap();
    assert_eq!((read.header, read.len, read.places[2]), (header(), 5, None));
    assert_eq!(read.places[4].unwrap().1.get(), 5);
    assert_eq!(read.census().unwrap(), chamber.census);
    let later = decode(&encode(&header(), &chamber, 3)).unwrap();
    assert_eq!((later.from, &later.places[..]), (3, &read.places[3..]));
    assert!(later.census().is_err());
    assert!(decode(&encode(&header(), &chamber, 9)).unwrap().places.is_empty());
}

#[test]
fn what_is_changed_is_refused() {
    let bytes = encode(&header(), &chamber(), 0);
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(decode(&changed).is_err(), "{place}");
    }
    // With a checksum of its own, it still has another root.
    let body = bytes.len() - CHECKSUM;
    let mut changed = bytes[..body].to_vec();
    changed[body - 1] ^= 2;
    let read = decode(&seal(changed)).unwrap();
    assert_eq!(read.census(), Err(Malformed::Part("its places have another root")));
    assert!(decode(&seal(bytes[..body - PLACE].to_vec())).is_err());
}
