//! The value of each name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use mail::address::ReversePath;
use scan::auth::{AuthResults, DkimResult, DmarcPolicy, DmarcResult, SpfResult};
use scan::facts::{DnsListFact, Fact, Said, ScannerFact, ScannerNeed};

use crate::condition::View;
use crate::condition::value::{Cause, CauseKind, FoundList, Truth, Value};
use crate::names::Name;

pub(super) fn name<'v>(name: Name, view: &View<'v>) -> Value<'v> {
    let gathered = view.gathered;
    let envelope = &gathered.envelope;
    let summary = &gathered.summary;
    match name {
        Name::VerdictClass => Value::Word(view.verdict.class.word(), None),
        Name::VerdictProbability => Value::Number(view.verdict.bad()),
        Name::VerdictCalibrated => Value::Truth(Truth::of(view.verdict.calibrated)),
        Name::ThresholdTag => Value::Number(view.thresholds.tag),
        Name::ThresholdQuarantine => Value::Number(view.thresholds.quarantine),
        Name::ThresholdReject => Value::Number(view.thresholds.reject),
        Name::SenderAddress => owned(envelope.sender.address().map(mail::address::Address::key).unwrap_or_default()),
        Name::SenderDomain => text(envelope.sender.address().map_or("", |address| address.domain().as_str())),
        Name::SenderIsNull => Value::Truth(Truth::of(envelope.sender == ReversePath::Null)),
        Name::RecipientAddress => owned(view.recipient.address.key()),
        Name::RecipientDomain => text(view.recipient.address.domain().as_str()),
        Name::RecipientDirection => Value::Word(view.recipient.direction.word(), None),
        Name::RecipientGroups => found(view.recipient.groups.iter().map(|group| group.0.as_str())),
        Name::ClientIp => Value::Ip(envelope.client.ip.to_canonical()),
        Name::ClientTls => Value::Truth(Truth::of(envelope.client.tls.is_some())),
        Name::Helo => text(&envelope.helo.name),
        Name::FromDomain => text(&summary.from_domain),
        Name::FromShown => text(&summary.from),
        Name::Subject => text(&summary.subject),
        Name::MessageId => text(&summary.message_id),
        // Exact below 2^53 bytes.
        #[expect(clippy::cast_precision_loss, reason = "a message is far smaller than 2^53 bytes")]
        Name::MessageSize => Value::Number(summary.size as f64),
        Name::MessageAmbiguities => found(summary.ambiguities.iter().map(String::as_str)),
        Name::ReverseDnsConfirmed | Name::ReverseDnsName => reverse_dns(name, view),
        Name::DnsLists => dns_lists(&gathered.facts.dns_lists),
        Name::Scanners => scanners(&gathered.facts.scanners),
        Name::Evidence => found(gathered.evidence.iter().map(|evidence| evidence.id.name())),
        // Resolved when the condition is read.
        Name::SiteDomains => Value::Found(FoundList::default()),
        Name::AuthSpf
        | Name::AuthDkim
        | Name::AuthDmarc
        | Name::AuthDmarcPolicy
        | Name::AuthArc
        | Name::AuthAligned => auth(name, &gathered.auth),
    }
}

const fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

const fn owned<'v>(text: String) -> Value<'v> {
    Value::Text(Cow::Owned(text))
}

fn found<'v>(items: impl Iterator<Item = &'v str>) -> Value<'v> {
    Value::Found(FoundList { items: items.map(Cow::Borrowed).collect(), ..FoundList::default() })
}

