//! Conversions between errors of neighbouring layers.

/// Implements `From` for sources that a role's error holds inside another error: `convert_through!(VoterError {
/// KeyError => Keys, StateError => Chain })` makes `?` turn a [`psephos_state::StateError`] into a `VoterError::Chain`.
macro_rules! convert_through {
    ($error:ty { $($source:ty => $variant:ident),+ $(,)? }) => {
        $(
            impl From<$source> for $error {
                fn from(error: $source) -> Self {
                    Self::$variant(error.into())
                }
            }
        )+
    };
}

pub(crate) use convert_through;
