//! A harmless message to one recipient, to be changed by each test.

use mail::address::{Address, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TenantId};
use mail::id::MailId;
use mail::timestamp::Timestamp;
use scan::auth::AuthResults;
use scan::class::{Class, PerClass};
use scan::evidence::{Detail, Evidence, EvidenceId, Place, Strength, TextId};
use scan::facts::{DnsListFact, Fact, Facts, ReverseDns, UnknownReason};
use scan::question::Findings;
use scan::verdict::Verdict;
use scan::{Gathered, ScanId, Summary};

use crate::condition::View;
use crate::preset::Preset;

pub(crate) fn recipient(address: &str, direction: Direction) -> Recipient {
    let address = Address::parse(address).unwrap();
    Recipient { address, tenant: TenantId::DEFAULT, direction, groups: vec![GroupId("Staff".into())] }
}

pub(crate) fn gathered() -> Gathered {
    Gathered {
        id: ScanId(0),
        mail: MailId::from_bytes([7; 16]),
        envelope: Envelope {
            client: Client { ip: "192.0.2.7".parse().unwrap(), port: 4711, tls: None },
            helo: Helo { name: "mail.sender.example".into(), extended: true },
            sender: ReversePath::Address(Address::parse("Anna@Sender.example").unwrap()),
            recipients: vec![recipient("Bob@example.org", Direction::Inbound)],
            received_at: Timestamp::from_unix_millis(1_700_000_000_000),
            body: BodyType::SevenBit,
        },
        summary: Summary {
            subject: "Invoice 4711 für Bob".into(),
            from: "Anna <anna@sender.example>".into(),
            from_domain: "sender.example".into(),
            message_id: "<1@sender.example>".into(),
            size: 12_345,
            ambiguities: Vec::new(),
        },
        auth: AuthResults::none(),
        facts: Facts {
            reverse_dns: Fact::Known(ReverseDns { name: Some("mail.sender.example".into()), confirmed: true }),
            dns_lists: vec![
                zone("bl.example.net", Some(true)),
                zone("quiet.example.net", Some(false)),
                zone("silent.example.net", None),
            ],
            ..Facts::none()
        },
        findings: Findings::default(),
        evidence: vec![evidence("eicar")],
        failed_checks: Vec::new(),
    }
}

pub(crate) fn zone(list: &str, listed: Option<bool>) -> DnsListFact {
    let codes = match listed {
        Some(true) => Fact::Known(vec!["127.0.0.2".parse().unwrap()]),
        Some(false) => Fact::Known(Vec::new()),
        None => Fact::Unknown(UnknownReason::TimedOut),
    };
    DnsListFact { list: list.into(), subject: "192.0.2.7".into(), codes }
}

pub(crate) fn evidence(id: &'static str) -> Evidence {
    let detail = Detail { text: TextId(id.into()), args: Vec::new() };
    Evidence { id: EvidenceId::new(id), strength: Strength::FULL, place: Place::Message, detail }
}

/// The class with this probability, the rest is clean (for clean and bulk: the rest is spam).
pub(crate) fn verdict(class: Class, bad: f64) -> Verdict {
    let mut probability = PerClass([0.0; 7]);
    if class.is_bad() {
        probability.0[class.index()] = bad;
        probability.0[Class::Clean.index()] = 1.0 - bad;
    } else {
        probability.0[class.index()] = 1.0 - bad;
        probability.0[Class::Spam.index()] = bad;
    }
    Verdict { class, probability, reasons: Vec::new(), calibrated: false }
}

pub(crate) fn view<'v>(gathered: &'v Gathered, verdict: &'v Verdict) -> View<'v> {
    let recipient = &gathered.envelope.recipients[0];
    View { gathered, verdict, recipient, thresholds: Preset::Standard.thresholds() }
}
