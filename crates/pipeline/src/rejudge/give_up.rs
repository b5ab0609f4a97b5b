//! Held mail that is given up moves to quarantine. Nobody found out what it is, and the journal says so in a judgement of its
//! own: unscannable, whatever an earlier one said.

use bytes::Bytes;
use mail::message::Message;
use mail::timestamp::Timestamp;
use policy::decide::Attempt;
use scan::action::Action;
use scan::auth::AuthResults;
use scan::decision::Decision;
use scan::evidence::{Arg, Detail, Evidence, EvidenceId, Place, Strength, TextId};
use scan::facts::Facts;
use scan::judge::{UNSCANNABLE, judge};
use scan::question::{Answer, Findings};
use scan::{Gathered, ScanId, Summary};
use store::StoreError;
use store::mails::{Body, MailState, Rejudged, StoredMail};
use store::record::JudgedRecord;
use store::record::mail::StateRecord;

use super::look::{envelope, of_held};
use crate::caught::caught;
use crate::conclude::conclude;
use crate::line::{self, Line};
use crate::stations::Stations;
use crate::summary::summarize;
use crate::{record, trace_fields};

/// Bytes of a message's beginning in which its header is looked for.
const HEADER_BYTES_MAX: usize = 256 * 1024;

/// Moves what is held to quarantine, and says why.
pub(super) async fn give_up(line: &Line, mail: &MailState, now: Timestamp, why: &str) -> Result<(), StoreError> {
    tracing::error!(mail = %mail.id.reference(), why, "moved to quarantine as unscannable");
    let quarantined = StateRecord::Quarantined { since: now.unix_millis() };
    let mut change = of_held(mail, now, "quarantined", why, |_| quarantined.clone());
    match line.mails().load(mail.tenant, mail.id).await {
        Ok(stored) => {
            let start = start_of(&stored.body).await;
            let judged = caught(|| unscannable(&line.stations(), &stored, start, (now, why))).flatten();
            let added = stored.state.recipients.iter().filter(|recipient| recipient.added).cloned().collect();
            let (variants, sender_genuine) = (stored.variants, stored.state.sender_genuine);
            let after = stored.judgements;
            change.judged = judged.map(|judged| Rejudged { after, judged, variants, sender_genuine, added });
        }
        // It moves all the same: a person looks there.
        Err(error) => tracing::error!(mail = %mail.id.reference(), %error, "given up without a judgement"),
    }
    line.mails().change(mail.tenant, mail.id, change).await.map(drop)
}

// What is known already, and that it is not enough.
fn unscannable(
    stations: &Stations,
    stored: &StoredMail,
    start: Bytes,
    (now, why): (Timestamp, &str),
) -> Option<JudgedRecord> {
    let mut gathered = known(stored, start)?;
    // They are not waited for any more: the evidence names them.
    let failed = std::mem::take(&mut gathered.failed_checks).join(", ");
    let why = if failed.is_empty() { why.to_owned() } else { format!("{why}: {failed}") };
    gathered.evidence.push(Evidence {
        id: EvidenceId::new(UNSCANNABLE),
        strength: Strength::FULL,
        place: Place::Message,
        detail: Detail { text: TextId("unscannable_message".into()), args: vec![Arg::Meta(why)] },
    });
    for (key, _) in &stations.questions {
        gathered.findings.0.entry(key.clone()).or_insert(Answer::Unknown);
    }
    let in_force = &stations.in_force;
    let verdict = judge(&gathered.evidence, &in_force.weights);
    let names = in_force.policies.names_for(&gathered.envelope.recipients);
    let concluded =
        conclude(&gathered, &in_force.weights, &in_force.policies.by_name, &names, Attempt::AfterAccept).ok();
    // Where a policy would do otherwise it is not the policy that decides, and none is named.
    let decision = concluded.map(|concluded| concluded.decision).filter(quarantines_all);
    let decision = decision.unwrap_or(Decision { per_recipient: Vec::new() });
    line::log_verdict(gathered.mail, &gathered, &verdict, &decision);
    let mut judged = record::judged(&gathered, &verdict, &decision, &names, &stations.versions);
    judged.after_accept = true;
    judged.received_at = Some(judged.at);
    judged.at = now.unix_millis();
    Some(judged)
}

fn quarantines_all(decision: &Decision) -> bool {
    decision.per_recipient.iter().all(|ruling| ruling.actions.contains(&Action::Quarantine))
}

// As the last judgement left it; of what was never judged, the header.
fn known(stored: &StoredMail, start: Bytes) -> Option<Gathered> {
    let (mail, tenant) = (stored.state.id, stored.state.tenant);
    let last = stored.judged.as_ref();
    let id = ScanId(last.map_or(0, |judged| judged.scan.saturating_add(1)));
    if let Some(gathered) = last.and_then(|judged| record::gathered(mail, tenant, judged).ok()) {
        return Some(Gathered { id, ..gathered });
    }
    // Its header may be what we stumble over.
    let summary = caught(|| summarize(&Message::parse(start.slice(..trace_fields::header_bytes(&start)))));
    Some(Gathered {
        id,
        mail,
        envelope: envelope(stored)?,
        summary: Summary { size: stored.state.size, ..summary.unwrap_or_default() },
        auth: AuthResults::none(),
        facts: Facts::none(),
        findings: Findings::default(),
        evidence: Vec::new(),
        failed_checks: Vec::new(),
    })
}

// Empty if it does not read.
async fn start_of(body: &Body) -> Bytes {
    match body {
        Body::Inline(bytes) => bytes.clone(),
        Body::File(file) => file.read(0, HEADER_BYTES_MAX).await.unwrap_or_default(),
    }
}
