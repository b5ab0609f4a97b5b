//! From what has arrived to the reply, to the store, to the next hop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mail::address::ReversePath;
use mail::envelope::TlsSession;
use pipeline::line::Taken;
use pipeline::record::Versions;
use store::Mails;

use crate::world::{Open, TENANT, World, envelope, id, program, stations, text, words};

const BY_SUBJECT: &str = r#"
name = "test"
[[rule]]
id = "refuse"
when = 'recipient.address == "strict@corp.example" && subject.contains("offer")'
actions = ["reject"]
[[rule]]
id = "later"
when = 'subject.contains("later")'
actions = ["defer"]
[[rule]]
id = "drop"
when = 'subject.contains("nothing")'
actions = ["discard"]
[[rule]]
id = "junk"
when = 'recipient.address == "junk@corp.example"'
actions = ["junk"]
"#;

#[tokio::test]
async fn observe_delivers_everything_with_our_fields_on_top() {
    let world = World::new("observe").await;
    for (number, raw) in
        [text("hello"), program(), b"\r\n".to_vec(), b"".to_vec(), vec![0xff; 3_000]].iter().enumerate()
    {
        let number = u8::try_from(number).unwrap() + 1;
        let taken = world.take(id(number), envelope(&["bob@corp.example"]), raw).await;
        assert!(matches!(taken, Taken::Accepted), "{taken:?}");
        world.until("the delivery", |world| world.hops.copies().len() == usize::from(number)).await;
        let (to, copy) = world.hops.copies().pop().unwrap();
        assert_eq!(to, "bob@corp.example");
        assert!(copy.starts_with("Received: from mx.sender.example ([192.0.2.9])\r\n\tby gate.example "), "{copy}");
        assert!(copy.contains("\r\nAuthentication-Results: gate.example;"), "{copy}");
        assert!(copy.ends_with(&*String::from_utf8_lossy(raw)), "{copy}");
    }
    world.until("all to be written", |world| world.check_account().delivered == 5).await;
    world.stop().await;
}

#[tokio::test]
async fn standard_refuses_a_program_and_the_journal_knows_it() {
    let world = World::new("standard").await;
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    let taken = world.take(id(2), envelope(&["bob@corp.example", "eve@corp.example"]), &program()).await;
    assert!(matches!(taken, Taken::Rejected(_)), "{taken:?}");
    let refusal = world.refusal().await;
    assert_eq!((refusal.id, refusal.tenant), (*id(2).as_bytes(), TENANT.0));
    assert_eq!((refusal.code, refusal.enhanced.as_str(), refusal.reason.as_str()), (550, "5.7.1", "content_refused"));
    assert_eq!((refusal.client_ip.as_str(), refusal.sender.as_str()), ("192.0.2.9", "ann@sender.example"));
    assert_eq!(refusal.recipients, ["bob@corp.example", "eve@corp.example"]);
    let judged = refusal.judged.unwrap();
    assert_eq!(judged.rulings[0].because, ["standard/malware-reject"]);
    world.until("the other", |world| world.hops.copies().len() == 1).await;
    assert!(world.store.state(TENANT, id(2)).is_none());
    world.until("its outcome", |world| world.check_account().delivered == 1).await;
    assert_eq!(world.check_account().accepted, 1, "what is refused is not accepted");
}

