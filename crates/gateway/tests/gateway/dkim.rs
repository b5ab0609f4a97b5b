//! Fifty messages that dkimpy signed still verify by dkimpy after they went through, and we found each signature good.

use data_encoding::BASE64;
use testkit::daemon::{Daemon, Setup};
use testkit::dns::{TestDns, Zone};
use testkit::sink::Sink;
use testkit::{corpus, program};

use crate::{POSTERN, SOON, ZONE, send_all};

const MESSAGES: usize = 50;
/// Signs each line of input (base64), canonicalisation in turn.
const SIGN: &str = r#"
import base64, dkim, sys
key = open(sys.argv[1], "rb").read()
forms = [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple"), (b"simple", b"relaxed")]
for number, line in enumerate(sys.stdin):
    message = base64.b64decode(line)
    head = dkim.sign(message, b"test", b"sender.example", key, canonicalize=forms[number % 4])
    print(base64.b64encode(head + message).decode())
"#;
/// Verifies each line of input (base64).
const VERIFY: &str = r#"
import base64, dkim, sys
record = sys.argv[1].encode()
for line in sys.stdin:
    message = base64.b64decode(line)
    good = dkim.verify(message, dnsfunc=lambda name, timeout=5: record if name == b"test._domainkey.sender.example." else None)
    print("good" if good else "bad")
"#;

#[tokio::test(flavor = "multi_thread")]
async fn signatures_survive() {
    let sink = Sink::start().await;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem").display().to_string();
    program::text("openssl", &["genrsa", "-traditional", "-out", &key, "2048"], b"").await;
    let public = program::run("openssl", &["rsa", "-in", &key, "-pubout", "-outform", "DER"], b"").await.stdout;
    let record = format!("v=DKIM1; k=rsa; p={}", BASE64.encode(&public));
    let mut zone = Zone::parse(ZONE).unwrap();
    zone.add_txt("test._domainkey.sender.example", &record);
    let dns = TestDns::start(zone).await;
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;

    // dkimpy cannot read a space before a colon.
    let mut made = corpus::made(MESSAGES * 2, 4);
    made.retain(|mail| !mail.name.contains("odd-header"));
    made.truncate(MESSAGES);
    let lines: String = made.iter().map(|mail| BASE64.encode(&mail.bytes) + "\n").collect();
    let signed = program::text("/usr/bin/python3", &["-c", SIGN, &key], lines.as_bytes()).await;
    let signed: Vec<_> = signed.lines().map(|line| BASE64.decode(line.as_bytes()).unwrap()).collect();
    assert_eq!(signed.len(), MESSAGES);
    let signed: Vec<_> =
        made.iter().zip(signed).map(|(mail, bytes)| corpus::Mail { name: mail.name.clone(), bytes }).collect();
    let replies = send_all(daemon.address(), &signed).await;
    assert!(replies.iter().all(|reply| reply.code == 250), "{replies:?}");

    let arrived = sink.wait_for(MESSAGES, SOON).await;
    for received in &arrived {
        let head = String::from_utf8_lossy(&received.message[..received.message.len().min(1_500)]).into_owned();
        let ours = head.lines().take_while(|line| !line.starts_with("X-Test-Id")).collect::<String>();
        let id = corpus::tag_of(&received.message).unwrap();
        assert!(ours.contains("dkim=pass"), "{}: {ours}", signed[id].name);
    }
    let lines: String = arrived.iter().map(|received| BASE64.encode(&received.message) + "\n").collect();
    let verified = program::text("/usr/bin/python3", &["-c", VERIFY, &record], lines.as_bytes()).await;
    let bad: Vec<_> = arrived
        .iter()
        .zip(verified.lines())
        .filter(|(_, word)| *word != "good")
        .map(|(received, _)| corpus::tag_of(&received.message).map(|id| signed[id].name.clone()))
        .collect();
    assert_eq!((verified.lines().count(), bad), (MESSAGES, Vec::new()));
}