// SPF and DKIM decide nothing by themselves: where they matter for DMARC, DMARC itself is `temperror`.
fn auth<'v>(name: Name, auth: &AuthResults) -> Value<'v> {
    let doubt = |failed: bool, kind, name: &str| failed.then(|| Cause::new(kind, name));
    let dmarc_failed = auth.dmarc.result == DmarcResult::TempError;
    match name {
        Name::AuthSpf => {
            let result = auth.spf.result;
            Value::Word(result.word(), doubt(result == SpfResult::TempError, CauseKind::Advisory, "auth.spf"))
        }
        Name::AuthDkim => {
            let result = auth.dkim_result();
            // A later signature may have failed for want of DNS; it could have been the one that passes.
            let failed =
                result != DkimResult::Pass && auth.dkim.iter().any(|check| check.result == DkimResult::TempError);
            Value::Word(result.word(), doubt(failed, CauseKind::Advisory, "auth.dkim"))
        }
        Name::AuthArc => {
            let result = auth.arc.result;
            Value::Word(result.word(), doubt(result == DkimResult::TempError, CauseKind::Advisory, "auth.arc"))
        }
        Name::AuthDmarc => {
            Value::Word(auth.dmarc.result.word(), doubt(dmarc_failed, CauseKind::Required, "auth.dmarc"))
        }
        Name::AuthDmarcPolicy => match auth.dmarc.policy {
            None if dmarc_failed => Value::unknown(CauseKind::Required, "auth.dmarc_policy"),
            policy => Value::Word(policy.unwrap_or(DmarcPolicy::None).word(), None),
        },
        _ if auth.dmarc.spf_aligned || auth.dmarc.dkim_aligned => Value::Truth(Truth::True),
        _ if dmarc_failed => Value::Truth(Truth::unknown(Cause::new(CauseKind::Required, "auth.aligned"))),
        _ => Value::Truth(Truth::False),
    }
}

fn reverse_dns<'v>(name: Name, view: &View<'v>) -> Value<'v> {
    const NAME: &str = "facts.reverse_dns";
    match &view.gathered.facts.reverse_dns {
        Fact::Known(known) if name == Name::ReverseDnsConfirmed => Value::Truth(Truth::of(known.confirmed)),
        Fact::Known(known) => text(known.name.as_deref().unwrap_or_default()),
        Fact::Unknown(_) if name == Name::ReverseDnsConfirmed => {
            Value::Truth(Truth::unknown(Cause::new(CauseKind::Advisory, NAME)))
        }
        Fact::Unknown(_) => Value::unknown(CauseKind::Advisory, NAME),
    }
}

// A zone may have been asked about several subjects: one hit lists it, one silence leaves it open.
fn dns_lists(facts: &[DnsListFact]) -> Value<'_> {
    const NAME: &str = "facts.dns_lists";
    if facts.is_empty() {
        return Value::unknown(CauseKind::Advisory, NAME);
    }
    let mut zones: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for fact in facts {
        let (listed, silent) = zones.entry(fact.list.as_str()).or_default();
        match &fact.codes {
            Fact::Known(codes) => *listed |= !codes.is_empty(),
            Fact::Unknown(_) => *silent = true,
        }
    }
    let mut list = FoundList { open: Some(NAME), ..FoundList::default() };
    let mut seen = BTreeSet::new();
    for fact in facts.iter().filter(|fact| seen.insert(fact.list.as_str())) {
        let zone = fact.list.as_str();
        match zones.get(zone) {
            Some((true, _)) => list.items.push(Cow::Borrowed(zone)),
            Some((false, true)) => {
                list.doubtful.push((Cow::Borrowed(zone), Cause::new(CauseKind::Advisory, format!("{NAME}[{zone}]"))));
            }
            _ => list.absent.push(zone),
        }
    }
    Value::Found(list)
}

// One finding is enough; a scanner that has not seen every file may have missed one.
fn scanners(facts: &[ScannerFact]) -> Value<'_> {
    let mut list = FoundList::default();
    for fact in facts {
        let name = fact.scanner.as_str();
        if fact.has(|said| matches!(said, Said::Malware | Said::Suspicious)) {
            list.items.push(Cow::Borrowed(name));
        } else if !fact.files.is_empty() {
            let required = fact.need == ScannerNeed::Required || fact.is_running();
            let kind = if required { CauseKind::Required } else { CauseKind::Advisory };
            list.doubtful.push((Cow::Borrowed(name), Cause::new(kind, fact.check())));
        }
    }
    Value::Found(list)
}
