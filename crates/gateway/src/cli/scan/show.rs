//! A judged message, for people and as JSON.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use detect::texts::{Language, render};
use pipeline::conclude::Concluded;
use scan::action::Action;
use scan::class::Class;
use scan::content::Content;
use scan::decision::Ruling;
use scan::facts::{ScannedFile, ScannerFact};
use scan::judge::UNSCANNABLE;
use scan::verdict::{Reason, Verdict};
use serde_json::{Map, Value, json};

use super::{JudgedFile, content};
use crate::cli::table::harmless;
use crate::cli::{output, trace};

/// Column of a reason's second line: below its text on a wide terminal would leave a narrow one no room.
const TEXT_COLUMNS: usize = 10;
/// Column of a ruling's second line.
const RULING_COLUMNS: usize = 4;

/// Prints it.
pub(super) fn print(judged: &JudgedFile) {
    let verdict = &judged.processed.concluded.verdict;
    let style = match verdict.class {
        Class::Clean | Class::Bulk => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Class::Spam | Class::Policy | Class::Unscannable => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Class::Phishing | Class::Malware => Style::new().fg_color(Some(AnsiColor::Red.into())),
    };
    let decision = judged.processed.concluded.decision.word();
    let (class, sure) = (verdict.class.word(), sureness(verdict));
    output::print(&format!("{}: {style}{class}{style:#}{sure}, {decision}\n", harmless(&judged.name)));
    if judged.is_wrapped {
        output::print("  no message: scanned as the one attachment of a made message\n");
        print_reasons(judged);
        return;
    }
    let gathered = &judged.processed.gathered;
    for (name, value) in [("from", &gathered.summary.from), ("subject", &gathered.summary.subject)] {
        if !value.is_empty() {
            output::print(&format!("  {name:<7}  {}\n", harmless(value)));
        }
    }
    let auth = &gathered.auth;
    output::print(&format!(
        "  spf {}, dkim {}, dmarc {}, arc {}\n",
        auth.spf.result.word(),
        auth.dkim_result().word(),
        auth.dmarc.result.word(),
        auth.arc.result.word()
    ));
    print_reasons(judged);
}

fn print_reasons(judged: &JudgedFile) {
    scanners(judged).iter().for_each(trace::show_scanner);
    for reason in &judged.processed.concluded.verdict.reasons {
        let text = harmless(&render(&reason.evidence.detail, Language::English));
        let place = harmless(&reason.evidence.place.to_string());
        let line = format!("  {:>6}  {:<24} {text} ({place})\n", weight(reason), reason.evidence.id.name());
        output::print_wrapped(&line, TEXT_COLUMNS);
    }
    for ruling in &judged.processed.concluded.decision.per_recipient {
        let because: Vec<&str> = ruling.because.iter().map(|rule| rule.0.as_str()).collect();
        let because = if because.is_empty() { "no rule matched".to_owned() } else { because.join(", ") };
        let recipient = harmless(&ruling.recipient.address.to_string());
        let actions = actions([ruling]).join(", ");
        output::print_wrapped(&format!("  {recipient}: {actions} ({because})\n"), RULING_COLUMNS);
        if !ruling.not_checked.is_empty() {
            let line = format!("    not checked: {}\n", harmless(&ruling.not_checked.join(", ")));
            output::print_wrapped(&line, RULING_COLUMNS + 2);
        }
    }
    if !judged.not_asked.is_empty() {
        output::print(&format!("  not checked, as this is offline: {}\n", harmless(&judged.not_asked.join(", "))));
    }
}

/// What is done with these copies, each once, the weightiest first.
fn actions<'a>(rulings: impl IntoIterator<Item = &'a Ruling>) -> Vec<&'static str> {
    let mut actions: Vec<&Action> = rulings.into_iter().flat_map(|ruling| &ruling.actions).collect();
    actions.sort_by_key(|action| action.rank());
    let mut words: Vec<&'static str> = actions.into_iter().map(Action::word).collect();
    words.dedup();
    words
}

/// What outside scanners were asked and said, in the form of `trace show`.
fn scanners(judged: &JudgedFile) -> Vec<Value> {
    let processed = &judged.processed;
    processed.gathered.facts.scanners.iter().map(|fact| scanner(fact, &processed.content)).collect()
}

