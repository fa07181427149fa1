//! Gas of committees, from the Solidity tests: lines such as `deal, n5-t2 389873` and `gas.committee.n5-t2 4090805`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::thousands;

/// The sizes, smallest first.
const SIZES: [&str; 3] = ["n1-t0", "n5-t2", "n16-t8"];
/// What a round consists of, in order, and what it is called in the table.
const STEPS: [(&str, &str); 5] = [
    ("register", "`register`, each of n"),
    ("deal", "`deal`, each of t + 1"),
    ("finalise", "`finalise`"),
    ("gas.open.3-options", "`postShare`, the dearest of t + 1 (`gas.open.3-options`)"),
    ("tally", "`tally`"),
];

const HEAD: &str = "\
## Committees

From the Solidity tests. A round is everything from the first registration to one chamber's total of three options: n registrations, t + 1 dealings, which is all \
that a committee ever takes, finalising, t + 1 shares and the tally. Keys are made once; every further chamber costs the shares and the tally.

";

/// The tables.
pub(super) fn tables(text: &str) -> Result<String, String> {
    let figures: BTreeMap<String, u64> = text.lines().filter_map(figure).collect();
    let find = |name: String| {
        figures.get(&name).copied().ok_or(format!("the Solidity tests do not report {name}: see CommitteeGasTest"))
    };
    let mut table = HEAD.to_owned() + "| call |";
    // Writing to a `String` cannot fail.
    for size in SIZES {
        let _ = write!(table, " {size} |");
    }
    table.push_str("\n|---|---:|---:|---:|\n");
    for (step, name) in STEPS {
        let _ = write!(table, "| {name} |");
        for size in SIZES {
            let _ = write!(table, " {} |", thousands(find(format!("{step}, {size}"))?));
        }
        table.push('\n');
    }
    table.push_str("| a whole round (`gas.committee.n..-t..`) |");
    for size in SIZES {
        let _ = write!(table, " **{}** |", thousands(find(format!("gas.committee.{size}"))?));
    }
    let _ = write!(
        table,
        "\n\nA share of eight options (`gas.open.8-options`) is {}, for any committee. With 16 trustees and a threshold of 16 dealings are \
         too much for one transaction of 128 KiB: half of them are gathered for {}, and finalising the rest is {}.\n\n",
        thousands(find("gas.open.8-options, n16-t8".into())?),
        thousands(find("gather 8 of 16, n16-t15".into())?),
        thousands(find("finalise the rest, n16-t15".into())?),
    );
    Ok(table)
}

/// A name and its gas.
pub(super) fn figure(line: &str) -> Option<(String, u64)> {
    let (name, gas) = line.trim().rsplit_once(' ')?;
    Some((name.to_owned(), gas.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_figure_is_named() {
        let error = tables("register, n1-t0 204350\nnoise").expect_err("incomplete");
        assert!(error.contains("register, n5-t2"), "{error}");
        assert_eq!(figure("  deal, n5-t2 389873"), Some(("deal, n5-t2".to_owned(), 389_873)));
        assert_eq!(figure("[PASS] x"), None);
    }
}
