//! OPS-01: a wrong configuration is refused with its place and reason, at start and on reload; the old one stays in force.

use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::files;
use testkit::loopback;
use testkit::sink::Sink;
use testkit::wait;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

/// What stands in postern.toml, and what the refusal must say.
const BAD: [(&str, &[&str]); 17] = [
    ("hostname = \"gateway.example", &["postern.toml:1:"]),
    ("hostname = 5", &["postern.toml:1:", "string"]),
    ("hostnam = \"gateway.example\"", &["postern.toml:1:", "hostnam", "did you mean `hostname`"]),
    ("hostname = \"not a name\"", &["postern.toml:1:", "hostname"]),
    ("\n[inbound]\nlisten = []", &["postern.toml:3:", "listen"]),
    ("[inbound]\nlisten = [\"127.0.0.1\"]", &["postern.toml:2:"]),
    ("[inbound]\nlisten = [\"nonsense:25\"]", &["postern.toml:2:"]),
    ("[outbound]\nlisten = [\"127.0.0.1:2587\"]", &["postern.toml", "networks"]),
    ("[outbound]\nlisten = [\"127.0.0.1:2587\"]\nnetworks = [\"0.0.0.0/0\"]", &["postern.toml:3:", "0.0.0.0/0"]),
    ("[outbound]\nnetworks = [\"10.0.0.0/99\"]", &["postern.toml:2:", "10.0.0.0/99"]),
    ("[tls]\ncertificate = \"a.pem\"", &["postern.toml:2:", "together"]),
    ("[limits]\nmessage_bytes_max = 10", &["postern.toml:2:", "65536"]),
    ("[limits]\nrecipients_max = 5", &["postern.toml:2:", "100"]),
    ("[limits]\nsessions_max = 0", &["postern.toml:2:"]),
    ("[limits]\nsessions_max = -1", &["postern.toml:2:"]),
    ("[scan]\nsession_budget_ms = 9999999", &["postern.toml:2:", "session_budget_ms"]),
    ("[log]\nformat = \"xml\"", &["postern.toml:2:", "xml"]),
];

