use super::*;
use crate::limits::{HEADER_BYTES_MAX, TEXT_LINE_BYTES_MAX};

fn session() -> Session {
    Session::new(Arc::new(Settings { offers_tls: true, ..Settings::default() }), "abc123defg".to_owned())
}

/// Says yes to everything until input is needed; returns codes and events.
fn run(session: &mut Session, input: &[u8]) -> (String, Vec<Bytes>) {
    session.receive(input);
    let (mut said, mut body) = (String::new(), Vec::new());
    loop {
        match session.step() {
            Step::NeedInput => return (said, body),
            Step::Send(reply) => said.push_str(&format!("{} ", reply.code())),
            Step::Refuse(refusal) => said.push_str(&format!("{:?}/{:?} ", refusal.stage, refusal.reason)),
            Step::Decide(_) => session.answer(Answer::Accept),
            Step::StartTls => {
                said.push_str("tls ");
                return (said, body);
            }
            Step::Body(part) => body.push(part),
            Step::Discard => {
                said.push_str("discard ");
                body.clear();
            }
            Step::EndOfData => {
                said.push_str("end ");
                session.answer(Answer::Accept);
            }
            Step::Close => return (said + "close", body),
        }
    }
}

fn in_data() -> Session {
    let mut session = session();
    assert_eq!(run(&mut session, b"").0, "220 ");
    let commands = b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\n";
    assert_eq!(run(&mut session, commands).0, "250 250 250 354 ");
    session
}

#[test]
fn a_message_without_doubled_dots_is_not_copied() {
    let mut session = in_data();
    session.buffer().reserve(64 * 1024);
    session.buffer().extend_from_slice(&b"no dot here\r\n".repeat(1_000));
    let start = session.buffer().as_ptr();
    let (_, body) = run(&mut session, b"");
    assert_eq!(body.len(), 1);
    assert_eq!(body[0].as_ptr(), start);
}

#[test]
fn limits_of_a_message_are_exact() {
    let header = |bytes: usize| [b"X:".to_vec(), b"ab\r\n x".repeat(bytes / 6), vec![b'y'; bytes % 6 + 1]].concat();
    let line = |bytes: usize| [b"X: y\r\n\r\n".to_vec(), vec![b'z'; bytes]].concat();
    for (what, message, expected) in [
        ("line", line(TEXT_LINE_BYTES_MAX), "end 250 "),
        ("line too long", line(TEXT_LINE_BYTES_MAX + 1), "discard Message/TextLineTooLong "),
        ("header", header(HEADER_BYTES_MAX - 9), "end 250 "),
        ("header too large", header(HEADER_BYTES_MAX), "discard Message/HeaderTooLarge "),
        ("998", line(998), "end 250 "),
        ("999", line(999), "end 250 "),
        ("100000", line(100_000), "end 250 "),
    ] {
        let input = [message, b"\r\n\r\nbody\r\n.\r\n".to_vec()].concat();
        assert_eq!(run(&mut in_data(), &input).0, expected, "{what}");
        let mut cut = in_data();
        let said: String = input.chunks(1_000).map(|piece| run(&mut cut, piece).0).collect();
        assert_eq!(said, expected, "{what}, cut");
        // The session goes on.
        assert_eq!(run(&mut cut, b"NOOP\r\n").0, "250 ", "{what}");
    }
}

#[test]
fn a_line_end_alone_is_refused_even_in_what_is_thrown_away() {
    let mut session = in_data();
    let input = [vec![b'z'; TEXT_LINE_BYTES_MAX + 1], b"\r\nx\ny\r\n.\r\n".to_vec()].concat();
    assert_eq!(run(&mut session, &input).0, "discard Message/BareLineEndInMessage close");
}