fn scanner(fact: &ScannerFact, content: &Content) -> Value {
    let file = |file: &ScannedFile| {
        let item = content.items.iter().find(|item| item.place == file.place);
        let name = item.and_then(|item| item.names.first()).map_or("", String::as_str);
        json!({ "place": file.place, "name": name, "said": file.said.word(), "words": file.words })
    };
    json!({
        "name": fact.scanner, "kind": fact.kind.word(), "need": fact.need.word(), "version": fact.version,
        "asked": fact.asked, "not_wanted": fact.not_wanted,
        "files": fact.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// What was not checked, for any recipient or as this is offline.
fn not_checked(judged: &JudgedFile) -> BTreeSet<&str> {
    let rulings = &judged.processed.concluded.decision.per_recipient;
    let of_rulings = rulings.iter().flat_map(|ruling| &ruling.not_checked);
    of_rulings.chain(&judged.not_asked).map(String::as_str).collect()
}

/// How sure a verdict is, behind its class. What could not be looked into has no probability, it has a reason.
pub(crate) fn sureness(verdict: &Verdict) -> String {
    if verdict.class == Class::Unscannable {
        let closed = verdict.reasons.iter().find(|reason| reason.evidence.id.name() == UNSCANNABLE);
        return closed
            .map(|reason| format!(": {}", harmless(&render(&reason.evidence.detail, Language::English))))
            .unwrap_or_default();
    }
    let mark = if verdict.calibrated { "" } else { " (uncalibrated)" };
    format!(", bad {}{mark}", percent(verdict.bad()))
}

/// Certainty is not what a model has.
pub(crate) fn percent(probability: f64) -> String {
    match probability * 100.0 {
        percent if percent > 99.9 => "over 99.9 %".to_owned(),
        percent if percent < 0.1 => "under 0.1 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

// What was seen and moved nothing has no number.
fn weight(reason: &Reason) -> String {
    if reason.contribution.abs() < 0.005 { String::new() } else { format!("{:+.2}", reason.contribution) }
}

/// The documented JSON form, the same for `--json` and `--batch`.
pub(super) fn json(judged: &JudgedFile, with_content: bool) -> Value {
    let Concluded { verdict, decision } = &judged.processed.concluded;
    let classes: Map<String, Value> =
        Class::ALL.iter().map(|class| (class.word().to_owned(), json!(verdict.probability.of(*class)))).collect();
    let reasons: Vec<Value> = verdict
        .reasons
        .iter()
        .map(|reason| {
            json!({
                "id": reason.evidence.id.name(),
                "contribution": reason.contribution,
                "place": reason.evidence.place.to_string(),
                "detail": render(&reason.evidence.detail, Language::English),
            })
        })
        .collect();
    let mut value = json!({
        "file": judged.name,
        "class": verdict.class.word(),
        "probability": verdict.bad(),
        "calibrated": verdict.calibrated,
        "classes": classes,
        "decision": decision.word(),
        "actions": actions(&decision.per_recipient),
        "reasons": reasons,
        "scanners": scanners(judged),
        "not_checked": not_checked(judged),
    });
    let Some(members) = value.as_object_mut() else { return value };
    if judged.is_wrapped {
        members.insert("made_message".to_owned(), true.into());
    }
    if with_content {
        members.insert("content".to_owned(), content::json(&judged.processed.content));
    }
    value
}

#[cfg(test)]
mod tests {
    use mail::address::Address;
    use mail::envelope::{Direction, Recipient, TenantId};
    use scan::action::Remove;

    use super::*;

    #[test]
    fn all_that_is_done_with_a_copy_is_told() {
        let ruling = |actions: &[Action]| Ruling {
            recipient: Recipient {
                address: Address::parse("bob@corp.example").unwrap(),
                tenant: TenantId::DEFAULT,
                direction: Direction::Inbound,
                groups: Vec::new(),
            },
            actions: actions.to_vec(),
            because: Vec::new(),
            not_checked: Vec::new(),
        };
        let remove =
            |extension: &str| Action::Remove(Remove { extensions: vec![extension.to_owned()], ..Remove::default() });
        let bob = ruling(&[Action::Disarm, remove("exe"), remove("js")]);
        assert_eq!(actions([&bob]), ["remove", "disarm"]);
        assert_eq!(actions(&[bob, ruling(&[Action::Hold])]), ["hold", "remove", "disarm"]);
    }

    #[test]
    fn no_model_is_certain() {
        let shown = [0.0, 0.000_4, 0.061, 0.999, 0.999_98, 1.0].map(percent);
        assert_eq!(shown, ["under 0.1 %", "under 0.1 %", "6.1 %", "99.9 %", "over 99.9 %", "over 99.9 %"]);
    }
}
