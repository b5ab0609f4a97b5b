//! A judged message, for people and as JSON.

use anstyle::{AnsiColor, Style};
use detect::texts::{Language, render};
use scan::class::Class;
use serde_json::{Map, Value, json};

use super::JudgedFile;
use crate::cli::output;
use crate::cli::table::harmless;

/// Prints it.
pub(super) fn print(judged: &JudgedFile) {
    let verdict = &judged.processed.concluded.verdict;
    let style = match verdict.class {
        Class::Clean | Class::Bulk => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Class::Spam | Class::Policy | Class::Unscannable => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Class::Phishing | Class::Malware => Style::new().fg_color(Some(AnsiColor::Red.into())),
    };
    let mark = if verdict.calibrated { "" } else { " (uncalibrated)" };
    let decision = judged.processed.concluded.decision.word();
    let class = verdict.class.word();
    let bad = verdict.bad() * 100.0;
    output::print(&format!("{}: {style}{class}{style:#}, bad {bad:.1} %{mark}, {decision}\n", harmless(&judged.name)));
    let gathered = &judged.processed.gathered;
    output::print(&format!(
        "  from     {}\n  subject  {}\n",
        harmless(&gathered.summary.from),
        harmless(&gathered.summary.subject)
    ));
    let auth = &gathered.auth;
    output::print(&format!(
        "  spf {}, dkim {}, dmarc {}, arc {}\n",
        auth.spf.result.word(),
        auth.dkim_result().word(),
        auth.dmarc.result.word(),
        auth.arc.result.word()
    ));
    for reason in &verdict.reasons {
        let text = harmless(&render(&reason.evidence.detail, Language::English));
        let place = harmless(&reason.evidence.place.to_string());
        output::print(&format!("  {:+6.2}  {:<24} {text} ({place})\n", reason.contribution, reason.evidence.id.name()));
    }
    for ruling in &judged.processed.concluded.decision.per_recipient {
        let because: Vec<&str> = ruling.because.iter().map(|rule| rule.0.as_str()).collect();
        let because = if because.is_empty() { "no rule matched".to_owned() } else { because.join(", ") };
        output::print(&format!(
            "  {}: {} ({because})\n",
            harmless(&ruling.recipient.address.to_string()),
            ruling.word()
        ));
        if !ruling.not_checked.is_empty() {
            output::print(&format!("    not checked: {}\n", harmless(&ruling.not_checked.join(", "))));
        }
    }
}

/// The documented JSON form, the same for `--json` and `--batch`.
pub(super) fn json(judged: &JudgedFile) -> Value {
    let verdict = &judged.processed.concluded.verdict;
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
    json!({
        "file": judged.name,
        "class": verdict.class.word(),
        "probability": verdict.bad(),
        "calibrated": verdict.calibrated,
        "classes": classes,
        "decision": judged.processed.concluded.decision.word(),
        "reasons": reasons,
    })
}
