//! The key of a gateway: parsed strictly, and fetched without showing who fetches it.

use ohttp::{
    ClientRequest, KeyConfig, SymmetricSuite,
    hpke::{Aead, Kdf},
};
use psephos_chain::{Network, Purpose};
use psephos_wire::oblivious::{KEYS_PATH, KEYS_TYPE};
use reqwest::{Method, header};

use super::{ObliviousError, has_type};
use crate::remote::{Service, ServiceError};

/// The maximum size of key configurations, in bytes.
pub const MAX_KEY_BYTES: usize = 4 * 1024;
/// The length of a key configuration up to its suites: identifier, KEM and public key.
const KEY_BYTES: usize = 1 + 2 + 32;
/// DHKEM(X25519, HKDF-SHA256) (RFC 9180, section 7.1).
const KEM: [u8; 2] = [0x00, 0x20];
/// HKDF-SHA256 with ChaCha20-Poly1305, behind its length.
const SUITES: [u8; 6] = [0, 4, 0, 1, 0, 3];

/// The public key of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayKey([u8; KEY_BYTES]);

impl GatewayKey {
    /// Parses key configurations as a gateway shows them (`application/ohttp-keys`, RFC 9458, section 3), and takes the
    /// first one of the kind that is used here.
    ///
    /// # Errors
    /// Returns `InvalidKey`.
    pub fn parse(configurations: &[u8]) -> Result<Self, ObliviousError> {
        let list = KeyConfig::decode_list(configurations)
            .map_err(|_| ObliviousError::InvalidKey("its key configurations do not decode (RFC 9458, section 3)"))?;
        let suite = SymmetricSuite::new(Kdf::HkdfSha256, Aead::ChaCha20Poly1305);
        let usable = |config: &KeyConfig| {
            config.select(suite).ok()?;
            let encoded = config.encode().ok()?;
            let key: [u8; KEY_BYTES] = *encoded.first_chunk()?;
            (key.get(1..3) == Some(&KEM[..])).then_some(Self(key))
        };
        list.iter().find_map(usable).ok_or(ObliviousError::InvalidKey(
            "it has no key for X25519, HKDF-SHA256 and ChaCha20-Poly1305, which are used here",
        ))
    }

    /// Parses key configurations in hexadecimal, as `psephos serve` prints them.
    ///
    /// # Errors
    /// Returns `InvalidKey`.
    pub fn from_hex(text: &str) -> Result<Self, ObliviousError> {
        let text = text.trim();
        let bytes = hex::decode(text.strip_prefix("0x").unwrap_or(text))
            .map_err(|_| ObliviousError::InvalidKey("it must be hexadecimal digits, or a file"))?;
        Self::parse(&bytes)
    }

    /// Fetches the key of a relayer's gateway, through the network's SOCKS proxy and over a circuit that serves nothing
    /// else. A gateway that shows everyone another key learns that two requests come from one client, if they use one
    /// key, and no more: who fetched the key, it did not see either.
    ///
    /// # Errors
    /// Returns `Oblivious` with `KeyNotFetched` if there is no SOCKS proxy or all purposes share one circuit, or with
    /// `InvalidKey`; and the errors of a request.
    pub async fn fetch(relayer: &str, network: &Network) -> Result<Self, ServiceError> {
        let service = Service::new(relayer, network, Purpose::FetchKey, None)?;
        if !Self::can_be_fetched(network) {
            return Err(ObliviousError::KeyNotFetched { host: service.host() }.into());
        }
        let request = service.build_request(Method::GET, KEYS_PATH)?.header(header::ACCEPT, KEYS_TYPE);
        let (status, headers, body) = service.send_for_response(request, MAX_KEY_BYTES).await?;
        match status.is_success() && has_type(&headers, KEYS_TYPE) {
            true => Ok(Self::parse(&body)?),
            false => Err(ObliviousError::InvalidKey("the relayer shows none: it may have no gateway").into()),
        }
    }

    /// Returns whether a key can be fetched over this network without showing who fetches it.
    pub fn can_be_fetched(network: &Network) -> bool {
        network.socks_proxy().is_some() && network.is_isolated()
    }

    /// Returns what encapsulates one request.
    pub(super) fn to_request(&self) -> Result<ClientRequest, ObliviousError> {
        let encoded = [&self.0[..], &SUITES].concat();
        ClientRequest::from_encoded_config(&encoded).map_err(|error| ObliviousError::Encapsulation(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use ohttp::hpke::Kem;

    use super::*;

    fn configurations(kem: Kem, aeads: &[Aead]) -> Vec<u8> {
        let suites = aeads.iter().map(|aead| SymmetricSuite::new(Kdf::HkdfSha256, *aead)).collect();
        KeyConfig::encode_list(&[KeyConfig::new(3, kem, suites).unwrap()]).unwrap()
    }

    #[test]
    fn keys_of_other_kinds_are_skipped_and_one_suite_is_used() {
        let [aes, chacha] = [Aead::Aes128Gcm, Aead::ChaCha20Poly1305];
        let plain = configurations(Kem::X25519Sha256, &[chacha]);
        let key = GatewayKey::parse(&plain).unwrap();
        assert_eq!(GatewayKey::from_hex(&hex::encode(&plain)), Ok(key.clone()));
        assert_eq!(GatewayKey::from_hex(&format!(" 0x{}\n", hex::encode(&plain))), Ok(key.clone()));
        let other = configurations(Kem::P256Sha256, &[chacha]);
        assert_eq!(GatewayKey::parse(&[other.clone(), plain].concat()), Ok(key));
        for refused in [other, configurations(Kem::X25519Sha256, &[aes]), Vec::new()] {
            assert!(matches!(GatewayKey::parse(&refused), Err(ObliviousError::InvalidKey(_))));
        }
        // Both suites are offered, the other one first: the sizes stay those of ours.
        let both = GatewayKey::parse(&configurations(Kem::X25519Sha256, &[aes, chacha])).unwrap();
        let (sealed, _) = both.to_request().unwrap().encapsulate(b"").unwrap();
        assert_eq!(sealed[3..7], [0, 1, 0, 3]);
    }

    #[test]
    fn keys_that_do_not_decode_are_refused() {
        let plain = configurations(Kem::X25519Sha256, &[Aead::ChaCha20Poly1305]);
        for length in 1..plain.len() {
            assert!(matches!(GatewayKey::parse(&plain[..length]), Err(ObliviousError::InvalidKey(_))), "{length}");
        }
        for text in ["zz", "0x0", "key.bin"] {
            assert!(matches!(GatewayKey::from_hex(text), Err(ObliviousError::InvalidKey(_))), "{text}");
        }
    }

    #[tokio::test]
    async fn key_is_not_fetched_without_a_proxy_that_keeps_purposes_apart() {
        let shared = Network::through("socks5h://me@127.0.0.1:9", "here").unwrap();
        for network in [Network::direct(), shared] {
            let error = GatewayKey::fetch("https://relayer.example", &network).await.unwrap_err();
            let expected = ObliviousError::KeyNotFetched { host: "relayer.example".into() };
            assert!(matches!(error, ServiceError::Oblivious(ref inner) if *inner == expected), "{error}");
        }
    }
}
