//! Logs on standard error: structured, without secrets, addresses or request paths.

use tracing_subscriber::{EnvFilter, fmt};

/// The environment variable of the log filter: `info`, `psephos_service=debug`, ...
pub const FILTER_VARIABLE: &str = "PSEPHOS_LOG";

/// Libraries that can log whole requests and responses: they are limited to warnings, whatever the filter says.
const QUIET_LIBRARIES: [&str; 12] = [
    "alloy_json_rpc",
    "alloy_provider",
    "alloy_rpc_client",
    "alloy_transport",
    "alloy_transport_http",
    "async_nats",
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "tower_http",
];

/// Initialises logging: one JSON object per line, or text for people. A second call has no effect.
///
/// # Errors
/// Returns a description of an invalid filter.
pub fn start_logging(json: bool) -> Result<(), String> {
    let text = std::env::var(FILTER_VARIABLE).unwrap_or_else(|_| "info".into());
    let refuse = |error: &dyn std::fmt::Display| format!("{FILTER_VARIABLE}: {error}");
    let mut filter = EnvFilter::try_new(&text).map_err(|error| refuse(&error))?;
    for library in QUIET_LIBRARIES {
        let directive = format!("{library}=warn")
            .parse()
            .map_err(|error: tracing_subscriber::filter::ParseError| refuse(&error))?;
        filter = filter.add_directive(directive);
    }
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // An error means that a logger is installed already.
    let _ = match json {
        true => builder.json().flatten_event(true).try_init(),
        false => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
    Ok(())
}
