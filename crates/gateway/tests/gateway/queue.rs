//! The queue against next hops of every kind: later, never, mixed, broken, dead, paused.

use std::time::Duration;

use serde_json::Value;
use testkit::daemon::{Daemon, Relayed, Setup, number};
use testkit::loopback;
use testkit::sink::{Act, Sink, Stage};
use testkit::wait;

use crate::{ALICE, BOB, POSTERN, SOON, dns, note, send, send_accepted};

/// Waits until every recipient that waits was tried so often.
async fn tried(daemon: &Daemon, rows: usize, attempts: u64) -> Vec<Value> {
    wait::until("the tries", SOON, async || {
        let list = daemon.rows(&["queue", "list"]).await;
        let all = list.len() == rows && list.iter().all(|row| row["attempts"].as_u64() >= Some(attempts));
        all.then_some(list)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn later_is_later() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    // At every stage a 4xx means the same.
    for stage in [Stage::Connect, Stage::Mail, Stage::Recipient, Stage::Data, Stage::End] {
        sink.say(stage, "", "450 4.2.1 come again");
        send_accepted(daemon.address(), ALICE, &[BOB], &note("later")).await;
        let rows = tried(&daemon, 1, 1).await;
        assert_eq!(rows[0]["state"], "queued");
        let next = rows[0]["next_attempt"].as_str().unwrap_or("");
        assert!(next > rows[0]["received_at"].as_str().unwrap_or("~"), "{stage:?}: {rows:?}");
        assert!(rows[0]["why"].as_str().unwrap_or("").ends_with("450 4.2.1 come again"), "{stage:?}: {rows:?}");
        let seen = sink.count();
        sink.behave();
        assert_eq!(daemon.json(&["queue", "retry"]).await["retried"], 1, "{stage:?}");
        sink.wait_for(seen + 1, SOON).await;
        daemon.quiet().await;
        assert_eq!(sink.count(), seen + 1, "{stage:?}");
    }
    let status = daemon.assert_balanced().await;
    assert_eq!(number(&status, "delivered"), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_of_one_message_have_fates_of_their_own() {
    let (dns, sink) = (dns().await, Sink::start().await);
    sink.say(Stage::Recipient, "later@", "450 4.2.1 come again");
    sink.say(Stage::Recipient, "never@", "550 5.1.1 nobody");
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    // From a forged sender, so that no notice comes between.
    let recipients = ["now@corp.example", "later@corp.example", "never@corp.example"];
    let reply = send_accepted(daemon.address(), "mallory@forged.example", &recipients, &note("mixed")).await;
    let rows = tried(&daemon, 1, 1).await;
    assert_eq!(rows[0]["recipient"], "later@corp.example");
    let shown = daemon.json(&["queue", "show", rows[0]["id"].as_str().unwrap()]).await;
    let states: Vec<_> =
        shown["recipients"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["delivered", "queued", "bounced"]);
    sink.behave();
    daemon.json(&["queue", "retry", reply.reference()]).await;
    sink.wait_for(2, SOON).await;
    daemon.quiet().await;
    let got: Vec<_> = sink.received().into_iter().map(|received| received.recipients).collect();
    assert_eq!(got, [vec!["now@corp.example".to_owned()], vec!["later@corp.example".to_owned()]]);
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "delivered"), number(&status, "bounced")), (2, 1), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_break_anywhere() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let stages = [
        Stage::Connect,
        Stage::Hello,
        Stage::Mail,
        Stage::Recipient,
        Stage::Data,
        Stage::Body,
        Stage::End,
        Stage::After,
    ];
    let acts = [
        Act::Drop,
        Act::Say("nonsense".to_owned()),
        Act::Raw(vec![b'9'; 100_000]),
        Act::Say("421 4.3.2 bye".to_owned()),
    ];
    let mut sent = 0;
    for act in acts {
        for stage in stages {
            if stage == Stage::Body && act != Act::Drop {
                continue;
            }
            sink.times(1, stage, "", act.clone());
            send_accepted(daemon.address(), ALICE, &[BOB], &note(&format!("break{sent}"))).await;
            sent += 1;
            wait::until_true(&format!("{act:?} at {stage:?}"), SOON, async || {
                sink.count() == sent
                    || daemon.rows(&["queue", "list"]).await.iter().any(|row| row["attempts"].as_u64() > Some(0))
            })
            .await;
            sink.behave();
            daemon.json(&["queue", "retry"]).await;
            sink.wait_for(sent, SOON).await;
            daemon.quiet().await;
            assert_eq!(sink.count(), sent, "{act:?} at {stage:?}");
        }
    }
    let status = daemon.assert_balanced().await;
    assert_eq!(number(&status, "delivered"), sent as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_destination_does_not_hold_others() {
    let (dns, good, dead) = (dns().await, Sink::start().await, Sink::start().await);
    dead.on(Stage::Connect, "", Act::Hang);
    let mut setup = Setup::new(good.address, "observe").with_dns(dns.address);
    setup.domains.push(Relayed::to("dead.example", dead.address, "observe"));
    setup.limits = vec!["deliveries_per_destination_max = 4".to_owned()];
    let daemon = Daemon::start(POSTERN, setup).await;
    for number in 0..60 {
        send_accepted(daemon.address(), ALICE, &["x@dead.example"], &note(&format!("dead{number}"))).await;
        if number % 3 == 0 {
            send_accepted(daemon.address(), ALICE, &[BOB], &note(&format!("good{number}"))).await;
        }
    }
    good.wait_for(20, Duration::from_secs(10)).await;
    assert!((1..=4).contains(&dead.sessions_max()), "{} sessions with the dead one", dead.sessions_max());
    assert_eq!(daemon.account("queued").await, 60);
    // One that hangs does not hold the end either.
    daemon.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_pauses_goes_on_and_deletes() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains.push(Relayed::to("partner.example", sink.address, "observe"));
    let mut daemon = Daemon::start(POSTERN, setup).await;
    daemon.json(&["queue", "pause", "corp.example"]).await;
    let first = send_accepted(daemon.address(), ALICE, &[BOB], &note("waits")).await;
    let second = send_accepted(daemon.address(), ALICE, &[BOB, "carol@corp.example"], &note("goes")).await;
    send_accepted(daemon.address(), ALICE, &["x@partner.example"], &note("passes")).await;
    sink.wait_for(1, SOON).await;
    daemon.restart().await;
    assert_eq!(daemon.rows(&["queue", "list", "--destination", "corp.example"]).await.len(), 3);
    assert_eq!(sink.count(), 1, "a pause outlasts a restart");
    let deleted = daemon.json(&["queue", "delete", second.reference(), "--recipient", "carol@corp.example"]).await;
    assert_eq!(deleted["deleted"], 1);
    let deleted = daemon.json(&["queue", "delete", first.reference()]).await;
    assert_eq!(deleted["deleted"], 1);
    let gone = daemon.command(&["queue", "delete", first.reference()]).await;
    assert!((3..=4).contains(&gone.code), "{gone:?}");
    daemon.json(&["queue", "resume", "corp.example"]).await;
    sink.wait_for(2, SOON).await;
    daemon.quiet().await;
    assert_eq!(sink.received()[1].recipients, [BOB]);
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "deleted"), number(&status, "delivered")), (2, 2), "{status}");
    let shown = daemon.json(&["trace", "show", first.reference()]).await;
    assert!(
        shown["events"].as_array().unwrap().iter().any(|event| event["event"] == "deleted" && event["by"] != ""),
        "{shown}"
    );
}

/// A typing error pauses nothing, and who did what is kept.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_paused_is_a_domain_and_has_somebody_who_did_it() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    for wrong in ["corp example", "bob@corp.example", "a\nb", "corp.example,partner.example"] {
        let answered = daemon.command(&["queue", "pause", wrong]).await;
        assert_eq!(answered.code, 2, "{wrong:?}: {answered:?}");
    }
    let known = daemon.json(&["queue", "pause", "Corp.Example"]).await;
    assert_eq!((known["paused"].to_string().as_str(), known.get("warning")), ("[\"corp.example\"]", None), "{known}");
    let unknown = daemon.command(&["queue", "pause", "crop.example"]).await;
    assert_eq!(unknown.code, 0, "{unknown:?}");
    assert!(unknown.err.contains("warning: no mail waits for crop.example"), "{unknown:?}");
    // Whatever a client says, it is the user at the other end of the socket.
    let claimed = serde_json::json!({ "command": "queue_pause", "destination": "all", "by": "the boss" });
    let all = daemon.request(&claimed).await.unwrap();
    let stopped = all["done"]["details"].as_array().unwrap();
    assert_eq!(stopped.len(), 3, "{all}");
    assert!(stopped.iter().all(|stopped| stopped["by"] == "root" && stopped["since"].is_string()), "{all}");
    daemon.restart().await;
    let status = daemon.command(&["status"]).await;
    assert!(status.out.contains("Deliveries are paused: all destinations, corp.example, crop.example."), "{status:?}");
    let nothing = daemon.command(&["queue", "resume", "corp.example"]).await;
    assert_eq!(nothing.code, 4, "{nothing:?}");
    assert!(nothing.err.contains("changes nothing"), "{nothing:?}");
    let id = send_accepted(daemon.address(), ALICE, &[BOB], &note("paused")).await.reference().to_owned();
    assert_eq!(daemon.json(&["queue", "retry"]).await["retried"], 1);
    let shown = daemon.json(&["trace", "show", &id]).await;
    let events = shown["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["event"] == "deferred" && event["by"] == "root"), "{shown}");
    let resumed = daemon.command(&["queue", "resume", "all"]).await;
    assert_eq!((resumed.code, resumed.out.as_str()), (0, "Deliveries go on, to all destinations.\n"), "{resumed:?}");
    sink.wait_for(1, SOON).await;
}

