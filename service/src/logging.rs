//! Logs on standard error: structured, without secrets, addresses or paths of requests.

use tracing_subscriber::{EnvFilter, fmt};

/// The variable that says what is logged: `info`, `psephos_service=debug`, ..
pub const FILTER: &str = "PSEPHOS_LOG";

/// Starts logging: one JSON object a line, or text for people. A second call changes nothing.
///
/// # Errors
/// Why the filter is none.
pub fn start(json: bool) -> Result<(), String> {
    let text = std::env::var(FILTER).unwrap_or_else(|_| "info".into());
    let filter = EnvFilter::try_new(&text).map_err(|error| format!("{FILTER}: {error}"))?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // An error is a logger that was there before.
    let _ = match json {
        true => builder.json().flatten_event(true).try_init(),
        false => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
    Ok(())
}
