//! Signatures that count, and the many ways in which one does not.

use scan::auth::DmarcResult;

use super::*;
use crate::sample::{Key, World, signed};

const PLAIN: &str =
    "From: Ann <ann@example.org>\r\nTo: bob@corp.example\r\nSubject: Lunch\r\n\r\nAt noon.\r\nYours, Ann\r\n";
const FIELDS: [&str; 3] = ["From", "To", "Subject"];
/// An RSA key of 512 bits.
const WEAK: &str = "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL0wdYTdZc7F5H9AR8+CJDgGsrpNszJPklvFcEocNUzf2zrXmayjOoPltGF5h5ce6PZF6qJVUK31rZWbKalttRsCAwEAAQ==";

async fn world(key: &Key) -> World {
    World::new(&format!(
        "s1._domainkey.example.org TXT {0}\ns1._domainkey.weak.example TXT {WEAK}\ns1._domainkey.revoked.example TXT v=DKIM1; p=\n\
         s1._domainkey.down.example SERVFAIL\ns1._domainkey.silent.example TIMEOUT\ns1._domainkey.other.example TXT {0}; s=tlsrpt\n\
         s1._domainkey.sha1.example TXT {0}; h=sha1\nexample.org A 192.0.2.1\n",
        key.record()
    ))
    .await
}

async fn results(world: &World, raw: &str) -> Vec<(DkimResult, String)> {
    let results = world.run("ann@example.org", raw).await;
    results.dkim.into_iter().map(|check| (check.result, check.comment)).collect()
}

async fn one(world: &World, raw: &str) -> (DkimResult, String) {
    let mut all = results(world, raw).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test]
async fn a_whole_signature_passes_and_a_changed_body_fails() {
    let key = Key::new();
    let world = world(&key).await;
    let raw = signed(&key.signer("example.org", &FIELDS), PLAIN);
    assert_eq!(one(&world, &raw).await, (DkimResult::Pass, String::new()));
    assert_eq!(one(&world, &raw.replace("noon", "nine")).await, (DkimResult::Fail, "body was changed".into()));
    let (result, _) = one(&world, &raw.replace("Lunch", "Money")).await;
    assert_eq!(result, DkimResult::Fail);
    assert!(results(&world, PLAIN).await.is_empty());
}

#[tokio::test]
async fn from_must_be_signed() {
    let key = Key::new();
    let raw = signed(&key.signer("example.org", &["To", "Subject"]), PLAIN);
    assert_eq!(one(&world(&key).await, &raw).await, (DkimResult::Policy, "From is not signed".into()));
}

#[tokio::test]
async fn body_behind_the_signed_length_does_not_count() {
    let key = Key::new();
    let world = world(&key).await;
    let raw = signed(&key.signer("example.org", &FIELDS).body_length(true), PLAIN);
    assert!(raw.contains("l="), "{raw}");
    assert_eq!(one(&world, &raw).await.0, DkimResult::Pass, "all of the body is signed");
    let longer = format!("{raw}<a href=http://evil.example/>Log in</a>\r\n");
    assert_eq!(one(&world, &longer).await, (DkimResult::Policy, "41 bytes of body are not signed".into()));
    let changed = longer.replace("noon", "nine");
    assert_eq!(one(&world, &changed).await.0, DkimResult::Fail);
}

#[tokio::test]
async fn a_second_field_on_top_does_not_count() {
    let key = Key::new();
    let world = world(&key).await;
    let raw = signed(&key.signer("example.org", &FIELDS), PLAIN);
    for (field, expected) in
        [("Subject: Urgent payment", "Subject"), ("From: <ceo@corp.example>", "From"), ("subject : x", "Subject")]
    {
        let expected = (DkimResult::Policy, format!("a second {expected} is not signed"));
        assert_eq!(one(&world, &format!("{field}\r\n{raw}")).await, expected);
    }
    // Signed once more than it is there, a field cannot be added at all.
    let oversigned = signed(&key.signer("example.org", &["From", "From", "Subject", "Subject"]), PLAIN);
    assert_eq!(one(&world, &oversigned).await.0, DkimResult::Pass);
}

