//! The places of a contract's deployed code that deployment fills in: addresses of libraries, immutable values, and a
//! library's own address. All else of the code is known before, and so is its hash with zeros in these places.

use serde_json::{Map, Value, json};
use sha3::Digest;

/// The bytes of an address, and of an immutable value.
const ADDRESS: usize = 20;
const WORD: usize = 32;

/// How a library's code begins: PUSH20 of its own address, which the compiler leaves as zeros, ADDRESS and EQ. The
/// library compares it, so that nothing but a call by another contract runs it.
const CALL_PROTECTION: (u8, [u8; 2]) = (0x73, [0x30, 0x14]);

/// The hash of deployed code with zeros in its blanks, and the blanks; none if it has none.
pub(super) struct MaskedCode {
    pub hash: String,
    pub blanks: Option<Value>,
}

/// Masks the `deployedBytecode` of forge's artifact.
///
/// # Errors
///
/// A message: the code is not hexadecimal, or a place is not in it.
pub(super) fn mask_code(deployed: &Value) -> Result<MaskedCode, String> {
    let text = deployed["object"].as_str().ok_or("no deployedBytecode")?;
    let mut digits = text.trim_start_matches("0x").to_owned();
    let mut libraries = Map::new();
    for (name, places) in deployed["linkReferences"].as_object().into_iter().flat_map(Map::values).flat_map(entries) {
        let starts = clear_places(&mut digits, places, ADDRESS)?;
        libraries.insert(name.clone(), json!(starts));
    }
    // The compiler's numbers of the declarations: they count in the order of the sources' names, and in each source
    // from its beginning. The numbers themselves change with any other source, so only the order is kept.
    let mut declared = Vec::new();
    for (number, places) in entries(&deployed["immutableReferences"]) {
        let number: u64 = number.parse().map_err(|_| format!("immutable {number} has no number"))?;
        declared.push((number, clear_places(&mut digits, places, WORD)?));
    }
    declared.sort();
    let immutables: Vec<_> = declared.into_iter().map(|(_, starts)| starts).collect();
    let code = decode_hex(&digits)?;
    let (push, compare) = CALL_PROTECTION;
    let own_address = code.first() == Some(&push)
        && code.get(1..=ADDRESS) == Some(&[0; ADDRESS])
        && code.get(ADDRESS + 1..ADDRESS + 3) == Some(&compare);
    let hash = sha3::Keccak256::digest(&code).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let filled = own_address || !libraries.is_empty() || !immutables.is_empty();
    let blanks = json!({ "libraries": libraries, "immutables": immutables, "ownAddress": own_address });
    Ok(MaskedCode { hash: format!("0x{hash}"), blanks: filled.then_some(blanks) })
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// Puts zeros in these places of the code and returns where they begin, in bytes.
fn clear_places(digits: &mut String, places: &Value, length: usize) -> Result<Vec<usize>, String> {
    let mut starts = Vec::new();
    for place in places.as_array().into_iter().flatten() {
        let number = |key: &str| place[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let start = number("start").ok_or("a place has no start")?;
        let range = start * 2..(start + length) * 2;
        if number("length") != Some(length) || digits.get(range.clone()).is_none() {
            return Err(format!("invalid place at byte {start} of the deployed code"));
        }
        digits.replace_range(range, &"0".repeat(length * 2));
        starts.push(start);
    }
    starts.sort_unstable();
    Ok(starts)
}

fn decode_hex(digits: &str) -> Result<Vec<u8>, String> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2).unwrap_or_default(), 16);
    let bytes: Result<Vec<u8>, _> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.map_err(|_| "its code is not hexadecimal".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(bytes: &[u8]) -> String {
        let text = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        mask_code(&json!({ "object": text })).expect("valid code").hash
    }

    #[test]
    fn places_are_zero_in_the_hash() {
        let code = format!("0x61__${}$__{}ff", "a".repeat(34), "22".repeat(64));
        let masked = mask_code(&json!({
            "object": code,
            "linkReferences": { "a.sol": { "L": [{ "start": 1, "length": 20 }] } },
            "immutableReferences": { "100": [{ "start": 21, "length": 32 }], "20": [{ "start": 53, "length": 32 }] },
        }))
        .expect("valid code");
        let mut expected = vec![0; 86];
        (expected[0], expected[85]) = (0x61, 0xff);
        assert_eq!(masked.hash, hash_of(&expected));
        let blanks = json!({ "libraries": { "L": [1] }, "immutables": [[53], [21]], "ownAddress": false });
        assert_eq!(masked.blanks, Some(blanks), "immutables are in the order of their declarations");
    }

    #[test]
    fn own_address_of_a_library_is_a_blank() {
        let code = |protection: &str| json!({ "object": format!("0x73{}{protection}00", "00".repeat(20)) });
        let own = |code: &Value| mask_code(code).expect("valid code").blanks;
        assert_eq!(own(&code("3014")).expect("a blank")["ownAddress"], true);
        assert_eq!(own(&code("3015")), None);
    }

    #[test]
    fn place_outside_the_code_is_rejected() {
        let place = |start: usize, length: usize| {
            let places = json!({ "1": [{ "start": start, "length": length }] });
            mask_code(&json!({ "object": format!("0x{}", "00".repeat(40)), "immutableReferences": places }))
        };
        assert!(place(8, 32).is_ok());
        assert!(place(9, 32).is_err());
        assert!(place(8, 31).is_err());
    }
}
