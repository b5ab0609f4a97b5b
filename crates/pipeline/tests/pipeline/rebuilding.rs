//! A message of each kind of ambiguity, rebuilt by a rule: one copy is delivered, and our reader, mail-parser and Python read the
//! same parts in it, with the same types, names and bytes.

use std::fmt::Write as _;

use mail::defect::AmbiguityKind;
use mail::message::Message;
use mail::part::Part;
use mail_parser::{MessageParser, MimeHeaders as _, PartType};
use pipeline::line::Taken;
use testkit::program;

use crate::world::{World, envelope, id, words};

const POLICY: &str = "name = \"mine\"\n[[rule]]\nid = \"change\"\nwhen = \"true\"\nactions = [\"rebuild\"]\n";
const HEAD: &str = "From: Alice <alice@sender.example>\nTo: <bob@corp.example>\nSubject: two readings\nDate: Wed, 25 Nov 2026 21:00:00 +0000\n\
    Message-ID: <two@sender.example>\n";
/// A line end of LF alone; all others are CRLF.
const LONE_LF: &str = "\u{240a}";
const FILE: &str = "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=plan.bin";

/// What stands behind the head, for each kind at least one.
const CASES: &[&str] = &[
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"Q\n\n--Q\n\none\n--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart; boundary=Q\n\n--Q\n\none\n--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/digest; boundary=Q\n\n--Q\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\nContent-Type: text/html\n\n<p>one\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none\n--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64\n\nVHdvIGNoYWlycy4=\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\nContent-Transfer-Encoding: base64\n\nLS1RDQoNCm9uZQ0KLS1RLS0NCg==\n",
    "MIME-Version: 1.0\nContent-Disposition: inline\nContent-Disposition: attachment\n\nhello\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q; boundary=R\n\n--Q\n\none\n--Q--\n--R\n{FILE}\n\ntwo\n--R--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none\n--Qx\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none\n--Q--\n--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary*=us-ascii''%51\n\n--Q\n\none\n--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n--\n{FILE}\n\ntwo\n----\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none\n \t--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Qr\n\n--Qr\n\none\n--qR\n{FILE}\n\ntwo\n--Qr--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=QR\n\n--QR\n\none\n--Q\0R\n{FILE}\n\ntwo\n--QR--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none\r--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nX: 1\u{240a}Content-Type: text/html\n\n<p>hello\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n{FILE}\n\nbefore\n--Q\n\none\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\none--Q\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\nContent-Transfer-Encoding: base64\n--Q\n\nVHdv\n--Q--\n",
    "MIME-Version: 1.0\nContent-Transfer-Encoding: 7bit; base64\n\nVHdvIGNoYWlycy4=\n",
    "MIME-Version: 1.0\n{FILE}\nContent-Transfer-Encoding: base64\n\nVHdvIA==\nY2hhaXJzLg==\n",
    "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=plan.txt\nContent-Disposition: attachment; filename=plan.exe\n\nMZ\n",
    "MIME-Version: 1.0\nContent-Type: text/html\n \nContent-Transfer-Encoding: base64\n\nPHA+VHdv\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\nnot a field\n{FILE}\n\ntwo\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type : text/html\n\n<p>hello\n",
    "MIME-Version: 1.0\nX: 1\rContent-Type: text/html\n\n<p>hello\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n Content-Type: text/html\nContent-Disposition: attachment\n\n<p>hello\n--Q--\n",
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=Q\n\n--Q\n\nContent-Type: text/html\n\n<p>hello\n--Q--\n",
    "MIME-Version: 1.0\nContent-\0Type: text/html\n\n<p>hello\n",
    "MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nSubject: in=\nner\n\nhe=6Clo\n",
    "MIME-Version: 1.0\nContent-Type: message/x-mail\n\nSubject: inner\nContent-Type: text/html\n\n<p>hello\n",
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii; charset=utf-7\n\n+ADw- two\n",
];

/// Type, name and bytes of each leaf.
const PYTHON: &str = r#"
import email, email.policy, hashlib, sys
for part in email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default).walk():
    if not part.is_multipart():
        content = part.get_payload(decode=True)
        print(part.get_content_type(), part.get_filename() or "-", len(content), content.hex())
    for defect in part.defects:
        print("defect", type(defect).__name__)
"#;

