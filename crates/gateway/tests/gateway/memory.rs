//! Many large messages in little memory: nothing is killed, all arrive.

use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::client::SmtpClient;
use testkit::corpus;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, dns, note};

/// A control group with a memory limit, of either version.
struct MemoryGroup {
    folder: PathBuf,
    is_v2: bool,
}

impl MemoryGroup {
    fn make(bytes: u64) -> Self {
        let v1 = Path::new("/sys/fs/cgroup/memory");
        let is_v2 = !v1.is_dir();
        let base = if is_v2 { Path::new("/sys/fs/cgroup") } else { v1 };
        let folder = base.join(format!("postern-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a control group; root can make it");
        let limit = folder.join(if is_v2 { "memory.max" } else { "memory.limit_in_bytes" });
        testkit::files::write(&limit, bytes.to_string());
        Self { folder, is_v2 }
    }

    fn prefix(&self) -> Vec<String> {
        let script = format!("echo $$ > {}/cgroup.procs && exec \"$0\" \"$@\"", self.folder.display());
        ["/bin/sh".to_owned(), "-c".to_owned(), script].to_vec()
    }

    fn killed(&self) -> u64 {
        let file = self.folder.join(if self.is_v2 { "memory.events" } else { "memory.oom_control" });
        let text = std::fs::read_to_string(file).expect("the group's events");
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill ")).expect("a count of kills");
        count.trim().parse().expect("a number")
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        // Its processes may need a moment to end; an empty group that stays does no harm.
        drop(std::fs::remove_dir(&self.folder));
    }
}

/// Sessions at the same time.
const SESSIONS: usize = 64;
/// Bytes of each message.
const MESSAGE_BYTES: usize = 49_900_000;
/// Memory of the gateway with its workers, bytes.
const GROUP_BYTES: u64 = 512 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn many_large_messages_fit_into_little_memory() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.keep_bytes(2_000);
    let group = MemoryGroup::make(GROUP_BYTES);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.prefix = group.prefix();
    setup.limits = vec!["sessions_per_prefix_max = 100".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    // Every second one is an attachment, which is decoded: a line is text and base64.
    let line = b"0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n";
    let body = bytes::Bytes::from(line.repeat(MESSAGE_BYTES / line.len()));
    let attachment = format!(
        "From: <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: large\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    let heads = [note("large"), attachment.into_bytes()];
    let clients = (0..SESSIONS).map(|id| {
        let (body, server) = (body.clone(), daemon.address());
        let head = corpus::tagged(&heads[id % heads.len()], id);
        tokio::spawn(async move {
            let mut client = SmtpClient::hello(server).await?;
            assert_eq!(client.begin(ALICE, &[BOB]).await?.code, 354);
            client.send(&head).await?;
            client.send(&body).await?;
            client.send(b".\r\n").await?;
            client.reply().await
        })
    });
    for client in futures_util::future::join_all(clients).await {
        let reply = client.unwrap().unwrap_or_else(|error| panic!("{error}\n{}", daemon.log()));
        assert_eq!(reply.code, 250, "{}", reply.text);
    }
    let received = sink.wait_for(SESSIONS, Duration::from_secs(200)).await;
    daemon.quiet().await;
    let mut ids: Vec<usize> = received.iter().filter_map(|received| corpus::tag_of(&received.message)).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..SESSIONS).collect::<Vec<_>>(), "each exactly once");
    assert!(received.iter().all(|received| received.length > body.len()), "a message was cut");
    assert_eq!(group.killed(), 0, "the kernel killed something");
    daemon.assert_balanced().await;
}
