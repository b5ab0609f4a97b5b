//! A raw SMTP client: it sends what it is told, right or wrong, and reads replies.

use std::io::{Error, ErrorKind, Result};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::tls;

/// The wait for a reply; a server that needs longer has failed the test.
const REPLY_LIMIT: Duration = Duration::from_secs(60);
/// Room of a client that is slow to read; the system gives a little more.
const NARROW_BYTES: u32 = 2_048;
/// Bytes of one reply.
const REPLY_BYTES_MAX: usize = 64 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A session.
pub struct SmtpClient {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
}

/// A reply, all its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its code.
    pub code: u16,
    /// All lines as they came, without the last line end.
    pub text: String,
}

impl Reply {
    /// 2xx or 3xx.
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// The enhanced code, `5.7.1`; empty where there is none.
    #[must_use]
    pub fn enhanced(&self) -> &str {
        let word = self.text.get(4..).and_then(|text| text.split(' ').next()).unwrap_or("");
        if word.split('.').count() == 3 { word } else { "" }
    }

    /// The reference id, from `(ref abc)`.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.text.rsplit_once("(ref ").and_then(|(_, rest)| rest.split(')').next()).unwrap_or("")
    }
}

impl SmtpClient {
    /// Connects and reads the greeting, which must be 220.
    ///
    /// # Errors
    /// If there is nobody, or another greeting.
    pub async fn connect(server: SocketAddr) -> Result<Self> {
        let (client, greeting) = Self::connect_from(None, server).await?;
        if greeting.code == 220 { Ok(client) } else { Err(Error::other(greeting.text)) }
    }

    /// Connects from an address of ours and reads the greeting, whatever it is.
    ///
    /// # Errors
    /// If there is nobody.
    pub async fn connect_from(source: Option<IpAddr>, server: SocketAddr) -> Result<(Self, Reply)> {
        let mut client = Self::open(source, server).await?;
        let greeting = client.reply().await?;
        Ok((client, greeting))
    }

    /// Connects and reads nothing.
    ///
    /// # Errors
    /// If there is nobody.
    pub async fn open(source: Option<IpAddr>, server: SocketAddr) -> Result<Self> {
        let stream = match source {
            None => TcpStream::connect(server).await?,
            Some(source) => {
                let socket = if source.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
                socket.bind(SocketAddr::new(source, 0))?;
                socket.connect(server).await?
            }
        };
        stream.set_nodelay(true)?;
        Ok(Self { stream: Box::new(stream), read: Vec::new() })
    }

