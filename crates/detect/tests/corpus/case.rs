//! A case: mail in `NAME.eml`, and what came with it in `NAME.toml` where it matters (envelope, authentication, facts, content
//! that could not be opened). Without one: a plain inbound message of which nothing is known.

use std::path::Path;

use bytes::Bytes;
use mail::address::{Address, Domain, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, Helo, Recipient, TenantId};
use mail::id::MailId;
use mail::message::Message;
use mail::timestamp::Timestamp;
use scan::auth::{
    ArcCheck, AuthResults, DkimCheck, DkimResult, DmarcCheck, DmarcPolicy, DmarcResult, SpfCheck, SpfResult,
};
use scan::content::{Content, RuleMatch, Unopened, WhyUnopened};
use scan::facts::{
    DnsListFact, Fact, Facts, ReverseDns, Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason,
};
use scan::question::Findings;
use scan::{Scan, ScanId};
use serde::Deserialize;

use crate::{content, template};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Sidecar {
    envelope: EnvelopeAsTyped,
    auth: AuthAsTyped,
    facts: FactsAsTyped,
    unopened: Vec<UnopenedAsTyped>,
    matches: Vec<MatchAsTyped>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct EnvelopeAsTyped {
    /// MAIL FROM; empty is the null sender.
    sender: String,
    client: String,
    outbound: bool,
}

impl Default for EnvelopeAsTyped {
    fn default() -> Self {
        Self { sender: "alice@sender.example".into(), client: "192.0.2.10".into(), outbound: false }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct AuthAsTyped {
    spf: String,
    spf_domain: String,
    /// `RESULT DOMAIN` of each signature.
    dkim: Vec<String>,
    dmarc: String,
    dmarc_domain: String,
    arc: String,
    policy: String,
    aligned: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FactsAsTyped {
    /// `none`, a name, or a reason why it is not known.
    reverse_dns: String,
    confirmed: bool,
    /// `LIST SUBJECT CODE|not_listed|REASON`.
    dns_lists: Vec<String>,
    /// `SCANNER PLACE WORD WORDS-OF-ITS-OWN`; one whose name begins with `sandbox` is one.
    scanners: Vec<String>,
}

/// What a rule of signatures says; the rules themselves are tried in their own crate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchAsTyped {
    place: String,
    rule: String,
    severity: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnopenedAsTyped {
    place: String,
    why: String,
}

/// The scan that a case stands for.
pub(crate) fn scan(path: &Path) -> Scan {
    let raw = template::fill(&std::fs::read(path).expect("a case"));
    let sidecar = match std::fs::read_to_string(path.with_extension("toml")) {
        Ok(text) => toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        Err(_) => Sidecar::default(),
    };
    let message = Message::parse(Bytes::from(raw));
    let mut content = content::of(&message);
    add_unopened(&mut content, &sidecar.unopened);
    add_matches(&mut content, &sidecar.matches);
    Scan {
        id: ScanId(0),
        mail: MailId::from_bytes([7; 16]),
        envelope: envelope(&sidecar.envelope),
        content,
        auth: auth(&sidecar.auth),
        facts: facts(&sidecar.facts),
        findings: Findings::default(),
        message,
    }
}

fn envelope(typed: &EnvelopeAsTyped) -> Envelope {
    let sender = match typed.sender.as_str() {
        "" => ReversePath::Null,
        text => ReversePath::Address(Address::parse(text).expect("a sender")),
    };
    let recipient = Recipient {
        address: Address::parse("bob@corp.example").expect("a recipient"),
        tenant: TenantId::DEFAULT,
        direction: if typed.outbound { Direction::Outbound } else { Direction::Inbound },
        groups: Vec::new(),
    };
    Envelope {
        client: Client { ip: typed.client.parse().expect("an address"), port: 25, tls: None },
        helo: Helo { name: "mail.sender.example".into(), extended: true },
        sender,
        recipients: vec![recipient],
        received_at: Timestamp::parse("2026-11-25T12:00:00Z").expect("a time"),
        body: BodyType::SevenBit,
    }
}

fn domain(text: &str) -> Option<Domain> {
    (!text.is_empty()).then(|| Domain::parse(text).expect("a domain"))
}

fn auth(typed: &AuthAsTyped) -> AuthResults {
    let or_none = |word: &str| if word.is_empty() { "none".to_owned() } else { word.to_owned() };
    let dkim = typed.dkim.iter().map(|line| {
        let (word, of) = line.split_once(' ').expect("RESULT DOMAIN");
        let result = DkimResult::from_word(word).expect("a DKIM result");
        DkimCheck { result, domain: domain(of), selector: "s1".into(), comment: String::new() }
    });
    AuthResults {
        spf: SpfCheck {
            result: SpfResult::from_word(&or_none(&typed.spf)).expect("an SPF result"),
            domain: domain(&typed.spf_domain),
            of_helo: false,
        },
        dkim: dkim.collect(),
        dmarc: DmarcCheck {
            result: DmarcResult::from_word(&or_none(&typed.dmarc)).expect("a DMARC result"),
            from: domain(&typed.dmarc_domain),
            policy: (!typed.policy.is_empty()).then(|| DmarcPolicy::from_word(&typed.policy).expect("a policy")),
            spf_aligned: typed.aligned,
            dkim_aligned: false,
        },
        arc: ArcCheck { result: DkimResult::from_word(&or_none(&typed.arc)).expect("an ARC result"), sealer: None },
    }
}

fn facts(typed: &FactsAsTyped) -> Facts {
    let reverse_dns = match typed.reverse_dns.as_str() {
        "" => Fact::Unknown(UnknownReason::NotAsked),
        "none" => Fact::Known(ReverseDns { name: None, confirmed: false }),
        word => match UnknownReason::from_word(word) {
            Some(reason) => Fact::Unknown(reason),
            None => Fact::Known(ReverseDns { name: Some(word.to_owned()), confirmed: typed.confirmed }),
        },
    };
    let dns_lists = typed.dns_lists.iter().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let [list, subject, answer] = words[..] else { panic!("LIST SUBJECT ANSWER: {line}") };
        let codes = match (answer, UnknownReason::from_word(answer)) {
            ("not_listed", _) => Fact::Known(Vec::new()),
            (_, Some(reason)) => Fact::Unknown(reason),
            (code, None) => Fact::Known(vec![code.parse().expect("a return code")]),
        };
        DnsListFact { list: list.into(), subject: subject.into(), codes }
    });
    let scanners = typed.scanners.iter().map(|line| scanner(line)).collect();
    Facts { reverse_dns, dns_lists: dns_lists.collect(), scanners, ..Facts::none() }
}

fn scanner(line: &str) -> ScannerFact {
    let words: Vec<&str> = line.split(' ').collect();
    let [scanner, place, said, own] = words[..] else { panic!("SCANNER PLACE WORD WORDS: {line}") };
    let said = Said::from_word(said).unwrap_or_else(|| panic!("{line}: no such word"));
    let sandbox = scanner.starts_with("sandbox");
    ScannerFact {
        scanner: scanner.to_owned(),
        kind: if sandbox { ScannerKind::Sandbox } else { ScannerKind::AntiVirus },
        need: ScannerNeed::Required,
        version: "1".to_owned(),
        asked: 1,
        not_wanted: 0,
        files: vec![ScannedFile { place: place.to_owned(), said, words: vec![own.to_owned()] }],
    }
}

fn add_matches(content: &mut Content, typed: &[MatchAsTyped]) {
    for one in typed {
        let item = content.items.iter_mut().find(|item| item.place == one.place);
        let (rule, set, severity) = (one.rule.clone(), "postern".to_owned(), one.severity.clone());
        let found = RuleMatch { rule, set, severity, ..RuleMatch::default() };
        item.expect("a place of the message").matches.push(found);
    }
}

fn add_unopened(content: &mut Content, typed: &[UnopenedAsTyped]) {
    for one in typed {
        let why = match one.why.as_str() {
            "encrypted" => WhyUnopened::Encrypted,
            "broken" => WhyUnopened::Broken,
            "over_budget" => WhyUnopened::OverBudget,
            "worker_failed" => WhyUnopened::WorkerFailed,
            "unsupported" => WhyUnopened::Unsupported,
            "refused" => WhyUnopened::Refused,
            other => panic!("unopened: {other}"),
        };
        content.unopened.push(Unopened { place: one.place.clone(), why });
    }
}
