//! Which fields go and which stay.

use bytes::Bytes;

use super::*;

fn removed(header: &str) -> Vec<String> {
    let raw = format!("{header}From: a@b.example\r\n\r\nbody\r\n");
    let message = Message::parse(Bytes::from(raw.clone()));
    foreign_results(&message, "gw.corp.example").into_iter().map(|range| raw[range].to_owned()).collect()
}

#[test]
fn ours_is_removed_in_any_dress() {
    for field in [
        "Authentication-Results: gw.corp.example; spf=pass\r\n",
        "authentication-results: GW.Corp.EXAMPLE (x); spf=pass\r\n",
        "Authentication-Results:gw.corp.example 1; none\r\n",
        "Authentication-Results: (a (nested; comment)) gw.corp.example\r\n\t; dkim=pass\r\n",
        "Authentication-Results: \"gw.corp.example\"; spf=pass\r\n",
        "Authentication-Results: gw.corp.example. ; spf=pass\r\n",
        "Authentication-Results:\r\n gw.corp.example; spf=pass\r\n",
        "Authentication-Results: \"gw\\.corp.example\"; spf=pass\r\n",
        "Authentication-Results: gw.corp.example (unclosed; spf=pass\r\n",
        "Authentication-Results: gw.corp.example\r\n",
    ] {
        assert_eq!(removed(field), [field], "{field}");
    }
}

#[test]
fn others_stay() {
    for field in [
        "Authentication-Results: mx.example.org; spf=pass\r\n",
        "Authentication-Results: gw.corp.example.evil.example; spf=pass\r\n",
        "Authentication-Results: xgw.corp.example; spf=pass\r\n",
        "Authentication-Results: mx.example.org (gw.corp.example); spf=pass\r\n",
        "ARC-Authentication-Results: i=1; gw.corp.example; spf=pass\r\n",
        "X-Authentication-Results: gw.corp.example; spf=pass\r\n",
    ] {
        assert!(removed(field).is_empty(), "{field}");
    }
}

#[test]
fn several_are_found_in_order() {
    let header = "Authentication-Results: gw.corp.example; a=b\r\nSubject: x\r\nAuthentication-Results: other; a=b\r\n\
                  Authentication-Results: GW.CORP.EXAMPLE; c=d\r\n";
    assert_eq!(removed(header).len(), 2);
}
