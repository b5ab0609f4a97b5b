//! Notices as text, and what strangers cannot do to them.

use expect_test::{Expect, expect};
use mail::message::Message;

use super::*;

const HEADER: &[u8] = b"Received: from a.example\r\n\tby b.example; Wed, 25 Nov 2026 20:59:59 +0000\r\n\
    From: Ann <ann@sender.example>\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\n";

fn failure(recipient: &str, status: &str, peer: &str, reply: &str) -> Failure {
    Failure { recipient: recipient.into(), status: status.into(), reply: reply.into(), peer: peer.into() }
}

fn notice(kind: Kind, failures: &[Failure], header: &[u8]) -> String {
    let arrived = Timestamp::parse("2026-11-25T21:00:00Z").unwrap();
    let written = write(&Notification {
        kind,
        hostname: "gate.example",
        id: MailId::from_bytes([1; 16]),
        about: MailId::from_bytes([2; 16]),
        sender: "ann@sender.example",
        arrived,
        now: Timestamp::parse("2026-11-26T01:00:00Z").unwrap(),
        until: Timestamp::parse("2026-11-30T21:00:00Z").unwrap(),
        failures,
        header,
    });
    String::from_utf8(written.to_vec()).unwrap()
}

fn check(text: &str, expected: &Expect) {
    assert!(text.split("\r\n").all(|line| !line.contains(['\r', '\n']) && line.len() <= 998), "{text}");
    expected.assert_eq(&text.replace("\r\n", "\n"));
}

