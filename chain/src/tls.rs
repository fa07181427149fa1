//! TLS to nodes and services: one implementation of the primitives for the whole process.

use std::sync::Once;

/// Names the implementation, once; what another part of the program has named before stays.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error is another one having been named.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
