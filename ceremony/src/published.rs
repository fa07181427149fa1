//! The published powers of tau: the perpetual ceremony's, with 54 contributions and a beacon, prepared for phase 2.
//!
//! Names and BLAKE2b hashes are those published with snarkjs (`README.md`, section 7 of its guide, version 0.7.6).
//! `b2sum` prints the same hash.

/// The published files: power, file name, BLAKE2b hash in hexadecimal.
pub const PUBLISHED: [(u32, &str, &str); 8] = [
    (
        13,
        "powersOfTau28_hez_final_13.ptau",
        "58efc8bf2834d04768a3d7ffcd8e1e23d461561729beaac4e3e7a47829a1c9066d5320241e124a1a8e8aa6c75be0ba66f65bc8239a0542ed38e11276f6fdb4d9",
    ),
    (
        14,
        "powersOfTau28_hez_final_14.ptau",
        "eeefbcf7c3803b523c94112023c7ff89558f9b8e0cf5d6cdcba3ade60f168af4a181c9c21774b94fbae6c90411995f7d854d02ebd93fb66043dbb06f17a831c1",
    ),
    (
        15,
        "powersOfTau28_hez_final_15.ptau",
        "982372c867d229c236091f767e703253249a9b432c1710b4f326306bfa2428a17b06240359606cfe4d580b10a5a1f63fbed499527069c18ae17060472969ae6e",
    ),
    (
        16,
        "powersOfTau28_hez_final_16.ptau",
        "6a6277a2f74e1073601b4f9fed6e1e55226917efb0f0db8a07d98ab01df1ccf43eb0e8c3159432acd4960e2f29fe84a4198501fa54c8dad9e43297453efec125",
    ),
    (
        17,
        "powersOfTau28_hez_final_17.ptau",
        "6247a3433948b35fbfae414fa5a9355bfb45f56efa7ab4929e669264a0258976741dfbe3288bfb49828e5df02c2e633df38d2245e30162ae7e3bcca5b8b49345",
    ),
    (
        18,
        "powersOfTau28_hez_final_18.ptau",
        "7e6a9c2e5f05179ddfc923f38f917c9e6831d16922a902b0b4758b8e79c2ab8a81bb5f29952e16ee6c5067ed044d7857b5de120a90704c1d3b637fd94b95b13e",
    ),
    (
        19,
        "powersOfTau28_hez_final_19.ptau",
        "bca9d8b04242f175189872c42ceaa21e2951e0f0f272a0cc54fc37193ff6648600eaf1c555c70cdedfaf9fb74927de7aa1d33dc1e2a7f1a50619484989da0887",
    ),
    (
        20,
        "powersOfTau28_hez_final_20.ptau",
        "89a66eb5590a1c94e3f1ee0e72acf49b1669e050bb5f93c73b066b564dca4e0c7556a52b323178269d64af325d8fdddb33da3a27c34409b821de82aa2bf1a27b",
    ),
];

/// Returns the name of the published file with this hash.
pub fn published(hash: &[u8; 64]) -> Option<&'static str> {
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    PUBLISHED.iter().find(|(_, _, known)| *known == hash).map(|(_, name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_and_complete() {
        for (index, (power, name, hash)) in PUBLISHED.iter().enumerate() {
            assert_eq!(*power, 13 + index as u32);
            assert_eq!(*name, format!("powersOfTau28_hez_final_{power}.ptau"));
            assert!(hash.len() == 128 && hash.bytes().all(|c| c.is_ascii_hexdigit()));
        }
        assert_eq!(published(&[0; 64]), None);
    }
}
