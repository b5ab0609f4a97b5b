//! Hostile mail costs what its size says and no more: ten times the size is at most ten times the work, counted in bytes that
//! were looked at, not in time, which machines that are busy do not tell. With `POSTERN_TIMES=1` time is measured as well:
//! ten times the size may take twelve times as long. What is beyond a limit is said to be cut, and stays in the message as an
//! opaque leaf.

use std::time::{Duration, Instant};

use bytes::Bytes;
use mail::message::Message;
use mail::{canonical, limits};

/// Bytes looked at for each byte of the message, in all readings together.
const VISITS_MAX: usize = 70;

// `shape` makes the message of a size.
fn check(shape: impl Fn(usize) -> String, size: usize) {
    let work = |size: usize| {
        let raw = Bytes::from(shape(size));
        let length = raw.len();
        let message = Message::parse(raw);
        assert_eq!(message.root.whole, 0..length, "all of it is in the root");
        assert!(message.alternatives.len() < limits::READINGS_MAX);
        assert!(message.parts().count() <= limits::PARTS_MAX + limits::ALTERNATIVE_PARTS_MAX + limits::PARTS_MAX);
        assert!(message.defects.len() <= limits::DEFECTS_MAX);
        (length, message.work().bytes)
    };
    let (small, small_work) = work(size);
    let (large, large_work) = work(size * 10);
    assert!(small_work > 0 && small_work <= small * VISITS_MAX, "{small_work} of {small}");
    assert!(large_work <= large * VISITS_MAX, "{large_work} of {large}");
    if std::env::var_os("POSTERN_TIMES").is_some() {
        check_time(&shape(size), &shape(size * 10));
    }
    // A little more than ten times is where a second reading comes up only in the large one.
    assert!(large_work * small <= small_work * large * 12 / 10, "{small_work} of {small}, {large_work} of {large}");
}

/// How often each is parsed: the shortest time counts.
const TIMES: usize = 15;
/// What takes less is not measured.
const MEASURED_MIN: Duration = Duration::from_micros(50);

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "only where somebody asks for times")]
fn check_time(small: &str, large: &str) {
    let took = |raw: &str| {
        let raw = Bytes::from(raw.to_owned());
        let once = || {
            let begun = Instant::now();
            std::hint::black_box(Message::parse(raw.clone()));
            begun.elapsed()
        };
        (0..TIMES).map(|_| once()).min().unwrap_or_default()
    };
    let (short, long) = (took(small), took(large));
    let bytes = |raw: &str| f64::from(u32::try_from(raw.len()).unwrap());
    let ratio = long.as_secs_f64() / short.as_secs_f64() * 10.0 * bytes(small) / bytes(large);
    let start: String = small.chars().take(40).collect();
    println!("{short:>10.1?} of {:>9} bytes, {ratio:.1} times as long for ten times the size: {start:?}", small.len());
    assert!(short < MEASURED_MIN || ratio <= 12.0, "{ratio}");
}

fn is_cut(raw: String) -> bool {
    Message::parse(Bytes::from(raw)).is_cut()
}

#[test]
fn many_fields() {
    let fields = |count: usize| format!("{}\r\nbody", "X-Field: value\r\n".repeat(count));
    check(fields, 1_000);
    check(fields, 10_000);
    assert!(is_cut(fields(100_000)), "100,000 fields");
}

#[test]
fn one_long_field() {
    let long = |size: usize| format!("X: {}\r\n\r\nbody", "word ".repeat(size));
    check(long, 10_000);
    check(|size| format!("X: {}\r\n\r\nbody", "a\r\n ".repeat(size)), 10_000);
    check(|size| format!("X: {}\r\n\r\nbody", "\r".repeat(size)), 10_000);
    check(|size| format!("X: {}\r\n\r\nbody", "\0".repeat(size)), 10_000);
    check(|size| format!("To: {}\r\n\r\nbody", "(\"<".repeat(size)), 10_000);
    check(|size| format!("Subject: {}\r\n\r\nbody", "=?utf-8?q?a".repeat(size)), 10_000);
    assert!(is_cut(long(10_000_000)), "50 MB of header");
}

#[test]
fn many_parts() {
    let parts = |count: usize| {
        format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n", "--b\r\n\r\n".repeat(count))
    };
    check(parts, 500);
    check(parts, 10_000);
    assert!(!is_cut(parts(5_000)) && is_cut(parts(100_000)));
}

