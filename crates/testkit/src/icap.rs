//! A real ICAP server (c-icap) with a folder and an address of its own: the service that gives back what it gets, the one that
//! speaks of partial content, and the virus scanner over a clamd.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Child;

use crate::{files, loopback, program, wait};

const PORT: u16 = 1344;

/// The running server. It ends when dropped.
pub struct CIcap {
    /// Where it listens.
    pub address: SocketAddr,
    folder: TempDir,
    _child: Child,
}

impl CIcap {
    /// Starts one with the services `echo`, `ex206`, and `avscan`, which asks the clamd at that socket.
    ///
    /// # Panics
    /// If it does not start: `./test` installs it.
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub async fn start(clamd: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("postern-c-icap-").tempdir().expect("a folder");
        let address = loopback::socket(PORT);
        let file = folder.path().join("c-icap.conf");
        files::write(&file, config(folder.path(), address, clamd));
        let log = std::fs::File::create(folder.path().join("start.log")).expect("a log");
        let out = log.try_clone().expect("a log");
        let mut command = program::command("/usr/bin/c-icap");
        let child = command.arg("-N").arg("-f").arg(&file).stdout(out).stderr(log).spawn();
        let server = Self { address, folder, _child: child.expect("c-icap, ./test installs it") };
        let what = format!("c-icap to listen: {}", server.log());
        wait::until_true(&what, Duration::from_secs(20), async || {
            tokio::net::TcpStream::connect(address).await.is_ok()
        })
        .await;
        server
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

/// One process, so that ending it ends all (`-N` keeps it in the foreground, but it starts children that end with it).
fn config(folder: &Path, address: SocketAddr, clamd: &Path) -> String {
    let (at, clamd) = (folder.display(), clamd.display());
    format!(
        "PidFile {at}/pid\nCommandsSocket {at}/control\nPort {address}\nTmpDir {at}\nServerLog {at}/server.log\n\
         AccessLog {at}/access.log\nStartServers 1\nMaxServers 1\nMinSpareThreads 2\nMaxSpareThreads 8\nThreadsPerChild 8\n\
         ModulesDir /usr/lib/x86_64-linux-gnu/c_icap\nServicesDir /usr/lib/x86_64-linux-gnu/c_icap\n\
         TemplateDir /usr/share/c_icap/templates/\nLoadMagicFile /etc/c-icap/c-icap.magic\n\
         Service echo srv_echo.so\nService ex206 srv_ex206.so\nService antivirus_module virus_scan.so\n\
         ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple\n\
         virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE\nvirus_scan.MaxObjectSize 5M\n\
         virus_scan.DefaultEngine clamd\nModule common clamd_mod.so\nclamd_mod.ClamdSocket {clamd}\n"
    )
}

/// A whole OPTIONS request.
#[must_use]
pub fn is_whole_options(read: &[u8]) -> bool {
    read.ends_with(b"Encapsulated: null-body=0\r\n\r\n")
}

/// A whole request with a body, or the preview of one.
#[must_use]
pub fn is_whole_request(read: &[u8]) -> bool {
    read.ends_with(b"\r\n0\r\n\r\n") || read.ends_with(b"0; ieof\r\n\r\n")
}