fn raw(case: &str) -> Vec<u8> {
    format!("{HEAD}{}", case.replace("{FILE}", FILE)).replace('\n', "\r\n").replace(LONE_LF, "\n").into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn by_us(copy: &[u8]) -> String {
    let message = Message::parse(copy.to_vec().into());
    assert_eq!((message.ambiguities.as_slice(), message.alternatives.len()), ([].as_slice(), 0));
    let mut shown = String::new();
    for part in message.parts().map(|(_, part)| part).filter(|part| part.is_leaf()) {
        let contents = part.contents(message.raw());
        assert_eq!(contents.len(), 1, "one content for each");
        line(&mut shown, &part.media_type.essence(), name(part), &contents[0]);
    }
    shown
}

fn name(part: &Part) -> &str {
    assert!(part.names.len() < 2, "{:?}", part.names);
    part.names.first().map_or("-", String::as_str)
}

fn line(shown: &mut String, essence: &str, name: &str, content: &[u8]) {
    writeln!(shown, "{essence} {name} {} {}", content.len(), hex(content)).unwrap();
}

fn by_mail_parser(copy: &[u8]) -> String {
    let mut shown = String::new();
    mail_parser_leaves(&MessageParser::new().parse(copy).unwrap(), &mut shown);
    shown
}

fn mail_parser_leaves(message: &mail_parser::Message<'_>, shown: &mut String) {
    for part in &message.parts {
        let content = match &part.body {
            PartType::Multipart(_) => continue,
            PartType::Message(inner) => {
                mail_parser_leaves(inner, shown);
                continue;
            }
            PartType::Text(text) | PartType::Html(text) => text.as_bytes().to_vec(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        };
        let kind = part.content_type();
        let essence = kind.map_or("text/plain".to_owned(), |kind| {
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
        });
        line(shown, &essence, part.attachment_name().unwrap_or("-"), &content);
    }
}

async fn by_python(copy: &[u8]) -> String {
    let output = program::run("python3", &["-c", PYTHON], copy).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the readers do not agree on.
async fn disagreements(copy: &[u8]) -> Vec<String> {
    let (ours, python, other) = (by_us(copy), by_python(copy).await, by_mail_parser(copy));
    let mut found = Vec::new();
    for (reader, theirs) in [("Python", python), ("mail-parser", other)] {
        if theirs != ours {
            found.push(format!("{reader} reads\n{theirs}and we\n{ours}"));
        }
    }
    found
}

#[tokio::test]
async fn what_was_read_in_two_ways_is_delivered_to_be_read_in_one() {
    let world = World::new(POLICY).await;
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for (number, case) in CASES.iter().enumerate() {
        let raw = raw(case);
        let kinds: Vec<AmbiguityKind> =
            Message::parse(raw.clone().into()).ambiguities.iter().map(|ambiguity| ambiguity.kind).collect();
        if kinds.is_empty() {
            wrong.push(format!("read in one way from the beginning: {case}"));
        }
        seen.extend(kinds);
        let mail = id(u8::try_from(number + 1).unwrap());
        let taken = world.take(mail, envelope(&["bob@corp.example"]), &raw).await;
        assert!(matches!(taken, Taken::Accepted), "{case}: {taken:?}");
        world.until("it is settled", |world| world.check_account().queued == 0).await;
        // The copy, and the original that is kept.
        let states = words(&world.state(mail));
        if states != ["delivered", "quarantined"] {
            wrong.push(format!("{states:?}: {case}"));
            continue;
        }
        let copy = world.hops.copies().pop().unwrap().1;
        let found = disagreements(copy.as_bytes()).await;
        wrong.extend(found.into_iter().map(|found| format!("{found}in\n{copy}\nof\n{case}")));
    }
    wrong.extend(
        AmbiguityKind::ALL.iter().filter(|kind| !seen.contains(kind)).map(|kind| format!("no {}", kind.word())),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
    let judged = world.judgements().await;
    let done: Vec<&str> =
        judged.iter().flat_map(|judged| &judged.personal.done).map(|done| done.event.as_str()).collect();
    assert_eq!(done, vec!["rebuilt"; CASES.len()]);
    world.check_account();
    world.stop().await;
}

#[tokio::test]
async fn without_such_a_rule_none_of_them_is_delivered() {
    let world = World::new("standard").await;
    let mut passed = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let mail = id(u8::try_from(number + 1).unwrap());
        let is_stopped = match world.take(mail, envelope(&["bob@corp.example"]), &raw(case)).await {
            Taken::Accepted => words(&world.state(mail)) == ["quarantined"],
            taken => matches!(taken, Taken::Rejected(_)),
        };
        if !is_stopped {
            passed.push(*case);
        }
    }
    assert!(passed.is_empty(), "{}", passed.join("\n---\n"));
    assert!(world.hops.copies().is_empty());
    world.check_account();
    world.stop().await;
}

// What was rebuilt once is not rebuilt again.
#[tokio::test]
async fn what_is_in_that_form_already_stays_byte_for_byte() {
    let world = World::new(POLICY).await;
    let two = raw(CASES[4]);
    let raw = mail::canonical::canonical(&Message::parse(two.into()));
    let taken = world.take(id(1), envelope(&["bob@corp.example"]), &raw).await;
    assert!(matches!(taken, Taken::Accepted), "{taken:?}");
    world.until("the delivery", |world| world.check_account().delivered == 1).await;
    let account = world.check_account();
    assert_eq!((account.accepted, account.added, account.quarantined), (1, 0, 0), "nothing is kept beside");
    let copy = world.hops.copies().remove(0).1;
    assert!(copy.ends_with(std::str::from_utf8(&raw).unwrap()), "{copy}");
    world.stop().await;
}
