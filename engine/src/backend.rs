//! The choice of a backend: portable or SIMD.

#[cfg(target_arch = "x86_64")]
use crate::simd::vector::Ifma;

/// A backend that this processor supports.
#[derive(Clone, Copy)]
pub struct Backend(pub(crate) BackendKind);

#[derive(Clone, Copy)]
pub(crate) enum BackendKind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
}

impl Backend {
    /// Selects the fastest backend that this processor supports; with `--cfg psephos_backend="portable"` the portable
    /// one, so that it can be tested on any processor.
    pub fn detect() -> Backend {
        #[cfg(all(target_arch = "x86_64", not(psephos_backend = "portable")))]
        if let Some(ifma) = Ifma::detect() {
            return Backend(BackendKind::Ifma(ifma));
        }
        Backend::portable()
    }

    /// Selects the portable backend, which every processor supports.
    pub fn portable() -> Backend {
        Backend(BackendKind::Portable)
    }

    /// The backend's name, for tables and logs.
    pub fn name(self) -> &'static str {
        match self.0 {
            BackendKind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            BackendKind::Ifma(_) => "avx512-ifma",
        }
    }
}
