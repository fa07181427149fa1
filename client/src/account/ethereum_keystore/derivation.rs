//! From the passphrase to the key, within bounds on memory and time.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{DERIVED_BYTES, EthereumKeystoreError};

/// The most memory that scrypt may take, in bytes: four times what geth's files take, as much as this program's own
/// keystores may take.
const MAX_MEMORY: u64 = 1 << 30;
/// The most blocks of 128 bytes that scrypt may mix, `n r p`: eight times those of geth's files.
const MAX_BLOCKS: u64 = 1 << 24;
/// The most rounds of PBKDF2: 38 times those of geth's files.
const MAX_ROUNDS: u64 = 10_000_000;

/// A key derivation within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Derivation {
    Scrypt { log_n: u8, r: u32, p: u32, salt: Vec<u8> },
    Pbkdf2 { rounds: u32, salt: Vec<u8> },
}

impl Derivation {
    /// Returns the derivation of new files, which is that of geth's.
    pub(super) fn standard(salt: &[u8]) -> Self {
        Self::Scrypt { log_n: 18, r: 8, p: 1, salt: salt.to_vec() }
    }

    /// Checks that a file of unknown origin does not exhaust this machine's memory or patience with scrypt.
    pub(super) fn scrypt(n: u64, r: u64, p: u64, salt: Vec<u8>) -> Result<Self, EthereumKeystoreError> {
        let refuse = |name, expected, actual| EthereumKeystoreError::Derivation { name, expected, actual };
        if !n.is_power_of_two() || !(2..=MAX_BLOCKS).contains(&n) {
            return Err(refuse("n", "a power of two from 2 to 2^24", n));
        }
        let small = |name, value: u64| match u32::try_from(value) {
            Ok(number) if (1..=1024).contains(&number) => Ok(number),
            _ => Err(refuse(name, "1 to 1024", value)),
        };
        let (r, p) = (small("r", r)?, small("p", p)?);
        // At most 2^24 * 2^10 * 2^10 blocks of 2^7 bytes: no product overflows. The 128 r p bytes beside these are few.
        let memory = 128 * n * u64::from(r);
        if memory > MAX_MEMORY {
            return Err(EthereumKeystoreError::TooCostly { unit: "bytes of memory", max: MAX_MEMORY, actual: memory });
        }
        let blocks = n * u64::from(r) * u64::from(p);
        if blocks > MAX_BLOCKS {
            return Err(EthereumKeystoreError::TooCostly { unit: "blocks of scrypt", max: MAX_BLOCKS, actual: blocks });
        }
        let log_n = n.trailing_zeros() as u8;
        Ok(Self::Scrypt { log_n, r, p, salt })
    }

    /// Checks the same of PBKDF2 with HMAC-SHA-256.
    pub(super) fn pbkdf2(rounds: u64, salt: Vec<u8>) -> Result<Self, EthereumKeystoreError> {
        let expected = "1 to 10000000";
        let refused = EthereumKeystoreError::Derivation { name: "c", expected, actual: rounds };
        let known = u32::try_from(rounds).ok().filter(|_| (1..=MAX_ROUNDS).contains(&rounds));
        known.map(|rounds| Self::Pbkdf2 { rounds, salt }).ok_or(refused)
    }

    pub(super) fn derive(&self, passphrase: &[u8]) -> Result<Zeroizing<[u8; DERIVED_BYTES]>, EthereumKeystoreError> {
        let mut derived = Zeroizing::new([0; DERIVED_BYTES]);
        match self {
            Self::Scrypt { log_n, r, p, salt } => {
                let impossible = || EthereumKeystoreError::Malformed("impossible parameters of scrypt".into());
                let params = scrypt::Params::new(*log_n, *r, *p).map_err(|_| impossible())?;
                scrypt::scrypt(passphrase, salt, &params, &mut *derived).map_err(|_| impossible())?;
            }
            Self::Pbkdf2 { rounds, salt } => pbkdf2_hmac::<Sha256>(passphrase, salt, *rounds, &mut *derived),
        }
        Ok(derived)
    }
}
