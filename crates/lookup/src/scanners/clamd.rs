//! ClamAV by its daemon (clamd(8)): `VERSION`, `PING` and `INSTREAM` in their NUL-terminated forms, over a Unix socket or TCP.
//!
//! Each file has a connection of its own. `IDSESSION` would save a connect of some 30 microseconds, and would make it a
//! question of counting right which file an answer belongs to.

mod reply;
mod version;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use net::dns::Dns;
use tokio::io::{AsyncWrite, AsyncWriteExt, WriteHalf};

use super::asked::Asked;
use super::peer::{Peer, Stream};
use super::progress::Progress;
use super::{FileScanner, FileToScan, Identity, PeerAddress, ScanTrouble, ScannerAnswer, WhySkipped};

/// Bytes of one chunk. clamd reads into a buffer of 128 KiB.
const CHUNK_BYTES: usize = 128 << 10;
/// Bytes of a reply.
const REPLY_BYTES_MAX: usize = 4_096;
/// How long the version is believed. clamd reloads its database now and then.
const VERSION_LIFE: Duration = Duration::from_secs(60);

/// One clamd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClamdSettings {
    /// Name in traces.
    pub name: String,
    /// Where it listens.
    pub address: PeerAddress,
    /// Milliseconds to connect.
    pub connect_timeout_ms: u64,
    /// Milliseconds for a whole question, connecting included.
    pub scan_timeout_ms: u64,
    /// Files over so many bytes are not sent; its own `StreamMaxLength` counts as well.
    pub file_bytes_max: u64,
}

impl ClamdSettings {
    /// The usual settings for an address; none if that is no address.
    #[must_use]
    pub fn at(address: &str) -> Option<Self> {
        Some(Self {
            name: "clamav".to_owned(),
            address: PeerAddress::parse(address)?,
            connect_timeout_ms: 2_000,
            scan_timeout_ms: 15_000,
            file_bytes_max: 100 << 20,
        })
    }
}

/// A clamd that can be asked.
pub struct Clamd {
    settings: ClamdSettings,
    peer: Peer,
    version: Asked<Identity>,
}

impl Clamd {
    /// A client of one clamd.
    #[must_use]
    pub fn new(settings: ClamdSettings, dns: Dns) -> Self {
        let connect_timeout = Duration::from_millis(settings.connect_timeout_ms);
        let peer = Peer { address: settings.address.clone(), tls: None, dns, connect_timeout };
        Self { settings, peer, version: Asked::new() }
    }

    /// It answers.
    ///
    /// # Errors
    /// [`ScanTrouble`]: it does not.
    pub async fn ping(&self) -> Result<(), ScanTrouble> {
        let reply = self.command(b"zPING\0").await?;
        if reply == "PONG" { Ok(()) } else { Err(ScanTrouble::Garbage) }
    }

    async fn command(&self, command: &[u8]) -> Result<String, ScanTrouble> {
        let progress = Progress::default();
        let limit = Duration::from_millis(self.settings.scan_timeout_ms);
        let asked = tokio::time::timeout(limit, async {
            let mut stream = self.peer.connect().await?;
            stream.write_all(command).await.map_err(|_| progress.closed())?;
            reply::read(&mut stream, &progress).await.ok_or_else(|| progress.closed())?
        });
        asked.await.unwrap_or(Err(ScanTrouble::TimedOut))
    }

    async fn stream(&self, file: &FileToScan) -> ScannerAnswer {
        if file.size_bytes() > self.settings.file_bytes_max {
            return ScannerAnswer::Skipped(WhySkipped::TooLarge);
        }
        let limit = Duration::from_millis(self.settings.scan_timeout_ms);
        let asked = tokio::time::timeout(limit, async {
            let stream = self.peer.connect().await?;
            converse(stream, file.bytes()).await
        });
        asked.await.unwrap_or(Err(ScanTrouble::TimedOut)).unwrap_or_else(ScannerAnswer::Failed)
    }
}

impl FileScanner for Clamd {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>> {
        let question = async { version::read(&self.command(b"zVERSION\0").await?) };
        self.version.answer(|_| VERSION_LIFE, question).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>> {
        self.ping().boxed()
    }

    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer> {
        self.stream(file).boxed()
    }
}

/// Sends the file and reads the reply, at the same time: a file over its limit is refused while it is still being sent.
async fn converse(stream: Box<dyn Stream>, bytes: &[u8]) -> Result<ScannerAnswer, ScanTrouble> {
    let (mut reader, writer) = tokio::io::split(stream);
    let progress = Progress::default();
    let read = reply::read(&mut reader, &progress);
    let send = send(writer, bytes, &progress);
    let mut read = std::pin::pin!(read);
    let mut send = std::pin::pin!(send);
    let reply = tokio::select! {
        biased;
        // Sent, or closed by the other end: either way there may be a reply.
        _kept = &mut send => read.await,
        reply = &mut read => reply,
    };
    let reply = reply.ok_or_else(|| progress.closed())??;
    let answer = reply::answer(&reply)?;
    // A verdict on a file that it has not seen whole is worth nothing.
    if answer == ScannerAnswer::Clean && !progress.is_all_sent() {
        return Err(ScanTrouble::Garbage);
    }
    Ok(answer)
}

/// Gives the writer back, since dropping it is what closes our half.
async fn send<W: AsyncWrite>(mut writer: WriteHalf<W>, bytes: &[u8], progress: &Progress) -> WriteHalf<W> {
    // Whether it could be written is seen by the reply that comes or does not.
    if write(&mut writer, bytes, progress).await.is_ok() {
        progress.finish();
    }
    writer
}

async fn write<W: AsyncWrite>(writer: &mut WriteHalf<W>, bytes: &[u8], progress: &Progress) -> std::io::Result<()> {
    writer.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK_BYTES) {
        let length = u32::try_from(chunk.len()).map_err(std::io::Error::other)?;
        writer.write_all(&length.to_be_bytes()).await?;
        writer.write_all(chunk).await?;
        progress.sent(chunk.len());
    }
    writer.write_all(&0_u32.to_be_bytes()).await?;
    writer.flush().await
}
