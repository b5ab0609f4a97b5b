//! Line to record.

use std::collections::BTreeMap;

use mail::envelope::{BodyType, Direction, Envelope, Recipient};
use scan::Gathered;
use scan::action::Action;
use scan::auth::AuthResults;
use scan::decision::{Decision, Ruling};
use scan::facts::{Fact, Facts, ScannerFact};
use scan::question::Answer;
use scan::verdict::Verdict;
use store::record::judged::{
    ActionRecord, AuthRecord, FactsRecord, JudgedRecord, PersonalRecord, RecipientNote, RulingRecord, ScannerRecord,
    VerdictRecord, VersionsRecord,
};
use store::record::mail::EnvelopeRecord;

use super::evidence;

/// Content hashes of what is in force, and which policy decides for a recipient domain.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// SHA-256 (hex) of the weights.
    pub weights: String,
    /// SHA-256 (hex) of the knowledge.
    pub knowledge: String,
    /// SHA-256 (hex) of each policy by name.
    pub policies: BTreeMap<String, String>,
    /// SHA-256 (hex) of rules of signatures and hash lists.
    pub signatures: String,
}

/// Writes one judgement. `policy_names` gives the deciding policy of each recipient, in order.
#[must_use]
pub fn judged(
    gathered: &Gathered,
    verdict: &Verdict,
    decision: &Decision,
    policy_names: &[String],
    versions: &Versions,
) -> JudgedRecord {
    let mut words = Vec::new();
    let evidence: Vec<_> = gathered.evidence.iter().map(|item| evidence::write(item, &mut words)).collect();
    let summary = &gathered.summary;
    let personal = PersonalRecord {
        sender: gathered.envelope.sender.to_string(),
        recipients: gathered.envelope.recipients.iter().map(recipient_note).collect(),
        subject: summary.subject.clone(),
        from: summary.from.clone(),
        message_id: summary.message_id.clone(),
        words,
        erased: false,
        from_domain: summary.from_domain.clone(),
        done: Vec::new(),
    };
    let rulings = decision.per_recipient.iter().enumerate().map(|(at, ruling)| {
        write_ruling(ruling, policy_names.get(at).map_or("", String::as_str)) //
    });
    JudgedRecord {
        scan: gathered.id.0,
        at: gathered.envelope.received_at.unix_millis(),
        personal,
        envelope: envelope_record(&gathered.envelope),
        size: summary.size,
        ambiguities: summary.ambiguities.clone(),
        auth: write_auth(&gathered.auth),
        facts: write_facts(&gathered.facts),
        findings: gathered.findings.0.iter().map(|(key, answer)| (key.clone(), answer_word(*answer).into())).collect(),
        evidence,
        failed_checks: gathered.failed_checks.clone(),
        verdict: write_verdict(verdict, gathered),
        rulings: rulings.collect(),
        versions: VersionsRecord {
            weights: versions.weights.clone(),
            knowledge: versions.knowledge.clone(),
            policies: versions.policies.iter().map(|(name, hash)| (name.clone(), hash.clone())).collect(),
            release: env!("CARGO_PKG_VERSION").to_owned(),
            signatures: versions.signatures.clone(),
        },
        after_accept: false,
        received_at: None,
        features: None,
    }
}

/// The session's part of the envelope.
#[must_use]
pub fn envelope_record(envelope: &Envelope) -> EnvelopeRecord {
    let tls = envelope.client.tls.as_ref();
    EnvelopeRecord {
        client_ip: envelope.client.ip.to_string(),
        client_port: envelope.client.port,
        helo: envelope.helo.name.clone(),
        extended: envelope.helo.extended,
        tls_version: tls.map(|tls| tls.version.clone()).unwrap_or_default(),
        tls_cipher: tls.map(|tls| tls.cipher.clone()).unwrap_or_default(),
        eight_bit: envelope.body == BodyType::EightBitMime,
    }
}

/// A recipient as policy sees it.
#[must_use]
pub fn recipient_note(recipient: &Recipient) -> RecipientNote {
    RecipientNote {
        address: recipient.address.to_string(),
        outbound: recipient.direction == Direction::Outbound,
        groups: recipient.groups.iter().map(|group| group.0.clone()).collect(),
    }
}

