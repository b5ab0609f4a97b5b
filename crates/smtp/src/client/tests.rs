use super::*;

fn stuff(pieces: &[&[u8]]) -> Vec<u8> {
    let mut stuffer = Stuffer::default();
    let mut out: Vec<u8> =
        pieces.iter().flat_map(|piece| stuffer.push(&Bytes::copy_from_slice(piece)).to_vec()).collect();
    out.extend_from_slice(&stuffer.finish());
    out
}

#[test]
fn only_whole_lines_leave() {
    for (input, expected) in [
        (&b""[..], &b".\r\n"[..]),
        (b"a", b"a\r\n.\r\n"),
        (b"a\r\n", b"a\r\n.\r\n"),
        (b".", b"..\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"..\r\n", b"...\r\n.\r\n"),
        (b"a.b\r\n.c", b"a.b\r\n..c\r\n.\r\n"),
        (b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\r\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r\r\n.\r\r\n", b"a\r\n\r\n..\r\n\r\n.\r\n"),
        (b"a\n.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\n.\0\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\n\0.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"a\r\0\n.\r\0\n", b"a\r\n..\r\n.\r\n"),
        (b"\0a\0b\0", b"ab\r\n.\r\n"),
        (b"a\r", b"a\r\n.\r\n"),
        (b"\xff\xfe", b"\xff\xfe\r\n.\r\n"),
    ] {
        assert_eq!(stuff(&[input]).escape_ascii().to_string(), expected.escape_ascii().to_string());
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(stuff(&bytes).escape_ascii().to_string(), expected.escape_ascii().to_string(), "by byte");
    }
}

#[test]
fn a_clean_piece_is_not_copied() {
    let piece = Bytes::from(b"text\r\nmore.\r\n".to_vec());
    let mut stuffer = Stuffer::default();
    assert_eq!(stuffer.push(&piece).as_ptr(), piece.as_ptr());
    assert_eq!(stuffer.push(&piece).as_ptr(), piece.as_ptr());
}

fn job(recipients: usize) -> Job {
    let recipients = (0..recipients).map(|n| Address::parse(&format!("u{n}@corp.example")).unwrap()).collect();
    Job { sender: ReversePath::Null, recipients, size_bytes: 10, body: BodyType::SevenBit }
}

/// Feeds replies until the client waits; returns what it sent.
fn run(client: &mut Client, input: &str) -> (String, Vec<Step>) {
    client.receive(input.as_bytes());
    let (mut sent, mut others) = (String::new(), Vec::new());
    loop {
        match client.step() {
            Step::Send(bytes) => sent.push_str(std::str::from_utf8(&bytes).unwrap()),
            step @ (Step::Wait(_) | Step::Ready | Step::SendBody | Step::Close | Step::StartTls) => {
                others.push(step);
                return (sent, others);
            }
            step => others.push(step),
        }
    }
}

fn ready(offer: &str) -> Client {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Opportunistic);
    run(&mut client, "220 mx\r\n");
    assert_eq!(run(&mut client, offer).1, [Step::Ready]);
    client
}

#[test]
fn many_recipients_go_in_groups() {
    let mut client = ready("250-mx\r\n250 PIPELINING\r\n");
    client.start(job(250));
    let (mut groups, mut sent) = (Vec::new(), run(&mut client, "").0);
    while sent.contains("RCPT") {
        groups.push(sent.lines().count());
        sent = run(&mut client, &"250 ok\r\n".repeat(sent.lines().count())).0;
    }
    assert_eq!(groups, [100, 100, 51]);
    assert_eq!(sent, "DATA\r\n");
}

#[test]
fn each_wait_has_its_time() {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Never);
    assert_eq!(client.step(), Step::Wait(Wait::Greeting));
    for (wait, minutes) in [(Wait::Greeting, 5), (Wait::Command, 5), (Wait::DataStart, 2), (Wait::DataEnd, 10)] {
        assert_eq!(wait.limit().as_secs(), minutes * 60);
    }
}

#[test]
fn a_job_without_recipients_is_done_at_once() {
    let mut client = ready("250 mx\r\n");
    client.start(job(0));
    assert_eq!(client.step(), Step::Done(Vec::new()));
    assert_eq!(client.step(), Step::Ready);
}

#[test]
fn an_idle_session_that_was_closed_is_not_used() {
    let mut client = ready("250 mx\r\n");
    client.receive(b"421 4.4.2 idle\r\n");
    assert!(matches!(client.step(), Step::Failed(Trouble::Refused(reply)) if reply.code() == 421));
    assert_eq!(client.step(), Step::Close);
}

#[test]
fn a_refusal_read_before_the_connection_broke_counts() {
    let mut client = ready("250 mx\r\n");
    client.start(job(1));
    for reply in ["250 ok\r\n", "250 ok\r\n", "354 go\r\n"] {
        run(&mut client, reply);
    }
    client.receive(b"552 5.3.4 too large\r\n");
    client.lost(Lost::Closed);
    assert!(matches!(client.step(), Step::Done(outcomes) if matches!(&outcomes[..], [Outcome::Permanent(_)])));
    assert_eq!(client.step(), Step::Close);
}

#[test]
fn nothing_in_the_clear_passes_for_the_first_reply_in_tls() {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Opportunistic);
    run(&mut client, "220 mx\r\n");
    run(&mut client, "250-mx\r\n250 STARTTLS\r\n");
    assert_eq!(run(&mut client, "220 go\r\n").1, [Step::StartTls]);
    client.receive(b"250 PIPELINING\r\n");
    client.tls_started();
    assert_eq!(client.step(), Step::Failed(Trouble::Injected));
    assert_eq!(client.step(), Step::Close);
    assert!(!client.is_tls());
}

#[test]
fn a_failed_handshake_is_said() {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Required);
    run(&mut client, "220 mx\r\n");
    run(&mut client, "250-mx\r\n250 STARTTLS\r\n");
    run(&mut client, "220 go\r\n");
    client.lost(Lost::Handshake);
    assert_eq!(client.step(), Step::Failed(Trouble::Lost(Lost::Handshake)));
}

#[test]
fn no_handshake_begins_behind_an_injected_reply() {
    let mut client = Client::new("gateway.example".to_owned(), TlsUse::Opportunistic);
    run(&mut client, "220 mx\r\n");
    run(&mut client, "250-mx\r\n250 STARTTLS\r\n");
    let steps = run(&mut client, "220 go\r\n250 injected\r\n").1;
    assert_eq!(steps, [Step::Failed(Trouble::Injected), Step::Close]);
}
