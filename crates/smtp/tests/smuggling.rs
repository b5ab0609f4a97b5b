//! SMTP-02: no form of end-of-data but CRLF, dot, CRLF ends anything, however it is cut, and no second message arises.

use std::sync::Arc;

use smtp::replies::Reason;
use smtp::server::{Answer, Session, Settings, Step};

const ENVELOPE: [&[u8]; 4] =
    [b"EHLO a.example\r\n", b"MAIL FROM:<alice@sender.example>\r\n", b"RCPT TO:<bob@corp.example>\r\n", b"DATA\r\n"];
const SMUGGLED: &[u8] = b"MAIL FROM:<ceo@corp.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\nQUIT\r\n";

/// What a session made of it: messages, and how it ended.
#[derive(Debug, Default, PartialEq)]
struct Result {
    messages: Vec<Vec<u8>>,
    refused: Vec<Reason>,
    is_closed: bool,
}

fn run(writes: &[&[u8]]) -> Result {
    let mut session = Session::new(Arc::new(Settings::default()), "abc123defg".to_owned());
    let (mut result, mut body) = (Result::default(), Vec::new());
    let mut writes = ENVELOPE.iter().chain(writes);
    loop {
        match session.step() {
            Step::NeedInput => match writes.next() {
                Some(bytes) => session.receive(bytes),
                None => return result,
            },
            Step::Send(_) => {}
            Step::Refuse(refusal) => result.refused.push(refusal.reason),
            Step::Decide(_) => session.answer(Answer::Accept),
            Step::StartTls => unreachable!("not offered"),
            Step::Body(part) => body.extend_from_slice(&part),
            Step::Discard => body.clear(),
            Step::EndOfData => {
                result.messages.push(std::mem::take(&mut body));
                session.answer(Answer::Accept);
            }
            Step::Close => {
                result.is_closed = true;
                return result;
            }
        }
    }
}

/// Dot, with one of these before and one of these behind.
const ENDS: [&[u8]; 12] =
    [b"\n", b"\r", b"\r\n", b"\r\r\n", b"\r\0\n", b"\0\r\n", b"\r\n\0", b"\n\r", b"\n\n", b"\r\r", b"\n\0", b"\0"];

#[test]
fn only_crlf_dot_crlf_ends_a_message() {
    let mut forms = 0;
    for before in ENDS {
        for behind in ENDS {
            // The true end, whatever comes then.
            if before == b"\r\n" && behind.starts_with(b"\r\n") {
                continue;
            }
            forms += 1;
            let data = [b"Subject: outer\r\n\r\nouter", before, b".", behind, SMUGGLED].concat();
            let whole = run(&[&data]);
            let expected = Result { refused: vec![Reason::BareLineEndInMessage], is_closed: true, ..Result::default() };
            assert_eq!(whole, expected, "{} . {}", before.escape_ascii(), behind.escape_ascii());
            let bytes: Vec<&[u8]> = data.chunks(1).collect();
            assert_eq!(run(&bytes), expected, "{} . {} by byte", before.escape_ascii(), behind.escape_ascii());
            for cut in 1..data.len().min(60) {
                let (first, second) = data.split_at(cut);
                assert_eq!(run(&[first, second]), expected, "cut at {cut}");
            }
        }
    }
    assert_eq!(forms, 142);
}

#[test]
fn a_dot_that_has_company_is_text() {
    for (line, text) in [(". ", " "), (".\t", "\t"), ("..", "."), (".x", "x"), (" .", " ."), (".\u{2028}", "\u{2028}")]
    {
        let data = format!("Subject: outer\r\n\r\n{line}\r\nMAIL FROM:<ceo@corp.example>\r\n.\r\n");
        let message = format!("Subject: outer\r\n\r\n{text}\r\nMAIL FROM:<ceo@corp.example>\r\n").into_bytes();
        let bytes: Vec<&[u8]> = data.as_bytes().chunks(1).collect();
        for result in [run(&[data.as_bytes()]), run(&bytes)] {
            assert_eq!(result.messages, [message.as_slice()], "{line:?}");
            assert!(result.refused.is_empty());
        }
    }
}

#[test]
fn the_true_end_is_found_wherever_it_is_cut() {
    let data = b"Subject: one\r\n\r\n..\r\n.\r\nRSET\r\n";
    for first in 0..data.len() {
        for second in first..data.len() {
            let writes = [&data[..first], &data[first..second], &data[second..]];
            let result = run(&writes);
            assert_eq!(result.messages, [b"Subject: one\r\n\r\n.\r\n".as_slice()], "{first} {second}");
        }
    }
}

#[test]
fn a_first_line_of_one_dot_ends_an_empty_message() {
    assert_eq!(run(&[b".\r\n"]).messages, [b"".as_slice()]);
    assert_eq!(run(&[b".", b"\r", b"\n"]).messages, [b"".as_slice()]);
    assert_eq!(run(&[b".\n", SMUGGLED]).refused, [Reason::BareLineEndInMessage]);
}

#[test]
fn a_message_that_is_cut_off_is_none() {
    assert_eq!(run(&[b"Subject: half\r\n\r\ntext\r\n."]), Result::default());
    assert_eq!(run(&[b"Subject: half\r\n\r\ntext\r\n.\r"]), Result::default());
}
