//! A real Dovecot with a folder and an address of its own: takes mail by LMTP, is read back by IMAP.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE64;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Child;

use crate::{loopback, program, wait};

const LMTP_PORT: u16 = 2424;
const IMAP_PORT: u16 = 2143;
/// Prints every message of INBOX, base64, one a line.
const FETCH: &str = r#"
import base64, imaplib, sys
host, port, user = sys.argv[1:]
box = imaplib.IMAP4(host, int(port))
box.login(user, "secret")
box.select("INBOX", readonly=True)
numbers = box.search(None, "ALL")[1][0].split()
for number in numbers:
    data = box.fetch(number, "(BODY.PEEK[])")[1]
    print(base64.b64encode(data[0][1]).decode())
box.logout()
"#;

/// The running server. It ends when dropped.
#[derive(Debug)]
pub struct Dovecot {
    /// Where it takes mail by LMTP.
    pub lmtp: SocketAddr,
    imap: SocketAddr,
    folder: TempDir,
    child: Child,
}

impl Dovecot {
    /// Starts one where every user exists and has the password `secret`.
    ///
    /// # Panics
    /// If it does not start: `./test` installs it, and it has to be root.
    #[expect(clippy::expect_used, reason = "a test without its server must stop")]
    pub async fn start() -> Self {
        let ip = loopback::address();
        let folder = tempfile::Builder::new().prefix("postern-dovecot-").tempdir().expect("a folder");
        write(folder.path(), ip);
        let config = folder.path().join("dovecot.conf");
        let log = std::fs::File::create(folder.path().join("start.log")).expect("a log");
        let mut command = program::command("/usr/sbin/dovecot");
        let child = command.arg("-F").arg("-c").arg(config).stderr(log).spawn().expect("dovecot, ./test installs it");
        let dovecot =
            Self { lmtp: SocketAddr::new(ip, LMTP_PORT), imap: SocketAddr::new(ip, IMAP_PORT), folder, child };
        for port in [dovecot.lmtp, dovecot.imap] {
            let what = format!("Dovecot to listen: {}", dovecot.log());
            wait::until_true(&what, Duration::from_secs(20), async || {
                tokio::net::TcpStream::connect(port).await.is_ok()
            })
            .await;
        }
        dovecot
    }

    /// Every message in the inbox of a user, oldest first.
    ///
    /// # Panics
    /// If they cannot be read.
    pub async fn inbox(&self, user: &str) -> Vec<Vec<u8>> {
        let (host, port) = (self.imap.ip().to_string(), self.imap.port().to_string());
        let printed = program::text("/usr/bin/python3", &["-c", FETCH, &host, &port, user], b"").await;
        printed.lines().filter_map(|line| BASE64.decode(line.as_bytes()).ok()).collect()
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("start.log") + &read("dovecot.log")
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        program::signal(self.child.id().unwrap_or(0), Signal::TERM);
        // Its children end with it; it is killed only if it does not answer.
        for _ in 0..200 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test that cannot write its files must stop")]
fn write(folder: &Path, ip: IpAddr) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let mail = folder.join("mail");
    std::fs::create_dir(&mail).expect("a folder");
    // Any user but root will do; that of the spool is always there.
    let owner = std::fs::metadata("/var/mail").map_or(8, |data| data.gid());
    chown(&mail, Some(owner), Some(owner)).expect("root");
    let at = folder.display();
    let text = format!(
        "protocols = imap lmtp\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/dovecot.log\nlisten = {ip}\nssl = no\n\
         disable_plaintext_auth = no\nmail_location = maildir:{at}/mail/%u\nmail_uid = {owner}\nmail_gid = {owner}\n\
         first_valid_uid = 1\nfirst_valid_gid = 1\nauth_username_format = %Lu\nmail_fsync = never\n\
         passdb {{\n driver = passwd-file\n args = scheme=PLAIN username_format=any {at}/users\n}}\n\
         userdb {{\n driver = static\n args = uid={owner} gid={owner} home={at}/mail/%u allow_all_users=yes\n}}\n\
         service imap-login {{\n inet_listener imap {{\n address = {ip}\n port = {IMAP_PORT}\n }}\n inet_listener imaps {{\n port = 0\n }}\n}}\n\
         service lmtp {{\n inet_listener lmtp {{\n address = {ip}\n port = {LMTP_PORT}\n }}\n}}\n"
    );
    std::fs::write(folder.join("dovecot.conf"), text).expect("dovecot.conf");
    std::fs::write(folder.join("users"), "any:{PLAIN}secret\n").expect("users");
}
