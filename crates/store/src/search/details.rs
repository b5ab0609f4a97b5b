//! What lists show and compare of a message, and how it is wiped.

use super::fold::{fold, fold_lines};
use crate::record::JudgedRecord;
use crate::record::judged::PersonalRecord;

/// Reasons that the quarantine list shows.
const REASONS_MAX: usize = 3;

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
    let against = judged.verdict.reasons.iter().filter(|(_, contribution)| *contribution > 0.0);
    let evidence = |index: u32| usize::try_from(index).ok().and_then(|i| judged.evidence.get(i));
    against.filter_map(|(index, _)| evidence(*index)).map(|e| e.id.clone()).take(REASONS_MAX).collect()
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

    #[test]
    fn an_address_is_found_whole_only() {
        assert!(names_address("Bob <BOB@example.org>", "bob@example.org"));
        assert!(names_address("bob@example.org", "bob@example.org"));
        assert!(!names_address("notbob@example.org", "bob@example.org"));
        assert!(!names_address("bob@example.org.net", "bob@example.org"));
    }
}