/// What stands in a file of the settings folder, and what the refusal must say.
const BAD_SETTINGS: [(&str, &str, &[&str]); 8] = [
    (
        "domains.toml",
        "[[domain]]\nname = \"a@b.example\"\nnext_hop = \"mx\"\nrecipients = \"any\"",
        &["domains.toml:2:"],
    ),
    ("domains.toml", "[[domain]]\nname = \"b.example\"\nrecipients = \"any\"", &["domains.toml:1:", "next_hop"]),
    (
        "domains.toml",
        "[[domain]]\nname = \"b.example\"\nnext_hop = [\"a:99999\"]\nrecipients = \"any\"",
        &["domains.toml:3:"],
    ),
    ("domains.toml", "[[domain]]\nname = \"b.example\"\nnext_hop = \"mx\"\nrecipients = \"al\"", &["domains.toml:4:"]),
    (
        "domains.toml",
        "[[domain]]\nname = \"b.example\"\nnext_hop = \"mx\"\nrecipients = \"any\"\npolicy = \"nope\"",
        &["domains.toml", "nope"],
    ),
    (
        "policy/mine.toml",
        "name = \"mine\"\n[[rule]]\nid = \"a\"\nwhen = 'subjct == \"x\"'\nactions = [\"deliver\"]",
        &["mine.toml:4:", "subject"],
    ),
    (
        "policy/mine.toml",
        "name = \"mine\"\n[[rule]]\nid = \"a\"\nwhen = 'message.size == \"x\"'\nactions = [\"deliver\"]",
        &["mine.toml:4:"],
    ),
    (
        "policy/mine.toml",
        "name = \"mine\"\n[[rule]]\nid = \"a\"\nwhen = \"true\"\nactions = [\"explode\"]",
        &["mine.toml:5:", "explode"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_with_a_mistake() {
    let daemon = Daemon::prepare(POSTERN, Setup::new(loopback::socket(25), "observe"));
    for (text, needed) in BAD {
        files::write(&daemon.config_file(), text);
        for command in [&["serve"][..], &["config", "check"]] {
            let answered = daemon.command(command).await;
            assert_eq!(answered.code, 2, "{command:?} of {text:?}: {answered:?}");
            for needed in needed {
                assert!(
                    answered.err.contains(needed),
                    "{command:?} of {text:?} does not say {needed:?}: {}",
                    answered.err
                );
            }
        }
    }
    std::fs::remove_file(daemon.config_file()).unwrap();
    let answered = daemon.command(&["serve"]).await;
    assert_eq!(answered.code, 2, "{answered:?}");
    assert!(answered.err.contains("postern.toml") && answered.err.contains("hint"), "{}", answered.err);
    assert!(!daemon.data().exists(), "a refused start leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_with_a_mistake_changes_nothing() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut refused = 0;
    for (file, text, needed) in BAD_SETTINGS {
        files::write(&daemon.folder().join("settings").join(file), text);
        let answered = daemon.command(&["reload"]).await;
        assert_eq!(answered.code, 2, "{file}: {text:?}: {answered:?}");
        for needed in needed {
            assert!(answered.err.contains(needed), "{text:?} does not say {needed:?}: {}", answered.err);
        }
        // The old settings know corp.example and not b.example.
        send_accepted(daemon.address(), ALICE, &[BOB], &note("old")).await;
        assert_eq!(send(daemon.address(), ALICE, &["x@b.example"], &note("new")).await.code, 550);
        refused += 1;
        std::fs::remove_file(daemon.folder().join("settings").join(file)).unwrap();
        daemon.write();
    }
    for (text, _) in BAD {
        files::write(&daemon.config_file(), text);
        // Only some of these files name the data folder of this daemon; a signal asks the one that runs.
        daemon.hang_up();
        refused += 1;
        wait::until_true("the refusal", SOON, async || {
            daemon.log().matches("reload_refused").count() == refused - BAD_SETTINGS.len()
        })
        .await;
        send_accepted(daemon.address(), ALICE, &[BOB], &note("old")).await;
    }
    daemon.write();
    daemon.setup.domains.push(Relayed::to("b.example", sink.address, "observe"));
    daemon.write();
    daemon.json(&["reload"]).await;
    send_accepted(daemon.address(), ALICE, &["x@b.example"], &note("new")).await;
    daemon.quiet().await;
    assert_eq!(sink.count(), refused + 1);
}

/// Just while something is wrong people need the commands: they reach the daemon, and work without one.
#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_keeps_no_command_from_the_daemon() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let id = send_accepted(daemon.address(), ALICE, &[BOB], &note("one")).await.reference().to_owned();
    daemon.quiet().await;
    let data = daemon.data().display().to_string();
    let commands: [&[&str]; 5] =
        [&["status"], &["queue", "list"], &["quarantine", "list"], &["trace", "show", &id], &["replay", &id]];
    let domains = daemon.folder().join("settings/domains.toml");
    files::write(&domains, "[[domain]]\nnonsense");
    for running in [true, false] {
        for text in ["nonsense = 1\ndata = \"data\"\n", "data = \"data\"\n[inbound\nlisten = ["] {
            files::write(&daemon.config_file(), text);
            for command in commands {
                let answered = daemon.command(command).await;
                let code = u8::from(!running && command == ["status"]);
                assert_eq!(answered.code, code, "{command:?} with {text:?}: {answered:?}");
            }
            let answered = daemon.command(&["reload"]).await;
            assert_eq!(answered.code, if running { 2 } else { 4 }, "{answered:?}");
            assert_eq!(answered.err.contains("the old configuration stays in force: "), running, "{}", answered.err);
        }
        for (text, _) in BAD {
            files::write(&daemon.config_file(), text);
            let answered = daemon.command(&["--data", &data, "--json", "status"]).await;
            assert_eq!(answered.code, u8::from(!running), "with {text:?}: {answered:?}");
            assert!(answered.out.contains(&format!("\"running\":{running}")), "{answered:?}");
        }
        if running {
            daemon.stop().await;
        }
    }
    // Only what compares with the settings needs them.
    let answered = daemon.command(&["--data", &data, "replay", "--with", "current"]).await;
    assert_eq!(answered.code, 2, "{answered:?}");
    daemon.write();
    files::write(&domains, "[[domain]]\nnonsense");
    let answered = daemon.command(&["replay", "--with", "current"]).await;
    assert!(answered.err.contains("error: ") && answered.err.contains("domains.toml:2:"), "{}", answered.err);
    assert!(!answered.err.contains("error: : "), "{}", answered.err);
}

/// Reloads while mail flows: no session ends, no message is lost.
#[tokio::test(flavor = "multi_thread")]
async fn reloads_under_load_disturb_nobody() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let mut client = testkit::client::SmtpClient::hello(daemon.address()).await.unwrap();
    let load = async {
        for number in 0..60 {
            let reply =
                client.deliver(ALICE, &[BOB], &note(&format!("load{number}"))).await.expect("the session lives");
            assert_eq!(reply.code, 250, "{}", reply.text);
        }
    };
    let reloads = async {
        for _ in 0..10 {
            daemon.json(&["reload"]).await;
        }
    };
    tokio::join!(load, reloads);
    sink.wait_for(60, SOON).await;
    daemon.quiet().await;
    assert_eq!(sink.count(), 60);
}
