//! A census of the greatest size, built at once.

use psephos_protocol::{Fr, census::Census};

#[test]
#[ignore = "a million hashes: run by hand, `cargo test --test census_scale -- --ignored --nocapture`"]
fn a_million_members() {
    let leaves: Vec<Fr> = (1..=1u64 << 20).map(Fr::from).collect();
    let start = std::time::Instant::now();
    let mut census = Census::from_leaves(leaves).expect("it fits");
    println!("built in {:?}", start.elapsed());
    assert_eq!(census.prove(0).expect("a member").siblings.len(), 20);
    assert!(census.insert(Fr::from(1)).is_err());
}
