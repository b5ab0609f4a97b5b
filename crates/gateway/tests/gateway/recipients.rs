//! Who exists: by list, or asked of the next hop with a cache; an outage is 451, neither a yes nor a no (REL-03, REL-04).

use testkit::client::SmtpClient;
use testkit::daemon::{Daemon, Relayed, Setup};
use testkit::sink::{Act, Sink, Stage};

use crate::{POSTERN, dns};

async fn ask(daemon: &Daemon, recipient: &str) -> (u16, String) {
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    let reply = client.command(&format!("RCPT TO:<{recipient}>")).await.unwrap();
    (reply.code, reply.enhanced().to_owned())
}

fn setup(sink: &Sink, recipients: &str) -> Setup {
    let mut domain = Relayed::to("corp.example", sink.address, "observe");
    domain.recipients = recipients.to_owned();
    Setup::of(vec![domain])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_knows() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let setup = setup(&sink, r#"["bob@corp.example", "Carol@corp.example"]"#).with_dns(dns.address);
    let daemon = Daemon::start(POSTERN, setup).await;
    for known in ["bob@corp.example", "BOB@CORP.EXAMPLE", "carol@corp.example", "postmaster@corp.example", "Postmaster"]
    {
        assert_eq!(ask(&daemon, known).await.0, 250, "{known}");
    }
    for unknown in ["dave@corp.example", "bob@corp.example.example", "\"b ob\"@corp.example"] {
        assert_eq!(ask(&daemon, unknown).await.0, 550, "{unknown}");
    }
    assert_eq!(ask(&daemon, "dave@corp.example").await, (550, "5.1.1".to_owned()));
    assert_eq!(sink.reached(Stage::Connect), 0, "nobody was asked");
    // Ten guesses in a session, and the eleventh is not answered, right or wrong.
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    for number in 0..10 {
        let reply = client.command(&format!("RCPT TO:<guess{number}@corp.example>")).await.unwrap();
        assert_eq!(reply.code, 550, "{}", reply.text);
    }
    for recipient in ["guess@corp.example", "bob@corp.example"] {
        let reply = client.command(&format!("RCPT TO:<{recipient}>")).await.unwrap();
        assert_eq!(reply.code, 451, "{}", reply.text);
    }
    assert_eq!(client.command("RCPT TO:<postmaster@corp.example>").await.unwrap().code, 250);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_hop_is_asked_once() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.say(Stage::Recipient, "nobody@", "550 5.1.1 the next hop's own words");
    sink.say(Stage::Recipient, "full@", "452 4.2.2 mailbox full");
    sink.on(Stage::Recipient, "drop@", Act::Drop);
    sink.say(Stage::Recipient, "garbage@", "who knows");
    let daemon = Daemon::start(POSTERN, setup(&sink, "\"ask\"").with_dns(dns.address)).await;
    for _ in 0..5 {
        assert_eq!(ask(&daemon, "bob@corp.example").await.0, 250);
        assert_eq!(ask(&daemon, "nobody@corp.example").await, (550, "5.1.1".to_owned()));
    }
    let asked = |name: &str| sink.lines().iter().filter(|line| line.starts_with("RCPT") && line.contains(name)).count();
    assert_eq!((asked("bob@"), asked("nobody@")), (1, 1), "the cache remembers");
    assert!(sink.lines().iter().all(|line| !line.starts_with("DATA")), "a question is no message");
    for cannot_tell in ["full@corp.example", "drop@corp.example", "garbage@corp.example"] {
        assert_eq!(ask(&daemon, cannot_tell).await.0, 451, "{cannot_tell}");
    }
    assert_eq!(ask(&daemon, "postmaster@corp.example").await.0, 250);
    assert_eq!(asked("postmaster@"), 0);
    // What the next hop said is its affair.
    let mut client = SmtpClient::hello(daemon.address()).await.unwrap();
    client.expect("MAIL FROM:<alice@sender.example>", 250).await.unwrap();
    let reply = client.command("RCPT TO:<nobody@corp.example>").await.unwrap();
    assert!(!reply.text.contains("own words"), "{}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_neither_yes_nor_no() {
    let dns = dns().await;
    let sink = Sink::start().await;
    let daemon = Daemon::start(POSTERN, setup(&sink, "\"ask\"").with_dns(dns.address)).await;
    assert_eq!(ask(&daemon, "bob@corp.example").await.0, 250);
    let silent = Sink::start().await;
    silent.on(Stage::Recipient, "", Act::Hang);
    let hung = Daemon::start(POSTERN, setup(&silent, "\"ask\"").with_dns(dns.address)).await;
    drop(sink);
    let (down, known, hung) = tokio::join!(
        ask(&daemon, "carol@corp.example"),
        ask(&daemon, "bob@corp.example"),
        ask(&hung, "carol@corp.example")
    );
    assert_eq!(down.0, 451, "nobody listens");
    assert_eq!(known.0, 250, "the cache still knows");
    assert_eq!(hung.0, 451, "the next hop is silent");
}
