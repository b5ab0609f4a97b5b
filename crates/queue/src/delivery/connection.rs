//! One connection to one server: drives the client machine of `smtp` over a socket.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use net::stream::Stream;
use rustls::ClientConfig;
use smtp::client::{Client, DATA_BLOCK_LIMIT, Job, Lost, Outcome, Step, Stuffer, TlsUse, Trouble, Wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::body::{Outgoing, Place};
use super::target::Target;

/// Bytes that are collected before they are written.
const WRITE_BYTES: usize = 64 * 1024;
/// Bytes of one read of replies.
const READ_BYTES: usize = 4096;
/// Transactions of one connection.
const TRANSACTIONS_MAX: usize = 100;
/// Time for saying goodbye.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection and its machine.
pub(super) struct Connection {
    client: Client,
    stream: Option<Stream>,
    host: String,
    tls: Arc<ClientConfig>,
    out: BytesMut,
    transactions: usize,
}

/// How a transaction ended.
pub(super) enum Ended {
    /// Each recipient has an outcome.
    Done {
        outcomes: Vec<Outcome>,
        /// The connection can take another message.
        reusable: bool,
        /// It was lost before the message had gone out whole, and it had been used before.
        stale: bool,
        /// The server said "later" to MAIL already, or was gone: it takes nothing now, another one may.
        refused: bool,
    },
    /// The session did not come as far as the transaction.
    Failed(Trouble),
}

impl Ended {
    /// The connection had been closed before it was used again.
    pub(super) fn is_stale(&self) -> bool {
        match self {
            Self::Done { stale, .. } => *stale,
            Self::Failed(_) => true,
        }
    }

    /// TLS did not come about.
    pub(super) fn handshake_failed(&self) -> bool {
        matches!(self, Self::Failed(Trouble::Lost(Lost::Handshake)))
    }
}

impl Connection {
    /// Connects; nothing is said yet.
    pub(super) async fn open(
        target: &Target,
        hostname: &str,
        tls: Arc<ClientConfig>,
        tls_use: TlsUse,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            client: Client::new(hostname.to_owned(), tls_use),
            stream: Some(Stream::Plain(stream)),
            host: target.name.clone(),
            tls,
            out: BytesMut::new(),
            transactions: 0,
        })
    }

    /// Sends one message.
    pub(super) async fn transact(&mut self, job: Job, outgoing: &Outgoing) -> Ended {
        let used_before = self.transactions > 0;
        self.transactions += 1;
        let mut job = Some(job);
        let mut sent_whole = false;
        loop {
            match self.client.step() {
                Step::Send(bytes) => self.out.extend_from_slice(&bytes),
                Step::Wait(wait) => self.read_reply(wait).await,
                Step::StartTls => self.start_tls().await,
                Step::Ready => match job.take() {
                    Some(job) => self.client.start(job),
                    // Cannot be: a started job ends in Done or Close.
                    None => return Ended::Failed(Trouble::Lost(Lost::Closed)),
                },
                Step::SendBody => match self.send_body(outgoing).await {
                    Ok(()) => {
                        sent_whole = true;
                        self.client.body_sent();
                    }
                    Err(lost) => self.client.lost(lost),
                },
                Step::Done(outcomes) => {
                    let is_ready = self.is_ready();
                    let reusable = self.transactions < TRANSACTIONS_MAX && is_ready;
                    if sent_whole && !is_ready && all_transient(&outcomes) {
                        // It may have said yes and we did not hear it (RFC 1047): the next attempt may be a second copy.
                        let copies = u64::try_from(outcomes.len()).unwrap_or(u64::MAX);
                        metrics::counter!("postern_deliveries_maybe_repeated_total", "why" => "no_reply")
                            .increment(copies);
                    }
                    let stale = used_before && !sent_whole && !reusable && all_transient(&outcomes);
                    let refused = self.client.was_mail_refused() && all_transient(&outcomes);
                    return Ended::Done { outcomes, reusable, stale, refused };
                }
                Step::Failed(trouble) => return Ended::Failed(trouble),
                Step::Close => return Ended::Failed(Trouble::Lost(Lost::Closed)),
            }
        }
    }

    fn is_ready(&mut self) -> bool {
        self.stream.is_some() && matches!(self.client.step(), Step::Ready)
    }

    /// Says goodbye.
    pub(super) async fn quit(mut self) {
        self.client.quit();
        let goodbye = async {
            loop {
                match self.client.step() {
                    Step::Send(bytes) => self.out.extend_from_slice(&bytes),
                    Step::Wait(wait) => self.read_reply(wait).await,
                    _ => return,
                }
            }
        };
        // Politeness has an end.
        drop(tokio::time::timeout(GOODBYE_TIMEOUT, goodbye).await);
    }

    async fn read_reply(&mut self, wait: Wait) {
        if let Err(lost) = self.flush().await {
            return self.client.lost(lost);
        }
        let Some(stream) = &mut self.stream else { return self.client.lost(Lost::Closed) };
        let mut buffer = [0; READ_BYTES];
        match tokio::time::timeout(wait.limit(), stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => self.client.lost(Lost::Closed),
            Ok(Ok(length)) => self.client.receive(buffer.get(..length).unwrap_or_default()),
            Err(_) => self.client.lost(Lost::TimedOut),
        }
    }

    async fn start_tls(&mut self) {
        if let Err(lost) = self.flush().await {
            return self.client.lost(lost);
        }
        let Some(stream) = self.stream.take() else { return self.client.lost(Lost::Closed) };
        let handshake = stream.connect_tls(Arc::clone(&self.tls), &self.host);
        match tokio::time::timeout(Wait::Command.limit(), handshake).await {
            Ok(Ok(stream)) => {
                self.stream = Some(stream);
                self.client.tls_started();
            }
            Ok(Err(_)) | Err(_) => self.client.lost(Lost::Handshake),
        }
    }

    async fn send_body(&mut self, outgoing: &Outgoing) -> Result<(), Lost> {
        let mut stuffer = Stuffer::default();
        let mut place = Place::default();
        loop {
            match outgoing.next(&mut place).await {
                Ok(Some(piece)) => {
                    let stuffed = stuffer.push(&piece);
                    self.write(&stuffed).await?;
                }
                Ok(None) => break,
                Err(error) => {
                    // Cut off before its final dot: the server cannot take the message for whole.
                    tracing::error!(%error, "a mail could not be read while it was sent");
                    self.stream = None;
                    return Err(Lost::Closed);
                }
            }
        }
        let end = stuffer.finish();
        self.write(&end).await?;
        self.flush().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Lost> {
        if self.out.len() + bytes.len() > WRITE_BYTES {
            self.flush().await?;
        }
        if bytes.len() > WRITE_BYTES {
            return self.write_through(bytes).await;
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Lost> {
        let out = self.out.split();
        self.write_through(&out).await?;
        match &mut self.stream {
            Some(stream) => match tokio::time::timeout(DATA_BLOCK_LIMIT, stream.flush()).await {
                Ok(flushed) => flushed.map_err(|_| Lost::Closed),
                Err(_) => Err(Lost::TimedOut),
            },
            None => Err(Lost::Closed),
        }
    }

    async fn write_through(&mut self, bytes: &[u8]) -> Result<(), Lost> {
        let Some(stream) = &mut self.stream else { return Err(Lost::Closed) };
        for block in bytes.chunks(WRITE_BYTES) {
            match tokio::time::timeout(DATA_BLOCK_LIMIT, stream.write_all(block)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Lost::Closed),
                Err(_) => return Err(Lost::TimedOut),
            }
        }
        Ok(())
    }
}

fn all_transient(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| matches!(outcome, Outcome::Transient(_)))
}
