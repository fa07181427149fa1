//! Addresses as people type them.

use psephos_chain::Address;

/// The reason why a text is not the address of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not `0x` and 40 hexadecimal digits.
    #[error("not an account: expected 0x and 40 hexadecimal digits")]
    Malformed,
    /// Mixed case is a checksum (EIP-55), and it is wrong: a digit was mistyped.
    #[error("the checksum of its upper and lower case is wrong (EIP-55): a digit was mistyped")]
    Checksum,
    /// It is the zero address, to which nothing can be paid.
    #[error("the zero address, of which no one has the key")]
    Zero,
}

/// Parses an address. Mixed case is a checksum and must be right; a single case carries none.
///
/// # Errors
/// Returns [`AddressError`] if the text has another form, a wrong checksum, or is the zero address.
pub fn parse_address(text: &str) -> Result<Address, AddressError> {
    let digits = text.strip_prefix("0x").ok_or(AddressError::Malformed)?;
    let address: Address = text.parse().map_err(|_| AddressError::Malformed)?;
    let mixed = digits.bytes().any(|digit| digit.is_ascii_lowercase())
        && digits.bytes().any(|digit| digit.is_ascii_uppercase());
    if mixed && Address::parse_checksummed(text, None).is_err() {
        return Err(AddressError::Checksum);
    }
    if address.is_zero() { Err(AddressError::Zero) } else { Ok(address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_checksums_and_the_zero_address_are_rejected() {
        let checksummed = "0x9F791Ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE";
        for accepted in [checksummed, &checksummed.to_lowercase()] {
            assert_eq!(parse_address(accepted).map(|address| address.to_string()), Ok(checksummed.into()));
        }
        let zero = format!("0x{}", "0".repeat(40));
        for (text, error) in [
            (&checksummed.replace("9F79", "9f79")[..], AddressError::Checksum),
            (&zero, AddressError::Zero),
            ("0x12", AddressError::Malformed),
            (&checksummed[2..], AddressError::Malformed),
            ("", AddressError::Malformed),
            ("vitalik.eth", AddressError::Malformed),
        ] {
            assert_eq!(parse_address(text), Err(error), "{text}");
        }
    }
}
