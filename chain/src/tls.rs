//! TLS to nodes and services: one cryptographic provider for the whole process.

use std::sync::Once;

/// Installs the provider, once; one that another part of the program has installed before stays.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that another provider is installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
