//! Rules that change what a copy says: disarmed, without attachments, rebuilt; and the original that is kept.

use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail::message::Message;
use pipeline::line::Taken;
use store::Mails as _;
use store::mails::Change;
use store::record::RecipientChange;
use store::record::mail::StateRecord;

use crate::world::{TENANT, World, envelope, id, program, text, words};

const PAGE: &str = "<p>Hello<script>go()</script> there</p>";

fn policy(actions: &str) -> String {
    format!("name = \"mine\"\n[[rule]]\nid = \"change\"\nwhen = \"true\"\nactions = [{actions}]\n")
}

/// A text, a page that runs something, and a note.
fn mail(page: &str) -> Vec<u8> {
    let head = String::from_utf8(text("two files")).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap().to_owned();
    let page = STANDARD.encode(page);
    format!(
        "{head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nHere it is.\r\n--b\r\n\
         Content-Type: text/html; name=\"page.html\"\r\nX-Own: stays\r\nContent-Disposition: attachment; filename=\"page.html\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{page}\r\n--b\r\n\
         Content-Type: text/plain; name=\"note.txt\"\r\nContent-Disposition: attachment; filename=\"note.txt\"\r\n\r\n\
         A note.\r\n--b--\r\nepilogue\r\n"
    )
    .into_bytes()
}

async fn accepted(world: &World, number: u8, to: &[&str], raw: &[u8]) {
    let taken = world.take(id(number), envelope(to), raw).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
}

// Names and texts of the leaves of a copy.
fn parts(copy: &str) -> Vec<(String, String)> {
    let message = Message::parse(copy.as_bytes().to_vec().into());
    assert!(message.ambiguities.is_empty(), "{:?}", message.ambiguities);
    let leaves = message.parts().filter(|(_, part)| part.is_leaf());
    leaves.map(|(_, part)| (part.names.first().cloned().unwrap_or_default(), part.text(message.raw()))).collect()
}

/// What a copy says of what was done to it.
fn changed(copy: &str) -> Option<String> {
    let message = Message::parse(copy.as_bytes().to_vec().into());
    message.first("x-postern-changed").map(|field| field.decoded())
}

/// What it must say: by what the original is asked for, where it is and who has it.
fn says(done: &str) -> Option<String> {
    let reference = id(1).reference();
    Some(format!("{done}; ref={reference} (the original is kept for 30 days: ask your mail administrators)"))
}

async fn events(world: &World) -> Vec<(String, String)> {
    let judged = world.judgements().await;
    let done = judged.iter().flat_map(|judged| &judged.personal.done);
    done.map(|done| (done.event.clone(), done.detail.clone())).collect()
}