fn write_auth(auth: &AuthResults) -> AuthRecord {
    let name = |domain: &Option<mail::address::Domain>| domain.as_ref().map(ToString::to_string).unwrap_or_default();
    let dkim = auth.dkim.iter().map(|check| {
        (check.result.word().to_owned(), name(&check.domain), check.selector.clone(), check.comment.clone()) //
    });
    AuthRecord {
        spf: auth.spf.result.word().into(),
        spf_domain: name(&auth.spf.domain),
        spf_of_helo: auth.spf.of_helo,
        dkim: dkim.collect(),
        dmarc: auth.dmarc.result.word().into(),
        dmarc_from: name(&auth.dmarc.from),
        dmarc_policy: auth.dmarc.policy.map(|policy| policy.word().to_owned()).unwrap_or_default(),
        spf_aligned: auth.dmarc.spf_aligned,
        dkim_aligned: auth.dmarc.dkim_aligned,
        arc: auth.arc.result.word().into(),
        arc_sealer: name(&auth.arc.sealer),
    }
}

fn write_facts(facts: &Facts) -> FactsRecord {
    let mut record = FactsRecord::default();
    match &facts.reverse_dns {
        Fact::Known(reverse) => {
            record.reverse_dns_name = reverse.name.clone().unwrap_or_default();
            record.reverse_dns_confirmed = reverse.confirmed;
        }
        Fact::Unknown(reason) => record.reverse_dns_unknown = reason.word().into(),
    }
    record.dns_lists = facts
        .dns_lists
        .iter()
        .map(|list| {
            let (unknown, codes) = match &list.codes {
                Fact::Known(codes) => (String::new(), codes.iter().map(ToString::to_string).collect()),
                Fact::Unknown(reason) => (reason.word().to_owned(), Vec::new()),
            };
            (list.list.clone(), list.subject.clone(), unknown, codes)
        })
        .collect();
    record.scanners = facts.scanners.iter().map(write_scanner).collect();
    match facts.ocr {
        Fact::Known(pictures) => record.ocr_pictures = pictures,
        Fact::Unknown(reason) => record.ocr_unknown = reason.word().into(),
    }
    record
}

fn write_scanner(fact: &ScannerFact) -> ScannerRecord {
    let files = fact.files.iter().map(|file| (file.place.clone(), file.said.word().to_owned(), file.words.clone()));
    ScannerRecord {
        scanner: fact.scanner.clone(),
        kind: fact.kind.word().into(),
        need: fact.need.word().into(),
        version: fact.version.clone(),
        asked: fact.asked,
        not_wanted: fact.not_wanted,
        files: files.collect(),
    }
}

pub(super) const fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
    }
}

// A reason names its evidence by index; equal evidence may stand twice, so each index is used once.
fn write_verdict(verdict: &Verdict, gathered: &Gathered) -> VerdictRecord {
    let mut used = vec![false; gathered.evidence.len()];
    let mut reasons = Vec::with_capacity(verdict.reasons.len());
    for reason in &verdict.reasons {
        let at = gathered.evidence.iter().enumerate().position(|(at, item)| {
            *item == reason.evidence && used.get(at) == Some(&false) //
        });
        let Some(at) = at else { continue };
        if let Some(used) = used.get_mut(at) {
            *used = true;
        }
        reasons.push((u32::try_from(at).unwrap_or(u32::MAX), reason.contribution));
    }
    VerdictRecord {
        class: verdict.class.word().into(),
        probability: verdict.probability.0.to_vec(),
        reasons,
        calibrated: verdict.calibrated,
    }
}

fn write_ruling(ruling: &Ruling, policy: &str) -> RulingRecord {
    RulingRecord {
        actions: ruling.actions.iter().map(write_action).collect(),
        because: ruling.because.iter().map(|rule| rule.0.clone()).collect(),
        not_checked: ruling.not_checked.clone(),
        policy: policy.to_owned(),
    }
}

fn write_action(action: &Action) -> ActionRecord {
    let mut record = ActionRecord { word: action.word().into(), ..ActionRecord::default() };
    match action {
        Action::Tag(tag) => {
            record.subject_prefix.clone_from(&tag.subject_prefix);
            record.headers.clone_from(&tag.headers);
        }
        Action::Remove(remove) => {
            record.types.clone_from(&remove.types);
            record.extensions.clone_from(&remove.extensions);
            record.marks.clone_from(&remove.marks);
        }
        _ => {}
    }
    record
}
