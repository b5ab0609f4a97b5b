//! HTTP/1.1 towards one service of the operator (RFC 9110, 9112): a request, a whole answer, within limits of time and
//! size. A client knows one origin and can reach no other: no redirects, no proxies, no environment. Addresses that are
//! never connected to stand in [`crate::dial`].

mod body;
mod exchange;
mod origin;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use rustls::ClientConfig;

use crate::dial::DialError;
use crate::dns::Dns;
pub use hyper::header;
pub use origin::{Origin, OriginError};
pub use trust::{Trust, TrustError};

/// Limits of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Milliseconds until a connection stands, TLS included.
    pub connect_timeout_ms: u64,
    /// Milliseconds for everything, connection included.
    pub exchange_timeout_ms: u64,
    /// Bytes of an answer's body.
    pub answer_bytes_max: usize,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { connect_timeout_ms: 5_000, exchange_timeout_ms: 60_000, answer_bytes_max: 32 << 20 }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, beginning with `/`.
    pub target: String,
    /// Fields beside `Host`, `Content-Length`, `User-Agent` and `Connection`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body in pieces, so that a file need not be copied.
    pub body: Vec<Bytes>,
}

/// A whole answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The TLS handshake failed, for instance because the certificate is not trusted.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Too slow.
    #[error("no answer in time")]
    TimedOut,
    /// The connection was closed before the answer was whole.
    #[error("the connection was closed before the answer was whole")]
    Closed,
    /// What came is no HTTP, or its head is over our limits.
    #[error("the answer is no HTTP")]
    Garbage,
    /// The answer's body is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The request cannot be written, for instance because of its target.
    #[error("the request cannot be written")]
    BadRequest,
}

/// A client of one origin. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    origin: Origin,
    dns: Dns,
    tls: Arc<ClientConfig>,
    settings: HttpSettings,
}

impl Client {
    /// A client of `origin`, whose certificate must be trusted if it speaks TLS.
    #[must_use]
    pub const fn new(origin: Origin, tls: Arc<ClientConfig>, dns: Dns, settings: HttpSettings) -> Self {
        Self { origin, dns, tls, settings }
    }

    /// Whom it asks.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Sends a request on a connection of its own and reads the whole answer.
    ///
    /// # Errors
    /// [`HttpError`]. A redirect or an error status is an answer.
    pub async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        let limit = Duration::from_millis(self.settings.exchange_timeout_ms);
        tokio::time::timeout(limit, self.exchange(request)).await.unwrap_or(Err(HttpError::TimedOut))
    }

    async fn exchange(&self, request: Request) -> Result<Answer, HttpError> {
        let request = exchange::request(request, &self.origin)?;
        let stream = self.connect().await?;
        exchange::exchange(stream, request, self.settings.answer_bytes_max).await
    }

    async fn connect(&self) -> Result<crate::stream::Stream, HttpError> {
        let limit = Duration::from_millis(self.settings.connect_timeout_ms);
        let connected = tokio::time::timeout(limit, async {
            let stream = crate::stream::Stream::Plain(self.origin.host().connect(&self.dns, limit).await?);
            if !self.origin.is_tls() {
                return Ok(stream);
            }
            let secured = stream.connect_tls(Arc::clone(&self.tls), &self.origin.host().name).await;
            secured.map_err(|error| HttpError::Tls(error.to_string()))
        });
        connected.await.unwrap_or(Err(HttpError::Dial(DialError::TimedOut)))
    }
}

#[cfg(test)]
mod tests;
