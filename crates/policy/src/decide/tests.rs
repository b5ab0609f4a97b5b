use expect_test::{Expect, expect};
use mail::envelope::Direction;
use scan::auth::{DmarcResult, SpfResult};
use scan::class::Class;
use scan::facts::{Fact, UnknownReason};
use scan::question::Answer;

use super::*;
use crate::explain::explain;
use crate::reconcile::{SessionReply, reconcile};
use crate::tests::sample::{gathered, recipient, verdict};

fn policy(rules: &[(&str, &str, &str)]) -> Policy {
    let mut text = "name = \"p\"\n".to_owned();
    for (id, when, rest) in rules {
        text.push_str(&format!("[[rule]]\nid = \"{id}\"\nwhen = '{when}'\n{rest}\n"));
    }
    Policy::parse("p.toml", &text).unwrap_or_else(|error| panic!("{error}"))
}

fn shown(ruling: &Ruling) -> String {
    let actions: Vec<&str> = ruling.actions.iter().map(Action::word).collect();
    let because: Vec<&str> = ruling.because.iter().map(|id| id.0.as_str()).collect();
    format!("{} because {:?} not checked {:?}", actions.join("+"), because, ruling.not_checked)
}

fn decided(policy: &Policy, gathered: &Gathered, attempt: Attempt) -> String {
    let decision = decide(policy, gathered, &verdict(Class::Spam, 0.9), attempt);
    decision.per_recipient.iter().map(shown).collect::<Vec<_>>().join("\n")
}

const TAG: &str = "actions = [{ tag = { subject_prefix = \"x\" } }]";
const DELIVER: &str = "actions = [\"deliver\"]";
const JUNK: &str = "actions = [\"junk\"]";
const REJECT: &str = "actions = [\"reject\"]";
const REJECT_OR_HOLD: &str = "actions = [\"reject\"]\nwhen_unknown = \"hold\"";

