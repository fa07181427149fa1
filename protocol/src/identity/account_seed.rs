//! The seeds of the identities of accounts, derived from one seed (specification, section 2).

use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{SALT, Seed};
use crate::identifiers::ChainId;

const INFO: &[u8] = b"account-seed";

impl Seed {
    /// Derives the seed of the identity of one account in the deployment of one registry. Seeds of different chains,
    /// registries or accounts, and so their identities, have nothing in common for anyone who does not know this seed.
    pub fn derive_account_seed(&self, chain_id: ChainId, registry: [u8; 20], account: [u8; 20]) -> Seed {
        let mut place = [0; 96];
        place[24..32].copy_from_slice(&chain_id.get().to_be_bytes());
        place[44..64].copy_from_slice(&registry);
        place[76..].copy_from_slice(&account);
        let mut output = Zeroizing::new([0; 32]);
        Hkdf::<Sha512>::new(Some(SALT), self.expose())
            .expand_multi_info(&[INFO, &place], output.as_mut())
            .expect("32 bytes are within HKDF's limit");
        Seed::from_bytes(*output)
    }
}
