use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use mail::address::{Address, Domain, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TenantId, TlsSession};
use mail::id::MailId;
use mail::timestamp::Timestamp;
use scan::action::{Action, Tag};
use scan::auth::{AuthResults, DkimCheck, DkimResult, DmarcPolicy, DmarcResult, SpfResult};
use scan::class::{Class, PerClass};
use scan::decision::{Decision, RuleId, Ruling};
use scan::evidence::{Arg, Detail, Evidence, EvidenceId, Place, Strength, TextId};
use scan::facts::{
    DnsListFact, Fact, Facts, ReverseDns, Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason,
};
use scan::question::{Answer, Findings};
use scan::verdict::{Reason, Verdict};
use scan::{Gathered, ScanId, Summary};
use store::record::JudgedRecord;

use super::*;

fn evidence(name: &'static str, place: Place, args: Vec<Arg>) -> Evidence {
    let detail = Detail { text: TextId(name.into()), args };
    Evidence { id: EvidenceId::new(name), strength: Strength::new(0.7), place, detail }
}

fn recipient(text: &str, direction: Direction) -> Recipient {
    Recipient {
        address: Address::parse(text).unwrap(),
        tenant: TenantId::DEFAULT,
        direction,
        groups: vec![GroupId("staff".into())],
    }
}

fn full_gathered() -> Gathered {
    let mut auth = AuthResults::none();
    auth.spf.result = SpfResult::SoftFail;
    auth.spf.domain = Some(Domain::parse("sender.example").unwrap());
    auth.dkim.push(DkimCheck {
        result: DkimResult::Policy,
        domain: Some(Domain::parse("sender.example").unwrap()),
        selector: "s1".into(),
        comment: "body beyond l=".into(),
    });
    auth.dmarc.result = DmarcResult::Fail;
    auth.dmarc.policy = Some(DmarcPolicy::Reject);
    let content = vec![Arg::Content("Bank <x@y.example>".into()), Arg::Meta("zip".into())];
    let link = Place::Link { part: "1.2/zip:0".into(), number: 3 };
    Gathered {
        id: ScanId(2),
        mail: MailId::from_bytes([9; 16]),
        envelope: Envelope {
            client: Client {
                ip: "2001:db8::1".parse().unwrap(),
                port: 4242,
                tls: Some(TlsSession { version: "TLSv1.3".into(), cipher: "TLS13_AES_256_GCM_SHA384".into() }),
            },
            helo: Helo { name: "mail.sender.example".into(), extended: true },
            sender: ReversePath::Address(Address::parse("\"a b\"@sender.example").unwrap()),
            recipients: vec![
                recipient("bob@corp.example", Direction::Inbound),
                recipient("eve@partner.example", Direction::Outbound),
            ],
            received_at: Timestamp::from_unix_millis(1_795_000_000_123),
            body: BodyType::EightBitMime,
        },
        summary: Summary {
            subject: "Grüße".into(),
            from: "Bank <x@y.example>".into(),
            from_domain: "y.example".into(),
            message_id: "<1@y.example>".into(),
            size: 12_345,
            ambiguities: vec!["duplicate_content_type".into()],
        },
        auth,
        facts: Facts {
            reverse_dns: Fact::Known(ReverseDns { name: Some("mail.sender.example".into()), confirmed: true }),
            dns_lists: vec![
                DnsListFact {
                    list: "bl.example".into(),
                    subject: "2001:db8::1".into(),
                    codes: Fact::Known(vec![Ipv4Addr::new(127, 0, 0, 4)]),
                },
                DnsListFact {
                    list: "dead.example".into(),
                    subject: "2001:db8::1".into(),
                    codes: Fact::Unknown(UnknownReason::TimedOut),
                },
            ],
            scanners: vec![scanner()],
            ocr: Fact::Unknown(UnknownReason::NotAsked),
        },
        findings: Findings(BTreeMap::from([("has_type(\"exe\")".to_owned(), Answer::Unknown)])),
        evidence: vec![
            evidence("display_name_address", Place::Header("from".into()), content.clone()),
            evidence("link_text_mismatch", link, content),
            evidence("dmarc_fail", Place::Authentication, vec![]),
        ],
        failed_checks: vec!["unpack".into()],
    }
}

