//! Next hops that say no, break off, or are not there.

use queue::outcome::Delivery;
use queue::scheduler::Deliver as _;
use store::Mails;
use store::mails::Change;
use store::record::RecipientChange;
use store::record::mail::StateRecord;
use testkit::sink::{Act, Sink, Stage};

use crate::world::{TEXT, World, edited, hosts, id_of, is_all, lines, mail, nobody};

#[tokio::test]
async fn each_recipient_has_its_own_reply() {
    let (world, sink) = (World::new().await, Sink::start().await);
    sink.say(Stage::Recipient, "later@", "450 4.2.1 mailbox busy");
    sink.say(Stage::Recipient, "never@", "550 5.1.1 nobody of that name");
    sink.say(Stage::Recipient, "bare@", "553 no");
    let recipients =
        ["yes@one.example", "later@one.example", "never@one.example", "bare@one.example", "too@one.example"];
    let outcomes = world.send(mail(TEXT, &recipients), &[sink.address]).await;
    assert_eq!(
        lines(&outcomes, Some(&sink)),
        "0 Done 2.6.0 250 2.6.0 taken\n1 Transient 4.2.1 450 4.2.1 mailbox busy\n\
         2 Permanent 5.1.1 550 5.1.1 nobody of that name\n3 Permanent 5.0.0 553 no\n4 Done 2.6.0 250 2.6.0 taken\n"
    );
    assert_eq!(sink.received()[0].recipients, ["yes@one.example", "too@one.example"]);
}

#[tokio::test]
async fn the_reply_to_the_message_counts_for_all() {
    for (reply, expected) in [
        ("554 5.7.1 spam", "0 Permanent 5.7.1 554 5.7.1 spam\n1 Permanent 5.7.1 554 5.7.1 spam\n"),
        ("451 4.3.0 later", "0 Transient 4.3.0 451 4.3.0 later\n1 Transient 4.3.0 451 4.3.0 later\n"),
    ] {
        let (world, sink) = (World::new().await, Sink::start().await);
        sink.say(Stage::End, "", reply);
        let outcomes = world.send(mail(TEXT, &["b@one.example", "c@one.example"]), &[sink.address]).await;
        assert_eq!(lines(&outcomes, Some(&sink)), expected);
    }
}

// In doubt it is tried again: twice is better than never.
#[tokio::test]
async fn a_connection_that_breaks_is_a_reason_to_try_again() {
    for stage in [Stage::Mail, Stage::Recipient, Stage::Data, Stage::Body, Stage::End] {
        let (world, sink) = (World::new().await, Sink::start().await);
        sink.times(1, stage, "", Act::Drop);
        let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
        assert_eq!(
            lines(&outcomes, Some(&sink)),
            "0 Transient 4.4.2 451 4.4.2 the connection to the next hop was lost\n",
            "{stage:?}"
        );
        assert_eq!((sink.count(), sink.reached(Stage::Connect)), (0, 1), "{stage:?}");
        let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
        assert!(is_all(&outcomes, Delivery::Done), "{stage:?}");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_was_idle_is_replaced() {
    for stage in [Stage::After, Stage::Mail] {
        let (world, sink) = (World::new().await, Sink::start().await);
        if stage == Stage::After {
            sink.times(1, stage, "", Act::Drop);
        }
        assert!(is_all(&world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await, Delivery::Done));
        if stage == Stage::Mail {
            sink.times(1, stage, "", Act::Say("421 4.4.2 idle too long".to_owned()));
        }
        let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
        assert!(is_all(&outcomes, Delivery::Done), "{stage:?}: {outcomes:?}");
        assert_eq!((sink.count(), sink.reached(Stage::Connect)), (2, 2), "{stage:?}");
    }
}

// The message had gone out whole: another try at once might double it.
#[tokio::test]
async fn a_reused_connection_that_breaks_behind_the_dot_is_not_tried_at_once() {
    let (world, sink) = (World::new().await, Sink::start().await);
    assert!(is_all(&world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await, Delivery::Done));
    sink.on(Stage::End, "", Act::Drop);
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert!(is_all(&outcomes, Delivery::Transient));
    assert_eq!((sink.reached(Stage::End), sink.reached(Stage::Connect)), (2, 1));
}

#[tokio::test]
async fn a_host_that_greets_with_no_is_passed_over() {
    let (world, sink, other) = (World::new().await, Sink::start().await, Sink::start().await);
    sink.say(Stage::Connect, "", "554 5.3.2 go away");
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert_eq!(lines(&outcomes, Some(&sink)), "0 Transient 5.3.2 554 5.3.2 go away\n");
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address, other.address]).await;
    assert_eq!(lines(&outcomes, Some(&other)), "0 Done 2.6.0 250 2.6.0 taken\n");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_passed_over() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[nobody(), sink.address]).await;
    assert!(is_all(&outcomes, Delivery::Done));
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[nobody()]).await;
    assert_eq!((outcomes[0].result, outcomes[0].status.as_str()), (Delivery::Transient, "4.4.1"));
    assert!(outcomes[0].peer.ends_with(":2525") && outcomes[0].reply.contains("refused"), "{outcomes:?}");
}

// Opportunistic: in the clear is better than not at all, on a fresh connection and once.
#[tokio::test]
async fn a_handshake_that_fails_is_no_reason_not_to_deliver() {
    let (world, sink) = (World::that_trusts_nobody().await, Sink::start_with_tls().await);
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert_eq!(lines(&outcomes, Some(&sink)), "0 Done 2.6.0 250 2.6.0 taken\n");
    let received = sink.received();
    assert_eq!((received.len(), received[0].tls, received[0].message.as_slice()), (1, false, TEXT));
    assert_eq!((sink.reached(Stage::Connect), sink.reached(Stage::StartTls)), (2, 1));
}

