//! The command's output: results on standard output, everything else on standard error.

use std::io::Write;

use serde::Serialize;

use crate::failure::Failure;

/// The form in which results and messages are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    /// Creates an output: with `json`, a result is one JSON object on standard output; with `quiet`, there is no
    /// progress and there are no remarks.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Returns whether results are JSON.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Returns whether progress and remarks are suppressed.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Prints the command's result: as JSON, or as the text that `human` returns.
    pub(crate) fn print_result(self, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string(value)
                .map_err(|error| Failure::internal_error(format!("cannot serialise the result as JSON: {error}")))?
        } else {
            human()
        };
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
            // A reader that closes the pipe early, such as `head`, does not make the command fail.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::machine_failure(
                format!("the result cannot be written to standard output: {error}"),
                "what the command did is done: look at the chain, or run it again with its output elsewhere",
            )),
            _ => Ok(()),
        }
    }

    /// Prints a line for a person on standard error; suppressed by `quiet`.
    pub(crate) fn print_remark(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Prints a warning that the user should read before relying on the result. Not suppressed by `quiet`.
    pub(crate) fn print_warning(self, text: &str) {
        eprintln!("warning: {text}");
    }

    /// Prints what happened and what to do; with `json` also as an object on standard output.
    pub(crate) fn print_failure(self, failure: &Failure) {
        let (what, hint) = (failure.message(), failure.hint());
        eprintln!("psephos: {what}");
        if let Some(hint) = &hint {
            eprintln!("         {hint}");
        }
        if self.json {
            let object = serde_json::json!({ "error": { "code": failure.exit_code(), "what": what, "hint": hint } });
            let _ = writeln!(std::io::stdout().lock(), "{object}");
        }
    }
}
