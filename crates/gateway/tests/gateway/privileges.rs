//! OPS-03: every process of the gateway, as the kernel sees it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::files;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

/// The user `nobody` of Debian.
const NOBODY: &str = "65534";

fn status(pid: u32) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
        .collect()
}

fn children(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(child) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let text = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        if text.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|parent| parent.trim() == pid.to_string())) {
            found.push(child);
        }
    }
    found
}

fn assert_powerless(pid: u32, what: &str) {
    let status = status(pid);
    for ids in ["Uid", "Gid"] {
        assert!(status[ids].split_whitespace().all(|id| id == NOBODY), "{what}: {ids} {}", status[ids]);
    }
    assert!(status["Groups"].split_whitespace().all(|id| id == NOBODY), "{what}: Groups {}", status["Groups"]);
    for caps in ["CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd"] {
        assert_eq!(status[caps].trim_start_matches('0'), "", "{what}: {caps}");
    }
    assert_eq!(status["NoNewPrivs"], "1", "{what}");
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{what}: {core}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_root() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("warm")).await;
    sink.wait_for(1, SOON).await;
    assert_powerless(daemon.pid(), "the daemon");
    for task in std::fs::read_dir(format!("/proc/{}/task", daemon.pid())).unwrap().flatten() {
        let tid = task.file_name().to_string_lossy().parse().unwrap();
        assert_powerless(tid, "a thread of the daemon");
    }
    let workers = children(daemon.pid());
    assert!(workers.len() >= 2, "{workers:?}");
    for worker in workers {
        let command = std::fs::read_to_string(format!("/proc/{worker}/cmdline")).unwrap();
        assert!(command.contains("unpack-worker"), "{command:?}");
        assert_powerless(worker, "a worker");
        assert_eq!(status(worker)["Seccomp"], "2", "a worker filters its system calls");
        // Standard input, output, error and the one socket; no network, no file.
        let descriptors: Vec<_> = std::fs::read_dir(format!("/proc/{worker}/fd"))
            .unwrap()
            .flatten()
            .map(|entry| std::fs::read_link(entry.path()).unwrap_or_default().display().to_string())
            .collect();
        let sockets = descriptors.iter().filter(|target| target.starts_with("socket:")).count();
        assert!(sockets <= 1 && descriptors.len() <= 4, "{descriptors:?}");
        let limits = std::fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
        for (name, most) in [("Max open files", 4), ("Max processes", 0), ("Max file size", 256 << 20)] {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            assert_eq!(line[name.len()..].split_whitespace().next(), Some(most.to_string().as_str()), "{line}");
        }
        let line = limits.lines().find(|line| line.starts_with("Max address space")).unwrap();
        assert!(!line.contains("unlimited"), "{line}");
        let data = daemon.data().display().to_string();
        assert!(!descriptors.iter().any(|target| target.starts_with(&data)), "{descriptors:?}");
    }
    assert_eq!(mode(&daemon.data().join("control.sock")), 0o600);
}

/// Makes a pair of files that only root may read, and gives the lines that name it.
fn roots_pair(folder: &Path) -> String {
    let (certificate, key) = net::tls::self_made_certificate("gateway.example").unwrap();
    for (name, text) in [("cert.pem", certificate), ("key.pem", key)] {
        files::write(&folder.join(name), text);
        set_mode(&folder.join(name), 0o600);
    }
    "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n".to_owned()
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_root_may_read_serves_at_the_start_and_is_asked_for_at_a_reload() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::prepare(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address));
    daemon.setup.extra = roots_pair(daemon.folder());
    daemon.write();
    daemon.run().await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap().start_tls().await.unwrap();
    client.expect("EHLO client.sender.example", 250).await.unwrap();
    assert_eq!(client.deliver(ALICE, &[BOB], &note("tls")).await.unwrap().code, 250);
    assert!(!daemon.log().contains("made a certificate of our own"), "{}", daemon.log());

    // Once it is nobody it may not, says who it is, and stays what it was.
    let settings = daemon.folder().join("settings");
    set_mode(&daemon.folder().join("cert.pem"), 0o644);
    let denied = [(daemon.folder().join("key.pem"), "640"), (settings.clone(), "750"), (daemon.config_file(), "640")];
    set_mode(&settings, 0o700);
    set_mode(&daemon.config_file(), 0o600);
    for (path, mode) in denied.iter().rev() {
        let answered = daemon.command(&["reload"]).await;
        assert_eq!(answered.code, 2, "{answered:?}");
        for needed in ["stays in force", "user nobody", &format!("chmod {mode} {}", path.display()), "LoadCredential="]
        {
            assert!(answered.err.contains(needed), "{needed}: {}", answered.err);
        }
        assert_eq!(send(daemon.address(), ALICE, &[BOB], &note("old")).await.code, 250);
        set_mode(path, if *mode == "750" { 0o755 } else { 0o644 });
    }
    daemon.json(&["reload"]).await;

    // A command without a daemon reads the settings as root, before it becomes the owner of the folder.
    daemon.stop().await;
    set_mode(&settings, 0o700);
    set_mode(&daemon.config_file(), 0o600);
    assert_eq!(daemon.json(&["replay", "--with", "current"]).await["differing"], 0);
}

fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

