//! Clients that ask for much and read nothing.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

use crate::{
    fixture::{RECOVERY, report_recovery, wait_until},
    support::start_service,
};

/// An answer of 1.5 MB that needs no chain.
const LARGE_PAGE: &str = "/docs/swagger-ui-bundle.js";
/// The variable that makes this program a service.
const CHILD: &str = "PSEPHOS_TEST_SERVICE";
/// The file descriptors of that service, and the clients that do not read.
const DESCRIPTORS: usize = 1_024;
const CLIENTS: usize = 2_000;

/// How often each client asks: a part of the answers fits into the buffers of both sides.
const REQUESTS: usize = 8;

/// Connects, asks for the large page again and again, and reads nothing.
async fn connect_silent_client(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(2_048)?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(format!("GET {LARGE_PAGE} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(REQUESTS).as_bytes()).await?;
    Ok(stream)
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_does_not_read_is_closed() {
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let silent = connect_silent_client(service.running.public_address()).await.unwrap();
    let took = wait_until("the client is closed", async || {
        service.metric_sum("psephos_http_connections_closed_total{cause=\"stalled\"}").await == 1
    });
    report_recovery("a client that does not read", took.await);
    drop(silent);
    service.running.stop().await;
}

/// Not a test: the service with few descriptors. Without the variable it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn service_process() {
    let Some(file) = std::env::var_os(CHILD) else { return };
    let service = start_service(|config| config.prover.remote_workers = true).await;
    let written = Path::new(&file).with_extension("new");
    std::fs::write(&written, service.running.public_address().to_string()).unwrap();
    std::fs::rename(&written, &file).unwrap();
    std::future::pending::<()>().await;
}

struct ServiceProcess(Child);

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn_service(file: &Path) -> ServiceProcess {
    let limited = format!("ulimit -n {DESCRIPTORS} && exec \"$0\" --exact connections::service_process");
    let mut command = Command::new("sh");
    command.arg("-c").arg(limited).arg(std::env::current_exe().unwrap()).env(CHILD, file);
    ServiceProcess(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn other_clients_are_answered_while_two_thousand_do_not_read() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    // This process holds the other ends.
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("address");
    let _process = spawn_service(&file);
    wait_until("the service listens", async || file.exists()).await;
    let address: SocketAddr = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    let mut silent = Vec::new();
    for _ in 0..CLIENTS {
        // One that has lost its place already may not be able to ask.
        silent.extend(connect_silent_client(address).await);
    }
    assert!(silent.len() > DESCRIPTORS, "{} clients", silent.len());

    let start = Instant::now();
    let client = reqwest::Client::builder().timeout(RECOVERY).build().unwrap();
    for _ in 0..10 {
        let answer = client.get(format!("http://{address}/readyz")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    report_recovery(&format!("{} clients that do not read", silent.len()), start.elapsed());
    drop(silent);
}
