//! Any ICAP server (RFC 3507): its options, then each file in a RESPMOD (or REQMOD) request, with a preview where it wants
//! one. A file is sent as the body of an HTTP message that says nothing of the mail: its name is a hash, its type is not told,
//! so that no rule of the server about names and types can be met by the sender.
//!
//! Each file has a connection of its own, so that an answer can belong to no other.

mod head;
mod incoming;
mod options;
mod request;
mod room;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use net::dial::Host;
use net::dns::Dns;
use rustls::ClientConfig;
use tokio::io::{AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};

use super::asked::Asked;
use super::peer::{Peer, Stream};
use super::progress::Progress;
use super::{FileScanner, FileToScan, Identity, PeerAddress, ScanTrouble, ScannerAnswer, WhySkipped};
use head::Head;
use incoming::Incoming;
use options::{Options, Transfer};
use room::Room;

/// Registered for ICAP (RFC 3507 4.1).
const PORT: u16 = 1344;
/// What servers use for ICAP over TLS.
const TLS_PORT: u16 = 11_344;
/// Bytes of a service's path with its arguments.
const SERVICE_BYTES_MAX: usize = 500;

/// One service of an ICAP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcapSettings {
    /// Name in traces.
    pub name: String,
    /// Where it listens.
    pub host: Host,
    /// The service, with its arguments: `avscan?allow204=on`.
    pub service: String,
    /// It speaks TLS from the first byte.
    pub is_tls: bool,
    /// How files are sent.
    pub method: IcapMethod,
    /// Milliseconds to connect.
    pub connect_timeout_ms: u64,
    /// Milliseconds for a whole question, connecting included.
    pub scan_timeout_ms: u64,
    /// Files over so many bytes are not sent.
    pub file_bytes_max: u64,
}

/// What a file is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IcapMethod {
    /// The answer of a web server: what scanners are made for.
    Respmod,
    /// An upload to a web server.
    Reqmod,
}

impl IcapSettings {
    /// The usual settings for `icap://host:port/service` or `icaps://...`; none if the text is no such address.
    #[must_use]
    pub fn at(address: &str) -> Option<Self> {
        let (is_tls, rest) = match address.strip_prefix("icaps://") {
            Some(rest) => (true, rest),
            None => (false, address.strip_prefix("icap://")?),
        };
        let (authority, service) = rest.split_once('/')?;
        let is_path = service.len() <= SERVICE_BYTES_MAX && service.bytes().all(|byte| byte.is_ascii_graphic());
        is_path.then_some(())?;
        Some(Self {
            name: "icap".to_owned(),
            host: Host::parse(authority, Some(if is_tls { TLS_PORT } else { PORT }))?,
            service: service.to_owned(),
            is_tls,
            method: IcapMethod::Respmod,
            connect_timeout_ms: 2_000,
            scan_timeout_ms: 15_000,
            file_bytes_max: 100 << 20,
        })
    }
}

/// A service that can be asked.
pub struct Icap {
    settings: IcapSettings,
    peer: Peer,
    options: Asked<Arc<Options>>,
    room: Room,
}

impl Icap {
    /// A client of one service. `tls` says whose certificates are believed; it is used where settings ask for TLS.
    #[must_use]
    pub fn new(settings: IcapSettings, tls: Arc<ClientConfig>, dns: Dns) -> Self {
        let peer = Peer {
            address: PeerAddress::Tcp(settings.host.clone()),
            tls: settings.is_tls.then_some(tls),
            dns,
            connect_timeout: Duration::from_millis(settings.connect_timeout_ms),
        };
        Self { settings, peer, options: Asked::new(), room: Room::new() }
    }

    async fn options(&self) -> Result<Arc<Options>, ScanTrouble> {
        let question = async {
            let asked = tokio::time::timeout(self.limit(), self.ask_options()).await;
            let options = asked.unwrap_or(Err(ScanTrouble::TimedOut))?;
            self.room.resize(options.connections_max);
            Ok(Arc::new(options))
        };
        self.options.answer(|options| options.life, question).await
    }

    async fn ask_options(&self) -> Result<Options, ScanTrouble> {
        let progress = Progress::default();
        let mut stream = self.peer.connect().await?;
        let written = stream.write_all(&request::options(&self.settings)).await;
        let (reader, _writer) = tokio::io::split(stream);
        let head = Incoming::new(reader, &progress).head().await?;
        written.map_err(|_| progress.closed())?;
        Options::read(&head, self.settings.method)
    }

    async fn ask(&self, file: &FileToScan) -> Result<ScannerAnswer, ScanTrouble> {
        let options = self.options().await?;
        let transfer = options.transfer(&file.kind);
        if transfer == Transfer::Ignore {
            return Ok(ScannerAnswer::Skipped(WhySkipped::NotWanted));
        }
        let _place = self.room.take().await;
        let question = request::file(&self.settings, &options, file, options.preview(transfer));
        let stream = self.peer.connect().await?;
        let (answer, tag) = converse(stream, question, file, self.settings.method).await?;
        if tag.is_some_and(|tag| options.tag.as_deref() != Some(tag.as_str())) {
            self.options.forget().await;
        }
        Ok(answer)
    }

