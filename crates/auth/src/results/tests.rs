//! The field as it is written, and strangers who would like to write it.

use expect_test::{Expect, expect};
use mail::address::Domain;
use mail::envelope::{BodyType, Client, Helo};
use mail::timestamp::Timestamp;
use scan::auth::{ArcCheck, DmarcPolicy, DmarcResult, SpfResult};

use super::*;

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn envelope(sender: &str) -> Envelope {
    let sender = match sender {
        "" => ReversePath::Null,
        address => ReversePath::Address(Address::parse(address).unwrap()),
    };
    Envelope {
        client: Client { ip: "192.0.2.1".parse().unwrap(), port: 0, tls: None },
        helo: Helo { name: "mx.example.org".to_owned(), extended: true },
        sender,
        recipients: Vec::new(),
        received_at: Timestamp::from_unix_millis(0),
        body: BodyType::SevenBit,
    }
}

fn passed(sender: &str) -> AuthResults {
    let of_helo = sender.is_empty();
    let checked = if of_helo { "mx.example.org" } else { sender.rsplit('@').next().unwrap() };
    AuthResults {
        spf: SpfCheck { result: SpfResult::Pass, domain: Some(domain(checked)), of_helo },
        dkim: vec![DkimCheck {
            result: DkimResult::Pass,
            domain: Some(domain("example.org")),
            selector: "s2026".to_owned(),
            comment: String::new(),
        }],
        dmarc: DmarcCheck {
            result: DmarcResult::Pass,
            from: Some(domain("example.org")),
            policy: Some(DmarcPolicy::Reject),
            spf_aligned: true,
            dkim_aligned: true,
        },
        arc: ArcCheck { result: DkimResult::None, sealer: None },
    }
}

fn check(results: &AuthResults, sender: &str, expected: &Expect) {
    let text = authentication_results("gw.corp.example", results, &envelope(sender));
    assert!(text.split("\r\n").skip(1).all(|line| line.starts_with('\t')), "each line is a continuation");
    expected.assert_eq(&text.replace("\r\n\t", "\n"));
}

#[test]
fn everything_passes() {
    check(
        &passed("ann@example.org"),
        "ann@example.org",
        &expect![[r#"
            gw.corp.example;
            spf=pass smtp.mailfrom=ann@example.org;
            dkim=pass header.d=example.org header.s=s2026;
            dmarc=pass (p=reject) header.from=example.org"#]],
    );
}

#[test]
fn nothing_is_known() {
    check(
        &AuthResults::none(),
        "",
        &expect![[r#"
            gw.corp.example;
            spf=none;
            dkim=none;
            dmarc=none"#]],
    );
}

#[test]
fn the_null_sender_is_named_by_helo() {
    let mut results = passed("");
    results.arc = ArcCheck { result: DkimResult::Fail, sealer: Some(domain("sealer.example")) };
    check(
        &results,
        "",
        &expect![[r#"
            gw.corp.example;
            spf=pass smtp.helo=mx.example.org;
            dkim=pass header.d=example.org header.s=s2026;
            dmarc=pass (p=reject) header.from=example.org;
            arc=fail header.d=sealer.example"#]],
    );
}

#[test]
fn a_local_part_or_selector_begins_no_result() {
    let sender = r#""x; dkim=pass header.d=corp.example; y="@evil.example"#;
    let mut results = passed("a@evil.example");
    results.dkim[0].selector = r#"s; dmarc=pass "x\"#.to_owned();
    results.dkim[0].comment = "a) ; dmarc=pass (b\r\nX: y".to_owned();
    results.dkim[0].result = DkimResult::Fail;
    results.dmarc.result = DmarcResult::Fail;
    check(
        &results,
        sender,
        &expect![[r#"
            gw.corp.example;
            spf=pass smtp.mailfrom=evil.example;
            dkim=fail (a ; dmarc=pass bX: y) header.d=example.org header.s="s; dmarc=pass \"x\\";
            dmarc=fail (p=reject) header.from=example.org"#]],
    );
}
