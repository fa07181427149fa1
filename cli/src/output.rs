//! What the command says: results on standard output, everything else on standard error.

use std::io::Write;

use serde::Serialize;

use crate::failure::Failure;

/// How results and messages are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    /// With `json`, one JSON object on standard output; with `quiet`, no progress and no remarks.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Whether results are JSON.
    pub(crate) fn json(self) -> bool {
        self.json
    }

    /// Whether progress and remarks are left out.
    pub(crate) fn quiet(self) -> bool {
        self.quiet
    }

    /// The command's result: as JSON, or as the text that `human` writes.
    pub(crate) fn result(self, value: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string(value)
                .map_err(|error| Failure::internal(format!("the result has no JSON: {error}")))?
        } else {
            human()
        };
        // A reader that has gone away, such as `head`, is no failure of the command.
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
        Ok(())
    }

    /// A line of interest to a person.
    pub(crate) fn remark(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Something that the user should know before relying on the result. Shown even with `quiet`.
    pub(crate) fn warn(self, text: &str) {
        eprintln!("warning: {text}");
    }

    /// Says what happened and what to do; with `json` also as an object on standard output.
    pub(crate) fn failure(self, failure: &Failure) {
        let (what, hint) = (failure.what(), failure.hint());
        eprintln!("psephos: {what}");
        if let Some(hint) = &hint {
            eprintln!("         {hint}");
        }
        if self.json {
            let object = serde_json::json!({ "error": { "code": failure.code(), "what": what, "hint": hint } });
            let _ = writeln!(std::io::stdout().lock(), "{object}");
        }
    }
}
