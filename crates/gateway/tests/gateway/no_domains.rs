//! A gateway that lost its settings, or has none yet: it keeps what it had, says what is missing, and refuses nobody for good.

use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::sink::Sink;
use testkit::{files, loopback, program, wait};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

const NOBODY_THERE: u16 = 9;

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_gone_are_no_settings_without_domains() {
    let dns = dns().await;
    let mut setup = Setup::new(loopback::socket(NOBODY_THERE), "observe").with_dns(dns.address);
    setup.domains.push(Relayed::to("b.example", loopback::socket(NOBODY_THERE), "observe"));
    let mut daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("waits")).await;
    let settings = daemon.folder().join("settings");
    let aside = daemon.folder().join("settings.aside");
    let domains = settings.join("domains.toml");

    std::fs::rename(&settings, &aside).unwrap();
    refused_everywhere(&daemon, &["settings: there is no such settings folder", "postern init", "mkdir -p"]).await;
    std::fs::rename(&aside, &settings).unwrap();

    std::fs::rename(&domains, settings.join("domain.toml")).unwrap();
    refused_everywhere(&daemon, &["domains.toml: there is no such file", "domain.toml is there"]).await;
    std::fs::remove_file(settings.join("domain.toml")).unwrap();
    refused_everywhere(&daemon, &["domains.toml: there is no such file", "postern init"]).await;

    // What can be meant is still asked back where mail would be lost by it.
    files::write(&domains, "");
    let answered = daemon.command(&["reload"]).await;
    assert!(answered.code == 2 && answered.err.contains("names no domain, and 2 are in force"), "{answered:?}");
    files::write(&domains, "[[domain]]\nname = \"b.example\"\nnext_hop = \"mx\"\nrecipients = \"any\"\n");
    let answered = daemon.command(&["reload"]).await;
    assert!(answered.code == 2 && answered.err.contains("corp.example is missing, and mail waits"), "{answered:?}");
    assert!(answered.err.contains("queue list --destination corp.example"), "{}", answered.err);

    // The old state is whole: mail is taken, and what waits still goes the old way.
    send_accepted(daemon.address(), ALICE, &[BOB], &note("more")).await;
    assert_eq!((daemon.account("queued").await, daemon.account("bounced").await), (2, 0));
    daemon.setup.domains.pop();
    daemon.write();
    let answered = daemon.command(&["reload"]).await;
    assert!(answered.code == 0 && answered.out.contains("Reloaded; 1 domain, 205 rules."), "{answered:?}");

    daemon.stop().await;
    std::fs::rename(&settings, &aside).unwrap();
    let answered = daemon.command(&["serve"]).await;
    assert!(answered.code == 2 && answered.err.contains("there is no such settings folder"), "{answered:?}");
}

async fn refused_everywhere(daemon: &Daemon, needed: &[&str]) {
    for command in [&["reload"][..], &["config", "check"]] {
        let answered = daemon.command(command).await;
        assert_eq!(answered.code, 2, "{command:?}: {answered:?}");
        for needed in needed {
            assert!(answered.err.contains(needed), "{command:?} does not say {needed:?}: {}", answered.err);
        }
    }
    send_accepted(daemon.address(), ALICE, &["x@b.example"], &note("old")).await;
    for mail in daemon.rows(&["queue", "list", "--destination", "b.example"]).await {
        daemon.command(&["queue", "delete", mail["id"].as_str().unwrap()]).await;
    }
}

/// A 550 bounces the mail of the world; who has no domain yet may have one in a minute.
#[tokio::test(flavor = "multi_thread")]
async fn without_any_domain_mail_is_put_off() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::of(Vec::new()).with_dns(dns.address)).await;
    let reply = send(daemon.address(), ALICE, &[BOB], &note("early")).await;
    assert!(reply.code == 451 && reply.text.contains("4.3.0"), "{}", reply.text);
    assert!(daemon.log().contains("No domain is configured"), "{}", daemon.log());
    assert!(daemon.log().contains("no_domain"), "{}", daemon.log());
    let checked = daemon.command(&["config", "check"]).await;
    assert!(checked.code == 0 && checked.out.contains("warning: no domain is configured"), "{checked:?}");
    daemon.setup.domains.push(Relayed::to("corp.example", sink.address, "observe"));
    daemon.write();
    daemon.json(&["reload"]).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("late")).await;
    // From here on what is not ours is refused as ever.
    assert_eq!(send(daemon.address(), ALICE, &["x@elsewhere.example"], &note("other")).await.code, 550);
    sink.wait_for(1, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_keeps_its_own_domains() {
    let folder = open_folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let data = folder.path().join("data").display().to_string();
    let mut trial = program::command(POSTERN);
    trial.current_dir(folder.path()).args(["try", "--data", &data, "--port", &port.to_string()]);
    trial.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let _trial = trial.spawn().unwrap();
    let reload = async || {
        let answered = program::run(POSTERN, &["--data", &data, "reload"], b"").await;
        let said = String::from_utf8_lossy(&answered.stderr).into_owned();
        said.contains("this is a trial").then_some((answered.status.code(), said))
    };
    let (code, said) = wait::until("the trial to answer", SOON, reload).await;
    assert_eq!(code, Some(4), "{said}");
    let gateway = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let mut client = testkit::client::SmtpClient::hello(gateway).await.unwrap();
    let reply = client.deliver(ALICE, &[BOB], &note("still")).await.unwrap();
    assert!(!reply.text.contains("relay") && reply.code != 451, "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_that_has_ended_says_so() {
    let folder = open_folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut trial = program::command(POSTERN);
    trial.current_dir(folder.path()).args(["try", "--once", "--data", "data", "--port", &port.to_string()]);
    let ended = trial.output().await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("The gateway has ended"), "{said}");
    assert!(!said.contains("Ctrl-C") && !said.contains("swaks"), "{said}");
}

/// Root's trial runs as nobody: where he may not go, the place is named and nothing is left behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_trial_where_nobody_may_enter_says_where_to_go() {
    let closed = open_folder();
    std::fs::set_permissions(closed.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut trial = program::command(POSTERN);
    trial.current_dir(closed.path()).args(["try", "--once", "--port", "0"]);
    let ended = trial.output().await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("runs as nobody") && said.contains(&closed.path().display().to_string()), "{said}");
    assert!(said.contains("--data /var/tmp/postern-try"), "{said}");
    assert!(!closed.path().join("postern-data").exists());
}

fn open_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}
