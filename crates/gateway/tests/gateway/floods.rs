//! OPS-09: a flood of mail that is refused for its content costs a network its cap of records, and the others nothing.

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Setup};
use testkit::dns::TestDns;
use testkit::sink::Sink;

use crate::{ALICE, BOB, POSTERN, dns};

/// Records of one network in an hour.
const CAP: usize = 1_000;
/// Refused messages beyond it.
const BEYOND: usize = 50;
/// Refused messages of one session.
const PER_SESSION: usize = 9;

// A session has few errors before it is made to wait.
async fn flood(daemon: &Daemon, message: &[u8]) -> Vec<String> {
    let mut references = Vec::new();
    for from in (0..CAP + BEYOND).step_by(PER_SESSION) {
        let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
        for number in from..(from + PER_SESSION).min(CAP + BEYOND) {
            let reply = client.deliver(ALICE, &[BOB], message).await.unwrap();
            assert_eq!((reply.code, reply.enhanced()), (550, "5.7.1"), "{number}: {}", reply.text);
            references.push(reply.reference().to_owned());
        }
    }
    references
}

async fn start(sink: &Sink, dns: &TestDns) -> (Daemon, Vec<u8>) {
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "standard").with_dns(dns.address)).await;
    let test = testkit::corpus::project().into_iter().find(|mail| mail.name == "gtube/fires-text.eml").unwrap();
    (daemon, test.bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn content_refusals_of_one_network_are_capped_like_all_others() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let (daemon, message) = start(&sink, &dns).await;
    let references = flood(&daemon, &message).await;
    daemon.quiet().await;
    for (at, is_noted) in [(0, true), (CAP - 1, true), (CAP, false), (CAP + BEYOND - 1, false)] {
        let answer = daemon.command(&["trace", "show", &references[at]]).await;
        assert_eq!(answer.code == 0, is_noted, "{at}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_refusal_is_an_error_of_its_session() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let (daemon, message) = start(&sink, &dns).await;
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    for _ in 0..PER_SESSION {
        assert_eq!(client.deliver(ALICE, &[BOB], &message).await.unwrap().code, 550);
    }
    // Twenty errors in all, and it has to go.
    let mut last = 0;
    for _ in PER_SESSION..21 {
        last = client.command("NONSENSE").await.unwrap().code;
        if last == 421 {
            break;
        }
    }
    assert_eq!(last, 421);
}