#[test]
fn nested_multiparts_that_are_not_closed() {
    let nested = |count: usize| -> String {
        (0..count).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}x\r\n\r\n--b{n}x\r\n")).collect()
    };
    check(nested, 30);
    check(nested, 300);
    assert!(is_cut(nested(300)));
    check(|size| nested(60) + &"--b\r\n".repeat(size), 20_000);
    let messages = |count: usize| "Content-Type: message/rfc822\r\n\r\n".repeat(count);
    check(messages, 100);
    assert!(is_cut(messages(100)));
}

#[test]
fn lines_that_are_nearly_delimiters() {
    let body = |boundary: &'static str, line: &'static str| {
        move |size: usize| format!("Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{}", line.repeat(size))
    };
    check(body("b", "--bX\r\n"), 1_000);
    check(body("b", "--B\r\n"), 1_000);
    check(body("b", " --b\r\n"), 1_000);
    check(body("b", "--b--junk\r\n"), 1_000);
    check(body("b", "x\r--b\r\n"), 1_000);
    check(body("b", "--\0b\r\n"), 1_000);
    check(body("b", "--b\n"), 1_000);
    check(body("b", "--b--\r\n--b\r\n"), 500);
    check(|size| body("b", "--")(size), 10_000);
    check(|size| body("b", " ")(size), 10_000);
}

#[test]
fn long_boundaries() {
    let long = |size: usize| {
        let boundary = "b".repeat(size);
        let part = format!("Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}x\r\n");
        part.repeat(10)
    };
    check(long, 1_000);
}

#[test]
fn parameters_and_names() {
    let parameters = |count: usize| format!("Content-Type: a/b{}\r\n\r\n", "; name*0=x; boundary=y".repeat(count));
    check(parameters, 1_000);
    assert!(is_cut(parameters(100)));
    check(|size| format!("Content-Type: multipart/x; boundary={}\r\n\r\n", "boundary".repeat(size)), 1_000);
    check(|size| format!("Content-Type: multipart/x; boundary=\"{}\r\n\r\n", "\\\"(".repeat(size)), 1_000);
    check(|size| format!("Content-Disposition: attachment; filename={}\r\n\r\n", "a.b ".repeat(size)), 1_000);
}

#[test]
fn fields_that_say_something_else_each_time() {
    let fields = |count: usize| -> String {
        let fields = |n| format!("Content-Type: multipart/x; boundary=b{n}\r\nContent-Transfer-Encoding: x{n}\r\n");
        (0..count).map(fields).collect::<String>() + "\r\n--b1\r\n\r\nhello"
    };
    check(fields, 100);
    check(fields, 1_000);
}

// Everything in which readers differ, at once.
#[test]
fn alternatives_do_not_explode() {
    let hostile = |count: usize| {
        let head = " From: a\r\nX\0: 1\rY: 2\nno colon\r\nContent-Type : multipart/mixed; boundary=a; boundary=\"b \\\"\"\r\n \r\nX: 1\r\n\
                    Content-Type: multipart;; boundary*=us-ascii''c\r\nContent-Transfer-Encoding: 8bit; base64\r\n\
                    Content-Transfer-Encoding: quoted-printable\r\nContent-Disposition: inline\r\n\
                    Content-Disposition: attachment\r\n\r\n";
        let body =
            "Content-Type: text/plain\r\n--a\r\nx: y\r\n\r\n --a\r\n--A\r\n--a--x\r\n\r--b\r\n--b\n--a--\r\n--c\r\n";
        head.to_owned() + &body.repeat(count)
    };
    check(hostile, 10);
    check(hostile, 100);
    assert!(is_cut(hostile(10)), "not every combination was read");
}

#[test]
fn encoded_bodies_have_few_contents() {
    let contents = |encoding: &str, body: &str| {
        let raw = format!("Content-Transfer-Encoding: {encoding}\r\n\r\n{}", body.repeat(10_000));
        let message = Message::parse(Bytes::from(raw));
        message.root.contents(message.raw()).len()
    };
    assert!(contents("base64", "aGU=x_-*\r\n text here\r\n=\r\n") <= 10);
    assert!(contents("quoted-printable", "=a =\t\r\n==3d") <= 4);
    assert!(contents("x-what", "=3d\r\n") <= 3);
}

#[test]
fn the_canonical_form_is_not_much_longer() {
    let body = "--a\r\n\r\none\r\n--b\r\n\r\ntwo\r\n".repeat(300);
    let raw = format!("Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n{body}");
    let length = raw.len();
    let message = Message::parse(Bytes::from(raw));
    // A short part gets a header of its own.
    assert!(canonical::canonical(&message).len() < length * 16);
}