// One reply for all: 250, and in it refusal is quarantine.
#[tokio::test]
async fn rulings_that_differ_come_to_one_reply() {
    let world = World::new(BY_SUBJECT).await;
    let to = envelope(&["strict@corp.example", "bob@corp.example", "junk@corp.example", "ann@corp.example"]);
    let taken = world.take(id(1), to, &text("an offer")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    world.until("the deliveries", |world| world.check_account().delivered == 3).await;
    assert_eq!(words(&world.state(id(1))), ["quarantined", "delivered", "delivered", "delivered"]);
    let copies = world.hops.copies();
    let of = |to: &str| copies.iter().find(|(address, _)| address == to).unwrap().1.clone();
    assert_eq!(of("bob@corp.example"), of("ann@corp.example"));
    assert!(of("junk@corp.example").contains("\r\nX-Spam-Flag: YES\r\nX-Postern-Junk: yes\r\nFrom: Ann"));
    assert!(!of("bob@corp.example").contains("X-Spam-Flag"));
    assert!(!of("bob@corp.example").contains("strict@"), "no recipient is named where there are several");
    let account = world.check_account();
    assert_eq!((account.accepted, account.quarantined), (4, 1));

    let taken = world.take(id(2), envelope(&["strict@corp.example"]), &text("an offer")).await;
    assert!(matches!(taken, Taken::Rejected(_)), "alone it is refused: {taken:?}");
    let taken = world.take(id(3), envelope(&["bob@corp.example", "ann@corp.example"]), &text("for nothing")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(world.check_account().discarded, 2);
}

#[tokio::test]
async fn a_worker_that_is_busy_or_missing_defers_and_keeps_nothing() {
    let troubles = [(Open::IsBusy, "4.3.2", "overloaded"), (Open::HasNoWorker, "4.7.1", "check_down")];
    let each = |policy| troubles.map(|trouble| (policy, trouble));
    for (policy, (trouble, code, reason)) in ["observe", "standard"].into_iter().flat_map(each) {
        let world = World::new(policy).await;
        world.worker.next(&[trouble]);
        let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
        assert!(matches!(taken, Taken::Deferred(_) | Taken::Overloaded(_)), "{policy}: {taken:?}");
        let refusal = world.refusal().await;
        assert_eq!((refusal.code, refusal.enhanced.as_str(), refusal.reason.as_str()), (451, code, reason));
        assert_eq!(refusal.judged.unwrap().failed_checks, ["unpack"]);
        assert_eq!(world.check_account().accepted, 0);
        let taken = world.take(id(2), envelope(&["bob@corp.example"]), &text("hello")).await;
        assert!(matches!(taken, Taken::Accepted), "{policy}: {taken:?}");
    }
}

// What goes out comes back to us: twice by honest aliases, then it is a loop.
#[tokio::test]
async fn a_loop_is_refused_whether_it_could_be_judged_or_not() {
    let world = World::with("observe", Duration::from_millis(50), 64 << 20).await;
    let mut copy = text("hello");
    for round in 1..=3 {
        let taken = world.take(id(round), envelope(&["bob@corp.example"]), &copy).await;
        assert!(matches!(taken, Taken::Accepted), "{round}: {taken:?}");
        world.until("the delivery", |world| world.check_account().delivered == u64::from(round)).await;
        copy = world.hops.copies().remove(usize::from(round) - 1).1.into_bytes();
    }
    let large = [copy.as_slice(), &b"x\r\n".repeat(700_000)].concat();
    for (number, raw) in [(4, &copy), (5, &large)] {
        world.worker.next(&[Open::Hangs]);
        let taken = world.take(id(number), envelope(&["bob@corp.example"]), raw).await;
        assert!(matches!(taken, Taken::Loop), "{taken:?}");
    }
    assert_eq!(world.check_account().accepted, 3);
}

#[tokio::test]
async fn a_large_message_is_judged_and_delivered_from_its_file() {
    let world = World::new("standard").await;
    let mut raw = text("large");
    raw.extend(b"0123456789 0123456789 0123456789\r\n".repeat(60_000));
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &raw).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    let copy = world.hops.copies().remove(0).1;
    assert!(copy.ends_with(std::str::from_utf8(&raw).unwrap()) && copy.starts_with("Received: "));
    assert_eq!(world.line.memory().free_bytes(), 64 << 20);
}

// Our own users are verified by where they come from; a stranger that nobody vouches for gets no notice.
#[tokio::test]
async fn a_bounce_goes_to_a_sender_of_ours_and_to_no_stranger() {
    for (to, told) in [("eve@partner.example", 1), ("bob@corp.example", 0)] {
        let world = World::new("observe").await;
        world.hops.refuse(to.split_once('@').unwrap().1);
        let taken = world.take(id(1), envelope(&[to]), &text("hello")).await;
        assert!(matches!(taken, Taken::Accepted), "{taken:?}");
        world.until("the bounce", |world| world.check_account().bounced == 1).await;
        world.until("the notice", |world| world.check_account().delivered == told).await;
        let account = world.check_account();
        assert_eq!((account.accepted, account.added, account.queued), (1, told, 0), "{to}");
        let copies = world.hops.copies();
        assert!(copies.iter().all(|(to, copy)| to == "ann@sender.example" && copy.contains("multipart/report")));
    }
}

#[tokio::test]
async fn mail_from_inside_is_not_authenticated_and_says_so_by_silence() {
    let world = World::new("observe").await;
    let mut from_inside = envelope(&["eve@partner.example"]);
    from_inside.sender = ReversePath::Null;
    from_inside.client.tls = Some(TlsSession { version: "TLSv1.3".into(), cipher: "X".into() });
    world.take(id(1), from_inside, &text("hello")).await;
    world.until("the delivery", |world| world.hops.copies().len() == 1).await;
    let copy = world.hops.copies().remove(0).1;
    assert!(copy.contains("with ESMTPS id ") && !copy.contains("Authentication-Results"), "{copy}");
}

#[tokio::test]
async fn settings_that_changed_are_in_force_for_the_next_message() {
    let world = World::new("observe").await;
    assert!(matches!(world.take(id(1), envelope(&["bob@corp.example"]), &program()).await, Taken::Accepted));
    world.line.set_stations(stations("standard", Arc::clone(&world.clock), Arc::clone(&world.worker)));
    assert!(matches!(world.take(id(2), envelope(&["bob@corp.example"]), &program()).await, Taken::Rejected(_)));
}

// Neither lost nor refused for our own mistake.
#[tokio::test]
async fn without_its_policy_a_message_is_held() {
    let world = World::new("observe").await;
    let mut broken = stations("observe", Arc::clone(&world.clock), Arc::clone(&world.worker));
    broken.in_force.policies.by_domain.insert("corp.example".to_owned(), "gone".to_owned());
    world.line.set_stations(broken);
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(words(&world.state(id(1))), ["held not_judged"]);
    assert_eq!(world.check_account().held, 1);
}

#[tokio::test]
async fn a_store_that_is_closed_is_our_trouble() {
    let world = World::new("observe").await;
    let arrived = world.arrived(&text("hello")).await;
    world.store.close().await;
    let taken = world.line.take(id(1), envelope(&["bob@corp.example"]), arrived).await;
    assert!(matches!(taken, Taken::Failed(_)), "{taken:?}");
}

// Before the store has it nothing is kept and the sender tries again; behind it the mail is ours.
#[tokio::test]
async fn a_bug_in_carrying_out_keeps_nothing_by_halves() {
    for open in [None, Some(Open::Hangs)] {
        let world = World::with("observe", Duration::from_millis(50), 64 << 20).await;
        world.worker.next(open.as_slice());
        world.trap.accepts.store(1, Ordering::SeqCst);
        let taken = world.take(id(1), envelope(&["bob@corp.example"]), &text("hello")).await;
        assert!(matches!(taken, Taken::Panicked), "{taken:?}");
        assert_eq!(world.check_account().accepted, 0);
        let taken = world.take(id(2), envelope(&["bob@corp.example"]), &text("hello")).await;
        assert!(matches!(taken, Taken::Accepted), "{taken:?}");
        world.until("the delivery", |world| world.check_account().delivered == 1).await;
        world.until("its memory", |world| world.line.memory().free_bytes() == 64 << 20).await;
    }
}

// A reload between judging and settling: the record names what decided.
#[tokio::test]
async fn the_record_names_the_settings_that_judged() {
    let world = World::new("observe").await;
    let mut old = stations("observe", Arc::clone(&world.clock), Arc::clone(&world.worker));
    old.versions = Arc::new(Versions { weights: "old".to_owned(), ..Versions::default() });
    let mut new = stations("standard", Arc::clone(&world.clock), Arc::clone(&world.worker));
    new.versions = Arc::new(Versions { weights: "new".to_owned(), ..Versions::default() });
    world.line.set_stations(old);
    world.worker.next(&[Open::Waits]);
    let raw = program();
    let taking = world.take(id(1), envelope(&["bob@corp.example"]), &raw);
    let reloading = async {
        world.until("the judging", |world| world.worker.left() == 0).await;
        world.line.set_stations(new);
        world.worker.let_go();
    };
    let (taken, ()) = futures_util::join!(taking, reloading);
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    assert_eq!(world.judgements().await[0].versions.weights, "old");
}