fn scanner() -> ScannerFact {
    let file = |place: &str, said, words: &[&str]| ScannedFile {
        place: place.into(),
        said,
        words: words.iter().map(|word| (*word).into()).collect(),
    };
    ScannerFact {
        scanner: "clamav".into(),
        kind: ScannerKind::AntiVirus,
        need: ScannerNeed::FailOpen,
        version: "ClamAV 1.4.6/27500".into(),
        asked: 7,
        not_wanted: 1,
        files: vec![
            file("1.2/zip:0", Said::Malware, &["Eicar", "Other"]),
            file("1.3", Said::OverLimits, &[]),
            file("1.4", Said::Running, &[]),
            file("1.5", Said::Suspicious, &["Heuristics.Encrypted.Zip"]),
            file("message", Said::Unknown(UnknownReason::Failed), &["closed"]),
        ],
    }
}

fn judged_record(gathered: &Gathered, verdict: &Verdict, decision: &Decision) -> JudgedRecord {
    let versions =
        Versions { weights: "w".into(), knowledge: "k".into(), policies: BTreeMap::new(), signatures: "s".into() };
    judged(gathered, verdict, decision, &["standard".into(), "outbound".into()], &versions)
}

fn verdict_of(gathered: &Gathered) -> Verdict {
    let reasons = [1_usize, 0, 2].map(|at| Reason { evidence: gathered.evidence[at].clone(), contribution: 1.5 });
    Verdict {
        class: Class::Phishing,
        probability: PerClass([0.1, 0.05, 0.05, 0.7, 0.05, 0.05, 0.0]),
        reasons: reasons.to_vec(),
        calibrated: false,
    }
}

fn decision_of(gathered: &Gathered) -> Decision {
    let tag = Tag { subject_prefix: Some("[x] ".into()), headers: vec![("X-A".into(), "b".into())] };
    let rulings = gathered.envelope.recipients.iter().map(|recipient| Ruling {
        recipient: recipient.clone(),
        actions: vec![Action::Tag(tag.clone()), Action::Quarantine],
        because: vec![RuleId("standard/phishing".into())],
        not_checked: vec!["facts.dns_lists".into()],
    });
    Decision { per_recipient: rulings.collect() }
}

#[test]
fn what_was_judged_reads_back_the_same() {
    let before = full_gathered();
    let (verdict_before, decision_before) = (verdict_of(&before), decision_of(&before));
    let record = judged_record(&before, &verdict_before, &decision_before);
    let after = gathered(before.mail, TenantId::DEFAULT, &record).unwrap();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    assert_eq!(verdict(&record), Ok(verdict_before));
    assert_eq!(decision(TenantId::DEFAULT, &record), Ok(decision_before));
}

#[test]
fn words_of_the_message_stand_in_the_personal_fields_alone() {
    let before = full_gathered();
    let mut record = judged_record(&before, &verdict_of(&before), &decision_of(&before));
    record.personal = store::record::judged::PersonalRecord::default();
    let rest = format!("{record:?}");
    for word in ["bob@corp.example", "Bank", "Grüße", "eve@partner.example", "a b"] {
        assert!(!rest.contains(word), "{word} stands outside the personal fields");
    }
}

#[test]
fn an_erased_or_foreign_record_is_refused_by_name() {
    let before = full_gathered();
    let mut record = judged_record(&before, &verdict_of(&before), &decision_of(&before));
    record.auth.spf = "perhaps".into();
    let error = gathered(before.mail, TenantId::DEFAULT, &record).unwrap_err();
    assert_eq!(error, RecordError::Field("spf"));
    record.personal.erased = true;
    let error = gathered(before.mail, TenantId::DEFAULT, &record).unwrap_err();
    assert_eq!(error, RecordError::Erased);
}
