//! Running commands, with errors that name the command.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// Shows the command, runs it with inherited input and output, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let line = describe(command);
    eprintln!("    $ {line}");
    let status = command.status().map_err(|error| describe_start_failure(&line, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

/// Runs the command without showing it and returns its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let line = describe(command);
    let output = command.stdin(Stdio::null()).output().map_err(|error| describe_start_failure(&line, &error))?;
    if !output.status.success() {
        let printed = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).trim_end().to_owned());
        return Err(format!("`{line}` failed ({})\n{}", output.status, printed.join("\n")));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{line}` printed output that is not UTF-8"))
}

/// Whether a program of this name answers `--version`.
pub(crate) fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn describe_start_failure(line: &str, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("`{line}` could not start: the program or its directory is missing"),
        _ => format!("`{line}` could not start: {error}"),
    }
}

fn describe(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let name = program.rsplit(['/', '\\']).next().unwrap_or(&program).to_owned();
    command.get_args().fold(name, |line, argument| format!("{line} {}", argument.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_program_is_named() {
        let error = run(Command::new("no-such-program-here").arg("now")).expect_err("nothing to run");
        assert!(error.contains("no-such-program-here now"), "{error}");
        assert!(error.contains("missing"), "{error}");
        assert!(!is_installed("no-such-program-here"));
    }

    #[test]
    fn failure_names_the_command() {
        let error = capture(Command::new("cargo").arg("no-such-subcommand")).expect_err("cargo refuses");
        assert!(error.contains("cargo no-such-subcommand"), "{error}");
    }
}
