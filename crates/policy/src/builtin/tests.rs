use std::fmt::Write;

use expect_test::expect;
use mail::envelope::Direction;
use scan::Gathered;
use scan::auth::{DmarcPolicy, DmarcResult};
use scan::class::Class;
use scan::question::{Answer, Question};
use scan::verdict::Verdict;

use super::*;
use crate::decide::{Attempt, decide};
use crate::lint::lint;
use crate::rules::{Policy, Site, with_site};
use crate::tests::sample::{evidence, gathered, recipient, verdict};

fn policy(name: &str, preset: &str) -> Policy {
    let text = builtin(name).unwrap().replace("preset = \"standard\"", &format!("preset = \"{preset}\""));
    let text = text.replace("forwarders = []", "forwarders = [\"198.51.100.0/24\"]");
    let text = text.replace("dmarc_strict = []", "dmarc_strict = [\"bank.example\"]");
    let site = Site { domains: vec!["example.org".into()], ..Site::default() };
    Policy::parse(name, &with_site(&text, &site)).unwrap_or_else(|error| panic!("{error}"))
}

// All questions were asked, the answer is no.
fn answered(policy: &Policy) -> Gathered {
    let mut message = gathered();
    message.findings.0.extend(policy.questions().iter().map(|question| (question.key(), Answer::No)));
    message
}

fn ruled(policy: &Policy, gathered: &Gathered, verdict: &Verdict) -> String {
    let decision = decide(policy, gathered, verdict, Attempt::InSession);
    let ruling = &decision.per_recipient[0];
    let because: Vec<&str> = ruling.because.iter().map(|id| id.0.as_str()).collect();
    format!("{} {}", ruling.word(), because.join(",")).trim().to_owned()
}