#[tokio::test]
async fn keys_that_do_not_count() {
    let key = Key::new();
    let world = world(&key).await;
    for (domain, result, comment) in [
        ("weak.example", DkimResult::Policy, "weak key"),
        ("revoked.example", DkimResult::PermError, "key is revoked"),
        ("missing.example", DkimResult::PermError, "no key"),
        ("other.example", DkimResult::PermError, "no key"),
        ("sha1.example", DkimResult::PermError, "key is not for this hash"),
        ("down.example", DkimResult::TempError, "key not available now"),
        ("silent.example", DkimResult::TempError, "key not available now"),
    ] {
        let raw = signed(&key.signer(domain, &FIELDS), PLAIN);
        assert_eq!(one(&world, &raw).await, (result, comment.to_owned()), "{domain}");
    }
}

#[tokio::test]
async fn an_expired_signature_fails_by_the_time_of_arrival() {
    let key = Key::new();
    let raw = signed(&key.signer("example.org", &FIELDS).expiration(3_600), PLAIN);
    assert_eq!(one(&world(&key).await, &raw).await, (DkimResult::Fail, "expired".into()));
}

#[tokio::test]
async fn an_identity_outside_of_the_domain_is_an_error() {
    let key = Key::new();
    let raw = signed(&key.signer("example.org", &FIELDS).agent_user_identifier("@corp.example"), PLAIN);
    assert_eq!(one(&world(&key).await, &raw).await.0, DkimResult::PermError);
}

#[tokio::test]
async fn broken_signatures_are_errors_and_ask_nothing() {
    let key = Key::new();
    let world = world(&key).await;
    let raw = signed(&key.signer("example.org", &FIELDS), PLAIN);
    for (from, to) in
        [("v=1", "v=2"), ("a=ed25519-sha256", "a=rot13"), ("s=s1", "s=s1\0x"), ("d=example.org", "x=1"), ("v=1;", "")]
    {
        let (result, comment) = one(&world, &raw.replace(from, to)).await;
        assert_eq!(result, DkimResult::PermError, "{to:?}: {comment}");
    }
    assert_eq!(world.server.queries_for("s1._domainkey.example.org"), 0);
}

#[tokio::test]
async fn two_hundred_signatures_cost_twenty_keys() {
    let key = Key::new();
    let world = world(&key).await;
    let mut raw = PLAIN.to_owned();
    for number in 0..200 {
        raw = signed(&key.signer(&format!("d{number}.example"), &FIELDS), &raw);
    }
    let all = results(&world, &raw).await;
    assert_eq!(all.len(), SIGNATURES_MAX);
    assert_eq!(all.last().map(|(_, comment)| comment.as_str()), Some("no key; 180 more signatures ignored"));
    let keys = world.server.names_asked().into_iter().filter(|name| name.contains("_domainkey")).count();
    assert_eq!(keys, SIGNATURES_MAX);
}

#[tokio::test]
async fn messages_that_were_extended_after_signing() {
    let append = include_str!("../../tests/data/dkim-l-append.eml");
    let world = World::new(include_str!("../../tests/data/dkim-l-append.zone")).await;
    let results = world.run("x@evil.example", append).await;
    assert_eq!((results.dkim_result(), results.dmarc.dkim_aligned), (DkimResult::Policy, false));
    assert_eq!(results.dmarc.result, DmarcResult::Fail);

    let doubled = include_str!("../../tests/data/dkim-dup-header.eml");
    let world = World::new(include_str!("../../tests/data/dkim-dup-header.zone")).await;
    let results = world.run("x@evil.example", doubled).await;
    assert_eq!((results.dkim_result(), results.dmarc.result), (DkimResult::Policy, DmarcResult::PermError));
    // Without the two fields on top the signature is whole.
    let genuine = doubled.split_once("DKIM-Signature").map(|(_, rest)| format!("DKIM-Signature{rest}")).unwrap();
    let results = world.run("x@evil.example", &genuine).await;
    assert_eq!((results.dkim_result(), results.dmarc.result), (DkimResult::Pass, DmarcResult::Pass));
}

#[tokio::test]
async fn few_signatures_may_ask_for_a_hash_of_their_own() {
    let key = Key::new();
    let world = world(&key).await;
    let mut raw = PLAIN.to_owned();
    for length in 1..=6 {
        let field = format!(
            "DKIM-Signature: v=1; a=ed25519-sha256; d=d{length}.example; s=s1; h=From; bh=AAAA; l={length}; b=AAAA\r\n"
        );
        raw = format!("{field}{raw}");
    }
    let comments: Vec<String> = results(&world, &raw).await.into_iter().map(|(_, comment)| comment).collect();
    assert_eq!(comments.iter().filter(|comment| *comment == "too many signatures with l=").count(), 2, "{comments:?}");
}
