//! Gas of rewards, from the Solidity tests: lines such as `gas.claim, a token, size 3 337327`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{committee::figure, thousands};

const HEAD: &str = "\
## Rewards

From the Solidity tests. A claim pays an address that was never seen, and a relayer its fee. Notes are sealed in lists of 256; the last list of a chamber is shorter.

| call | up to 3 options | up to 8 options |
|---|---:|---:|
";

/// What is measured for both sizes, and what it is called in the table.
const ROWS: [(&str, &str); 4] = [
    ("gas.claim, the chain's coin", "`claim` of the chain's coin (`gas.claim`)"),
    ("gas.seal-256.perNote, first list", "`sealNotes`, a note, the first list of 256"),
    ("gas.seal-256.perNote", "`sealNotes`, a note, another list of 256 (`gas.seal-256.perNote`)"),
    ("gas.seal-88.perNote", "`sealNotes`, a note, a last list of 88"),
];

/// The table.
pub(super) fn table(text: &str) -> Result<String, String> {
    let figures: BTreeMap<String, u64> = text.lines().filter_map(figure).collect();
    let find = |name: String| {
        figures.get(&name).copied().ok_or(format!("the Solidity tests do not report {name}: see RewardGasTest"))
    };
    let mut table = HEAD.to_owned();
    for (name, shown) in ROWS {
        let [three, eight] = [3, 8].map(|size| find(format!("{name}, size {size}")));
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {shown} | {} | {} |", thousands(three?), thousands(eight?));
    }
    let token = thousands(find("gas.claim, a token, size 3".into())?);
    let _ = write!(table, "\nA claim of an ERC-20 token costs {token}.\n\n");
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_figure_is_named() {
        let error = table("gas.claim, the chain's coin, size 3 1").expect_err("incomplete");
        assert!(error.contains("size 8"), "{error}");
    }
}