    const fn limit(&self) -> Duration {
        Duration::from_millis(self.settings.scan_timeout_ms)
    }
}

impl FileScanner for Icap {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn identity(&self) -> BoxFuture<'_, Result<Identity, ScanTrouble>> {
        async {
            let options = self.options().await?;
            Ok(Identity { text: options.service.clone(), version: options.tag.clone(), signatures_made: None })
        }
        .boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), ScanTrouble>> {
        async {
            let asked = tokio::time::timeout(self.limit(), self.ask_options()).await;
            asked.unwrap_or(Err(ScanTrouble::TimedOut)).map(drop)
        }
        .boxed()
    }

    fn scan<'a>(&'a self, file: &'a FileToScan) -> BoxFuture<'a, ScannerAnswer> {
        async {
            if file.size_bytes() > self.settings.file_bytes_max {
                return ScannerAnswer::Skipped(WhySkipped::TooLarge);
            }
            let asked = tokio::time::timeout(self.limit(), self.ask(file)).await;
            asked.unwrap_or(Err(ScanTrouble::TimedOut)).unwrap_or_else(ScannerAnswer::Failed)
        }
        .boxed()
    }
}

/// The question and the answer, with the tag that came with it.
async fn converse(
    stream: Box<dyn Stream>,
    question: request::Question,
    file: &FileToScan,
    method: IcapMethod,
) -> Result<(ScannerAnswer, Option<String>), ScanTrouble> {
    let (reader, mut writer) = tokio::io::split(stream);
    let progress = Progress::default();
    let mut incoming = Incoming::new(reader, &progress);
    let mut rest = file.bytes().as_ref();
    if let Some(preview) = question.preview {
        let (begin, after) = rest.split_at(preview.min(rest.len()));
        // Where this cannot be written, the answer says why, or the connection has ended.
        let _ = send_preview(&mut writer, &question.head, begin, after.is_empty(), &progress).await;
        let head = incoming.head().await?;
        if head.status != 100 {
            let tag = head.field("istag").map(str::to_owned);
            return verdict::answer(head, &mut incoming, file, method).await.map(|answer| (answer, tag));
        }
        if after.is_empty() {
            return Err(ScanTrouble::Garbage);
        }
        rest = after;
    } else if writer.write_all(&question.head).await.is_err() {
        return Err(progress.closed());
    }
    let mut receive = std::pin::pin!(receive(&mut incoming, file, method));
    let mut send = std::pin::pin!(send_rest(writer, rest, &progress));
    tokio::select! {
        biased;
        _kept = &mut send => receive.await,
        answer = &mut receive => answer,
    }
}

async fn receive<R: tokio::io::AsyncRead>(
    incoming: &mut Incoming<'_, ReadHalf<R>>,
    file: &FileToScan,
    method: IcapMethod,
) -> Result<(ScannerAnswer, Option<String>), ScanTrouble> {
    let head: Head = incoming.head().await?;
    let tag = head.field("istag").map(str::to_owned);
    Ok((verdict::answer(head, incoming, file, method).await?, tag))
}

/// The beginning of a file (RFC 3507 4.5); `ieof` says that it is all of it.
async fn send_preview<W: AsyncWrite>(
    writer: &mut WriteHalf<W>,
    head: &[u8],
    begin: &[u8],
    is_all: bool,
    progress: &Progress,
) -> std::io::Result<()> {
    let mut bytes = head.to_vec();
    if !begin.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", begin.len()).as_bytes());
        bytes.extend_from_slice(begin);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(if is_all { b"0; ieof\r\n\r\n".as_slice() } else { b"0\r\n\r\n" });
    writer.write_all(&bytes).await?;
    writer.flush().await?;
    progress.sent(begin.len());
    if is_all {
        progress.finish();
    }
    Ok(())
}

/// Gives the writer back, since dropping it is what closes our half.
async fn send_rest<W: AsyncWrite>(mut writer: WriteHalf<W>, rest: &[u8], progress: &Progress) -> WriteHalf<W> {
    // Whether it could be written is seen by the answer that comes or does not.
    if write_chunks(&mut writer, rest, progress).await.is_ok() {
        progress.finish();
    }
    writer
}

async fn write_chunks<W: AsyncWrite>(
    writer: &mut WriteHalf<W>,
    rest: &[u8],
    progress: &Progress,
) -> std::io::Result<()> {
    for chunk in rest.chunks(request::CHUNK_BYTES) {
        writer.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
        writer.write_all(chunk).await?;
        writer.write_all(b"\r\n").await?;
        progress.sent(chunk.len());
    }
    writer.write_all(b"0\r\n\r\n").await?;
    writer.flush().await
}

#[cfg(test)]
mod tests;
