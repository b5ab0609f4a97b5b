//! Record to line. A record that passed its checksum and still does not read was written by something else: an error.

use std::net::IpAddr;

use mail::address::{Address, Domain, ReversePath};
use mail::envelope::{BodyType, Client, Direction, Envelope, GroupId, Helo, Recipient, TenantId, TlsSession};
use mail::id::MailId;
use mail::timestamp::Timestamp;
use scan::action::{Action, Remove, Tag};
use scan::auth::{
    ArcCheck, AuthResults, DkimCheck, DkimResult, DmarcCheck, DmarcPolicy, DmarcResult, SpfCheck, SpfResult,
};
use scan::class::{Class, PerClass};
use scan::decision::{Decision, RuleId, Ruling};
use scan::facts::{
    DnsListFact, Fact, Facts, ReverseDns, Said, ScannedFile, ScannerFact, ScannerKind, ScannerNeed, UnknownReason,
};
use scan::question::{Answer, Findings};
use scan::verdict::{Reason, Verdict};
use scan::{Gathered, ScanId, Summary};
use store::record::judged::{ActionRecord, AuthRecord, FactsRecord, JudgedRecord, RecipientNote, ScannerRecord};

use super::evidence;

/// A record that does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// This field has a value that no release wrote.
    #[error("the record's {0} does not read")]
    Field(&'static str),
    /// Addresses were removed on request: nothing can be recomputed.
    #[error("personal fields of this record were erased on request")]
    Erased,
}

/// Everything that verdict and decision were made from.
///
/// # Errors
/// [`RecordError`] names the field.
pub fn gathered(mail: MailId, tenant: TenantId, record: &JudgedRecord) -> Result<Gathered, RecordError> {
    let personal = &record.personal;
    if personal.erased {
        return Err(RecordError::Erased);
    }
    Ok(Gathered {
        id: ScanId(record.scan),
        mail,
        envelope: read_envelope(tenant, record)?,
        summary: Summary {
            subject: personal.subject.clone(),
            from: personal.from.clone(),
            from_domain: personal.from_domain.clone(),
            message_id: personal.message_id.clone(),
            size: record.size,
            ambiguities: record.ambiguities.clone(),
        },
        auth: read_auth(&record.auth)?,
        facts: read_facts(&record.facts)?,
        findings: read_findings(&record.findings)?,
        evidence: record.evidence.iter().map(|item| evidence::read(item, &personal.words)).collect(),
        failed_checks: record.failed_checks.clone(),
    })
}

/// The verdict as it was given.
///
/// # Errors
/// [`RecordError`] names the field.
pub fn verdict(record: &JudgedRecord) -> Result<Verdict, RecordError> {
    let given = &record.verdict;
    let probability: [f64; 7] =
        given.probability.as_slice().try_into().map_err(|_| RecordError::Field("probability"))?;
    let mut reasons = Vec::with_capacity(given.reasons.len());
    for (index, contribution) in &given.reasons {
        let item = usize::try_from(*index).ok().and_then(|index| record.evidence.get(index));
        let item = item.ok_or(RecordError::Field("reasons"))?;
        reasons.push(Reason { evidence: evidence::read(item, &record.personal.words), contribution: *contribution });
    }
    Ok(Verdict {
        class: Class::from_word(&given.class).ok_or(RecordError::Field("class"))?,
        probability: PerClass(probability),
        reasons,
        calibrated: given.calibrated,
    })
}

/// The decision as it was taken.
///
/// # Errors
/// [`RecordError`] names the field.
pub fn decision(tenant: TenantId, record: &JudgedRecord) -> Result<Decision, RecordError> {
    let mut per_recipient = Vec::with_capacity(record.rulings.len());
    for (note, ruling) in record.personal.recipients.iter().zip(&record.rulings) {
        per_recipient.push(Ruling {
            recipient: read_recipient(tenant, note)?,
            actions: ruling.actions.iter().map(action).collect::<Result<_, _>>()?,
            because: ruling.because.iter().cloned().map(RuleId).collect(),
            not_checked: ruling.not_checked.clone(),
        });
    }
    Ok(Decision { per_recipient })
}

/// One action.
///
/// # Errors
/// [`RecordError`] if the word is none of ours.
pub fn action(record: &ActionRecord) -> Result<Action, RecordError> {
    Ok(match record.word.as_str() {
        "deliver" => Action::Deliver,
        "tag" => Action::Tag(Tag { subject_prefix: record.subject_prefix.clone(), headers: record.headers.clone() }),
        "disarm" => Action::Disarm,
        "remove" => Action::Remove(Remove {
            types: record.types.clone(),
            extensions: record.extensions.clone(),
            marks: record.marks.clone(),
        }),
        "rebuild" => Action::Rebuild,
        "junk" => Action::Junk,
        "quarantine" => Action::Quarantine,
        "reject" => Action::Reject,
        "defer" => Action::Defer,
        "hold" => Action::Hold,
        "discard" => Action::Discard,
        _ => return Err(RecordError::Field("action")),
    })
}

fn read_envelope(tenant: TenantId, record: &JudgedRecord) -> Result<Envelope, RecordError> {
    let session = &record.envelope;
    let tls = (!session.tls_version.is_empty())
        .then(|| TlsSession { version: session.tls_version.clone(), cipher: session.tls_cipher.clone() });
    let ip: IpAddr = session.client_ip.parse().map_err(|_| RecordError::Field("client"))?;
    let sender = match record.personal.sender.as_str() {
        "" => ReversePath::Null,
        text => ReversePath::Address(Address::parse(text).map_err(|_| RecordError::Field("sender"))?),
    };
    let recipients = record.personal.recipients.iter().map(|note| read_recipient(tenant, note));
    Ok(Envelope {
        client: Client { ip, port: session.client_port, tls },
        helo: Helo { name: session.helo.clone(), extended: session.extended },
        sender,
        recipients: recipients.collect::<Result<_, _>>()?,
        received_at: Timestamp::from_unix_millis(record.received_at.unwrap_or(record.at)),
        body: if session.eight_bit { BodyType::EightBitMime } else { BodyType::SevenBit },
    })
}

