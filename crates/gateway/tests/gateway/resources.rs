//! One folder, one daemon; a full disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};
use testkit::{program, wait};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_folder_is_refused() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let first = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.data = Some(first.data());
    let second = Daemon::prepare(POSTERN, setup);
    let refused = second.command(&["serve"]).await;
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.err.contains(&first.data().display().to_string()), "{}", refused.err);
    send_accepted(first.address(), ALICE, &[BOB], &note("alive")).await;
    sink.wait_for(1, SOON).await;
}

/// A small file system of its own. It is unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    async fn mount(folder: &Path, megabytes: u32) -> Self {
        let at = folder.join("disk");
        std::fs::create_dir(&at).unwrap();
        let size = format!("size={megabytes}m,mode=0755");
        program::text("mount", &["-t", "tmpfs", "-o", &size, "postern-test", &at.display().to_string()], b"").await;
        Self(at)
    }
}

impl Drop for SmallDisk {
    #[expect(clippy::disallowed_methods, reason = "nothing can be awaited here")]
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").args(["-l", &self.0.display().to_string()]).status());
    }
}

/// QUE-06: 452, deliveries go on, and mail is taken again soon after there is room, without a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_452_until_there_is_room() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let disk = SmallDisk::mount(folder.path(), 300).await;
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.data = Some(disk.0.join("data"));
    setup.limits = vec!["message_bytes_max = 2000000".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    sink.say(Stage::Recipient, "", "450 4.2.1 later");
    for number in 0..5 {
        send_accepted(daemon.address(), ALICE, &[BOB], &note(&format!("before{number}"))).await;
    }
    let filler = disk.0.join("filler");
    let fill = ["if=/dev/zero", &format!("of={}", filler.display()), "bs=64k"];
    // It ends when there is no room left.
    program::run("dd", &fill, b"").await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    let reply = client.deliver(ALICE, &[BOB], &note("full")).await.unwrap();
    assert_eq!((reply.code, reply.enhanced()), (452, "4.3.1"), "{}", reply.text);
    sink.behave();
    daemon.json(&["queue", "retry"]).await;
    sink.wait_for(5, SOON).await;
    assert_eq!(client.command("RSET").await.unwrap().code, 250, "the session lives");
    assert_eq!(client.deliver(ALICE, &[BOB], &note("still")).await.unwrap().code, 452);
    std::fs::remove_file(&filler).unwrap();
    wait::until_true("mail is taken again", Duration::from_secs(10), async || {
        send(daemon.address(), ALICE, &[BOB], &note("after")).await.code == 250
    })
    .await;
    sink.wait_for(6, SOON).await;
    daemon.quiet().await;
    daemon.assert_balanced().await;
}
