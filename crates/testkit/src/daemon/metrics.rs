//! What it counts.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Daemon;

impl Daemon {
    /// The page of metrics, with its head.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn metrics(&self) -> String {
        self.page("GET /metrics").await
    }

    /// What the listener of metrics answers to a request, with its head.
    ///
    /// # Panics
    /// If nothing comes.
    #[expect(clippy::expect_used, reason = "a test whose daemon shows nothing must stop")]
    pub async fn page(&self, request: &str) -> String {
        let address = self.setup.http.unwrap_or_else(|| SocketAddr::new(self.setup.listen.ip(), 9252));
        let mut stream = TcpStream::connect(address).await.expect("the metrics listener");
        stream
            .write_all(format!("{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
            .await
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    }

    /// One count by its name with labels; 0 while nothing was counted.
    ///
    /// # Panics
    /// As [`Daemon::metrics`].
    #[expect(clippy::expect_used, reason = "a count that is none fails the test")]
    pub async fn metric(&self, name: &str) -> u64 {
        let page = self.metrics().await;
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |value| value.trim().parse().expect("a whole number"))
    }
}
