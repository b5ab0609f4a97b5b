//! OPS-05 and OPS-06: one event is one line, whatever a peer sends, and no secret stands in it.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::sink::Sink;

use crate::{BOB, POSTERN, SOON, dns};

/// Stands in bodies, passwords and attachments, and must stand nowhere else.
const CANARY: &str = "canary-7f3a1c0d5e9b";
const HOSTILE: &[u8] = b"From: \"\x1b[31mred\x1b[0m\" <alice@sender.example>\r\n\
Subject: =?utf-8?Q?one=0D=0A2026-01-01T00:00:00Z_ERROR_event=3Dfaked=1B[2J=E2=80=AE?=\r\n\
Message-ID: <\x1b]0;title\x07@sender.example>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip; name=\"a\x1b[1m.zip\"\r\n\
Content-Disposition: attachment; filename*=utf-8''x%0D%0Aevent%3Dfaked%00.exe\r\n\r\ncanary-7f3a1c0d5e9b\r\n--b--\r\n";

async fn talk(daemon: &Daemon) {
    let mut client = SmtpClient::connect(daemon.address()).await.unwrap();
    for line in [
        "EHLO evil\u{1b}[31m.example",
        "EHLO client.sender.example",
        "AUTH PLAIN AGFsaWNlAGNhbmFyeS03ZjNhMWMwZDVlOWI=",
        "MAIL FROM:<\"\u{1b}[2J\"@sender.example>",
        "MAIL FROM:<\"a\\\u{7f}b event=faked\"@sender.example>",
        "RSET",
        "VRFY \u{202e}bob",
        "NONSENSE \u{1b}]0;x\u{7}",
    ] {
        client.command(line).await.unwrap();
    }
    let reply = client.deliver("alice@sender.example", &[BOB], HOSTILE).await.unwrap();
    assert_eq!(reply.code, 250, "{}", reply.text);
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.send(b"MAIL FROM:<a@b.example>\nevent=faked level=ERROR\r\n").await.unwrap();
    client.rest().await.unwrap();
}

async fn logged(format: &str) -> (Daemon, Sink) {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.extra = format!("[log]\nformat = {format:?}\nlevel = \"debug\"\n");
    let mut daemon = Daemon::start(POSTERN, setup).await;
    talk(&daemon).await;
    sink.wait_for(1, SOON).await;
    daemon.quiet().await;
    daemon.stop().await;
    (daemon, sink)
}

fn assert_clean(log: &str) {
    for line in log.lines() {
        assert!(!line.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
        assert!(!line.trim_start().starts_with("event=faked"), "{line:?}");
        assert!(!line.starts_with("2026-01-01T00:00:00Z"), "{line:?}");
    }
    for secret in [CANARY, "AGFsaWNlAGNhbmFyeS03ZjNhMWMwZDVlOWI=", "PRIVATE KEY"] {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_lines_are_whole_and_clean() {
    let (daemon, _sink) = logged("text").await;
    let log = daemon.log();
    assert!(log.lines().count() > 5, "{log}");
    assert_clean(&log);
    // The key of the self-made certificate, line by line.
    let mut folders = vec![daemon.data()];
    let mut keys = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && text.contains("PRIVATE KEY")
            {
                keys += 1;
                assert!(
                    text.lines()
                        .filter(|line| line.len() > 30 && !line.starts_with('-'))
                        .all(|line| !log.contains(line))
                );
                let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
                assert_eq!(mode & 0o077, 0, "{}", path.display());
            }
        }
    }
    println!("{keys} private keys in the data folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_are_json() {
    let (daemon, _sink) = logged("json").await;
    let log = daemon.log();
    assert!(log.lines().count() > 5, "{log}");
    assert_clean(&log);
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["timestamp"].is_string() && event["level"].is_string(), "{line}");
    }
}
