//! A small HTTP/1.1 server whose answers a test decides, right or wrong, and which keeps what it was asked. The published
//! interface of CAPE stands in [`cape`].

pub mod cape;
mod request;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::loopback;
pub use request::HttpRequest;

/// Between two bytes of a slow answer.
const PAUSE: Duration = Duration::from_millis(10);

/// What the server does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpAct {
    /// 200 with this JSON.
    Json(String),
    /// This status with a short body that is no JSON.
    Status(u16),
    /// These bytes as they are, then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes, one at a time.
    Slowly(Vec<u8>),
    /// A body without an end.
    Endless,
    /// Nothing, and the connection stays.
    Hang,
    /// Nothing, and the connection is closed.
    Drop,
}

type Answers = Arc<dyn Fn(&HttpRequest) -> HttpAct + Send + Sync>;

/// The running server. It stops when dropped.
pub struct HttpService {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
    task: JoinHandle<()>,
}

impl HttpService {
    /// Starts one in the clear.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start(answers: impl Fn(&HttpRequest) -> HttpAct + Send + Sync + 'static) -> Self {
        Self::listen(Arc::new(answers), None).await
    }

    /// Starts one that speaks TLS.
    ///
    /// # Panics
    /// If it cannot listen.
    pub async fn start_tls(
        answers: impl Fn(&HttpRequest) -> HttpAct + Send + Sync + 'static,
        config: Arc<ServerConfig>,
    ) -> Self {
        Self::listen(Arc::new(answers), Some(TlsAcceptor::from(config))).await
    }

    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    async fn listen(answers: Answers, tls: Option<TlsAcceptor>) -> Self {
        let address = loopback::socket(8_000);
        let listener = TcpListener::bind(address).await.expect("an address to listen on");
        let requests: Arc<Mutex<Vec<HttpRequest>>> = Arc::default();
        let kept = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (answers, kept, tls) = (Arc::clone(&answers), Arc::clone(&kept), tls.clone());
                tokio::spawn(async move {
                    // However it ends: the client sees it.
                    match tls {
                        None => drop(serve(stream, &answers, &kept).await),
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                drop(serve(stream, &answers, &kept).await);
                            }
                        }
                    }
                });
            }
        });
        Self { address, requests, task }
    }

    /// What it was asked, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().clone()
    }
}

impl Drop for HttpService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answers: &Answers,
    kept: &Mutex<Vec<HttpRequest>>,
) -> io::Result<()> {
    let request = request::read(&mut stream).await?;
    let act = answers(&request);
    kept.lock().push(request);
    match act {
        HttpAct::Json(body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await?;
        }
        HttpAct::Status(code) => {
            let answer = format!("HTTP/1.1 {code} Said\r\nContent-Length: 4\r\n\r\n<no>");
            stream.write_all(answer.as_bytes()).await?;
        }
        HttpAct::Raw(bytes) => stream.write_all(&bytes).await?,
        HttpAct::Slowly(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                stream.flush().await?;
                tokio::time::sleep(PAUSE).await;
            }
        }
        HttpAct::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
            let chunk = [b"4000\r\n".as_slice(), &[b'['; 0x4000], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await?;
            }
        }
        HttpAct::Hang => std::future::pending::<()>().await,
        HttpAct::Drop => {}
    }
    stream.shutdown().await
}
