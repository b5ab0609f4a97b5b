//! SMTP-15, all the places: what a next hop says is one printable line in journal, log and bounce, and not in our replies.

use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::sink::{Act, Sink, Stage};

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

/// Bytes of one line of anybody's, escaped.
const LINE_BYTES_MAX: usize = 512;

fn filth() -> Vec<u8> {
    let mut filth = b"550-5.7.1 first \0 \x80\xff\xfe \x1b[31m \r bare\n550-tab\there ".to_vec();
    filth.extend(std::iter::repeat_n(b'z', 10_000));
    filth.extend_from_slice(b"\r\n550 5.7.1 last \xe2\x80\xae Content-Type: text/html\r\n");
    filth
}

fn assert_printable(what: &str, line: &str) {
    assert!(line.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{what}: {line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_bytes_is_a_line_wherever_it_stands() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.on(Stage::Recipient, "bob@corp", Act::Raw(filth()));
    sink.on(Stage::Recipient, "@asked.example", Act::Raw(filth()));
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains.push(Relayed::to("sender.example", sink.address, "observe"));
    setup
        .domains
        .push(Relayed { recipients: "\"ask\"".to_owned(), ..Relayed::to("asked.example", sink.address, "observe") });
    let daemon = Daemon::start(POSTERN, setup).await;
    // Asked while the sender waits: our words, not the next hop's.
    let reply = send(daemon.address(), ALICE, &["x@asked.example"], &note("asked")).await;
    assert!(reply.code >= 400, "{}", reply.text);
    assert!(reply.text.len() <= LINE_BYTES_MAX && reply.text.lines().count() == 1, "{}", reply.text);
    assert_printable("our reply", &reply.text);
    assert!(!reply.text.contains("first") && !reply.text.contains("zzz"), "{}", reply.text);

    let reply = send_accepted(daemon.address(), ALICE, &[BOB], &note("filth")).await;
    testkit::wait::until_true("the end of it", SOON, async || daemon.account("bounced").await > 0).await;
    let bounce = sink.wait_for(1, SOON).await.remove(0);
    assert_eq!(bounce.sender, "");
    let text = String::from_utf8(bounce.message.clone()).expect("a bounce is ASCII");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0', '\u{1b}']), "{line:?}");
    }
    let said = text.split("Diagnostic-Code: smtp;").nth(1).expect("what the next hop said");
    let said: String = said
        .lines()
        .enumerate()
        .take_while(|(at, line)| *at == 0 || line.starts_with(' '))
        .map(|(_, line)| line)
        .collect();
    assert!(said.contains("first") && said.len() <= LINE_BYTES_MAX + 10, "{} bytes: {said}", said.len());
    assert_printable("the bounce", &said);

    let shown = daemon.json(&["trace", "show", reply.reference()]).await;
    let mut details = shown["events"].as_array().unwrap().iter().filter_map(|event| event["detail"].as_str());
    let detail = details.rfind(|detail| detail.contains("first")).unwrap();
    // Behind the name of the next hop.
    let said = detail.find("550").map_or(detail, |at| &detail[at..]);
    assert!(said.len() <= LINE_BYTES_MAX, "{} bytes: {detail}", said.len());
    assert_printable("the journal", detail);
    for line in daemon.log().lines().filter(|line| line.contains("first") || line.contains("zzz")) {
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
}