/// An empty list says whether there is nothing, or nothing that matches; what can never match is a mistake.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_be_nothing_that_matches() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let daemon = Daemon::start(POSTERN, Setup::new(sink.address, "observe").with_dns(dns.address)).await;
    let said = async |arguments: &[&str]| {
        let answered = daemon.command(arguments).await;
        assert_eq!(answered.code, 0, "{arguments:?}: {answered:?}");
        answered.out
    };
    assert_eq!(said(&["trace", "search"]).await, "The journal is empty.\n");
    assert_eq!(said(&["queue", "list"]).await, "Nothing waits.\n");
    daemon.json(&["queue", "pause", "all"]).await;
    // From a bounce, so that its sender is empty.
    let reply = send_accepted(daemon.address(), "", &[BOB], &note("waits")).await;
    assert_eq!(said(&["queue", "list", "--state", "held"]).await, "Nothing that waits matches.\n");
    assert_eq!(said(&["queue", "list", "zzzzzz"]).await, "Nothing that waits matches.\n");
    assert_eq!(said(&["quarantine", "list"]).await, "Nothing is in quarantine.\n");
    assert_eq!(said(&["quarantine", "list", "--sender", "x"]).await, "Nothing in quarantine matches.\n");
    assert_eq!(said(&["trace", "search", "--client", "192.0.2.0/24"]).await, "Nothing was found.\n");
    for found in [
        said(&["queue", "list"]).await,
        said(&["queue", "list", &format!("(ref {})", reply.reference())]).await,
        said(&["trace", "search", "--client", "127.0.0.0/8", "--since", "1h30m"]).await,
        said(&["trace", "search", "--id", &format!("250 2.0.0 taken (ref {})", reply.reference())]).await,
        said(&["trace", "show", &format!("(ref {})", reply.reference().to_uppercase())]).await,
    ] {
        assert!(found.contains(" <> ") || found.contains("From      <>\n"), "{found}");
    }
    daemon.json(&["queue", "resume"]).await;
    sink.wait_for(1, SOON).await;
}

/// A host list is tried in order, and a message that comes round for the third time is a loop.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_host_of_a_list_and_a_loop() {
    let (dns, sink) = (dns().await, Sink::start().await);
    let mut setup = Setup::new(sink.address, "observe").with_dns(dns.address);
    setup.domains[0].next_hop = format!("[\"{}\", \"{}\"]", loopback::socket(2599), sink.address);
    setup.domains.push(Relayed::to("loop.example", setup.listen, "observe"));
    let daemon = Daemon::start(POSTERN, setup).await;
    send_accepted(daemon.address(), ALICE, &[BOB], &note("second")).await;
    sink.wait_for(1, SOON).await;
    let reply = send(daemon.address(), "mallory@forged.example", &["x@loop.example"], &note("round")).await;
    assert_eq!(reply.code, 250);
    daemon.quiet().await;
    let status = daemon.assert_balanced().await;
    assert_eq!((number(&status, "bounced"), number(&status, "delivered")), (1, 3), "{status}");
    let refused = daemon.rows(&["trace", "search", "--refused", "--reason", "loop"]).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(sink.count(), 1);
}
