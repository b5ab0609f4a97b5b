//! What goes over the wire when all is well.

use bytes::Bytes;
use queue::outcome::Delivery;
use queue::scheduler::Deliver as _;
use store::Mails;
use store::mails::{NewBody, NewMail};
use testkit::sink::{Act, Sink, Stage};

use crate::world::{TEXT, World, edited, hosts, is_all, lines, mail, ready};

#[tokio::test]
async fn a_message_arrives_byte_for_byte() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let bodies: [&[u8]; 7] = [
        TEXT,
        b".\r\n",
        b"..\r\n.\r\n\r\n",
        b"Subject: x\r\n\r\nno end of line",
        b"Subject: \xff\x80\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n",
        &[b'x'; 70_000],
        b"\r\n",
    ];
    for body in bodies {
        let outcomes = world.send(mail(body, &["b@one.example"]), &[sink.address]).await;
        assert_eq!(lines(&outcomes, Some(&sink)), "0 Done 2.6.0 250 2.6.0 taken\n");
        let received = sink.take().remove(0);
        let mut expected = body.to_vec();
        if !expected.ends_with(b"\r\n") {
            expected.extend_from_slice(b"\r\n");
        }
        assert!(received.message == expected, "{}", body.escape_ascii());
        assert_eq!(
            (received.sender.as_str(), received.recipients),
            ("a@sender.example", vec!["b@one.example".to_owned()])
        );
    }
}

#[tokio::test]
async fn dots_are_doubled_where_a_line_begins_also_at_the_seams_of_edits() {
    let (world, sink) = (World::new().await, Sink::start().await);
    // `Subject: hello` is replaced by a line that ends before the dot of the next piece.
    let new = edited(
        mail(b"Subject: hello\r\n.dot\r\nend\r\n", &["b@one.example"]),
        &[(0, 16, "X: y\r\n"), (22, 22, ".new\r\n")],
    );
    world.send(new, &[sink.address]).await;
    let received = sink.take().remove(0);
    assert_eq!(received.wire.escape_ascii().to_string(), "X: y\\r\\n..dot\\r\\n..new\\r\\nend\\r\\n.\\r\\n");
}

#[tokio::test]
async fn a_variant_is_sent_with_its_edits_from_memory_store_and_file() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let edits = [(0, 0, "Received: from x\r\n"), (9, 9, "[tag] "), (25, 26, "*")];
    let expected = "Received: from x\r\nSubject: [tag] hello\r\n\r\n.dot\r\n.*two\r\ntext\r\n";

    let from_memory = edited(mail(TEXT, &["b@one.example"]), &edits);
    let bytes = ready(&from_memory);
    let mut job = world.job(from_memory, hosts(&[sink.address])).await;
    job.ready = Some(bytes);
    assert!(is_all(&world.smtp.attempt(&job).await, Delivery::Done));
    job.ready = None;
    assert!(is_all(&world.smtp.attempt(&job).await, Delivery::Done));

    let mut spool = world.store.spool().await.unwrap();
    for chunk in TEXT.chunks(7) {
        spool.write(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
    let body = NewBody::Spooled(spool.finish().await.unwrap());
    let from_file = edited(NewMail { body, ..mail(b"", &["b@one.example"]) }, &edits);
    assert!(is_all(&world.send(from_file, &[sink.address]).await, Delivery::Done));

    for received in sink.received() {
        assert_eq!(String::from_utf8(received.message).unwrap(), expected);
        assert_eq!(received.parameters, format!("SIZE={}", expected.len()));
    }
    assert_eq!(sink.count(), 3);
}

// Larger than one read of the file, with edits on both sides of the seams.
#[tokio::test]
async fn a_large_file_is_sent_in_pieces() {
    let (world, sink) = (World::new().await, Sink::start().await);
    let line = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n";
    let raw: Vec<u8> = line.iter().copied().cycle().take(line.len() * 30_000).collect();
    let mut spool = world.store.spool().await.unwrap();
    spool.write(Bytes::from(raw.clone())).await.unwrap();
    let body = NewBody::Spooled(spool.finish().await.unwrap());
    let place = 256 * 1024;
    let new = edited(
        NewMail { body, ..mail(b"", &["b@one.example"]) },
        &[(0, 0, "A: b\r\n"), (place, place + 64, ""), (place * 3 + 1, place * 3 + 2, "*")],
    );
    assert!(is_all(&world.send(new, &[sink.address]).await, Delivery::Done));
    let mut expected = b"A: b\r\n".to_vec();
    let place = usize::try_from(place).unwrap();
    expected.extend_from_slice(&raw[..place]);
    expected.extend_from_slice(&raw[place + 64..place * 3 + 1]);
    expected.push(b'*');
    expected.extend_from_slice(&raw[place * 3 + 2..]);
    assert!(sink.take().remove(0).message == expected);
}

#[tokio::test]
async fn consecutive_messages_share_a_connection() {
    let (world, sink) = (World::new().await, Sink::start().await);
    for _ in 0..3 {
        assert!(is_all(&world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await, Delivery::Done));
    }
    assert_eq!((sink.count(), sink.reached(Stage::Connect), sink.reached(Stage::Hello)), (3, 1, 1));
}

#[tokio::test]
async fn an_idle_connection_grows_old() {
    let (world, sink) = (World::new().await, Sink::start().await);
    world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    world.clock.advance(std::time::Duration::from_secs(3));
    world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    assert_eq!((sink.count(), sink.reached(Stage::Connect)), (2, 2));
}

#[tokio::test]
async fn a_connection_carries_a_hundred_messages_at_most() {
    let (world, sink) = (World::new().await, Sink::start().await);
    for _ in 0..101 {
        assert!(is_all(&world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await, Delivery::Done));
    }
    assert_eq!((sink.count(), sink.reached(Stage::Connect)), (101, 2));
}

#[tokio::test]
async fn idle_connections_are_ended_politely() {
    let (world, sink) = (World::new().await, Sink::start().await);
    world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sweeping = tokio::spawn(std::sync::Arc::clone(&world.smtp).sweep(stopped));
    stop.send(true).unwrap();
    sweeping.await.unwrap();
    assert_eq!(sink.lines().last().unwrap(), "QUIT");
}

#[tokio::test]
async fn tls_is_used_where_it_is_offered() {
    let (world, sink) = (World::new().await, Sink::start_with_tls().await);
    for _ in 0..2 {
        assert!(is_all(&world.send(mail(TEXT, &["b@one.example"]), &[sink.address]).await, Delivery::Done));
    }
    assert!(sink.received().iter().all(|received| received.tls && received.message == TEXT));
    assert_eq!(sink.reached(Stage::Connect), 1);
}

#[tokio::test]
async fn eight_bits_are_announced_where_the_word_is_known_and_sent_all_the_same() {
    for (hello, parameters) in
        [("250-sink.example\r\n250-8BITMIME\r\n250 SIZE 0", "SIZE=14 BODY=8BITMIME"), ("250 sink.example", "")]
    {
        let (world, sink) = (World::new().await, Sink::start().await);
        sink.on(Stage::Hello, "", Act::Say(hello.to_owned()));
        let mut new = mail(b"X: \xc3\xbc\r\n\r\n\xff\r\n", &["b@one.example"]);
        new.envelope.eight_bit = true;
        let length = 12;
        assert!(is_all(&world.send(new, &[sink.address]).await, Delivery::Done));
        let received = sink.take().remove(0);
        assert_eq!(received.message, b"X: \xc3\xbc\r\n\r\n\xff\r\n");
        assert_eq!(received.parameters, parameters.replace("14", &length.to_string()));
    }
}
