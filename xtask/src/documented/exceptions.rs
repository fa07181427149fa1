//! The documented commands of `psephos` that no test runs with success, and why.

/// Each as it is on its page, with the reason, in alphabetical order. The suite says them at its end.
pub(super) const NOT_RUN: &[(&str, &str)] = &[(
    "psephos vote --choice Against --relayer https://relayer.example --within 48",
    "it waits for hours; a test of cli/tests/it/scheduled_votes.rs stops it, and has the ballot handed over by --resume",
)];

/// Those that need a program which a machine may lack: there they are not run, and elsewhere they are.
pub(super) const NEEDS: &[(&str, &str)] = &[("psephos worker --config service.toml", "nats-server")];