    /// Connects with hardly any room for what comes, and reads nothing.
    ///
    /// # Errors
    /// If there is nobody.
    pub async fn open_narrow(server: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(NARROW_BYTES)?;
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: Box::new(stream), read: Vec::new() })
    }

    /// Connects, reads the greeting and says EHLO.
    ///
    /// # Errors
    /// If any of it fails.
    pub async fn hello(server: SocketAddr) -> Result<Self> {
        let mut client = Self::connect(server).await?;
        client.expect("EHLO client.sender.example", 250).await?;
        Ok(client)
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// If the peer has gone.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Writes each byte by itself.
    ///
    /// # Errors
    /// If the peer has gone.
    pub async fn send_slowly(&mut self, bytes: &[u8]) -> Result<()> {
        for byte in bytes {
            self.send(std::slice::from_ref(byte)).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Reads one reply.
    ///
    /// # Errors
    /// If the peer closes or says something that is no reply.
    pub async fn reply(&mut self) -> Result<Reply> {
        loop {
            if let Some(reply) = self.take_reply()? {
                return Ok(reply);
            }
            if self.read.len() > REPLY_BYTES_MAX {
                return Err(Error::other("a reply without end"));
            }
            let read = tokio::time::timeout(REPLY_LIMIT, self.stream.read_buf(&mut self.read)).await;
            if read.map_err(|_| Error::from(ErrorKind::TimedOut))?? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn take_reply(&mut self) -> Result<Option<Reply>> {
        let mut end = 0;
        while let Some(length) = self.read.get(end..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
            let line = self.read.get(end..end + length).unwrap_or_default().to_vec();
            end += length + 1;
            if line.get(3) == Some(&b'-') {
                continue;
            }
            let code = line.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            let code = code.ok_or_else(|| Error::other(format!("no reply: {}", line.escape_ascii())))?;
            let whole: Vec<u8> = self.read.drain(..end).collect();
            return Ok(Some(Reply { code, text: String::from_utf8_lossy(&whole).trim_end().to_owned() }));
        }
        Ok(None)
    }

    /// Sends a line and reads the reply.
    ///
    /// # Errors
    /// If the peer closes.
    pub async fn command(&mut self, line: &str) -> Result<Reply> {
        self.send(format!("{line}\r\n").as_bytes()).await?;
        self.reply().await
    }

    /// Sends a line whose reply must have this code.
    ///
    /// # Errors
    /// If it has another.
    pub async fn expect(&mut self, line: &str, code: u16) -> Result<Reply> {
        let reply = self.command(line).await?;
        if reply.code == code { Ok(reply) } else { Err(Error::other(format!("{line}: {}", reply.text))) }
    }

    /// Reads up to the end, and gives what came. For servers that close.
    ///
    /// # Errors
    /// If nothing comes in time; a reset counts as the end.
    pub async fn rest(&mut self) -> Result<String> {
        let mut buffer = [0; 4096];
        loop {
            let read = tokio::time::timeout(REPLY_LIMIT, self.stream.read(&mut buffer)).await;
            match read.map_err(|_| Error::from(ErrorKind::TimedOut))? {
                Ok(0) | Err(_) => return Ok(String::from_utf8_lossy(&std::mem::take(&mut self.read)).into_owned()),
                Ok(length) => self.read.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            }
        }
    }

    /// STARTTLS and the handshake. Nothing is said afterwards.
    ///
    /// # Errors
    /// If the server refuses or the handshake fails.
    pub async fn start_tls(mut self) -> Result<Self> {
        self.expect("STARTTLS", 220).await?;
        self.handshake().await
    }

    /// The handshake alone; whatever was read before it is thrown away.
    ///
    /// # Errors
    /// If it fails.
    pub async fn handshake(self) -> Result<Self> {
        let connector = tokio_rustls::TlsConnector::from(tls::client());
        let name = ServerName::try_from("gateway.example").map_err(Error::other)?;
        let stream = connector.connect(name, self.stream).await?;
        Ok(Self { stream: Box::new(stream), read: Vec::new() })
    }

    /// MAIL, RCPT and DATA. The reply that decides: the first refusal of all recipients, or that of the message.
    ///
    /// # Errors
    /// If the peer closes.
    pub async fn deliver(&mut self, sender: &str, recipients: &[&str], message: &[u8]) -> Result<Reply> {
        self.deliver_dotted(sender, recipients, &dotted(message)).await
    }

    /// As [`SmtpClient::deliver`], a message that is as DATA wants it already ([`dotted`]).
    ///
    /// # Errors
    /// If the peer closes.
    pub async fn deliver_dotted(&mut self, sender: &str, recipients: &[&str], dotted: &[u8]) -> Result<Reply> {
        let reply = self.begin(sender, recipients).await?;
        if reply.code != 354 {
            return Ok(reply);
        }
        self.send(dotted).await?;
        self.reply().await
    }

    /// MAIL, RCPT and DATA, up to the 354.
    ///
    /// # Errors
    /// If the peer closes.
    pub async fn begin(&mut self, sender: &str, recipients: &[&str]) -> Result<Reply> {
        let reply = self.command(&format!("MAIL FROM:<{sender}>")).await?;
        if !reply.is_positive() {
            return Ok(reply);
        }
        let mut refused = None;
        let mut accepted = 0;
        for recipient in recipients {
            let reply = self.command(&format!("RCPT TO:<{recipient}>")).await?;
            if reply.is_positive() {
                accepted += 1;
            } else {
                refused = Some(reply);
            }
        }
        match refused {
            Some(reply) if accepted == 0 => {
                self.command("RSET").await?;
                Ok(reply)
            }
            _ => self.command("DATA").await,
        }
    }
}

/// A message as DATA wants it: leading dots doubled, CRLF dot CRLF behind (RFC 5321 4.5.2).
#[must_use]
pub fn dotted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    let mut line_starts = true;
    let mut before = 0;
    for byte in message {
        if line_starts && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        line_starts = *byte == b'\n' && before == b'\r';
        before = *byte;
    }
    if !line_starts {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}
