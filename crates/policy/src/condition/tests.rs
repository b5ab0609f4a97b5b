use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use scan::Gathered;
use scan::auth::{DmarcResult, SpfResult};
use scan::class::Class;
use scan::facts::{Fact, UnknownReason};
use scan::question::Answer;

use super::*;
use crate::limits::{CONDITION_BYTES_MAX, CONDITION_DEPTH_MAX};
use crate::tests::sample::{gathered, verdict, view};

mod refused;
mod three_valued;

fn lists() -> Lists {
    let named = BTreeMap::from([
        ("partners".to_owned(), vec!["Sender.Example".to_owned(), "other.example".to_owned()]),
        ("office".to_owned(), vec!["192.0.2.0/24".to_owned()]),
        ("empty".to_owned(), Vec::new()),
    ]);
    Lists { named, site_domains: vec!["example.org".to_owned()] }
}

fn ask_of(text: &str, gathered: &Gathered) -> String {
    let condition = Condition::parse(text, &lists()).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    condition.evaluate(&view(gathered, &verdict(Class::Phishing, 0.9))).to_string()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(ask_of(text, &gathered()), expected, "{text}");
}

#[test]
fn every_name_can_be_asked() {
    check(r#"verdict.class == "phishing""#, "true");
    check("verdict.probability > 0.89 && verdict.probability < 0.91", "true");
    check("verdict.calibrated", "false");
    check("thresholds.tag == 0.4 && thresholds.quarantine == 0.8 && thresholds.reject == 0.995", "true");
    check(r#"verdict.probability_of("phishing") == 0.9"#, "true");
    check(r#"sender.address == "anna@sender.example" && sender.domain == "SENDER.example""#, "true");
    check("sender.is_null", "false");
    check(r#"recipient.address == "bob@example.org" && recipient.domain == "example.org""#, "true");
    check(r#"recipient.direction == "inbound" && "staff" in recipient.groups"#, "true");
    check(r#"client.ip == "192.0.2.7" && client.ip == "::ffff:192.0.2.7" && !client.tls"#, "true");
    check(r#"helo.endsWith(".example")"#, "true");
    check(r#"from.domain == "sender.example" && from.shown.contains("anna <")"#, "true");
    check(r#"subject.startsWith("invoice") && subject.contains("FÜR")"#, "true");
    check(r#"message.id.contains("@sender.example") && message.size == 12345"#, "true");
    check("message.ambiguities.size() == 0", "true");
    check(r#"auth.spf == "none" && auth.dkim == "none" && auth.dmarc == "none" && auth.arc == "none""#, "true");
    check(r#"auth.dmarc_policy == "none" && !auth.aligned"#, "true");
    check(r#"facts.reverse_dns.confirmed && facts.reverse_dns.name == "mail.sender.example""#, "true");
    check(r#""bl.example.net" in facts.dns_lists"#, "true");
    check(r#"facts.scanners.size() == 0 && !("clamav" in facts.scanners)"#, "true");
    check(r#""eicar" in evidence && !("gtube" in evidence)"#, "true");
    check(r#"site.domains.size() == 1 && recipient.domain in site.domains"#, "true");
    let all: Vec<&str> = crate::names::NAMES.iter().map(|entry| entry.text).collect();
    assert_eq!(all.len(), 34, "a new name needs a line above");
}

#[test]
fn operators_and_methods() {
    check("true || false && false", "true");
    check("(true || false) && false", "false");
    check("!true == false", "true");
    check("1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2 && -1 < 0.5", "true");
    check(r#"sender.domain in ["a.example", 'Sender.Example']"#, "true");
    check("sender.domain in lists.partners", "true");
    check(r#"!(sender.domain in lists.empty)"#, "true");
    check(r#"verdict.class in ["spam", "phishing"]"#, "true");
    check(r#"subject.matches(r"^Invoice \d+") && subject.matches('(?i)INVOICE')"#, "true");
    check(r#"subject.matches(r"^invoice")"#, "false");
    check(r#"client.ip.inNetwork(["198.51.100.0/24", "192.0.2.0/29"])"#, "true");
    check(r#"client.ip.inNetwork("2001:db8::/32")"#, "false");
    check("client.ip.inNetwork(lists.office)", "true");
    check(r#"helo.within(["sender.example"]) && "sender.example".within("example")"#, "true");
    check(r#""notsender.example".within(lists.partners)"#, "false");
    check(r#""a.b.sender.example".within(lists.partners)"#, "true");
    check(&format!(r#""{}sender.example".within(lists.partners)"#, "a.".repeat(121)), "false");
    check(r#"facts.dns_lists.exists(zone, zone.endsWith(".example.net"))"#, "true");
    check(r#"lists.partners.all(x, x.endsWith("example")) && !lists.partners.all(x, x.startsWith("other"))"#, "true");
    check(r#"lists.partners.any(x, recipient.groups.any(y, x != y))"#, "true");
    check("lists.empty.all(x, false) && !lists.empty.exists(x, true)", "true");
    check("true // the rest is for people\n && 'a\\u00e4\\x41' == \"aäa\"", "true");
    check("sender.is_null == client.tls", "true");
}

#[test]
fn content_is_asked_by_questions() {
    let text = r#"has_type("EXE", "elf") || has_extension("js") && text_contains("Bitcoin")
        || header_contains("X-Mailer", "Bulk") || links_to("Evil.example")"#;
    let condition = Condition::parse(text, &lists()).unwrap();
    let mut questions = BTreeSet::new();
    condition.questions(&mut questions);
    let keys: Vec<String> = questions.iter().map(Question::key).collect();
    expect![[r#"
        has_type("elf")
        has_type("exe")
        has_extension("js")
        text_contains("bitcoin")
        header_contains("x-mailer", "bulk")
        links_to("evil.example")"#]]
    .assert_eq(&keys.join("\n"));

    let mut message = gathered();
    for key in &keys {
        message.findings.0.insert(key.clone(), Answer::No);
    }
    assert_eq!(ask_of(text, &message), "false");
    message.findings.0.insert(keys[0].clone(), Answer::Yes);
    assert_eq!(ask_of(text, &message), "true");
}

#[test]
fn each_part_is_explained() {
    let text = r#"verdict.class == "phishing" && (auth.dmarc == "pass" || !(sender.domain in lists.partners))
        && facts.dns_lists.exists(x, x == "silent.example.net")"#;
    let mut message = gathered();
    message.auth.dmarc.result = DmarcResult::TempError;
    let condition = Condition::parse(text, &lists()).unwrap();
    let lines = condition.explain(&view(&message, &verdict(Class::Phishing, 0.9))).lines();
    expect![[r#"
        verdict.class == "phishing" && (auth.dmarc == "pass" || !(sender.domain in lists.partners)) && facts.dns_lists.exists(x, x == "silent.example.net") = unknown: facts.dns_lists[silent.example.net] (advisory), auth.dmarc (required)
          verdict.class == "phishing" = true
            verdict.class = "phishing"
          (auth.dmarc == "pass" || !(sender.domain in lists.partners)) = unknown: auth.dmarc (required)
            auth.dmarc == "pass" = unknown: auth.dmarc (required)
              auth.dmarc = "temperror"
            !(sender.domain in lists.partners) = false
              (sender.domain in lists.partners) = true
                sender.domain = "sender.example"
                lists.partners = ["Sender.Example", "other.example"]
          facts.dns_lists.exists(x, x == "silent.example.net") = unknown: facts.dns_lists[silent.example.net] (advisory)
            facts.dns_lists = ["bl.example.net", "silent.example.net"?]"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_hostile_subject_cannot_write_to_the_terminal() {
    let mut message = gathered();
    message.summary.subject = format!("\u{1b}[2J{}", "x".repeat(500));
    let condition = Condition::parse(r#"subject == """#, &lists()).unwrap();
    let lines = condition.explain(&view(&message, &verdict(Class::Clean, 0.0))).lines().join("\n");
    assert!(!lines.contains('\u{1b}') && lines.contains("\\u{1b}") && lines.len() < 300, "{lines}");
}