#[test]
fn a_failure_notice() {
    let failures = [
        failure("bob@corp.example", "5.1.1", "mx.corp.example [192.0.2.7]", "550 5.1.1 no such user"),
        failure("eve@gone.example", "5.1.2", "", "the domain does not exist"),
    ];
    check(
        &notice(Kind::Failed, &failures, HEADER),
        &expect![[r#"
        From: Mail Delivery System <postmaster@gate.example>
        To: <ann@sender.example>
        Subject: Your message could not be delivered
        Date: Thu, 26 Nov 2026 01:00:00 +0000
        Message-ID: <040g2081040g2081040g208104@gate.example>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        	boundary="=_040g2081040g2081040g208104"

        --=_040g2081040g2081040g208104
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        This is the mail gateway gate.example.

        Your message could not be delivered to the recipients below. It will not be tried again.

          bob@corp.example
            mx.corp.example [192.0.2.7]: 550 5.1.1 no such user

          eve@gone.example
            the domain does not exist

        Reference: 081040g208

        --=_040g2081040g2081040g208104
        Content-Type: message/delivery-status

        Reporting-MTA: dns; gate.example
        Arrival-Date: Wed, 25 Nov 2026 21:00:00 +0000

        Final-Recipient: rfc822; bob@corp.example
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.corp.example
        Diagnostic-Code: smtp; 550 5.1.1 no such user
        Last-Attempt-Date: Thu, 26 Nov 2026 01:00:00 +0000

        Final-Recipient: rfc822; eve@gone.example
        Action: failed
        Status: 5.1.2
        Last-Attempt-Date: Thu, 26 Nov 2026 01:00:00 +0000

        --=_040g2081040g2081040g208104
        Content-Type: text/rfc822-headers; charset=us-ascii
        Content-Transfer-Encoding: 7bit

        Received: from a.example
        	by b.example; Wed, 25 Nov 2026 20:59:59 +0000
        From: Ann <ann@sender.example>
        Subject: Gr????e

        --=_040g2081040g2081040g208104--
    "#]],
    );
}

#[test]
fn a_delay_notice() {
    let failures = [failure("bob@corp.example", "4.4.1", "mx.corp.example [192.0.2.7]:2525", "connection refused")];
    check(
        &notice(Kind::Delayed, &failures, HEADER),
        &expect![[r#"
        From: Mail Delivery System <postmaster@gate.example>
        To: <ann@sender.example>
        Subject: Your message is late
        Date: Thu, 26 Nov 2026 01:00:00 +0000
        Message-ID: <040g2081040g2081040g208104@gate.example>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        	boundary="=_040g2081040g2081040g208104"

        --=_040g2081040g2081040g208104
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        This is the mail gateway gate.example.

        Your message could not be delivered yet to the recipients below. You need not send it again:
        it is tried until Mon, 30 Nov 2026 21:00:00 +0000.

          bob@corp.example
            mx.corp.example [192.0.2.7]:2525: connection refused

        Reference: 081040g208

        --=_040g2081040g2081040g208104
        Content-Type: message/delivery-status

        Reporting-MTA: dns; gate.example
        Arrival-Date: Wed, 25 Nov 2026 21:00:00 +0000

        Final-Recipient: rfc822; bob@corp.example
        Action: delayed
        Status: 4.4.1
        Remote-MTA: dns; mx.corp.example
        Diagnostic-Code: smtp; connection refused
        Last-Attempt-Date: Thu, 26 Nov 2026 01:00:00 +0000
        Will-Retry-Until: Mon, 30 Nov 2026 21:00:00 +0000

        --=_040g2081040g2081040g208104
        Content-Type: text/rfc822-headers; charset=us-ascii
        Content-Transfer-Encoding: 7bit

        Received: from a.example
        	by b.example; Wed, 25 Nov 2026 20:59:59 +0000
        From: Ann <ann@sender.example>
        Subject: Gr????e

        --=_040g2081040g2081040g208104--
    "#]],
    );
}

// RFC 6522: three parts, of these types; the middle one is fields in groups (RFC 3464 2.1).
#[test]
fn every_mail_program_reads_three_parts() {
    let failures = [
        failure("a@x.example", "5.1.1", "mx.x.example [192.0.2.7]", "550 no"),
        failure("b@y.example", "5.1.2", "", "no"),
    ];
    let text = notice(Kind::Failed, &failures, HEADER);
    let message = Message::parse(text.clone().into());
    assert_eq!(
        (message.defects.len(), message.ambiguities.len()),
        (0, 0),
        "{:?} {:?}",
        message.defects,
        message.ambiguities
    );
    let types: Vec<_> = message.parts().map(|(path, part)| (path.to_string(), part.media_type.essence())).collect();
    let types: Vec<_> = types.iter().map(|(path, kind)| format!("{path} {kind}")).collect();
    assert_eq!(types.join(", "), " multipart/report, 1 text/plain, 2 message/delivery-status, 3 text/rfc822-headers");
    let (_, status) = message.parts().find(|(_, part)| part.media_type.essence() == "message/delivery-status").unwrap();
    let status = String::from_utf8(message.raw()[status.body.clone()].to_vec()).unwrap();
    let groups: Vec<_> = status.trim_end().split("\r\n\r\n").collect();
    let first_fields: Vec<_> = groups.iter().map(|group| group.split(':').next().unwrap()).collect();
    assert_eq!(first_fields, ["Reporting-MTA", "Final-Recipient", "Final-Recipient"]);
    assert!(text.starts_with("From: Mail Delivery System <postmaster@gate.example>\r\nTo: <ann@sender.example>\r\n"));
}

#[test]
fn words_of_strangers_stay_on_their_line() {
    let evil = "x\r\nStatus: 2.0.0\r\n\r\n--=_04108210418820841040g20g2081\r\nBcc: all@corp.example\n\u{85}y";
    let text = notice(Kind::Failed, &[failure(evil, "5.0.0", evil, evil)], HEADER);
    let message = Message::parse(text.clone().into());
    assert_eq!(message.parts().count(), 4, "{text}");
    for line in text.lines() {
        assert!(!line.starts_with("Status: 2") && !line.starts_with("Bcc") && !line.starts_with("y"), "{text}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("--=_")).count(), 4, "{text}");
}

// A next hop may say 64 KiB to each of a thousand recipients.
#[test]
fn long_words_are_cut() {
    let endless = "a".repeat(65_000);
    let failures = vec![failure("bob@corp.example", "5.0.0", &endless, &endless); RECIPIENTS_MAX + 7];
    let text = notice(Kind::Failed, &failures, HEADER);
    assert!(text.len() < RECIPIENTS_MAX * 3_000, "{}", text.len());
    assert!(text.split("\r\n").all(|line| line.len() <= 1_100), "lines");
    assert_eq!(text.matches("Final-Recipient").count(), RECIPIENTS_MAX);
    assert!(text.contains("\r\n  and 7 more\r\n"));
}

#[test]
fn the_quoted_header_is_whole_lines_up_to_the_limit_and_never_the_body() {
    let failures = [failure("bob@corp.example", "5.0.0", "", "no")];
    let line = format!("X-Long: {}\r\n", "b".repeat(90));
    let long = line.repeat(QUOTED_HEADER_BYTES_MAX / line.len() + 5);
    let quoted = |header: &[u8]| {
        let text = notice(Kind::Failed, &failures, header);
        let (_, quoted) = text.split_once("Content-Transfer-Encoding: 7bit\r\n\r\n").unwrap();
        quoted.split_once("\r\n--=_").unwrap().0.to_owned()
    };
    let lines = quoted(long.as_bytes());
    assert_eq!(lines.len(), QUOTED_HEADER_BYTES_MAX / line.len() * line.len());
    assert!(lines.split_terminator("\r\n").all(|found| found == line.trim_end()));
    assert_eq!(quoted(b"Subject: x\r\n\r\nsecret body\r\n"), "Subject: x\r\n");
    assert_eq!(quoted(b"\r\nsecret body\r\n"), "");
    assert_eq!(quoted(b"Subject: \x00\x1b[31m\xff\r\n"), "Subject: ??[31m?\r\n");
    assert_eq!(quoted("x".repeat(5_000).as_bytes()).len(), QUOTED_LINE_BYTES_MAX + 2);
}