fn read_recipient(tenant: TenantId, note: &RecipientNote) -> Result<Recipient, RecordError> {
    Ok(Recipient {
        address: Address::parse(&note.address).map_err(|_| RecordError::Field("recipient"))?,
        tenant,
        direction: if note.outbound { Direction::Outbound } else { Direction::Inbound },
        groups: note.groups.iter().cloned().map(GroupId).collect(),
    })
}

fn read_domain(text: &str, field: &'static str) -> Result<Option<Domain>, RecordError> {
    if text.is_empty() {
        return Ok(None);
    }
    Domain::parse(text).map(Some).map_err(|_| RecordError::Field(field))
}

fn read_auth(record: &AuthRecord) -> Result<AuthResults, RecordError> {
    let mut dkim = Vec::with_capacity(record.dkim.len());
    for (result, domain, selector, comment) in &record.dkim {
        dkim.push(DkimCheck {
            result: DkimResult::from_word(result).ok_or(RecordError::Field("dkim"))?,
            domain: read_domain(domain, "dkim domain")?,
            selector: selector.clone(),
            comment: comment.clone(),
        });
    }
    let policy = match record.dmarc_policy.as_str() {
        "" => None,
        word => Some(DmarcPolicy::from_word(word).ok_or(RecordError::Field("dmarc policy"))?),
    };
    Ok(AuthResults {
        spf: SpfCheck {
            result: SpfResult::from_word(&record.spf).ok_or(RecordError::Field("spf"))?,
            domain: read_domain(&record.spf_domain, "spf domain")?,
            of_helo: record.spf_of_helo,
        },
        dkim,
        dmarc: DmarcCheck {
            result: DmarcResult::from_word(&record.dmarc).ok_or(RecordError::Field("dmarc"))?,
            from: read_domain(&record.dmarc_from, "dmarc domain")?,
            policy,
            spf_aligned: record.spf_aligned,
            dkim_aligned: record.dkim_aligned,
        },
        arc: ArcCheck {
            result: DkimResult::from_word(&record.arc).ok_or(RecordError::Field("arc"))?,
            sealer: read_domain(&record.arc_sealer, "arc sealer")?,
        },
    })
}

fn read_facts(record: &FactsRecord) -> Result<Facts, RecordError> {
    let reverse_dns = match record.reverse_dns_unknown.as_str() {
        "" => Fact::Known(ReverseDns {
            name: (!record.reverse_dns_name.is_empty()).then(|| record.reverse_dns_name.clone()),
            confirmed: record.reverse_dns_confirmed,
        }),
        word => Fact::Unknown(UnknownReason::from_word(word).ok_or(RecordError::Field("reverse dns"))?),
    };
    let mut dns_lists = Vec::with_capacity(record.dns_lists.len());
    for (list, subject, unknown, codes) in &record.dns_lists {
        let codes = match unknown.as_str() {
            "" => Fact::Known(
                codes
                    .iter()
                    .map(|code| code.parse())
                    .collect::<Result<_, _>>()
                    .map_err(|_| RecordError::Field("dns list"))?,
            ),
            word => Fact::Unknown(UnknownReason::from_word(word).ok_or(RecordError::Field("dns list"))?),
        };
        dns_lists.push(DnsListFact { list: list.clone(), subject: subject.clone(), codes });
    }
    let ocr = match record.ocr_unknown.as_str() {
        "" => Fact::Known(record.ocr_pictures),
        word => Fact::Unknown(UnknownReason::from_word(word).ok_or(RecordError::Field("ocr"))?),
    };
    let scanners = record.scanners.iter().map(read_scanner).collect::<Result<_, _>>()?;
    Ok(Facts { reverse_dns, dns_lists, scanners, ocr })
}

fn read_scanner(record: &ScannerRecord) -> Result<ScannerFact, RecordError> {
    let file = |(place, word, words): &(String, String, Vec<String>)| {
        let said = Said::from_word(word).ok_or(RecordError::Field("scanner's file"))?;
        Ok(ScannedFile { place: place.clone(), said, words: words.clone() })
    };
    Ok(ScannerFact {
        scanner: record.scanner.clone(),
        kind: ScannerKind::from_word(&record.kind).ok_or(RecordError::Field("scanner's kind"))?,
        need: ScannerNeed::from_word(&record.need).ok_or(RecordError::Field("scanner's need"))?,
        version: record.version.clone(),
        asked: record.asked,
        not_wanted: record.not_wanted,
        files: record.files.iter().map(file).collect::<Result<_, _>>()?,
    })
}

fn read_findings(record: &[(String, String)]) -> Result<Findings, RecordError> {
    let mut findings = Findings::default();
    for (key, word) in record {
        let answer = match word.as_str() {
            "yes" => Answer::Yes,
            "no" => Answer::No,
            "unknown" => Answer::Unknown,
            _ => return Err(RecordError::Field("findings")),
        };
        findings.0.insert(key.clone(), answer);
    }
    Ok(findings)
}

/// The evidence at an index of the record, for people.
#[must_use]
pub fn evidence_at(record: &JudgedRecord, index: u32) -> Option<scan::evidence::Evidence> {
    let item = record.evidence.get(usize::try_from(index).ok()?)?;
    Some(evidence::read(item, &record.personal.words))
}
