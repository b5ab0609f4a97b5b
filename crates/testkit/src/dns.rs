//! A small authoritative DNS server on loopback, UDP and TCP on one port, for tests that ask DNS for real. What it knows
//! is written as text (see [`Zone::parse`]); names can misbehave; it counts what it is asked.

mod answer;
mod zone;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

pub use zone::{Behaviour, Data, Zone, ZoneError};

/// Attempts to find one port that is free for both UDP and TCP.
const BIND_ATTEMPTS_MAX: u32 = 20;
/// Bytes of an answer over UDP; a longer one is truncated.
const UDP_ANSWER_BYTES_MAX: usize = 1232;

/// The running server. It stops when dropped.
#[derive(Debug)]
pub struct TestDns {
    /// Where it listens, for UDP and TCP.
    pub address: SocketAddr,
    state: Arc<State>,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    zone: Mutex<Zone>,
    asked: Mutex<HashMap<String, u32>>,
}

/// How a question came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp,
}

impl TestDns {
    /// Starts a server for `zone` on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// If no port can be bound: a test cannot go on then.
    #[expect(clippy::panic, reason = "a test without its server must stop")]
    pub async fn start(zone: Zone) -> Self {
        for _ in 0..BIND_ATTEMPTS_MAX {
            if let Ok((udp, tcp)) = bind().await {
                return Self::serve(zone, udp, tcp);
            }
        }
        panic!("no free port for the DNS server");
    }

    /// Starts a server for the zone written in `text`.
    ///
    /// # Panics
    /// If the text is no zone.
    #[expect(clippy::panic, reason = "a test with a wrong zone must stop")]
    pub async fn start_text(text: &str) -> Self {
        match Zone::parse(text) {
            Ok(zone) => Self::start(zone).await,
            Err(error) => panic!("{error}"),
        }
    }

    #[expect(clippy::panic, reason = "a bound socket has an address")]
    fn serve(zone: Zone, udp: UdpSocket, tcp: TcpListener) -> Self {
        let Ok(address) = udp.local_addr() else { panic!("a bound socket without address") };
        let state = Arc::new(State { zone: Mutex::new(zone), asked: Mutex::default() });
        let tasks =
            vec![tokio::spawn(serve_udp(udp, Arc::clone(&state))), tokio::spawn(serve_tcp(tcp, Arc::clone(&state)))];
        Self { address, state, tasks }
    }

    /// Serves another zone from now on. Resolvers may have the old one in their caches.
    pub fn replace(&self, zone: Zone) {
        *self.state.zone.lock() = zone;
    }

    /// Questions so far, repetitions included.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.state.asked.lock().values().sum()
    }

    /// Questions for one name (any type), without trailing dot, lower case.
    #[must_use]
    pub fn queries_for(&self, name: &str) -> u32 {
        self.state.asked.lock().get(name).copied().unwrap_or(0)
    }

    /// Every name that was asked for, sorted.
    #[must_use]
    pub fn names_asked(&self) -> Vec<String> {
        let mut names: Vec<String> = self.state.asked.lock().keys().cloned().collect();
        names.sort();
        names
    }
}

impl Drop for TestDns {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl State {
    /// The answer in wire form, or none if the name does not answer.
    fn answer(&self, query: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let query = hickory_proto::op::Message::from_vec(query).ok()?;
        let question = query.queries.first()?;
        let name = answer::plain(question.name());
        *self.asked.lock().entry(name.clone()).or_insert(0) += 1;
        answer::to(&query, question, &name, &self.zone.lock(), transport)
    }
}

async fn bind() -> io::Result<(UdpSocket, TcpListener)> {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let udp = UdpSocket::bind(tcp.local_addr()?).await?;
    Ok((udp, tcp))
}

async fn serve_udp(socket: UdpSocket, state: Arc<State>) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let query = buffer.get(..length).unwrap_or_default();
        if let Some(answer) = state.answer(query, Transport::Udp) {
            // The asker may be gone; it asks again or not.
            drop(socket.send_to(&answer, peer).await);
        }
    }
}

async fn serve_tcp(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(serve_stream(stream, Arc::clone(&state)));
    }
}

async fn serve_stream(mut stream: TcpStream, state: Arc<State>) -> io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut query = vec![0; usize::from(length)];
        stream.read_exact(&mut query).await?;
        if let Some(answer) = state.answer(&query, Transport::Tcp) {
            stream.write_u16(u16::try_from(answer.len()).unwrap_or(u16::MAX)).await?;
            stream.write_all(&answer).await?;
        }
    }
}