#[tokio::test]
async fn tls_that_is_refused_is_not_asked_for_again() {
    let (world, sink) = (World::new().await, Sink::start_with_tls().await);
    sink.say(Stage::StartTls, "", "454 4.7.0 no TLS today");
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert!(is_all(&outcomes, Delivery::Done), "{outcomes:?}");
    assert_eq!((sink.received()[0].tls, sink.reached(Stage::Connect)), (false, 1));
}

// CVE-2021-38371: what stands in the clear behind the 220 is somebody else's.
#[tokio::test]
async fn words_before_the_handshake_end_the_session() {
    let (world, sink) = (World::new().await, Sink::start_with_tls().await);
    sink.on(Stage::StartTls, "", Act::Raw(b"220 ready\r\n250 and a yes to come\r\n".to_vec()));
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert_eq!(
        lines(&outcomes, Some(&sink)),
        "0 Transient 4.7.5 451 4.7.5 the next hop sent data before TLS had begun\n"
    );
    assert_eq!((sink.count(), sink.reached(Stage::Mail)), (0, 0));
}

#[tokio::test]
async fn words_of_the_next_hop_are_escaped_and_cut() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let long = format!("550-\x1b[31m\u{e9}\r\n{}550 end", "550-word word word word word word word\r\n".repeat(90));
    sink.say(Stage::Recipient, "", &long);
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    let reply = &outcomes[0].reply;
    assert!(reply.starts_with("550 \\x1B[31m\\xC3\\xA9 word"), "{reply}");
    assert!(reply.len() <= queue::outcome::REPLY_CHARS_MAX && reply.is_ascii(), "{reply}");
}

#[tokio::test]
async fn what_cannot_be_read_is_tried_again_and_says_nothing_of_our_disk() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let outside = edited(mail(TEXT, &["b@one.example"]), &[(5_000, 5_001, "x")]);
    let outcomes = world.send(outside, &[sink.address]).await;
    assert_eq!(lines(&outcomes, None), "0 Transient 4.3.0 the message cannot be read\n");
    assert_eq!(sink.reached(Stage::Connect), 0);
}

#[tokio::test]
async fn a_mail_that_is_gone_is_not_sent() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let new = mail(TEXT, &["b@one.example"]);
    let id = id_of(&new);
    let job = world.job(new, hosts(&[sink.address])).await;
    let deleted = RecipientChange {
        recipient: 0,
        state: StateRecord::Deleted,
        event: "deleted".to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: None,
    };
    let change = Change {
        recipients: vec![deleted],
        expect: &["queued"],
        at: 0,
        by: "admin".to_owned(),
        durable: true,
        judged: None,
    };
    world.store.change(job.tenant, id, change).await.unwrap();
    assert!(is_all(&world.smtp.attempt(&job).await, Delivery::Transient));
    assert_eq!(sink.reached(Stage::Connect), 0);
}

// RFC 5321 5.1: who says "later" before any recipient was named is passed over; who has spoken of a recipient has spoken.
#[tokio::test]
async fn a_host_that_takes_nothing_now_is_passed_over_in_the_same_attempt() {
    for (stage, reply) in [
        (Stage::Connect, "421 4.3.2 too busy"),
        (Stage::Connect, "450 4.3.2 too busy"),
        (Stage::Hello, "421 4.3.2 too busy"),
        (Stage::Mail, "421 4.3.2 too busy"),
        (Stage::Mail, "451 4.3.2 too busy"),
        (Stage::Mail, "452 4.3.1 no room"),
    ] {
        let (world, first, second) = (World::new().await, Sink::start().await, Sink::start().await);
        first.say(stage, "", reply);
        let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[first.address, second.address]).await;
        assert!(is_all(&outcomes, Delivery::Done), "{stage:?} {reply}: {outcomes:?}");
        assert_eq!((first.count(), second.count()), (0, 1), "{stage:?} {reply}");
    }
    for (stage, reply, result) in [
        (Stage::Mail, "550 5.7.1 not you", Delivery::Permanent),
        (Stage::Recipient, "450 4.2.0 greylisted", Delivery::Transient),
        (Stage::End, "451 4.3.0 later", Delivery::Transient),
    ] {
        let (world, first, second) = (World::new().await, Sink::start().await, Sink::start().await);
        first.say(stage, "", reply);
        let outcomes = world.send(mail(TEXT, &["b@one.example"]), &[first.address, second.address]).await;
        assert!(is_all(&outcomes, result), "{stage:?} {reply}: {outcomes:?}");
        assert_eq!((second.count(), second.reached(Stage::Connect)), (0, 0), "{stage:?} {reply}");
    }
}

// Bounded: a destination of many addresses that all say "later" costs six sessions, not one for each.
#[tokio::test]
async fn not_every_address_of_a_busy_destination_is_asked() {
    let world = World::new().await;
    let mut sinks = Vec::new();
    for _ in 0..8 {
        let sink = Sink::start().await;
        sink.say(Stage::Mail, "", "451 4.3.2 too busy");
        sinks.push(sink);
    }
    let addresses: Vec<_> = sinks.iter().map(|sink| sink.address).collect();
    let outcomes = world.send(mail(TEXT, &["b@one.example"]), &addresses).await;
    assert!(is_all(&outcomes, Delivery::Transient), "{outcomes:?}");
    assert_eq!(sinks.iter().map(|sink| sink.reached(Stage::Mail)).sum::<usize>(), 6);
}
