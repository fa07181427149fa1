//! The choice of a backend: portable or SIMD.

#[cfg(target_arch = "x86_64")]
use crate::lanes::vector::Ifma;

/// A backend that this processor supports.
#[derive(Clone, Copy)]
pub struct Arithmetic(pub(crate) Kind);

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
}

impl Arithmetic {
    /// Selects the fastest backend that this processor supports; with `--cfg psephos_backend="portable"` the portable one,
    /// so that it can be tested on any processor.
    pub fn detect() -> Arithmetic {
        #[cfg(all(target_arch = "x86_64", not(psephos_backend = "portable")))]
        if let Some(ifma) = Ifma::detect() {
            return Arithmetic(Kind::Ifma(ifma));
        }
        Arithmetic::portable()
    }

    /// Selects the portable backend, which every processor supports.
    pub fn portable() -> Arithmetic {
        Arithmetic(Kind::Portable)
    }

    /// The backend's name, for tables and logs.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(_) => "avx512-ifma",
        }
    }
}
