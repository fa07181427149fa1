//! Bearer tokens. Only their hashes are configured and compared.

use axum::http::{HeaderMap, header};
use rand::{RngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// An invalid token hash in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token's hash must be 64 hexadecimal digits: `psephos serve --new-token` makes a token and its hash")]
pub struct InvalidTokenHash;

/// The hashes of the accepted tokens; if empty, no token is required.
pub struct Tokens(Vec<[u8; 32]>);

impl Tokens {
    /// Parses the hashes of the accepted tokens.
    ///
    /// # Errors
    /// Returns [`InvalidTokenHash`] if a text is not 64 hexadecimal digits.
    pub fn new(hashes: &[String]) -> Result<Self, InvalidTokenHash> {
        let read = |text: &String| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).map(|()| hash).map_err(|_| InvalidTokenHash)
        };
        hashes.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether no token is required.
    pub fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the credentials of a request: the hash of its token, or zeros if no token is required. Returns `None` if
    /// the request has no accepted token.
    pub fn credentials(&self, headers: &HeaderMap) -> Option<[u8; 32]> {
        if self.is_open() {
            return Some([0; 32]);
        }
        let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        let hash: [u8; 32] = Sha256::digest(token.trim().as_bytes()).into();
        // All hashes are compared, in constant time, whichever of them matches.
        let accepted = self.0.iter().fold(Choice::from(0), |found, one| found | one.ct_eq(&hash));
        bool::from(accepted).then_some(hash)
    }
}

/// Generates a token of 256 bits and returns it with its hash for the configuration.
pub fn generate_token() -> (Zeroizing<String>, String) {
    let mut bytes = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(bytes.as_mut());
    let token = Zeroizing::new(hex::encode(*bytes));
    let hash = hex::encode(Sha256::digest(token.as_bytes()));
    (token, hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer_headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn token_is_accepted_and_its_hash_is_not() {
        let (token, hash) = generate_token();
        let (other, _) = generate_token();
        let tokens = Tokens::new(&[generate_token().1, hash.clone()]).unwrap();
        assert!(tokens.credentials(&bearer_headers(&format!("Bearer {}", *token))).is_some());
        for refused in
            [format!("Bearer {hash}"), format!("Bearer {}", *other), (*token).clone(), format!("Basic {}", *token)]
        {
            assert!(tokens.credentials(&bearer_headers(&refused)).is_none());
        }
        assert!(tokens.credentials(&HeaderMap::new()).is_none());
        assert!(Tokens::new(&[]).unwrap().credentials(&HeaderMap::new()).is_some());
        assert!(Tokens::new(&["secret".into()]).is_err());
    }
}
