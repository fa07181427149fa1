//! Tests the service against its OpenAPI description: starts a local chain with the contracts and the service with all
//! its components, and runs schemathesis, which sends valid and invalid requests. No response may be a server error.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::process;
use crate::{tools, workspace::Workspace};

/// The private key of the first account of every anvil; it is public knowledge.
const DEVELOPMENT_ACCOUNT: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// The checks of schemathesis that run; above all, that no response is a server error.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,allow_header_conformance";
const PATIENCE: Duration = Duration::from_secs(60);

/// A child process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs schemathesis with the `psephos` command that the build of the tests has left.
pub(crate) fn run(workspace: &Workspace) -> Result<(), String> {
    let Some(program) = tools::find_tool(workspace, &tools::SCHEMATHESIS)? else { return Ok(()) };
    let folder = workspace.path("target/tmp/service");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;

    let (rpc_port, port) = (find_free_port()?, find_free_port()?);
    let rpc = format!("http://127.0.0.1:{rpc_port}");
    let mut anvil = workspace.command("anvil", ".");
    anvil.args(["--port", &rpc_port.to_string(), "--chain-id", "31337"]);
    let _chain = start_process(anvil.stdout(Stdio::null()))?;
    wait_for_port(rpc_port)?;
    let deployment = folder.join("deployment.json");
    let psephos = |arguments: &[&str]| {
        let mut command = workspace.command(&workspace.psephos().to_string_lossy(), ".");
        command.env_remove("PSEPHOS_KEYS").env("PSEPHOS_SENDER_KEY", DEVELOPMENT_ACCOUNT).env("PSEPHOS_RPC", &rpc);
        command.env("PSEPHOS_DEPLOYMENT", &deployment).args(arguments);
        command
    };
    process::run(psephos(&["--quiet", "deploy", "--out"]).arg(&deployment).stdout(Stdio::null()))?;

    let mut serve = psephos(&["--json", "serve"]);
    serve.env("PSEPHOS_SERVE_DATA", folder.join("data")).env("PSEPHOS_SERVE_HTTP__LISTEN", format!("127.0.0.1:{port}"));
    serve.env("PSEPHOS_SERVE_HTTP__ADMIN", "127.0.0.1:0").env("PSEPHOS_SERVE_HTTP__RATE__PER_MINUTE", "0");
    let mut service = start_process(serve.env("PSEPHOS_LOG", "warn").stdout(Stdio::piped()))?;
    let output = service.0.stdout.take().ok_or("the service has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).map_err(|error| format!("the service: {error}"))?;
    if !line.contains("listening") {
        return Err(format!("the service did not start: {line}"));
    }
    wait_until_ready(port)?;
    let description = format!("http://127.0.0.1:{port}/openapi.json");
    let mut check = workspace.command(&program.to_string_lossy(), "target/tmp/service");
    check.args([
        "run",
        &description,
        "--checks",
        CHECKS,
        "--max-examples",
        "40",
        "--request-timeout",
        "40",
        "--seed",
        "1",
        // Their bodies are encrypted: there is no text of which examples could be made.
        "--exclude-path",
        "/ohttp",
        "--exclude-path",
        "/v1/ohttp-relay",
    ]);
    process::run(check.arg("--continue-on-failure").stdin(Stdio::null()))
}

fn start_process(command: &mut Command) -> Result<Running, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).spawn().map(Running).map_err(|error| format!("`{name}` does not start: {error}"))
}

/// Returns a port that no one listens on.
pub(crate) fn find_free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

/// Polls `/readyz`, which answers 503 until the service is ready.
fn wait_until_ready(port: u16) -> Result<(), String> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let mut answer = String::new();
        let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
            stream.write_all(b"GET /readyz HTTP/1.0\r\nhost: localhost\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && answer.lines().next().is_some_and(|line| line.contains(" 200 ")) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("the service is not ready after a minute".into())
}

fn wait_for_port(port: u16) -> Result<(), String> {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if start.elapsed() > PATIENCE {
            return Err(format!("nothing listens on port {port}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
