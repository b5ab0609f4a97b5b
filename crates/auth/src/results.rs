//! The value of our Authentication-Results field (RFC 8601). Whatever a stranger chose is a token, or stands in quotes
//! with its quotes escaped, or is left out: it can end no value and begin no result.

use mail::address::{Address, ReversePath};
use mail::envelope::Envelope;
use scan::auth::{AuthResults, DkimCheck, DkimResult, DmarcCheck, SpfCheck};

/// Bytes of a comment.
const COMMENT_BYTES_MAX: usize = 120;

/// The value: our name, then one result a line. The caller puts `Authentication-Results: ` before and CRLF behind.
#[must_use]
pub fn authentication_results(hostname: &str, results: &AuthResults, envelope: &Envelope) -> String {
    let mut lines = vec![value(hostname), spf(&results.spf, envelope)];
    if results.dkim.is_empty() {
        lines.push("dkim=none".to_owned());
    }
    lines.extend(results.dkim.iter().map(dkim));
    lines.push(dmarc(&results.dmarc));
    if results.arc.result != DkimResult::None {
        let sealer = results.arc.sealer.as_ref().map(|sealer| format!(" header.d={}", value(sealer.as_str())));
        lines.push(format!("arc={}{}", results.arc.result.word(), sealer.unwrap_or_default()));
    }
    lines.join(";\r\n\t")
}

fn spf(check: &SpfCheck, envelope: &Envelope) -> String {
    let word = check.result.word();
    let Some(domain) = &check.domain else { return format!("spf={word}") };
    if check.of_helo {
        return format!("spf={word} smtp.helo={}", value(domain.as_str()));
    }
    match &envelope.sender {
        ReversePath::Address(address) if address.domain() == domain => {
            format!("spf={word} smtp.mailfrom={}", mailbox(address))
        }
        _ => format!("spf={word} smtp.mailfrom={}", value(domain.as_str())),
    }
}

fn dkim(check: &DkimCheck) -> String {
    let mut line = format!("dkim={}", check.result.word());
    if !check.comment.is_empty() {
        line.push_str(&format!(" ({})", comment(&check.comment)));
    }
    if let Some(domain) = &check.domain {
        line.push_str(&format!(" header.d={}", value(domain.as_str())));
    }
    if !check.selector.is_empty() {
        line.push_str(&format!(" header.s={}", value(&check.selector)));
    }
    line
}

fn dmarc(check: &DmarcCheck) -> String {
    let mut line = format!("dmarc={}", check.result.word());
    if let Some(policy) = check.policy {
        line.push_str(&format!(" (p={})", policy.word()));
    }
    if let Some(from) = &check.from {
        line.push_str(&format!(" header.from={}", value(from.as_str())));
    }
    line
}

/// The whole address where its local part is plain; else its domain: some readers cut at `;` even inside of quotes.
fn mailbox(address: &Address) -> String {
    let is_plain = address.local().bytes().all(|b| b.is_ascii_alphanumeric() || b".+-_".contains(&b));
    if is_plain && !address.domain().is_literal() { address.to_string() } else { value(address.domain().as_str()) }
}

/// RFC 2045 5.1: a token as it stands, anything else quoted.
fn value(text: &str) -> String {
    let is_token = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b);
    if !text.is_empty() && text.bytes().all(is_token) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars().filter(|c| *c == ' ' || c.is_ascii_graphic()) {
        if c == '"' || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

fn comment(text: &str) -> String {
    text.chars()
        .filter(|c| (*c == ' ' || c.is_ascii_graphic()) && !"()\\".contains(*c))
        .take(COMMENT_BYTES_MAX)
        .collect()
}

#[cfg(test)]
mod tests;
