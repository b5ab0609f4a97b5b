//! OPS-03, what a careless start leaves: supplementary groups of whoever started it are gone.

use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send_accepted};

/// Groups of Debian that open things: adm reads logs, disk reads disks, shadow reads passwords.
const GROUPS: &str = "4,6,42";

/// The groups and all ids of a process.
fn ids(pid: u32) -> Vec<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let lines = text.lines().filter(|line| ["Uid:", "Gid:", "Groups:"].iter().any(|start| line.starts_with(start)));
    lines.flat_map(|line| line.split_whitespace().skip(1).map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_group_of_the_starter_is_kept() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.prefix = ["setpriv", "--groups", GROUPS].map(str::to_owned).to_vec();
    let daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("groups")).await;
    sink.wait_for(1, SOON).await;
    // setpriv has become the daemon.
    let workers = daemon.below();
    assert!(workers.len() >= 2, "{workers:?}");
    for pid in std::iter::once(daemon.pid()).chain(workers) {
        assert!(ids(pid).iter().all(|id| id == "65534"), "{pid}: {:?}", ids(pid));
    }
}
