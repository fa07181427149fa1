//! The nonce of the next transaction: the account's next one, or one that a user chooses.

pub mod error;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use alloy::primitives::Address;

use self::error::NonceError;

/// A nonce that a user chooses for one transaction: to replace one that is not mined, or to wait behind others.
#[derive(Clone, Debug)]
pub struct ChosenNonce {
    nonce: u64,
    allow_gap: bool,
    /// Shared by all copies, so that no second transaction has the nonce.
    is_taken: Arc<AtomicBool>,
}

impl ChosenNonce {
    /// Chooses a nonce. With `allow_gap` it may be above the account's next one: the transaction then waits until those
    /// between are used.
    pub fn new(nonce: u64, allow_gap: bool) -> Self {
        Self { nonce, allow_gap, is_taken: Arc::default() }
    }

    /// Takes the nonce, once, if an account with these nonces can have it.
    ///
    /// # Errors
    /// `Used`, `Gap` or `Taken`.
    pub(crate) fn take(&self, account: Address, nonces: (u64, u64)) -> Result<u64, NonceError> {
        let (nonce, (latest, pending)) = (self.nonce, nonces);
        if nonce < latest {
            return Err(NonceError::Used { account, nonce, next: latest });
        }
        if nonce > pending && !self.allow_gap {
            return Err(NonceError::Gap { account, nonce, next: pending });
        }
        match self.is_taken.swap(true, Ordering::Relaxed) {
            true => Err(NonceError::Taken { nonce }),
            false => Ok(nonce),
        }
    }
}
