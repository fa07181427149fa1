//! Amounts of money as people read them.

use psephos_state::{Address, U256};

/// Decimals of ether.
const ETHER: usize = 18;
/// Below this many wei an amount is printed in wei: a millionth of an ether.
const SMALL: u64 = 1_000_000_000_000;

/// Formats an amount of a token: of the native one in ether, or in wei if it is small; of another in its smallest unit.
pub fn format_amount(amount: U256, token: Address) -> String {
    if !token.is_zero() {
        return format!("{amount} of the smallest unit of the token {token}");
    }
    format_native(amount)
}

/// Formats an amount of the chain's native token.
pub fn format_native(amount: U256) -> String {
    if amount < U256::from(SMALL) {
        return format!("{amount} wei");
    }
    let text = format!("{amount:0>width$}", width = ETHER + 1);
    let (whole, fraction) = text.split_at(text.len() - ETHER);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction} ether")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_printed_exactly() {
        for (wei, expected) in [
            (15_001_u64, "15001 wei"),
            (1_000_000_000_000_000_000, "1 ether"),
            (250_000_000_000_000_000, "0.25 ether"),
            (12_000_001_000_000_000_000, "12.000001 ether"),
        ] {
            assert_eq!(format_native(U256::from(wei)), expected);
        }
        let token = Address::repeat_byte(1);
        assert_eq!(format_amount(U256::from(5), token), format!("5 of the smallest unit of the token {token}"));
    }
}
