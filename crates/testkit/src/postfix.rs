//! Real Postfix instances with a folder and an address of their own: as the mail server that sends to the gateway, and as the one
//! behind it. The machine's own Postfix is not touched. Needs root, as Postfix does.

use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use tempfile::TempDir;

use crate::{loopback, program, wait};

/// Postfix's own services; no chroot, so that nothing has to be copied.
const MASTER: &str = "
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
";
/// As it came, so it goes: nothing is rewritten, added or cut.
const UNTOUCHED: &str = "
compatibility_level = 3.6
mydestination =
local_recipient_maps =
alias_maps =
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
message_size_limit = 104857600
mailbox_size_limit = 0
notify_classes =
message_drop_headers =
always_add_missing_headers = no
local_header_rewrite_clients =
remote_header_rewrite_domain =
line_length_limit = 2097152
header_size_limit = 2097152
smtp_line_length_limit = 0
lmtp_line_length_limit = 0
smtp_generic_maps =
smtputf8_enable = no
strict_rfc821_envelopes = no
disable_mime_output_conversion = yes
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
";

/// Where an instance sends all mail.
#[derive(Clone, Copy, Debug)]
pub enum Hop {
    /// By SMTP, with STARTTLS where it is offered.
    Smtp(SocketAddr),
    /// By LMTP.
    Lmtp(SocketAddr),
}

/// A running instance. It is stopped when dropped.
#[derive(Debug)]
pub struct Postfix {
    /// Where it takes mail.
    pub address: SocketAddr,
    folder: TempDir,
}

impl Postfix {
    /// Starts one that takes mail for `corp.example`, or from this machine for anybody, and sends it on.
    ///
    /// # Panics
    /// If it does not start: `./test` installs it, and it has to be root.
    pub async fn start(hop: Hop) -> Self {
        let address = loopback::socket(2525);
        let folder = folder();
        write(folder.path(), address, hop);
        let postfix = Self { address, folder };
        postfix.control("start").await;
        wait::until_true("Postfix to listen", std::time::Duration::from_secs(20), async || {
            tokio::net::TcpStream::connect(address).await.is_ok()
        })
        .await;
        postfix
    }

    async fn control(&self, verb: &str) {
        let config = self.config();
        let output = program::run("/usr/sbin/postfix", &["-c", &config, verb], b"").await;
        assert!(output.status.success(), "postfix {verb}: {}\n{}", String::from_utf8_lossy(&output.stderr), self.log());
    }

    fn config(&self) -> String {
        self.folder.path().join("etc").display().to_string()
    }

    /// Tries now what waits.
    ///
    /// # Panics
    /// If Postfix refuses.
    pub async fn flush(&self) {
        program::text("/usr/sbin/postqueue", &["-c", &self.config(), "-f"], b"").await;
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    #[expect(clippy::disallowed_methods, reason = "nothing can be awaited here, and Postfix must not outlive the test")]
    fn drop(&mut self) {
        let mut stop = std::process::Command::new("/usr/sbin/postfix");
        stop.args(["-c", &self.config(), "stop"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        // There is nobody left to tell.
        drop(stop.status());
    }
}

#[expect(clippy::expect_used, reason = "a test without a folder must stop")]
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("postern-postfix-").tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    for name in ["etc", "spool", "data"] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
    }
    let owner = std::fs::metadata("/var/lib/postfix").map(|data| std::os::unix::fs::MetadataExt::uid(&data));
    chown(folder.path().join("data"), Some(owner.expect("Postfix is installed")), None).expect("root");
    folder
}

#[expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test that cannot write its files must stop")]
fn write(folder: &Path, address: SocketAddr, hop: Hop) {
    let at = folder.display();
    let ip = address.ip();
    let way = match hop {
        Hop::Smtp(next) => {
            format!(
                "relay_domains = corp.example\nrelayhost = [{}]:{}\nsmtp_tls_security_level = may",
                next.ip(),
                next.port()
            )
        }
        Hop::Lmtp(next) => format!(
            "virtual_mailbox_domains = corp.example\nvirtual_mailbox_maps = static:all\nvirtual_transport = lmtp:inet:{next}"
        ),
    };
    let main = format!(
        "queue_directory = {at}/spool\ndata_directory = {at}/data\nmyhostname = postfix.example\ninet_interfaces = 127.0.0.1\n\
         smtp_bind_address = {ip}\nlmtp_bind_address = {ip}\nmaillog_file = {at}/mail.log\nmaillog_file_prefixes = {at}\n\
         {way}\n{UNTOUCHED}"
    );
    std::fs::write(folder.join("etc/main.cf"), main).expect("main.cf");
    std::fs::write(folder.join("etc/master.cf"), format!("{address} inet n - n - - smtpd{MASTER}")).expect("master.cf");
}