fn chown_to_nobody(path: &Path) {
    std::os::unix::fs::chown(path, NOBODY.parse().ok(), NOBODY.parse().ok()).unwrap();
}

/// The folder changes its owner whole, and nothing outside does.
#[tokio::test(flavor = "multi_thread")]
async fn the_data_folder_of_another_owner_is_given_away_alone() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("warm")).await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    daemon.stop().await;
    let outside = daemon.folder().join("outside");
    files::write(&outside, "root's");
    let mut folders = vec![daemon.data()];
    while let Some(folder) = folders.pop() {
        std::os::unix::fs::chown(&folder, Some(1), Some(1)).unwrap();
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            std::os::unix::fs::chown(entry.path(), Some(1), Some(1)).unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    std::os::unix::fs::symlink(&outside, daemon.data().join("corrupt-link")).unwrap();
    // What has a second name may be anybody's.
    std::fs::hard_link(&outside, daemon.data().join("second")).unwrap();
    let answered = daemon.command(&["serve"]).await;
    assert_eq!(answered.code, 4, "{answered:?}");
    assert!(answered.err.contains("\"second\"") && answered.err.contains("chown -R "), "{}", answered.err);
    std::fs::remove_file(daemon.data().join("second")).unwrap();
    daemon.run().await;
    assert_eq!(daemon.account("delivered").await, 1);
    let owner = |path: &Path| std::os::unix::fs::MetadataExt::uid(&std::fs::symlink_metadata(path).unwrap());
    assert_eq!((owner(&outside), owner(&daemon.data().join("corrupt-link")).to_string()), (0, NOBODY.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_somebodys_folder_leads_nowhere() {
    let sink = Sink::start().await;
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    let (theirs, roots) = (folder.path().join("theirs"), folder.path().join("roots"));
    std::fs::create_dir(&theirs).unwrap();
    std::fs::create_dir(&roots).unwrap();
    std::os::unix::fs::symlink(&roots, theirs.join("data")).unwrap();
    chown_to_nobody(&theirs);
    let mut setup = Setup::new(sink.address, "observe");
    setup.data = Some(theirs.join("data"));
    let answered = Daemon::prepare(POSTERN, setup).command(&["serve"]).await;
    assert!(answered.code == 4 && answered.err.contains("is a link"), "{answered:?}");
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&roots).unwrap()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_made_is_named_with_who_may_not() {
    let sink = Sink::start().await;
    let closed = tempfile::tempdir().unwrap();
    set_mode(closed.path(), 0o700);
    let data = closed.path().join("data");
    for (data, needed) in [
        (&data, format!("the user nobody, who may not enter {}", closed.path().display())),
        (&PathBuf::from("/proc/nowhere"), "the user nobody can write".to_owned()),
    ] {
        let mut setup = Setup::new(sink.address, "observe");
        setup.data = Some(data.clone());
        let answered = Daemon::prepare(POSTERN, setup).command(&["serve"]).await;
        assert_eq!(answered.code, 4, "{answered:?}");
        let said = format!("the data folder {} cannot be made: ", data.display());
        assert!(answered.err.contains(&said) && answered.err.contains(&needed), "{said}{needed}: {}", answered.err);
        assert!(!answered.err.contains("the log is closed"), "{}", answered.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_its_own_is_closed_and_what_is_roots_in_it_is_named() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::prepare(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address));
    // As a service manager makes it.
    std::fs::create_dir(daemon.data()).unwrap();
    set_mode(&daemon.data(), 0o755);
    chown_to_nobody(&daemon.data());
    daemon.run().await;
    assert_eq!(mode(&daemon.data()), 0o700);
    daemon.stop().await;
    // As a backup that root restored.
    let manifest = daemon.data().join("manifest.toml");
    std::os::unix::fs::chown(&manifest, Some(0), Some(0)).unwrap();
    set_mode(&manifest, 0o600);
    let hint = format!("chown -R nobody: {}", daemon.data().display());
    for command in ["serve", "status"] {
        let answered = daemon.command(&[command]).await;
        assert_eq!(answered.code, 4, "{command}: {answered:?}");
        assert!(
            answered.err.contains("belongs to root") && answered.err.contains(&hint),
            "{command}: {}",
            answered.err
        );
    }
    chown_to_nobody(&manifest);
    daemon.run().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_as_many_descriptors_as_it_may() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    let limited = "ulimit -S -n 256 && ulimit -H -n 4096 && exec \"$0\" \"$@\"";
    setup.prefix = ["sh", "-c", limited].map(str::to_owned).to_vec();
    let daemon = Daemon::start(POSTERN, setup).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", daemon.pid())).unwrap();
    let open = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(open.split_whitespace().skip(3).take(2).collect::<Vec<_>>(), ["4096", "4096"], "{open}");
    assert!(daemon.log().contains("descriptors_max=4096"), "{}", daemon.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_does_not_exist_is_named_with_the_command_that_makes_it() {
    let mut setup = Setup::new(testkit::loopback::socket(25), "observe");
    setup.user = "postern-no-such-user".to_owned();
    let daemon = Daemon::prepare(POSTERN, setup);
    let answered = daemon.command(&["serve"]).await;
    assert_eq!(answered.code, 2, "{answered:?}");
    assert!(answered.err.contains("useradd") && answered.err.contains("postern-no-such-user"), "{}", answered.err);
}
