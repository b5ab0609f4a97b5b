//! A peer that does, step by step, what a test tells it: right answers, wrong ones, silence, broken connections. It knows no
//! protocol.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use socket2::{Domain, SockAddr, Socket, Type};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;

use crate::loopback;

/// Between two bytes of a slow answer.
const PAUSE: Duration = Duration::from_millis(10);
/// Connections that a full queue may hold before the system has no room.
const QUEUED_MAX: usize = 64;

/// One step of a connection. After the last one it is closed.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads until what has come in this step is whole.
    Read(fn(&[u8]) -> bool),
    /// Reads so many bytes and no more.
    ReadBytes(usize),
    /// Writes this.
    Say(Vec<u8>),
    /// Writes this, a byte at a time.
    SaySlowly(Vec<u8>),
    /// Does nothing more, and keeps the connection.
    Hang,
}

/// The running peer. It stops when dropped.
pub struct RawPeer {
    /// Where it listens on TCP.
    pub tcp: SocketAddr,
    /// Where it listens on a Unix socket.
    pub unix: PathBuf,
    state: Arc<State>,
    tasks: Vec<JoinHandle<()>>,
    _folder: TempDir,
}

struct State {
    script: Box<dyn Fn(usize) -> Vec<Step> + Send + Sync>,
    received: Mutex<Vec<Vec<u8>>>,
}

impl RawPeer {
    /// Starts one; `script` gives the steps of each connection, counted from 0.
    ///
    /// # Panics
    /// If it cannot listen.
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub async fn start(script: impl Fn(usize) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let folder = tempfile::Builder::new().prefix("postern-peer-").tempdir().expect("a folder");
        let unix = folder.path().join("peer.sock");
        let tcp = loopback::socket(9_000);
        let state = Arc::new(State { script: Box::new(script), received: Mutex::default() });
        let on_tcp = TcpListener::bind(tcp).await.expect("an address to listen on");
        let on_unix = UnixListener::bind(&unix).expect("a socket to listen on");
        let (first, second) = (Arc::clone(&state), Arc::clone(&state));
        let tasks = vec![
            tokio::spawn(async move {
                loop {
                    let Ok((stream, _)) = on_tcp.accept().await else { continue };
                    tokio::spawn(serve(stream, Arc::clone(&first)));
                }
            }),
            tokio::spawn(async move {
                loop {
                    let Ok((stream, _)) = on_unix.accept().await else { continue };
                    tokio::spawn(serve(stream, Arc::clone(&second)));
                }
            }),
        ];
        Self { tcp, unix, state, tasks, _folder: folder }
    }

    /// Starts one that does the same on every connection.
    ///
    /// # Panics
    /// As [`RawPeer::start`].
    pub async fn always(steps: Vec<Step>) -> Self {
        Self::start(move |_| steps.clone()).await
    }

    /// What came on each connection so far, in the order in which they were opened.
    #[must_use]
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.state.received.lock().clone()
    }
}

impl Drop for RawPeer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, state: Arc<State>) {
    let number = {
        let mut received = state.received.lock();
        received.push(Vec::new());
        received.len() - 1
    };
    for step in (state.script)(number) {
        // The other end may be gone; there is nothing left to do then.
        if run(&mut stream, step, number, &state).await.is_err() {
            return;
        }
    }
}

async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    step: Step,
    number: usize,
    state: &State,
) -> std::io::Result<()> {
    match step {
        Step::Read(is_whole) => {
            let mut read = Vec::new();
            while !is_whole(&read) {
                if stream.read_buf(&mut read).await? == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
            state.keep(number, &read);
        }
        Step::ReadBytes(count) => {
            let mut read = vec![0; count];
            stream.read_exact(&mut read).await?;
            state.keep(number, &read);
        }
        Step::Say(bytes) => stream.write_all(&bytes).await?,
        Step::SaySlowly(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Step::Hang => std::future::pending::<()>().await,
    }
    Ok(())
}

impl State {
    fn keep(&self, number: usize, read: &[u8]) {
        if let Some(kept) = self.received.lock().get_mut(number) {
            kept.extend_from_slice(read);
        }
    }
}

/// A Unix socket whose queue is full: nobody accepts, and the system takes no further connection.
pub struct FullQueue {
    /// Its path.
    pub unix: PathBuf,
    _folder: TempDir,
    _listener: Socket,
    _queued: Vec<Socket>,
}

impl FullQueue {
    /// Listens, and fills the queue.
    ///
    /// # Panics
    /// If it cannot be set up.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("postern-full-").tempdir().expect("a folder");
        let unix = folder.path().join("full.sock");
        let address = SockAddr::unix(&unix).expect("a path");
        let socket = || Socket::new(Domain::UNIX, Type::STREAM, None).expect("a socket");
        let listener = socket();
        listener.bind(&address).expect("bound");
        listener.listen(1).expect("listening");
        let mut queued = Vec::new();
        for _ in 0..QUEUED_MAX {
            let client = socket();
            client.set_nonblocking(true).expect("not blocking");
            if client.connect(&address).is_err() {
                break;
            }
            queued.push(client);
        }
        assert!(queued.len() < QUEUED_MAX, "a queue that is never full");
        Self { unix, _folder: folder, _listener: listener, _queued: queued }
    }
}

impl Default for FullQueue {
    fn default() -> Self {
        Self::new()
    }
}
