use super::*;
use expect_test::{Expect, expect};

fn read(input: &[u8]) -> String {
    let mut reader = ReplyReader::default();
    reader.receive(input);
    let mut out = String::new();
    while let Some(read) = reader.read() {
        match read {
            Ok(reply) => out.push_str(&format!("{reply}\n")),
            Err(fault) => {
                out.push_str(&format!("{fault:?}\n"));
                break;
            }
        }
    }
    out
}

fn check(input: &[u8], expected: &Expect) {
    expected.assert_eq(&read(input));
}

#[test]
fn replies_of_others_are_read() {
    check(b"250 ok\r\n", &expect!["250 ok\n"]);
    check(b"250\r\n", &expect!["250\n"]);
    check(b"250-a\r\n250-b\r\n250 c\r\n221 bye\r\n", &expect!["250 a b c\n221 bye\n"]);
    check(b"250-2.1.0 a\r\n250 2.1.0 b\r\n", &expect!["250 2.1.0 a b\n"]);
    check(b"550 5.1.1\r\n", &expect!["550 5.1.1\n"]);
    // The class does not fit the code, so it is text.
    check(b"550 2.1.0 odd\r\n", &expect!["550 2.1.0 odd\n"]);
    check(b"250-a\r\n", &expect![""]);
    check(b"250 bare\n", &expect!["250 bare\n"]);
}

#[test]
fn what_is_no_reply_is_a_fault() {
    for input in
        ["hello\r\n", "\r\n", "99 x\r\n", "199 x\r\n", "600 x\r\n", "2500 x\r\n", "250-a\r\n251 b\r\n", "250_x\r\n"]
    {
        assert_eq!(read(input.as_bytes()), "Malformed\n", "{input:?}");
    }
    assert_eq!(read(&b"250-x\r\n".repeat(REPLY_LINES_MAX * 200)), "TooLong\n");
    assert_eq!(read(&[b"250 ".to_vec(), vec![b'x'; crate::limits::REPLY_BYTES_MAX]].concat()), "TooLong\n");
}

#[test]
fn a_long_reply_within_the_limit_is_cut() {
    let mut reader = ReplyReader::default();
    reader.receive(&b"250-x\r\n".repeat(1_000));
    reader.receive(&[b"250 ".to_vec(), vec![b'y'; 10_000], b"\r\n".to_vec()].concat());
    let reply = reader.read().unwrap().unwrap();
    assert_eq!(reply.lines().len(), REPLY_LINES_MAX);
    assert!(reader.is_empty());
}

#[test]
fn a_foreign_text_becomes_one_printable_line() {
    let mut reader = ReplyReader::default();
    reader.receive(b"550 5.7.1 no\0\xe4\x1b[31m\rMAIL\tx\r\n");
    let reply = reader.read().unwrap().unwrap();
    let quoted = Reply::new(450, Some(Enhanced::new(4, 4, 0)), &format!("next hop said: {reply}"));
    expect![[r"450 4.4.0 next hop said: 550 5.7.1 no\x00\xE4\x1B[31m\x0DMAIL x"]].assert_eq(&quoted.to_string());
    let injected = Reply::new(250, None, "a\r\n250 b");
    assert_eq!(injected.to_wire(), "250 a\\x0D\\x0A250 b\r\n");
}

#[test]
fn no_line_is_longer_than_512_bytes() {
    for text in ["x".repeat(10_000), "\r\n".repeat(5_000), "ä".repeat(5_000)] {
        let wire = Reply::new(550, Some(Enhanced::new(5, 999, 999)), &text).to_wire();
        assert!(wire.len() <= 512, "{}", wire.len());
        assert!(wire.ends_with(b"...\r\n"));
        assert_eq!(wire.iter().filter(|b| **b == b'\n').count(), 1);
    }
}

#[test]
fn every_line_carries_the_codes() {
    let reply = Reply::of_lines(250, Some(Enhanced::new(2, 0, 0)), ["a", "b"]);
    assert_eq!(reply.to_wire(), "250-2.0.0 a\r\n250 2.0.0 b\r\n");
    assert_eq!(Reply::of_lines(250, None, []).to_wire(), "250 \r\n");
    assert_eq!(Reply::new(99, None, "").code(), 451);
}
