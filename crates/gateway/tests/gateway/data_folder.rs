//! The data folder is its user's alone: keys, journal, quarantine and mail.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use testkit::corpus;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::{Sink, Stage};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

/// Everything in a folder with its mode, the folder itself too.
fn modes(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mode = |path: &Path| std::fs::symlink_metadata(path).map(|found| found.permissions().mode() & 0o777);
    let mut all = vec![(folder.to_owned(), mode(folder).unwrap())];
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            all.extend(modes(&path));
        } else if let Ok(mode) = mode(&path) {
            // What is gone since has no mode.
            all.push((path, mode));
        }
    }
    all
}

fn assert_closed(when: &str, folder: &Path) -> usize {
    let all = modes(folder);
    let open: Vec<String> = all
        .iter()
        .filter(|(_, mode)| mode & 0o077 != 0)
        .map(|(path, mode)| format!("{mode:o} {}", path.display()))
        .collect();
    assert!(open.is_empty(), "{when}: {open:#?}");
    all.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_is_open_to_others() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.say(Stage::Recipient, "later@", "450 4.2.1 later");
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    let large = corpus::made(60, 5).into_iter().find(|mail| mail.name.contains("large")).unwrap();
    send_accepted(daemon.address(), ALICE, &["later@corp.example"], &large.bytes).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("small")).await;
    let hostile = corpus::project()
        .into_iter()
        .find(|mail| mail.name == "eicar/fires-attachment.eml" || mail.name.starts_with("eicar/fires"));
    crate::send(daemon.address(), ALICE, &[BOB], &hostile.unwrap().bytes).await;
    sink.wait_for(1, SOON).await;
    testkit::wait::until_true("the journal", SOON, async || !daemon.rows(&["trace", "search"]).await.is_empty()).await;
    let files = assert_closed("while it runs", &daemon.data());
    assert!(files > 10, "{files} files");
    daemon.stop().await;
    assert_closed("after its end", &daemon.data());
    // A command opens the folder itself then, as root.
    assert!(!daemon.rows(&["queue", "list"]).await.is_empty());
    assert_closed("after a command", &daemon.data());
    daemon.kill().await;
    daemon.run().await;
    assert_closed("after another start", &daemon.data());
}