#[test]
fn both_sets_are_read_as_they_are_printed_and_have_nothing_odd() {
    for name in NAMES {
        let policy = Policy::parse(name, builtin(name).unwrap()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(policy.name, name);
        assert_eq!(lint(&policy), []);
    }
    assert_eq!(builtin("nothing"), None);
}

#[test]
fn observe_delivers_everything() {
    let policy = policy("observe", "strict");
    let mut message = answered(&policy);
    message.auth.dmarc.result = DmarcResult::TempError;
    message.summary.ambiguities.push("duplicate_boundary".into());
    for class in Class::ALL {
        assert_eq!(ruled(&policy, &message, &verdict(class, 1.0)), "deliver observe/deliver-all");
    }
    message.failed_checks.push("unpack".into());
    assert_eq!(
        ruled(&policy, &message, &verdict(Class::Clean, 0.0)),
        "defer observe/deliver-all,gateway/required-check"
    );
}

#[test]
fn standard_does_what_the_table_of_defaults_says() {
    let mut table = String::new();
    for (preset, quarantine, reject) in [("relaxed", 0.95, 0.999), ("standard", 0.80, 0.995), ("strict", 0.50, 0.98)] {
        let policy = policy("standard", preset);
        let message = answered(&policy);
        let tag = quarantine / 2.0;
        for class in Class::ALL {
            let values = [tag - 0.001, tag, quarantine - 0.001, quarantine, reject - 0.0005, reject, 1.0];
            let words: Vec<String> = values
                .iter()
                .map(|bad| {
                    let decision = decide(&policy, &message, &at_least(class, *bad), Attempt::InSession);
                    decision.word().to_owned()
                })
                .collect();
            writeln!(table, "{preset} {}: {}", class.word(), words.join(" ")).unwrap();
        }
    }
    expect![[r#"
        relaxed clean: deliver tag tag tag tag tag tag
        relaxed bulk: tag tag tag tag tag tag tag
        relaxed spam: deliver tag tag junk junk reject reject
        relaxed phishing: deliver tag tag quarantine quarantine reject reject
        relaxed malware: deliver quarantine quarantine quarantine quarantine reject reject
        relaxed policy: deliver deliver deliver quarantine quarantine quarantine quarantine
        relaxed unscannable: quarantine quarantine quarantine quarantine quarantine quarantine quarantine
        standard clean: deliver tag tag tag tag tag tag
        standard bulk: tag tag tag tag tag tag tag
        standard spam: deliver tag tag junk junk reject reject
        standard phishing: deliver tag tag quarantine quarantine reject reject
        standard malware: deliver quarantine quarantine quarantine quarantine reject reject
        standard policy: deliver deliver deliver quarantine quarantine quarantine quarantine
        standard unscannable: quarantine quarantine quarantine quarantine quarantine quarantine quarantine
        strict clean: deliver tag tag tag tag tag tag
        strict bulk: tag tag tag tag tag tag tag
        strict spam: deliver tag tag junk junk reject reject
        strict phishing: deliver tag tag quarantine quarantine reject reject
        strict malware: deliver quarantine quarantine quarantine quarantine reject reject
        strict policy: deliver deliver deliver quarantine quarantine quarantine quarantine
        strict unscannable: quarantine quarantine quarantine quarantine quarantine quarantine quarantine
    "#]]
    .assert_eq(&table);
}

// 1 - (1 - x) may fall a little below x.
fn at_least(class: Class, bad: f64) -> Verdict {
    let mut verdict = verdict(class, bad);
    while verdict.bad() < bad {
        let rest = if class.is_bad() { Class::Clean } else { class };
        verdict.probability.0[rest.index()] -= f64::EPSILON;
    }
    verdict
}

#[test]
fn standard_obeys_dmarc_with_thought() {
    let policy = policy("standard", "standard");
    let mut table = String::new();
    for result in
        [DmarcResult::None, DmarcResult::Pass, DmarcResult::Fail, DmarcResult::TempError, DmarcResult::PermError]
    {
        for asked in [None, Some(DmarcPolicy::None), Some(DmarcPolicy::Quarantine), Some(DmarcPolicy::Reject)] {
            let mut message = answered(&policy);
            message.auth.dmarc.result = result;
            message.auth.dmarc.policy = asked;
            let word = asked.map_or("-", DmarcPolicy::word);
            let alone = ruled(&policy, &message, &verdict(Class::Clean, 0.1));
            let agreed = ruled(&policy, &message, &verdict(Class::Spam, 0.9));
            message.summary.from_domain = "news.example.org".into();
            let own = ruled(&policy, &message, &verdict(Class::Clean, 0.1));
            message.summary.from_domain = "bank.example".into();
            let strict = ruled(&policy, &message, &verdict(Class::Clean, 0.1));
            message.envelope.client.ip = "198.51.100.7".parse().unwrap();
            message.summary.from_domain = "list.example".into();
            let forwarded = ruled(&policy, &message, &verdict(Class::Clean, 0.1));
            let result = result.word();
            let cells = [alone, agreed, own, strict, forwarded].join(" | ").replace("standard/", "");
            writeln!(table, "{result} p={word}: {cells}").unwrap();
        }
    }
    expect![[r#"
        none p=-: deliver | junk spam-junk | deliver | deliver | deliver
        none p=none: deliver | junk spam-junk | deliver | deliver | deliver
        none p=quarantine: deliver | junk spam-junk | deliver | deliver | deliver
        none p=reject: deliver | junk spam-junk | deliver | deliver | deliver
        pass p=-: deliver | junk spam-junk | deliver | deliver | deliver
        pass p=none: deliver | junk spam-junk | deliver | deliver | deliver
        pass p=quarantine: deliver | junk spam-junk | deliver | deliver | deliver
        pass p=reject: deliver | junk spam-junk | deliver | deliver | deliver
        fail p=-: deliver | junk spam-junk | deliver | deliver | deliver
        fail p=none: deliver | junk spam-junk | deliver | deliver | deliver
        fail p=quarantine: quarantine dmarc-quarantine | quarantine dmarc-quarantine | quarantine dmarc-quarantine | quarantine dmarc-quarantine | deliver
        fail p=reject: quarantine dmarc-quarantine | reject dmarc-reject | reject dmarc-reject-own | reject dmarc-reject-own | deliver
        temperror p=-: defer dmarc-quarantine | defer dmarc-reject | defer dmarc-reject-own | defer dmarc-reject-own | deliver
        temperror p=none: deliver | junk spam-junk | deliver | deliver | deliver
        temperror p=quarantine: defer dmarc-quarantine | defer dmarc-quarantine | defer dmarc-quarantine | defer dmarc-quarantine | deliver
        temperror p=reject: defer dmarc-quarantine | defer dmarc-reject | defer dmarc-reject-own | defer dmarc-reject-own | deliver
        permerror p=-: deliver | junk spam-junk | deliver | deliver | deliver
        permerror p=none: deliver | junk spam-junk | deliver | deliver | deliver
        permerror p=quarantine: deliver | junk spam-junk | deliver | deliver | deliver
        permerror p=reject: deliver | junk spam-junk | deliver | deliver | deliver
    "#]]
    .assert_eq(&table);
}

/// Endings of workbooks and slides that have macros.
const MACRO_WORKBOOKS: [&str; 5] = ["xlsm", "xlsb", "xltm", "pptm", "dotm"];

#[test]
fn standard_stops_ambiguous_mail_and_programs() {
    let policy = policy("standard", "standard");
    let clean = verdict(Class::Clean, 0.01);
    let mut message = answered(&policy);
    assert_eq!(ruled(&policy, &message, &clean), "deliver");
    message.summary.ambiguities.push("duplicate_boundary".into());
    assert_eq!(ruled(&policy, &message, &clean), "quarantine standard/ambiguous-quarantine");
    let workbook =
        |question: &Question| matches!(question, Question::HasExtension(it) if MACRO_WORKBOOKS.contains(&it.as_str()));
    for question in policy.questions().iter().filter(|question| !workbook(question)) {
        let mut message = answered(&policy);
        message.findings.0.insert(question.key(), Answer::Yes);
        assert_eq!(ruled(&policy, &message, &clean), "reject standard/blocked-type", "{question:?}");
        message.findings.0.insert(question.key(), Answer::Unknown);
        let closed = "quarantine gateway/closed-content,standard/blocked-type";
        assert_eq!(ruled(&policy, &message, &clean), closed, "{question:?}");
    }
    let mut message = answered(&policy);
    assert_eq!(
        ruled(&policy, &message, &verdict(Class::Unscannable, 1.0)),
        "quarantine standard/unscannable-quarantine"
    );
    message.evidence.push(evidence("executable_attachment"));
    assert_eq!(ruled(&policy, &message, &verdict(Class::Unscannable, 1.0)), "reject standard/executable-reject");
    assert!(policy.questions().len() > 40);
}

#[test]
fn standard_keeps_back_documents_that_do_something() {
    let policy = policy("standard", "standard");
    let clean = verdict(Class::Clean, 0.01);
    for ending in MACRO_WORKBOOKS {
        let mut message = answered(&policy);
        message.findings.0.insert(Question::HasExtension(ending.to_owned()).key(), Answer::Yes);
        assert_eq!(ruled(&policy, &message, &clean), "deliver", "{ending}: without a macro it is a workbook");
        message.evidence.push(evidence("macro_attachment"));
        assert_eq!(ruled(&policy, &message, &clean), "quarantine standard/active-document-quarantine", "{ending}");
    }
    for pattern in ["notebook_attachment", "script_attachment"] {
        let mut message = answered(&policy);
        message.evidence.push(evidence(pattern));
        assert_eq!(ruled(&policy, &message, &clean), "quarantine standard/active-document-quarantine", "{pattern}");
    }
}

#[test]
fn standard_lets_nothing_hostile_out() {
    let policy = policy("standard", "standard");
    let mut message = answered(&policy);
    message.envelope.recipients[0] = recipient("a@elsewhere.example", Direction::Outbound);
    message.auth.dmarc.result = DmarcResult::TempError;
    assert_eq!(ruled(&policy, &message, &verdict(Class::Malware, 0.9)), "quarantine standard/outbound-quarantine");
    assert_eq!(ruled(&policy, &message, &verdict(Class::Spam, 1.0)), "deliver");
    assert_eq!(ruled(&policy, &message, &verdict(Class::Clean, 0.0)), "deliver");
}