#[tokio::test]
async fn a_disarmed_copy_is_delivered_and_the_original_kept() {
    let world = World::new(&policy("\"disarm\"")).await;
    let raw = mail(PAGE);
    accepted(&world, 1, &["bob@corp.example"], &raw).await;
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    let copy = world.hops.copies().remove(0).1;
    let expected = [("", "Here it is."), ("page.html", "<p>Hello there</p>"), ("note.txt", "A note.")];
    assert_eq!(parts(&copy), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(changed(&copy), says("disarmed"));
    // What is not changed stays byte for byte.
    assert!(copy.contains("\r\nX-Own: stays\r\nContent-Disposition: attachment; filename=\"page.html\"\r\n"), "{copy}");
    assert!(
        copy.contains("\r\n\r\npreamble\r\n--b\r\n") && copy.ends_with("A note.\r\n--b--\r\nepilogue\r\n"),
        "{copy}"
    );
    assert_eq!(events(&world).await, [("disarmed".to_owned(), "page.html: scripts".to_owned())]);
    assert_eq!(words(&world.state(id(1))), ["delivered", "quarantined"]);
    let account = world.check_account();
    assert_eq!((account.accepted, account.added, account.quarantined), (1, 1, 1));

    release(&world, 1).await;
    world.until("the original", |world| world.check_account().delivered == 2).await;
    let original = world.hops.copies().remove(1).1;
    assert!(original.ends_with(std::str::from_utf8(&raw).unwrap()), "{original}");
    assert!(original.starts_with("Received: from mx.sender.example"), "{original}");
    assert_eq!(changed(&original), None);
    world.stop().await;
}

async fn release(world: &World, recipient: u16) {
    let queued = StateRecord::Queued { attempts: 0, next_attempt: world.now() };
    let change = RecipientChange {
        recipient,
        state: queued,
        event: "released".to_owned(),
        peer: String::new(),
        reply: String::new(),
        variant: None,
    };
    let change = Change {
        recipients: vec![change],
        expect: &["quarantined"],
        at: world.now(),
        by: "test".to_owned(),
        durable: true,
        judged: None,
    };
    let changed = world.store.change(TENANT, id(1), change).await.unwrap();
    assert!(matches!(changed, store::mails::Changed::Done(_)), "{changed:?}");
    world.line.queue().offer(&world.state(id(1)), None);
}

#[tokio::test]
async fn where_there_is_nothing_to_disarm_nothing_is_kept_beside() {
    let world = World::new(&policy("\"disarm\"")).await;
    accepted(&world, 1, &["bob@corp.example"], &mail("<p>Hello there</p>")).await;
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    assert_eq!(world.check_account().added, 0);
    assert_eq!(changed(&world.hops.copies()[0].1), None);
    assert!(events(&world).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_disarmed_lies_in_quarantine() {
    let world = World::new(&policy("\"disarm\"")).await;
    accepted(&world, 1, &["bob@corp.example"], &program()).await;
    assert_eq!(words(&world.state(id(1))), ["quarantined"]);
    let (event, why) = events(&world).await.remove(0);
    assert_eq!(event, "not_changed");
    assert!(why.starts_with("tool.exe cannot be disarmed: "), "{why}");
    assert!(world.hops.copies().is_empty());
    world.check_account();
    world.stop().await;
}

// Nobody could try: it waits, and is disarmed when somebody can.
#[tokio::test]
async fn without_a_worker_it_is_held_and_disarmed_later() {
    let mut world = World::new(&policy("\"disarm\"")).await;
    world.worker.disarms_not.store(true, Ordering::SeqCst);
    accepted(&world, 1, &["bob@corp.example", "ann@corp.example"], &mail(PAGE)).await;
    assert_eq!(words(&world.state(id(1))), ["held check_failed: disarm", "held check_failed: disarm"]);
    world.worker.disarms_not.store(false, Ordering::SeqCst);
    world.clock.advance(Duration::from_secs(61));
    world.judge_again();
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    assert!(world.hops.copies().iter().all(|(_, copy)| !copy.contains(&STANDARD.encode(PAGE))));
    assert_eq!(words(&world.state(id(1))), ["delivered", "delivered", "quarantined", "quarantined"]);
    assert_eq!(world.check_account().added, 2);
    let state = world.state(id(1));
    assert!(state.recipients[2].added && state.recipients[2].address == "bob@corp.example", "{state:?}");
    release(&world, 3).await;
    world.until("the original", |world| world.check_account().delivered == 3).await;
    let (address, original) = world.hops.copies().remove(2);
    assert_eq!(address, "ann@corp.example");
    assert!(original.ends_with(std::str::from_utf8(&mail(PAGE)).unwrap()));
    world.stop().await;
}

#[tokio::test]
async fn an_attachment_that_fits_becomes_a_text_that_says_so() {
    for (remove, file, why) in [
        ("extensions = [\"html\"]", "page.html", "files that end in .html are not delivered"),
        ("types = [\"html\"]", "page.html", "files of the type html are not delivered"),
        ("marks = [\"script\"]", "page.html", "found in it: holds a script"),
    ] {
        let world = World::new(&policy(&format!("{{ remove = {{ {remove} }} }}, \"deliver\""))).await;
        accepted(&world, 1, &["bob@corp.example"], &mail(PAGE)).await;
        world.until("the delivery", |world| world.check_account().delivered == 1).await;
        let copy = world.hops.copies().remove(0).1;
        assert_eq!(changed(&copy), says("removed"));
        let parts = parts(&copy);
        assert_eq!(parts.len(), 3, "{parts:?}");
        let notice = &parts[1].1;
        assert!(notice.contains(&format!("File: {file}\r\n    Why:  {why}\r\n")), "{notice}");
        assert!(notice.contains(&id(1).reference().to_string()), "{notice}");
        assert_eq!((parts[1].0.as_str(), parts[2].1.as_str()), ("", "A note."));
        assert_eq!(events(&world).await, [("removed".to_owned(), format!("{file}: {why}"))]);
        assert_eq!(world.check_account().quarantined, 1);
        world.stop().await;
    }
}

/// A message attached to one, and a text, with a program in each.
#[tokio::test]
async fn what_an_attached_message_holds_counts_and_what_the_text_holds_stops_the_copy() {
    let program = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAA=";
    let inner = format!(
        "From: a@sender.example\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=run.exe\r\n\
         Content-Disposition: attachment; filename=run.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n{program}\r\n"
    );
    let head = String::from_utf8(text("forwarded")).unwrap().split("\r\n\r\n").next().unwrap().to_owned();
    let forwarded = format!(
        "{head}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\n\
         Content-Type: application/octet-stream; name=fwd.eml\r\nContent-Disposition: attachment; filename=fwd.eml\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        STANDARD.encode(inner)
    );
    let written = format!(
        "{head}\r\n\r\nbegin 644 run.exe\r\nM35J0``,````$````__\\``+@`````````0```````````````````````````\r\n`\r\nend\r\n"
    );
    for remove in ["types = [\"exe\"]", "extensions = [\"exe\"]"] {
        let world = World::new(&policy(&format!("{{ remove = {{ {remove} }} }}, \"deliver\""))).await;
        accepted(&world, 1, &["bob@corp.example"], forwarded.as_bytes()).await;
        world.until("the delivery", |world| world.check_account().delivered == 1).await;
        assert!(!world.hops.copies()[0].1.contains("fwd.eml\r\nContent-Disposition"), "{remove}");
        accepted(&world, 2, &["bob@corp.example"], written.as_bytes()).await;
        // The first original, and the second copy itself.
        world.until("the quarantine", |world| world.check_account().quarantined == 2).await;
        world.stop().await;
    }
}

#[tokio::test]
async fn without_words_every_attachment_goes_and_a_message_that_is_one_too() {
    let world = World::new(&policy("{ remove = {} }")).await;
    accepted(&world, 1, &["bob@corp.example"], &mail(PAGE)).await;
    let only = String::from_utf8(text("only a file")).unwrap();
    let only = only.replace(
        "\r\n\r\n",
        "\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf;\r\n name=\"a.pdf\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%PDF-1.4 ",
    );
    accepted(&world, 2, &["bob@corp.example"], only.as_bytes()).await;
    world.until("the deliveries", |world| world.check_account().delivered == 2).await;
    for (_, copy) in world.hops.copies() {
        let texts: String = parts(&copy).into_iter().map(|(name, text)| name + &text).collect();
        assert!(
            texts.contains("An attachment was removed") && !texts.contains("A note.") && !texts.contains("PDF"),
            "{texts}"
        );
    }
    world.stop().await;
}

// One thing is removed, the rest disarmed: what would stop the copy is not in it any more.
#[tokio::test]
async fn changes_add_up() {
    let world = World::new(&policy(
        "{ remove = { types = [\"exe\"] } }, \"disarm\", { tag = { subject_prefix = \"[changed]\" } }",
    ))
    .await;
    accepted(&world, 1, &["bob@corp.example"], &program()).await;
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    let copy = &world.hops.copies()[0].1;
    assert!(copy.contains("Subject: [changed] the tool\r\n"), "{copy}");
    assert_eq!(changed(copy), says("removed"), "what was removed is not disarmed");
    assert_eq!(parts(copy).len(), 2);
    assert!(!copy.contains("TVqQ"), "{copy}");
    world.stop().await;
}

// Two boundaries: what one reader shows another does not. Changed in one reading it would stay in the other.
#[tokio::test]
async fn an_ambiguous_message_is_rebuilt_before_it_is_changed() {
    let raw = String::from_utf8(mail(PAGE)).unwrap();
    let raw = raw.replace(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/plain\r\n",
    );
    for actions in ["\"rebuild\", \"disarm\"", "\"disarm\""] {
        let world = World::new(&policy(actions)).await;
        accepted(&world, 1, &["bob@corp.example"], raw.as_bytes()).await;
        world.until("it is settled", |world| world.check_account().queued == 0).await;
        let copies = world.hops.copies();
        for (_, copy) in &copies {
            assert!(parts(copy).iter().all(|(_, text)| !text.contains("go()")), "{copy}");
            assert!(copy.starts_with("Received: from mx.sender.example"), "{copy}");
            assert_eq!(changed(copy), says("rebuilt, disarmed"));
        }
        // In the other reading all of it is text, with the page still encoded in it: it is no page any more.
        let done: Vec<String> = events(&world).await.into_iter().map(|(event, _)| event).collect();
        assert_eq!((copies.len(), done), (1, vec!["rebuilt".to_owned(), "disarmed".to_owned()]), "{actions}");
        assert_eq!(world.check_account().quarantined, 1);
        world.stop().await;
    }
}

#[tokio::test]
async fn recipients_with_other_rules_get_other_forms() {
    let rules = "name = \"mine\"\n[[rule]]\nid = \"bob\"\nwhen = 'recipient.address == \"bob@corp.example\"'\nactions = [\"disarm\"]\n\
        [[rule]]\nid = \"ann\"\nwhen = 'recipient.address == \"ann@corp.example\"'\nactions = [{ remove = { extensions = [\"html\"] } }]\n";
    let world = World::new(rules).await;
    accepted(&world, 1, &["bob@corp.example", "ann@corp.example", "eva@corp.example"], &mail(PAGE)).await;
    world.until("the deliveries", |world| world.check_account().delivered == 3).await;
    let mut copies = world.hops.copies();
    copies.sort();
    let page = |copy: &str| parts(copy)[1].1.clone();
    assert!(page(&copies[0].1).contains("removed"), "{copies:?}");
    assert_eq!(page(&copies[1].1), "<p>Hello there</p>");
    assert_eq!(page(&copies[2].1), PAGE);
    let said: Vec<Option<String>> = copies.iter().map(|(_, copy)| changed(copy)).collect();
    assert_eq!(said, [says("removed"), says("disarmed"), None]);
    assert_eq!(world.check_account().added, 2);
    world.stop().await;
}
