//! One session of the sink.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Act, Received, Stage, State};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

struct Session<'a> {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
    state: &'a Mutex<State>,
    transaction: Received,
    tls: bool,
}

pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    state: &Mutex<State>,
    tls: Arc<rustls::ServerConfig>,
) -> Result<()> {
    // A dropped connection is a reset then, as a crash would be.
    rustix::net::sockopt::set_socket_linger(&stream, Some(std::time::Duration::ZERO))?;
    stream.set_nodelay(true)?;
    let session =
        Session { stream: Box::new(stream), read: Vec::new(), state, transaction: Received::default(), tls: false };
    session.run(peer, tls).await
}

impl Session<'_> {
    async fn run(mut self, peer: SocketAddr, tls: Arc<rustls::ServerConfig>) -> Result<()> {
        self.react(Stage::Connect, &peer.ip().to_string(), "220 sink.example ESMTP").await?;
        loop {
            let line = self.line().await?;
            self.state.lock().lines.push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" => {
                    let offers = if self.state.lock().offers_tls && !self.tls { "250-STARTTLS\r\n" } else { "" };
                    let reply = format!(
                        "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n{offers}250 SIZE 0"
                    );
                    self.transaction = Received::default();
                    self.react(Stage::Hello, &line, if verb == "EHLO" { &reply } else { "250 sink.example" }).await?;
                }
                "STARTTLS" => {
                    if self.react(Stage::StartTls, "", "220 2.0.0 go ahead").await? {
                        let accepted = tokio_rustls::TlsAcceptor::from(Arc::clone(&tls)).accept(self.stream).await?;
                        self.stream = Box::new(accepted);
                        self.read.clear();
                        self.tls = true;
                    }
                }
                "MAIL" => {
                    if self.react(Stage::Mail, &line, "250 2.1.0 ok").await? {
                        let (sender, parameters) = path(&line);
                        self.transaction = Received { sender, parameters, tls: self.tls, ..Received::default() };
                    }
                }
                "RCPT" => {
                    if self.react(Stage::Recipient, &line, "250 2.1.5 ok").await? {
                        self.transaction.recipients.push(path(&line).0);
                    }
                }
                "DATA" => self.data().await?,
                "QUIT" => {
                    self.react(Stage::Other, &line, "221 2.0.0 bye").await?;
                    return self.stream.shutdown().await;
                }
                _ => {
                    self.transaction = Received::default();
                    self.react(Stage::Other, &line, "250 2.0.0 ok").await?;
                }
            }
        }
    }

    async fn data(&mut self) -> Result<()> {
        if self.transaction.recipients.is_empty() {
            return self.say("503 5.5.1 no recipients").await;
        }
        if !self.react(Stage::Data, "", "354 go on").await? {
            return Ok(());
        }
        if self.read.is_empty() && self.stream.read_buf(&mut self.read).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.react(Stage::Body, "", "").await?;
        let wire = self.until_dot().await?;
        let mut received = std::mem::take(&mut self.transaction);
        received.message = undotted(&wire);
        received.length = received.message.len();
        received.wire = wire;
        let head =
            String::from_utf8_lossy(received.message.get(..received.message.len().min(4096)).unwrap_or_default());
        let act = self.state.lock().act(Stage::End, &head);
        let reply = match &act {
            None => "250 2.6.0 taken".to_owned(),
            Some(Act::Say(reply)) => reply.clone(),
            Some(_) => String::new(),
        };
        if reply.starts_with('2') {
            self.keep(received);
        }
        match act {
            None | Some(Act::Say(_)) => self.say(&reply).await?,
            Some(other) => drop(self.carry_out(other).await?),
        }
        self.react(Stage::After, "", "").await?;
        Ok(())
    }

    // Counted before the reply is sent: a client that dies between the two has delivered.
    fn keep(&self, mut received: Received) {
        let mut state = self.state.lock();
        if let Some(keep) = state.keep {
            received.message.truncate(keep);
            received.message.shrink_to_fit();
            received.wire = Vec::new();
        }
        state.received.push(received);
    }

    // True: go on as after a positive reply.
    async fn react(&mut self, stage: Stage, text: &str, usual: &str) -> Result<bool> {
        let act = self.state.lock().act(stage, text);
        match act {
            None if usual.is_empty() => Ok(true),
            None => self.say(usual).await.map(|()| true),
            Some(act) => self.carry_out(act).await,
        }
    }

    async fn carry_out(&mut self, act: Act) -> Result<bool> {
        match act {
            Act::Say(reply) => {
                self.say(&reply).await?;
                Ok(reply.starts_with(['2', '3']))
            }
            Act::Raw(bytes) => {
                self.stream.write_all(&bytes).await?;
                self.stream.flush().await?;
                Ok(true)
            }
            Act::Drop => Err(ErrorKind::ConnectionAborted.into()),
            Act::Hang => {
                let mut waste = [0; 4096];
                while self.stream.read(&mut waste).await? > 0 {}
                Err(ErrorKind::UnexpectedEof.into())
            }
            Act::Deaf => std::future::pending().await,
        }
    }

    async fn say(&mut self, reply: &str) -> Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    async fn line(&mut self) -> Result<String> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                let line = line.strip_suffix(b"\r\n").ok_or_else(|| Error::other("a line without CRLF"))?;
                return Ok(String::from_utf8_lossy(line).into_owned());
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    // The bytes up to and with CRLF dot CRLF.
    async fn until_dot(&mut self) -> Result<Vec<u8>> {
        let mut searched = 0_usize;
        loop {
            if self.read.starts_with(b".\r\n") {
                return Ok(self.read.drain(..3).collect());
            }
            let from = searched.saturating_sub(4);
            let found = self.read.get(from..).and_then(|rest| rest.windows(5).position(|five| five == b"\r\n.\r\n"));
            if let Some(at) = found {
                return Ok(self.read.drain(..from + at + 5).collect());
            }
            searched = self.read.len();
            self.read.reserve(64 * 1024);
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

// What stands between the brackets, and what stands behind them.
fn path(line: &str) -> (String, String) {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
    inside.map(|(path, behind)| (path.to_owned(), behind.trim().to_owned())).unwrap_or_default()
}

fn undotted(wire: &[u8]) -> Vec<u8> {
    let text = wire.strip_suffix(b".\r\n").unwrap_or(wire);
    let mut out = Vec::with_capacity(text.len());
    let mut line_starts = true;
    let mut before = 0;
    for byte in text {
        if !(line_starts && *byte == b'.') {
            out.push(*byte);
        }
        line_starts = *byte == b'\n' && before == b'\r';
        before = *byte;
    }
    out
}
