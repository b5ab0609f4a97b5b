//! Where a scanner listens, and the connection to it. One connection serves one question: an answer can then belong to no
//! other file, whatever the peer does.

use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use net::dial::{DialError, Host};
use net::dns::Dns;
use net::stream::Stream as Secured;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

use super::ScanTrouble;

/// Where a scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerAddress {
    /// A Unix socket.
    Unix(PathBuf),
    /// Host and port.
    Tcp(Host),
}

impl PeerAddress {
    /// Reads `unix:/path`, `/path` or `host:port`. A name alone is neither: it may be meant as either.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix("unix:").unwrap_or(text);
        if path.starts_with('/') {
            return Some(Self::Unix(PathBuf::from(path)));
        }
        Host::parse(text, None).map(Self::Tcp)
    }
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A scanner that can be connected to.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) address: PeerAddress,
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) dns: Dns,
    pub(crate) connect_timeout: Duration,
}

impl Peer {
    /// A new connection, within the limit for it.
    pub(crate) async fn connect(&self) -> Result<Box<dyn Stream>, ScanTrouble> {
        let connected = tokio::time::timeout(self.connect_timeout, self.dial());
        connected.await.unwrap_or(Err(ScanTrouble::TimedOut))
    }

    async fn dial(&self) -> Result<Box<dyn Stream>, ScanTrouble> {
        match &self.address {
            PeerAddress::Unix(path) => match UnixStream::connect(path).await {
                Ok(stream) => Ok(Box::new(stream)),
                // unix(7): the backlog is full.
                Err(error) if error.kind() == ErrorKind::WouldBlock => Err(ScanTrouble::Busy),
                // connect(2) says of a folder or a file what it says of a socket without a server.
                Err(_) if is_no_socket(path) => Err(ScanTrouble::unreachable("that is no socket")),
                Err(error) => Err(ScanTrouble::unreachable(in_words(error.kind()))),
            },
            PeerAddress::Tcp(host) => {
                let stream = host.connect(&self.dns, self.connect_timeout).await.map_err(trouble)?;
                let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
                let secured = Secured::Plain(stream).connect_tls(Arc::clone(tls), &host.name).await;
                secured
                    .map(|stream| Box::new(stream) as Box<dyn Stream>)
                    .map_err(|error| ScanTrouble::said(&format!("TLS: {error}")))
            }
        }
    }
}

fn is_no_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.file_type().is_socket())
}

// Of the system's words those that an operator can do something about.
fn in_words(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::PermissionDenied => "permission denied: may the gateway's user use this socket?".to_owned(),
        ErrorKind::NotFound => "there is no such socket".to_owned(),
        ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        kind => kind.to_string(),
    }
}

/// A connection that did not come about.
pub(crate) fn trouble(error: DialError) -> ScanTrouble {
    match error {
        DialError::TimedOut | DialError::Dns(net::dns::DnsError::Timeout) => ScanTrouble::TimedOut,
        error => ScanTrouble::unreachable(error),
    }
}
