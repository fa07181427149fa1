//! A SOCKS proxy that records who uses it, for which host, and every byte that its clients send.
//!
//! It alone knows where its hosts are: a client that is given their names, `node.onion`, has no other way to them, so
//! that the record is all that the client sent to anyone.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// The reply of a proxy that reaches the host, and of one that does not, up to the code.
const REACHED: u8 = 0;
const HOST_UNREACHABLE: u8 = 4;

/// A connection as the proxy saw it.
#[derive(Clone, Debug, Default)]
pub struct ProxiedConnection {
    /// The SOCKS user name.
    pub user: String,
    /// The host, as its client named it: a name, if the client did not look it up.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Every byte that the client sent to the host.
    pub sent: Vec<u8>,
}

/// An HTTP request in what a client sent.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// The SOCKS user name.
    pub user: String,
    /// The host, as its client named it.
    pub host: String,
    /// The request line and the headers.
    pub head: String,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

/// A SOCKS proxy. It stops when this is dropped.
pub struct RecordingProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    hosts: BTreeMap<String, SocketAddr>,
    connections: Mutex<Vec<ProxiedConnection>>,
    /// The number of connections that were taken.
    taken: Mutex<usize>,
    /// The number of connections after which none is accepted any more.
    limit: Mutex<Option<usize>>,
}

impl RecordingProxy {
    /// Starts a proxy on a free port that knows these hosts, each with the URL of the server behind it.
    pub async fn start(hosts: &[(&str, &str)]) -> Self {
        let hosts = hosts.iter().map(|(host, url)| {
            let address = url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
            ((*host).to_owned(), address)
        });
        let shared = Arc::new(Shared { hosts: hosts.collect(), ..Shared::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(accept_all(listener, shared.clone()));
        Self { address, shared, server }
    }

    /// Returns its URL, as `--proxy` takes it.
    pub fn url(&self) -> String {
        format!("socks5h://{}", self.address)
    }

    /// Accepts this number of connections from now on, and closes all later ones at once, as a proxy that goes down.
    pub fn stop_after(&self, connections: usize) {
        *lock(&self.shared.limit) = Some(connections);
    }

    /// Returns the connections since this was last called.
    pub fn take_connections(&self) -> Vec<ProxiedConnection> {
        let (connections, mut taken) = (lock(&self.shared.connections), lock(&self.shared.taken));
        let new = connections[*taken..].to_vec();
        *taken = connections.len();
        new
    }

    /// Returns the HTTP requests of all connections since connections were last taken.
    pub fn take_requests(&self) -> Vec<RecordedRequest> {
        self.take_connections().iter().flat_map(ProxiedConnection::requests).collect()
    }
}

impl Drop for RecordingProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl ProxiedConnection {
    /// Returns the HTTP requests of the connection. A body with an encoding would hide what is in it, and is refused.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        let (mut requests, mut rest) = (Vec::new(), &self.sent[..]);
        while let Some(end) = find(rest, b"\r\n\r\n") {
            let head = String::from_utf8(rest[..end].to_vec()).unwrap();
            assert!(header(&head, "content-encoding").is_none(), "an encoded body: {head}");
            rest = &rest[end + 4..];
            let body = match (header(&head, "transfer-encoding"), header(&head, "content-length")) {
                (Some(_), _) => take_chunks(&mut rest),
                (None, Some(length)) => {
                    let (body, after) = rest.split_at(length.parse().unwrap());
                    rest = after;
                    body.to_vec()
                }
                (None, None) => Vec::new(),
            };
            requests.push(RecordedRequest { user: self.user.clone(), host: self.host.clone(), head, body });
        }
        assert!(rest.is_empty(), "{} bytes that are no request", rest.len());
        requests
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).next()
}

fn take_chunks(rest: &mut &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        *rest = &rest[end + 2 + length + 2..];
        if length == 0 {
            return body;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept_all(listener: TcpListener, shared: Arc<Shared>) {
    // The connections end with the proxy.
    let mut open = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        if let Some(left) = lock(&shared.limit).as_mut() {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => continue,
            }
        }
        open.spawn(serve(client, shared.clone()));
    }
}

/// Serves a connection. A client that breaks it off, or does not speak SOCKS, is left alone.
async fn serve(mut client: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let connection = read_handshake(&mut client).await?;
    let target = shared.hosts.get(&connection.host).copied();
    let index = {
        let mut connections = lock(&shared.connections);
        connections.push(connection);
        connections.len() - 1
    };
    let server = match target {
        Some(address) => TcpStream::connect(address).await.ok(),
        None => None,
    };
    let code = if server.is_some() { REACHED } else { HOST_UNREACHABLE };
    client.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server?.into_split();
    let record = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or_default();
            if read == 0 {
                let _ = to_server.shutdown().await;
                return;
            }
            // Recorded before it is passed on: a client that has an answer finds the request here.
            if let Some(connection) = lock(&shared.connections).get_mut(index) {
                connection.sent.extend_from_slice(&buffer[..read]);
            }
            if to_server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    let _ = tokio::join!(record, async {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        let _ = to_client.shutdown().await;
    });
    Some(())
}

/// Reads the negotiation, user name and password, and the host that is meant (RFC 1928 and 1929).
async fn read_handshake(client: &mut TcpStream) -> Option<ProxiedConnection> {
    let [_, methods] = read(client).await?;
    let mut offered = vec![0; usize::from(methods)];
    client.read_exact(&mut offered).await.ok()?;
    let mut user = String::new();
    let method = if offered.contains(&2) { 2 } else { 0 };
    client.write_all(&[5, method]).await.ok()?;
    if method == 2 {
        let [_] = read(client).await?;
        user = read_text(client).await?;
        let _ = read_text(client).await?;
        client.write_all(&[1, 0]).await.ok()?;
    }
    let [_, _, _, kind] = read(client).await?;
    let host = match kind {
        1 => IpAddr::from(Ipv4Addr::from(read::<4>(client).await?)).to_string(),
        3 => read_text(client).await?,
        _ => IpAddr::from(Ipv6Addr::from(read::<16>(client).await?)).to_string(),
    };
    let port = u16::from_be_bytes(read(client).await?);
    Some(ProxiedConnection { user, host, port, sent: Vec::new() })
}

async fn read<const N: usize>(client: &mut TcpStream) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

async fn read_text(client: &mut TcpStream) -> Option<String> {
    let [length] = read(client).await?;
    let mut bytes = vec![0; usize::from(length)];
    client.read_exact(&mut bytes).await.ok()?;
    String::from_utf8(bytes).ok()
}
