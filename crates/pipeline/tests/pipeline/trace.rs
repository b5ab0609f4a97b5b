//! Our own header fields, and those that pretend to be ours.

use bytes::Bytes;
use expect_test::{Expect, expect};
use mail::edit::apply;
use mail::envelope::{Envelope, TlsSession};
use mail::message::Message;
use pipeline::trace_fields::{OWN_HOPS_MAX, RECEIVED_HOPS_MAX, arrival_edits, is_loop};
use scan::auth::AuthResults;

use crate::world::{envelope, id, identity};

fn arrived(raw: &[u8], envelope: &Envelope, auth: Option<&AuthResults>) -> Vec<u8> {
    let raw = Bytes::copy_from_slice(raw);
    let edits = arrival_edits(&Message::parse(raw.clone()), envelope, id(1), auth, &identity());
    apply(&raw, &edits).unwrap().to_vec()
}

fn check(envelope: &Envelope, auth: Option<&AuthResults>, expected: &Expect) {
    let copy = arrived(b"Subject: x\r\n\r\nText\r\n", envelope, auth);
    let copy = String::from_utf8(copy).unwrap();
    let top = copy.strip_suffix("Subject: x\r\n\r\nText\r\n").unwrap();
    assert!(top.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{top}");
    expected.assert_eq(&top.replace("\r\n", "\n"));
}

#[test]
fn received_of_one_recipient_with_tls() {
    let mut envelope = envelope(&["bob@corp.example"]);
    envelope.client.tls = Some(TlsSession { version: "TLSv1.3".into(), cipher: "TLS13_AES_256_GCM_SHA384".into() });
    check(
        &envelope,
        None,
        &expect![[r#"
        Received: from mx.sender.example ([192.0.2.9])
        	by gate.example (Postern hop h0p) with ESMTPS id 040g208104
        	for <bob@corp.example>
        	(TLSv1.3 TLS13_AES_256_GCM_SHA384);
        	Wed, 25 Nov 2026 21:00:00 +0000
    "#]],
    );
}

// Blind copies stay blind.
#[test]
fn received_of_several_recipients_from_an_old_client() {
    let mut envelope = envelope(&["bob@corp.example", "secret@corp.example"]);
    envelope.client.ip = "2001:db8::1".parse().unwrap();
    envelope.helo.extended = false;
    check(
        &envelope,
        None,
        &expect![[r#"
        Received: from mx.sender.example ([IPv6:2001:db8::1])
        	by gate.example (Postern hop h0p) with SMTP id 040g208104;
        	Wed, 25 Nov 2026 21:00:00 +0000
    "#]],
    );
}

#[test]
fn results_of_authentication_stand_below_it() {
    check(
        &envelope(&["bob@corp.example"]),
        Some(&AuthResults::none()),
        &expect![[r#"
            Received: from mx.sender.example ([192.0.2.9])
            	by gate.example (Postern hop h0p) with ESMTP id 040g208104
            	for <bob@corp.example>;
            	Wed, 25 Nov 2026 21:00:00 +0000
            Authentication-Results: gate.example;
            	spf=none;
            	dkim=none;
            	dmarc=none
        "#]],
    );
}

#[test]
fn a_hostile_name_ends_no_field_and_no_comment() {
    for name in
        ["x\r\nX-Evil: y", "x) (Postern hop h0p", "x;\r\n\tWed", "", "\u{fc}\0\u{7f}", "a b@c <d>", &"x".repeat(5_000)]
    {
        let mut envelope = envelope(&["bob@corp.example"]);
        envelope.helo.name = name.to_owned();
        envelope.client.tls = Some(TlsSession { version: name.to_owned(), cipher: name.to_owned() });
        let copy = arrived(b"Subject: x\r\n\r\n", &envelope, None);
        let message = Message::parse(copy.clone().into());
        let names: Vec<_> = message.fields().map(|field| field.name().into_owned()).collect();
        assert_eq!(names, ["Received", "Subject"], "{name:?}");
        let text = String::from_utf8(copy).unwrap();
        assert_eq!(text.matches("Postern hop").count(), 1, "{text}");
        assert!(text.lines().all(|line| line.len() < 998), "{text}");
    }
}

#[test]
fn what_pretends_to_be_ours_goes_and_all_else_stays_byte_for_byte() {
    let kept: [&[u8]; 8] = [
        b"Received: from a by b; Wed, 25 Nov 2026 20:59:00 +0000\r\n",
        b"Authentication-Results: other.example;\r\n\tspf=pass\r\n",
        b"Authentication-Results: not-gate.example; dmarc=pass\r\n",
        b"X-Posterns: mine\r\n",
        b"Subject: \xff\xfe Gr\xc3\xbc\xc3\x9fe \t \r\n",
        b"X-Long: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n zz\r\n",
        b"no colon here\r\n",
        b"Subject: again\r\n",
    ];
    let forged: [&[u8]; 8] = [
        b"X-Postern-Class: clean\r\n",
        b"x-POSTERN-junk:\r\n\tno,\r\n  really\r\n",
        b"X-Postern-Whatever : 1\r\n",
        b"Authentication-Results: gate.example; dmarc=pass\r\n",
        b"authentication-results:\r\n\tGATE.example;\r\n\tspf=pass\r\n",
        b"Authentication-Results: gate.example 1; spf=pass\r\n",
        b"Authentication-Results: (really) \"gate.example\"; spf=pass\r\n",
        b"X-Postern-: \r\n",
    ];
    let body: &[u8] =
        b"\r\nX-Postern-Class: in the body\r\n\xffAuthentication-Results: gate.example; spf=pass\r\n.\r\n";
    let mixed: Vec<&[u8]> =
        kept.into_iter().zip(forged).flat_map(|(kept, forged)| [forged, kept]).chain([body]).collect();
    let envelope = envelope(&["bob@corp.example"]);
    let alone = arrived(&[&kept.concat(), body].concat(), &envelope, Some(&AuthResults::none()));
    let copy = arrived(&mixed.concat(), &envelope, Some(&AuthResults::none()));
    assert_eq!(copy.escape_ascii().to_string(), alone.escape_ascii().to_string());
    assert!(alone.ends_with(&[&kept.concat(), body].concat()), "what is not ours stays");
}

// In the middle of a header such a line would end it for some readers.
#[test]
fn the_line_of_mail_boxes_stays_first() {
    let raw = b"From ann Wed Nov 25 20:59:00 2026\r\nSubject: x\r\nX-Postern-Class: clean\r\n\r\nText\r\n";
    let copy = String::from_utf8(arrived(raw, &envelope(&["bob@corp.example"]), None)).unwrap();
    assert!(copy.starts_with("From ann Wed Nov 25 20:59:00 2026\r\nReceived: from mx.sender.example"), "{copy}");
    assert!(copy.ends_with("+0000\r\nSubject: x\r\n\r\nText\r\n"), "{copy}");
}

#[test]
fn a_mail_that_was_here_too_often_or_has_come_too_far_is_in_a_loop() {
    let bob = envelope(&["bob@corp.example"]);
    let mut came_back = b"Subject: x\r\n\r\nText\r\n".to_vec();
    // An alias outside that forwards back to us, and one more of them, are honest.
    for _ in 0..OWN_HOPS_MAX {
        assert!(!is_loop(&came_back, &identity()));
        came_back =
            arrived(&[b"Received: from us by alias.example; now\r\n", came_back.as_slice()].concat(), &bob, None);
    }
    assert!(is_loop(&came_back, &identity()));
    let other = pipeline::trace_fields::Identity { hop: "other".to_owned(), ..identity() };
    assert!(!is_loop(&came_back, &other), "another gateway of the same make");

    let hops =
        |count: usize| ["rEcEiVeD: from a by b; now\r\n".repeat(count), "Subject: x\r\n\r\n".to_owned()].concat();
    assert!(!is_loop(hops(RECEIVED_HOPS_MAX - 1).as_bytes(), &identity()));
    assert!(is_loop(hops(RECEIVED_HOPS_MAX).as_bytes(), &identity()));

    // A forwarded or returned mail has the old header in its body; a comment elsewhere is no hop.
    let quoted = [b"Subject: fwd\r\n\r\n".as_slice(), &came_back, hops(200).as_bytes()].concat();
    assert!(!is_loop(&quoted, &identity()));
    let elsewhere = "X-Note: (Postern hop h0p)\r\n (Postern hop h0p)\r\n".repeat(OWN_HOPS_MAX);
    assert!(!is_loop(elsewhere.as_bytes(), &identity()));
}
