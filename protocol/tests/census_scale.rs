//! A census of the greatest size, built at once.

use psephos_protocol::{census::Census, elements::CensusLeaf};

#[test]
#[ignore = "takes a million hashes; run by hand: `cargo test --test census_scale -- --ignored --nocapture`"]
fn census_of_a_million_members_is_built() {
    let leaves: Vec<CensusLeaf> = (1..=1u64 << 20).map(CensusLeaf::from_u64).collect();
    let start = std::time::Instant::now();
    let mut census = Census::from_leaves(leaves).expect("2^20 leaves fit");
    println!("built in {:?}", start.elapsed());
    assert_eq!(census.prove(0).expect("the leaf is a member's").siblings.len(), 20);
    assert!(census.insert(CensusLeaf::from_u64(1)).is_err());
}
