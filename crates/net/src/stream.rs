//! A TCP connection that may turn into TLS, from either end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use mail::envelope::TlsSession;
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

/// Plain at first, TLS after a handshake.
#[derive(Debug)]
pub enum Stream {
    /// In the clear.
    Plain(TcpStream),
    /// Encrypted.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The server's handshake.
    ///
    /// # Errors
    /// If it fails, or TLS runs already; the connection is no use then.
    pub async fn accept_tls(self, config: Arc<ServerConfig>) -> io::Result<Self> {
        let Self::Plain(stream) = self else { return Err(io::Error::other("TLS runs already")) };
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        Ok(Self::Tls(Box::new(stream.into())))
    }

    /// The client's handshake with a host of this name or address.
    ///
    /// # Errors
    /// If it fails, or TLS runs already; the connection is no use then.
    pub async fn connect_tls(self, config: Arc<ClientConfig>, host: &str) -> io::Result<Self> {
        let Self::Plain(stream) = self else { return Err(io::Error::other("TLS runs already")) };
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(config).connect(name, stream).await?;
        Ok(Self::Tls(Box::new(stream.into())))
    }

    /// What the handshake agreed on; none in the clear.
    #[must_use]
    pub fn tls_session(&self) -> Option<TlsSession> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => crate::tls::session(stream.get_ref().1),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
