//! How it is told that a rule or a hash list matches a file.

use scan::content::{Item, RuleMatch};
use scan::evidence::{Arg, Evidence, Place, Strength, TextId};

use crate::detector::{Detector, content, meta, name};

/// Text of a file on a list.
const LISTED: &str = "listed_file";

/// Evidence of this match: the file, the rule with its set and its sentence; or the list and its label.
pub(crate) fn evidence(detector: Detector, strength: Strength, item: &Item, one: &RuleMatch) -> Evidence {
    let mut args: Vec<Arg> = vec![content(name(item)), meta(&one.rule), meta(&one.set)];
    if !one.is_listed {
        args.push(meta(sentence(&one.reason)));
    }
    let mut evidence = detector.saw(strength, Place::Part(item.place.clone()), args);
    if one.is_listed {
        evidence.detail.text = TextId(LISTED.into());
    }
    evidence
}

// It goes on behind the name of the rule.
fn sentence(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

#[cfg(test)]
mod tests {
    use scan::evidence::EvidenceId;

    use super::*;
    use crate::texts::{Language, render};

    #[test]
    fn a_rule_says_its_sentence_and_a_list_its_label() {
        let detector = |id| Detector { id: EvidenceId::new(id), inspect: |_, _, _| {} };
        let item = Item { names: vec!["scan.zip".to_owned()], place: "2".to_owned(), ..Item::default() };
        let one = |rule: &str, set: &str, reason: &str, is_listed| RuleMatch {
            rule: rule.to_owned(),
            set: set.to_owned(),
            severity: "malware".to_owned(),
            reason: reason.to_owned(),
            is_listed,
        };
        let text = |id, item: &Item, one: &RuleMatch| {
            render(&evidence(detector(id), Strength::FULL, item, one).detail, Language::English)
        };
        let rule = one("double", "postern", "A file in it has two endings.", false);
        assert_eq!(
            text("signature_malware", &item, &rule),
            "\"scan.zip\" fits the malware rule double of postern: A file in it has two endings"
        );
        let silent = one("own", "own", "", false);
        assert_eq!(
            text("signature_suspicious", &item, &silent),
            "\"scan.zip\" fits the rule own of own for what is suspicious"
        );
        let unnamed = Item { place: "1".to_owned(), ..Item::default() };
        let listed = one("Known dropper", "l.txt", "", true);
        assert_eq!(
            text("signature_malware", &unnamed, &listed),
            "\"part 1\" is on the hash list l.txt (Known dropper)"
        );
    }
}