#[test]
fn tags_add_up_and_a_final_action_ends() {
    let rules = [
        ("a", "true", TAG),
        ("b", "true", TAG),
        ("c", "client.tls", REJECT),
        ("d", "true", JUNK),
        ("e", "true", REJECT),
    ];
    let ruled = decided(&policy(&rules), &gathered(), Attempt::InSession);
    expect![[r#"tag+tag+junk because ["p/a", "p/b", "p/d"] not checked []"#]].assert_eq(&ruled);
    let ruled = decided(&policy(&[]), &gathered(), Attempt::InSession);
    expect!["deliver because [] not checked []"].assert_eq(&ruled);
}

#[test]
fn each_recipient_has_its_own_ruling() {
    let mut message = gathered();
    message.envelope.recipients.push(recipient("eve@elsewhere.example", Direction::Outbound));
    let rules = [
        ("out", "true", "actions = [\"hold\"]\ndirection = \"outbound\""),
        ("bob", "recipient.address == \"bob@example.org\"", REJECT),
    ];
    expect![[r#"
        reject because ["p/bob"] not checked []
        hold because ["p/out"] not checked []"#]]
    .assert_eq(&decided(&policy(&rules), &message, Attempt::InSession));
    expect![[r#"
        quarantine because ["p/bob"] not checked []
        hold because ["p/out"] not checked []"#]]
    .assert_eq(&decided(&policy(&rules), &message, Attempt::AfterAccept));
}

// Every kind of unknown with every kind of rule.
#[test]
fn what_an_unknown_does_depends_on_rule_and_check() {
    let mut message = gathered();
    message.facts.reverse_dns = Fact::Unknown(UnknownReason::TimedOut);
    message.auth.dmarc.result = DmarcResult::TempError;
    message.auth.spf.result = SpfResult::TempError;
    message.findings.0.insert("has_type(\"exe\")".into(), Answer::Unknown);
    let mut table = String::new();
    for (kind, when) in [
        ("advisory", "!facts.reverse_dns.confirmed"),
        ("advisory", "auth.spf == \"fail\""),
        ("required", "auth.dmarc == \"fail\""),
        ("both", "auth.dmarc == \"fail\" && !facts.reverse_dns.confirmed"),
        ("unopened", "has_type(\"exe\")"),
        ("unasked", "has_type(\"elf\")"),
    ] {
        for (effect, actions) in
            [("loosens", DELIVER), ("marks", TAG), ("stops", REJECT), ("stops, hold", REJECT_OR_HOLD)]
        {
            let policy = policy(&[("a", when, actions), ("b", "true", JUNK)]);
            for attempt in [Attempt::InSession, Attempt::AfterAccept] {
                let decision = decide(&policy, &message, &verdict(Class::Clean, 0.0), attempt);
                let ruling = &decision.per_recipient[0];
                table.push_str(&format!("{kind}, {effect}, {attempt:?}: {} {:?}\n", ruling.word(), ruling.not_checked));
            }
        }
    }
    expect_table().assert_eq(&table);
}

// What may hold what a rule takes away does not go out whole.
#[test]
fn a_rule_that_takes_something_away_stops_what_it_cannot_know() {
    let mut message = gathered();
    message.findings.0.insert("has_mark(\"macro\")".into(), Answer::Unknown);
    for actions in ["actions = [\"disarm\"]", "actions = [{ remove = {} }, \"deliver\"]"] {
        let policy = policy(&[("a", "has_mark(\"macro\")", actions)]);
        let decision = decide(&policy, &message, &verdict(Class::Clean, 0.0), Attempt::InSession);
        assert_eq!(decision.per_recipient[0].word(), "quarantine", "{actions}");
    }
    let policy = policy(&[("a", "has_mark(\"macro\")", "actions = [\"rebuild\"]")]);
    let decision = decide(&policy, &message, &verdict(Class::Clean, 0.0), Attempt::InSession);
    assert_eq!(decision.per_recipient[0].word(), "deliver");
}

fn expect_table() -> Expect {
    expect![[r#"
        advisory, loosens, InSession: junk ["facts.reverse_dns"]
        advisory, loosens, AfterAccept: junk ["facts.reverse_dns"]
        advisory, marks, InSession: junk ["facts.reverse_dns"]
        advisory, marks, AfterAccept: junk ["facts.reverse_dns"]
        advisory, stops, InSession: junk ["facts.reverse_dns"]
        advisory, stops, AfterAccept: junk ["facts.reverse_dns"]
        advisory, stops, hold, InSession: hold ["facts.reverse_dns"]
        advisory, stops, hold, AfterAccept: hold ["facts.reverse_dns"]
        advisory, loosens, InSession: junk ["auth.spf"]
        advisory, loosens, AfterAccept: junk ["auth.spf"]
        advisory, marks, InSession: junk ["auth.spf"]
        advisory, marks, AfterAccept: junk ["auth.spf"]
        advisory, stops, InSession: junk ["auth.spf"]
        advisory, stops, AfterAccept: junk ["auth.spf"]
        advisory, stops, hold, InSession: hold ["auth.spf"]
        advisory, stops, hold, AfterAccept: hold ["auth.spf"]
        required, loosens, InSession: junk ["auth.dmarc"]
        required, loosens, AfterAccept: junk ["auth.dmarc"]
        required, marks, InSession: junk ["auth.dmarc"]
        required, marks, AfterAccept: junk ["auth.dmarc"]
        required, stops, InSession: defer ["auth.dmarc"]
        required, stops, AfterAccept: hold ["auth.dmarc"]
        required, stops, hold, InSession: defer ["auth.dmarc"]
        required, stops, hold, AfterAccept: hold ["auth.dmarc"]
        both, loosens, InSession: junk ["auth.dmarc", "facts.reverse_dns"]
        both, loosens, AfterAccept: junk ["auth.dmarc", "facts.reverse_dns"]
        both, marks, InSession: junk ["auth.dmarc", "facts.reverse_dns"]
        both, marks, AfterAccept: junk ["auth.dmarc", "facts.reverse_dns"]
        both, stops, InSession: defer ["auth.dmarc", "facts.reverse_dns"]
        both, stops, AfterAccept: hold ["auth.dmarc", "facts.reverse_dns"]
        both, stops, hold, InSession: defer ["auth.dmarc", "facts.reverse_dns"]
        both, stops, hold, AfterAccept: hold ["auth.dmarc", "facts.reverse_dns"]
        unopened, loosens, InSession: junk ["content"]
        unopened, loosens, AfterAccept: junk ["content"]
        unopened, marks, InSession: junk ["content"]
        unopened, marks, AfterAccept: junk ["content"]
        unopened, stops, InSession: quarantine ["content"]
        unopened, stops, AfterAccept: quarantine ["content"]
        unopened, stops, hold, InSession: quarantine ["content"]
        unopened, stops, hold, AfterAccept: quarantine ["content"]
        unasked, loosens, InSession: junk ["has_type(\"elf\")"]
        unasked, loosens, AfterAccept: junk ["has_type(\"elf\")"]
        unasked, marks, InSession: junk ["has_type(\"elf\")"]
        unasked, marks, AfterAccept: junk ["has_type(\"elf\")"]
        unasked, stops, InSession: defer ["has_type(\"elf\")"]
        unasked, stops, AfterAccept: hold ["has_type(\"elf\")"]
        unasked, stops, hold, InSession: defer ["has_type(\"elf\")"]
        unasked, stops, hold, AfterAccept: hold ["has_type(\"elf\")"]
    "#]]
}

#[test]
fn a_failed_required_check_delivers_nothing_and_frees_nothing() {
    let mut message = gathered();
    message.failed_checks.push("unpack".into());
    let mut lines = Vec::new();
    for rule in
        [DELIVER, TAG, JUNK, "actions = [\"quarantine\"]", REJECT, "actions = [\"discard\"]", "actions = [\"hold\"]"]
    {
        let policy = policy(&[("a", "true", rule)]);
        for attempt in [Attempt::InSession, Attempt::AfterAccept] {
            lines.push(decided(&policy, &message, attempt));
        }
    }
    expect![[r#"
        defer because ["p/a", "gateway/required-check"] not checked ["unpack"]
        hold because ["p/a", "gateway/required-check"] not checked ["unpack"]
        tag+defer because ["p/a", "gateway/required-check"] not checked ["unpack"]
        tag+hold because ["p/a", "gateway/required-check"] not checked ["unpack"]
        defer because ["p/a", "gateway/required-check"] not checked ["unpack"]
        hold because ["p/a", "gateway/required-check"] not checked ["unpack"]
        quarantine because ["p/a"] not checked ["unpack"]
        quarantine because ["p/a"] not checked ["unpack"]
        reject because ["p/a"] not checked ["unpack"]
        quarantine because ["p/a"] not checked ["unpack"]
        discard because ["p/a"] not checked ["unpack"]
        discard because ["p/a"] not checked ["unpack"]
        hold because ["p/a"] not checked ["unpack"]
        hold because ["p/a"] not checked ["unpack"]"#]]
    .assert_eq(&lines.join("\n"));
    let mut named = policy(&[("a", "true", DELIVER)]);
    named.deliver_without = vec!["unpack".into()];
    expect![[r#"deliver because ["p/a"] not checked ["unpack"]"#]].assert_eq(&decided(
        &named,
        &message,
        Attempt::InSession,
    ));
    message.failed_checks.push("antivirus".into());
    expect![[r#"defer because ["p/a", "gateway/required-check"] not checked ["unpack", "antivirus"]"#]]
        .assert_eq(&decided(&named, &message, Attempt::InSession));
}

#[test]
fn what_was_not_checked_is_said_whatever_is_decided() {
    use scan::facts::{Fact, Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason};
    let mut message = gathered();
    let said = Said::Unknown(UnknownReason::TimedOut);
    message.facts.scanners.push(ScannerFact {
        scanner: "clamav".to_owned(),
        kind: ScannerKind::AntiVirus,
        need: ScannerNeed::FailOpen,
        version: String::new(),
        asked: 3,
        not_wanted: 2,
        files: vec![ScannedFile { place: "1".to_owned(), said, words: Vec::new() }],
    });
    message.facts.ocr = Fact::Unknown(UnknownReason::NotAsked);
    expect![[r#"deliver because ["p/a"] not checked ["scanner:clamav", "scanner:clamav (does not want 2 of 3 files)", "ocr"]"#]]
        .assert_eq(&decided(&policy(&[("a", "true", DELIVER)]), &message, Attempt::InSession));
}

#[test]
fn what_is_too_large_for_a_required_scanner_is_delivered_by_no_rule() {
    use scan::facts::{Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed};
    let rules = policy(&[("a", "true", DELIVER)]);
    let word = |rules: &Policy, need| {
        let mut message = gathered();
        message.facts.scanners.push(ScannerFact {
            scanner: "clamav".to_owned(),
            kind: ScannerKind::AntiVirus,
            need,
            version: String::new(),
            asked: 1,
            not_wanted: 0,
            files: vec![ScannedFile { place: "1".to_owned(), said: Said::OverLimits, words: Vec::new() }],
        });
        decide(rules, &message, &verdict(Class::Clean, 0.0), Attempt::InSession).word()
    };
    assert_eq!(word(&rules, ScannerNeed::Required), "quarantine");
    assert_eq!(word(&rules, ScannerNeed::FailOpen), "quarantine", "that is for outages");
    assert_eq!(word(&rules, ScannerNeed::Advisory), "deliver");
    let mut named = rules;
    named.deliver_without = vec!["scanner:clamav".into()];
    assert_eq!(word(&named, ScannerNeed::Required), "deliver", "unless the policy names it");
}

#[test]
fn unscannable_for_want_of_a_check_is_tried_again() {
    let rules = policy(&[("a", "verdict.class == \"unscannable\"", "actions = [\"quarantine\"]")]);
    let mut message = gathered();
    let word = |message: &Gathered, attempt| decide(&rules, message, &verdict(Class::Unscannable, 1.0), attempt).word();
    assert_eq!(word(&message, Attempt::InSession), "quarantine");
    message.failed_checks.push("unpack".into());
    assert_eq!(word(&message, Attempt::InSession), "defer");
    assert_eq!(word(&message, Attempt::AfterAccept), "hold");
}

#[test]
fn a_question_that_was_not_asked_needs_the_body() {
    let rules =
        policy(&[("a", "client.tls && has_type(\"exe\")", REJECT), ("b", "!client.tls && has_type(\"elf\")", REJECT)]);
    let mut message = gathered();
    assert_eq!(needs_body(&rules, &message, &verdict(Class::Clean, 0.0)), ["has_type(\"elf\")"]);
    message.findings.0.insert("has_type(\"elf\")".into(), Answer::No);
    assert_eq!(needs_body(&rules, &message, &verdict(Class::Clean, 0.0)), Vec::<String>::new());
    let ended = policy(&[("a", "true", JUNK), ("b", "has_type(\"dex\")", REJECT)]);
    assert_eq!(needs_body(&ended, &message, &verdict(Class::Clean, 0.0)), Vec::<String>::new());
}

#[test]
fn one_reply_for_all_recipients() {
    use Action::{Defer, Deliver, Hold, Quarantine, Reject};
    let to = recipient("a@example.org", Direction::Inbound);
    for (before, after, reply) in [
        (vec![], vec![], SessionReply::AcceptAll),
        (vec![Deliver], vec![Deliver], SessionReply::AcceptAll),
        (vec![Reject, Reject], vec![Reject, Reject], SessionReply::RejectAll),
        (vec![Defer, Defer], vec![Defer, Defer], SessionReply::DeferAll),
        (vec![Reject, Deliver], vec![Quarantine, Deliver], SessionReply::AcceptAll),
        (vec![Deliver, Defer], vec![Deliver, Hold], SessionReply::AcceptAll),
        (vec![Reject, Defer], vec![Quarantine, Hold], SessionReply::AcceptAll),
    ] {
        let decision = |actions: Vec<Action>| Decision {
            per_recipient: actions
                .into_iter()
                .map(|action| Ruling {
                    recipient: to.clone(),
                    actions: vec![action],
                    because: Vec::new(),
                    not_checked: Vec::new(),
                })
                .collect(),
        };
        assert_eq!(reconcile(decision(before)), (decision(after), reply));
    }
}

#[test]
fn every_rule_is_explained() {
    let rules = policy(&[
        ("out", "true", "actions = [\"hold\"]\ndirection = \"outbound\""),
        ("no", "client.tls", REJECT),
        ("maybe", "!facts.reverse_dns.confirmed", REJECT),
        ("mark", "verdict.class == \"spam\"", TAG),
        ("yes", "verdict.probability >= thresholds.quarantine", JUNK),
        ("late", "true", REJECT),
    ]);
    let mut message = gathered();
    message.facts.reverse_dns = Fact::Unknown(UnknownReason::TimedOut);
    let explanation = explain(&rules, &message, &verdict(Class::Spam, 0.9), &message.envelope.recipients[0]);
    expect![[r#"
        p/out: for the other direction
        p/no: no match
          client.tls = false
        p/maybe: could not be decided, so no match: facts.reverse_dns (advisory)
          !facts.reverse_dns.confirmed = unknown: facts.reverse_dns (advisory)
            facts.reverse_dns.confirmed = unknown: facts.reverse_dns (advisory)
        p/mark: matched: tag
          verdict.class == "spam" = true
            verdict.class = "spam"
        p/yes: matched: junk
          verdict.probability >= thresholds.quarantine = true
            verdict.probability = 0.9
            thresholds.quarantine = 0.8
        p/late: not reached"#]]
    .assert_eq(&explanation.lines().join("\n"));
    expect![[r#"
        p/maybe: could not be decided, so no match: facts.reverse_dns (advisory)
          facts.reverse_dns.confirmed = unknown: facts.reverse_dns (advisory)
        p/mark: matched: tag
          verdict.class == "spam" = true (verdict.class = "spam")
        p/yes: matched: junk
          verdict.probability >= thresholds.quarantine = true (verdict.probability = 0.9, thresholds.quarantine = 0.8)
        3 other rules had no part in it (--all shows them)"#]]
    .assert_eq(&explanation.deciding_lines().join("\n"));
    let ruled = decide(&rules, &message, &verdict(Class::Spam, 0.9), Attempt::InSession);
    assert_eq!(explanation.because(&ruled.per_recipient[0].because), "p/mark, p/yes");
}

#[test]
fn an_explanation_shows_what_made_it_so_and_no_more() {
    let rules = policy(&[
        ("either", "client.tls || (verdict.class in [\"spam\", \"bulk\"] && !(verdict.probability < 0.1))", TAG),
        ("unknown", "has_type(\"exe\", \"lnk\", \"iso\", \"vhd\")", REJECT),
    ]);
    let mut message = gathered();
    message.findings.0.extend(rules.questions().iter().map(|question| (question.key(), Answer::Unknown)));
    let verdict = verdict(Class::Spam, 0.123_456_789);
    let explanation = explain(&rules, &message, &verdict, &message.envelope.recipients[0]);
    expect![[r#"
        p/either: matched: tag
          verdict.class in ["spam", "bulk"] = true (verdict.class = "spam")
          (verdict.probability < 0.1) = false (verdict.probability = 0.123457)
        p/unknown: could not be decided, so quarantine: content (could not be opened)
          has_type("exe", "lnk", "iso", "vhd") = unknown: content (could not be opened)"#]]
    .assert_eq(&explanation.deciding_lines().join("\n"));
    let ruled = decide(&rules, &message, &verdict, Attempt::InSession);
    expect!["p/either, p/unknown could not be decided"]
        .assert_eq(&explanation.because(&ruled.per_recipient[0].because));
}
