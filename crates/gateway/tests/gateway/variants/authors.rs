//! Authors: who a client shows, and who is checked.

use super::{Variant, arrives, check, stopped};
use crate::{ALICE, BOB};

fn from(fields: &str) -> String {
    format!(
        "{fields}\r\nTo: <{BOB}>\r\nSubject: From whom\r\nDate: Thu, 26 Nov 2026 08:00:00 +0000\r\n\
         Message-ID: <{}@sender.example>\r\n\r\nHello Bob, please call me.\r\n",
        fields.len()
    )
}

fn forged() -> Vec<Variant> {
    vec![
        stopped(
            "two fields with an honest one last",
            from("From: ceo@corp.example\r\nFrom: alice@sender.example"),
            &["multiple_from"],
        ),
        stopped("a group of two", from("From: Board: ceo@corp.example, alice@sender.example;"), &["multiple_from"]),
        stopped(
            "a comment that looks like an address",
            from("From: (alice@sender.example) ceo@corp.example"),
            &["dmarc_fail"],
        ),
        stopped("a blank before the colon", from("From : ceo@corp.example"), &["dmarc_fail"]),
        stopped("a field that is folded before its value", from("From:\r\n ceo@corp.example"), &["dmarc_fail"]),
        stopped(
            "an address within an address",
            from("From: <ceo@corp.example> <alice@sender.example>"),
            &["malformed_from"],
        ),
        stopped("two at signs", from("From: <ceo@corp.example@sender.example>"), &["malformed_from"]),
        stopped(
            "an address in per cents of an encoded word",
            from("From: =?utf-8?Q?ceo=40corp.example?="),
            &["malformed_from"],
        ),
        stopped("nobody", from("X-From: ceo@corp.example"), &["malformed_from"]),
        stopped(
            "results that claim a pass",
            from(
                "Authentication-Results: MX.Corp.Example; dmarc=pass header.from=corp.example\r\nFrom: ceo@corp.example",
            ),
            &["dmarc_fail"],
        ),
        stopped(
            "an address of ours as a name, turned round",
            from("From: \"\u{202e}elpmaxe.proc@oec\u{202c} ceo@corp.example\" <alice@sender.example>"),
            &["display_name_address", "disguised_header"],
        ),
    ]
}

fn honest() -> Vec<Variant> {
    let plain = |name, fields: &str| arrives(name, from(fields), &[]);
    vec![
        plain("a name with a comma", &format!("From: \"Ducks, Alice\" <{ALICE}>")),
        plain("a name in an encoded word", &format!("From: =?utf-8?Q?Al=C3=ADce?= <{ALICE}>")),
        plain("a comment behind the address", &format!("From: {ALICE} (Alice)")),
        plain("a folded field with a sender", &format!("From: Alice\r\n <{ALICE}>\r\nSender: office@sender.example")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_it() {
    check([forged(), honest()].into_iter().flatten().collect()).await;
}