#[test]
fn a_message_too_large_is_not_kept() {
    let settings = Settings { size_bytes_max: 1_000, ..Settings::default() };
    let mut session = Session::new(Arc::new(settings), String::new());
    run(&mut session, b"");
    run(&mut session, b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\n");
    let mut discards = 0;
    for _ in 0..1_000 {
        let (said, body) = run(&mut session, &b"0123456789\r\n".repeat(10));
        discards += usize::from(said.contains("discard"));
        assert!(session.buffer().len() < 1_000);
        assert!(discards == 0 || body.is_empty());
    }
    assert_eq!(discards, 1);
    assert_eq!(run(&mut session, b".\r\n").0, "Message/MessageTooLarge ");
}

#[test]
fn a_line_too_long_is_not_kept() {
    let mut session = session();
    run(&mut session, b"");
    for _ in 0..60 {
        assert_eq!(run(&mut session, &[b'a'; 1_000]).0, "");
        assert!(session.buffer().len() <= 2_000);
    }
    assert_eq!(run(&mut session, b"\r\nNOOP\r\n").0, "Command/CommandLineTooLong 250 ");
}

#[test]
fn what_comes_before_the_handshake_is_not_believed() {
    for injected in [&b"MAIL FROM:<evil@evil.example>\r\n"[..], b"x"] {
        let mut session = session();
        run(&mut session, b"");
        assert_eq!(run(&mut session, b"EHLO a\r\nSTARTTLS\r\n").0, "250 220 tls ");
        session.receive(injected);
        session.tls_started(TlsSession { version: String::new(), cipher: String::new() });
        assert_eq!(run(&mut session, b"").0, "StartTls/Unsynchronised close");
    }
}

#[test]
fn data_behind_data_before_354_closes() {
    let mut session = session();
    run(&mut session, b"");
    session.receive(b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\n");
    while session.step() != Step::Decide(Request::Data) {
        session.answer(Answer::Accept);
    }
    session.receive(b"x");
    session.answer(Answer::Accept);
    assert_eq!(run(&mut session, b"").0, "Data/Unsynchronised close");
}

#[test]
fn an_answer_without_question_is_ignored() {
    let mut session = session();
    session.answer(Answer::Accept);
    session.tls_started(TlsSession { version: String::new(), cipher: String::new() });
    assert_eq!(session.step(), Step::Decide(Request::Connect));
    assert!(session.tls().is_none());
    session.answer(Answer::Close(replies::refusal(Reason::TooManySessions, "abc123defg")));
    assert!(matches!(session.step(), Step::Send(reply) if reply.code() == 421));
    session.receive(b"EHLO a\r\n");
    assert_eq!(session.step(), Step::Close);
    assert_eq!(session.step(), Step::Close);
}

#[test]
fn a_silent_peer_is_told_so_at_any_point() {
    let mut idle = session();
    run(&mut idle, b"");
    idle.timed_out();
    assert_eq!(run(&mut idle, b"").0, "Command/TimedOut close");
    let mut busy = in_data();
    run(&mut busy, b"half a li");
    busy.timed_out();
    assert_eq!(run(&mut busy, b"").0, "discard Message/TimedOut close");
}

#[test]
fn a_hundred_and_more_recipients_are_taken() {
    let mut session = session();
    run(&mut session, b"");
    run(&mut session, b"EHLO a\r\nMAIL FROM:<>\r\n");
    let said: String =
        (0..1_002).map(|n| run(&mut session, format!("RCPT TO:<u{n}@corp.example>\r\n").as_bytes()).0).collect();
    assert_eq!(said.matches("250 ").count(), 1_000);
    assert_eq!(said.matches("Rcpt/TooManyRecipients ").count(), 2);
    assert_eq!(run(&mut session, b"DATA\r\n").0, "354 ");
    assert_eq!(run(&mut session, b".\r\n").0, "end 250 ");
}

#[test]
fn a_client_that_takes_no_later_for_an_answer_is_sent_away() {
    let settings = Settings { recipients_max: 1, ..Settings::default() };
    let mut session = Session::new(Arc::new(settings), String::new());
    run(&mut session, b"");
    run(&mut session, b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<u@corp.example>\r\n");
    let said = run(&mut session, &b"RCPT TO:<u@corp.example>\r\n".repeat(DEFERRALS_MAX)).0;
    assert_eq!(said.matches("Rcpt/TooManyRecipients ").count(), DEFERRALS_MAX);
    assert!(said.ends_with("Command/TooManyErrors close"));
}
