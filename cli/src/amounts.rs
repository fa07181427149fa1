//! Amounts of money, as people write and read them.

use psephos_chain::U256;

pub(crate) use psephos_report::amounts::format_amount;

/// Names of units and their decimals.
const UNITS: [(&str, usize); 4] = [("ether", 18), ("eth", 18), ("gwei", 9), ("wei", 0)];

/// Parses an amount: a whole number of the smallest unit (wei), or a decimal number with a unit, `0.5ether`, `20gwei`.
pub(crate) fn parse_amount(text: &str) -> Result<U256, String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let named = UNITS.iter().find_map(|(unit, decimals)| Some((lower.strip_suffix(unit)?.trim_end(), *decimals)));
    let (number, decimals) = named.unwrap_or((lower.as_str(), 0));
    if decimals == 0 && number.starts_with("0x") {
        return number.parse().map_err(|_| format!("`{text}` is not an amount"));
    }
    parse_decimal(number, decimals)
        .ok_or_else(|| format!("`{text}` is not an amount: write whole wei, or a number with a unit, such as 0.5ether"))
}

/// Reads digits with at most one point and at most `decimals` digits after it.
fn parse_decimal(number: &str, decimals: usize) -> Option<U256> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = number.contains('.');
    if whole.is_empty() || (has_point && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    if fraction.len() > decimals {
        return None;
    }
    U256::from_str_radix(&format!("{whole}{fraction}{}", "0".repeat(decimals - fraction.len())), 10).ok()
}

#[cfg(test)]
mod tests {
    use psephos_report::amounts::format_native;

    use super::*;

    #[test]
    fn amounts_are_read_in_wei_or_with_a_unit() {
        let ether = U256::from(10).pow(U256::from(18));
        for (text, expected) in [
            ("0", U256::ZERO),
            ("15001", U256::from(15_001)),
            ("0x10", U256::from(16)),
            ("1ether", ether),
            ("0.5 ETH", ether / U256::from(2)),
            ("1.5gwei", U256::from(1_500_000_000u64)),
            ("7wei", U256::from(7)),
            ("0.000000000000000001ether", U256::from(1)),
        ] {
            assert_eq!(parse_amount(text), Ok(expected), "{text}");
        }
        for text in
            ["", "-1", "1.5", "1.", ".5ether", "0.1wei", "1,5ether", "1e18", "ether", "0.0000000000000000001ether"]
        {
            assert!(parse_amount(text).is_err(), "{text}");
        }
        assert!(parse_amount(&"9".repeat(80)).is_err(), "beyond 256 bits");
    }

    #[test]
    fn amounts_are_printed_exactly() {
        for (text, expected) in [
            ("15001", "15001 wei"),
            ("1ether", "1 ether"),
            ("0.25ether", "0.25 ether"),
            ("12.000001ether", "12.000001 ether"),
        ] {
            assert_eq!(parse_amount(text).map(format_native), Ok(expected.to_owned()));
        }
    }
}
