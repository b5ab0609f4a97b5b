//! A real clamd with a folder, sockets and signatures of its own. Nothing is fetched, the machine's own clamd is not touched.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::Child;

use crate::{files, loopback, program, wait};

const PORT: u16 = 3310;
/// What a file must hold to be found by the signature that is always there.
pub const MARKER: &[u8] = b"POSTERN-TEST-MARKER-4f1c9be07a52";
/// What clamd calls such a file: signatures that are not ClamAV's own bear this ending.
pub const MARKER_NAME: &str = "Postern.Test.Marker.UNOFFICIAL";

/// The running daemon. It ends when dropped.
pub struct RealClamd {
    /// Its Unix socket.
    pub unix: PathBuf,
    /// Its TCP address.
    pub tcp: SocketAddr,
    folder: TempDir,
    child: Child,
}

/// A line of a signature file (.ndb): the bytes anywhere in a file of any type.
#[must_use]
pub fn signature(name: &str, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name}:0:*:{hex}\n")
}

/// A whole INSTREAM command: its chunks up to the empty one.
#[must_use]
pub fn is_whole_stream(read: &[u8]) -> bool {
    let Some(mut rest) = read.strip_prefix(b"zINSTREAM\0") else { return false };
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length == 0 {
            return true;
        }
        let Some(after) = after.get(length..) else { return false };
        rest = after;
    }
    false
}

impl RealClamd {
    /// Starts one with the signature of [`MARKER`], further signatures (.ndb), and further lines of its configuration.
    ///
    /// # Panics
    /// If it does not start: `./test` installs it.
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub async fn start(signatures: &str, config: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("postern-clamd-").tempdir().expect("a folder");
        let (at, unix) = (folder.path().display().to_string(), folder.path().join("clamd.sock"));
        let tcp = loopback::socket(PORT);
        std::fs::create_dir(folder.path().join("signatures")).expect("a folder");
        let own = signature("Postern.Test.Marker", MARKER);
        files::write(&folder.path().join("signatures/test.ndb"), format!("{own}{signatures}"));
        let lines = format!(
            "LocalSocket {at}/clamd.sock\nTCPSocket {PORT}\nTCPAddr {}\nForeground yes\nDatabaseDirectory {at}/signatures\n\
             TemporaryDirectory {at}\nLogFile {at}/log\nMaxThreads 4\nAlertEncryptedArchive yes\nAlertExceedsMax yes\n{config}",
            tcp.ip()
        );
        let file = folder.path().join("clamd.conf");
        files::write(&file, lines);
        let log = std::fs::File::create(folder.path().join("start.log")).expect("a log");
        let out = log.try_clone().expect("a log");
        let mut command = program::command("/usr/sbin/clamd");
        let child = command.arg("-c").arg(&file).stdout(out).stderr(log).spawn().expect("clamd, ./test installs it");
        let clamd = Self { unix, tcp, folder, child };
        wait::until_true("clamd to answer", Duration::from_secs(20), async || clamd.answers().await).await;
        clamd
    }

    async fn answers(&self) -> bool {
        let Ok(mut stream) = UnixStream::connect(&self.unix).await else { return false };
        let mut reply = Vec::new();
        let asked = stream.write_all(b"zPING\0").await.is_ok();
        asked && stream.read_to_end(&mut reply).await.is_ok() && reply == b"PONG\0"
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it, and comes back when it is gone.
    ///
    /// # Panics
    /// If it cannot be ended.
    #[expect(clippy::expect_used, reason = "a test that cannot end its server must stop")]
    pub async fn stop(mut self) {
        self.child.kill().await.expect("clamd to end");
    }

    /// Stops it in its tracks: it listens and does nothing.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.child.id() {
            program::signal(pid, signal);
        }
    }
}
