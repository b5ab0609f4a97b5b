//! What lists show and compare of a message, and how it is wiped.

use super::fold::{fold, fold_lines};
use crate::record::JudgedRecord;
use crate::record::judged::PersonalRecord;

/// Reasons that the quarantine list shows.
const REASONS_MAX: usize = 3;
/// The class that evidence of this very name makes by itself, without a weight (`scan::judge`).
const UNSCANNABLE: &str = "unscannable";

/// Texts of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// MAIL FROM.
    pub(super) sender: String,
    /// From, decoded.
    pub(super) from: String,
    /// RCPT TO, in order.
    pub(super) recipients: Vec<String>,
    /// Subject, decoded.
    pub(super) subject: String,
    /// Message-ID.
    pub(super) message_id: String,
    /// Class word.
    pub(super) verdict: String,
    /// Names of the strongest evidence against it.
    pub(super) reasons: Vec<String>,
    /// Bytes.
    pub(super) size: u64,
}

impl Details {
    /// What a judgement says.
    pub(super) fn of_judged(judged: &JudgedRecord) -> Self {
        let personal = &judged.personal;
        Self {
            sender: personal.sender.clone(),
            from: personal.from.clone(),
            recipients: personal.recipients.iter().map(|r| r.address.clone()).collect(),
            subject: personal.subject.clone(),
            message_id: personal.message_id.clone(),
            verdict: judged.verdict.class.clone(),
            reasons: reasons(judged),
            size: judged.size,
        }
    }

    /// MAIL FROM and From, folded.
    pub(super) fn sender_key(&self) -> String {
        fold_lines([self.sender.as_str(), self.from.as_str()])
    }

    /// Recipients, folded.
    pub(super) fn recipients_key(&self) -> String {
        fold_lines(self.recipients.iter().map(String::as_str))
    }

    /// Subject, folded.
    pub(super) fn subject_key(&self) -> String {
        fold(&self.subject)
    }

    /// Message-ID, folded.
    pub(super) fn message_id_key(&self) -> String {
        fold(&self.message_id)
    }
}

fn reasons(judged: &JudgedRecord) -> Vec<String> {
    let verdict = &judged.verdict;
    let decides = |id: &str| verdict.class == UNSCANNABLE && id == UNSCANNABLE;
    let against = verdict.reasons.iter().filter_map(|(index, contribution)| {
        let evidence = judged.evidence.get(usize::try_from(*index).ok()?)?;
        (*contribution > 0.0 || decides(&evidence.id)).then(|| evidence.id.clone())
    });
    let mut reasons: Vec<String> = against.collect();
    reasons.dedup();
    reasons.truncate(REASONS_MAX);
    reasons
}

/// Takes everything personal out of a judgement.
pub(super) fn wipe(judged: &mut JudgedRecord) {
    judged.personal = PersonalRecord { erased: true, ..PersonalRecord::default() };
}

/// Whether `text` (an address, or a From with names and addresses) names `address`, both lower case.
pub(super) fn names_address(text: &str, address: &str) -> bool {
    let separator = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | ':' | '(' | ')' | '"');
    let lower = text.to_lowercase();
    lower == address || lower.split(separator).any(|word| word == address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::judged::{EvidenceRecord, VerdictRecord};

    #[test]
    fn what_cannot_be_looked_into_has_a_reason() {
        let evidence = |id: &str| EvidenceRecord {
            id: id.to_owned(),
            strength: 1.0,
            place: ("message".to_owned(), String::new(), 0),
            text: String::new(),
            args: Vec::new(),
        };
        let of = |class: &str, contribution: f64| {
            reasons(&JudgedRecord {
                evidence: ["encrypted_archive", UNSCANNABLE, UNSCANNABLE].map(evidence).to_vec(),
                verdict: VerdictRecord {
                    class: class.to_owned(),
                    reasons: vec![(1, 0.0), (2, 0.0), (0, contribution), (9, 1.0)],
                    ..VerdictRecord::default()
                },
                ..JudgedRecord::default()
            })
        };
        assert_eq!(of(UNSCANNABLE, 0.0), [UNSCANNABLE]);
        assert_eq!(of("malware", 2.0), ["encrypted_archive"]);
        assert_eq!(of("clean", -1.0), [""; 0]);
    }

    #[test]
    fn an_address_is_found_whole_only() {
        assert!(names_address("Bob <BOB@example.org>", "bob@example.org"));
        assert!(names_address("bob@example.org", "bob@example.org"));
        assert!(!names_address("notbob@example.org", "bob@example.org"));
        assert!(!names_address("bob@example.org.net", "bob@example.org"));
    }
}
