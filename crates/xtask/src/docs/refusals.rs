//! `refusals.md`: what a client may be told instead of 250, and the word under which the journal keeps it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use policy::admission::Refusal;

use super::{cell, head, read};

const REPLIES: &str = "crates/smtp/src/replies.rs";

const INTRODUCTION: &str = "\
Every refusal carries a reference, the beginning of an id: `postern trace show REFERENCE` finds it, `postern trace search --refused
--reason WORD` finds all of a kind. A sender learns code, text and reference, never reasons, scores or rules.
";

pub(super) fn page(top: &Path) -> Result<String> {
    let mut page = head("Refusals");
    page.push_str(INTRODUCTION);
    let columns = "| word | code | text |\n|---|---|---|\n";
    page.push_str(&format!("\n## By admission: may this session go on?\n\n{columns}"));
    for refusal in Refusal::ALL {
        let reply = refusal.reply();
        page.push_str(&format!(
            "| `{}` | {} {} | {} |\n",
            refusal.word(),
            reply.code,
            reply.enhanced,
            cell(reply.text)
        ));
    }
    page.push_str(&format!("\n## By the session, and after the data\n\n{columns}"));
    for (word, code, enhanced, text) in rows(&read(&top.join(REPLIES))?)? {
        page.push_str(&format!("| `{word}` | {code} {enhanced} | {} |\n", cell(&text)));
    }
    Ok(page)
}

// Lines of the table: `Reason::EarlyTalk => (554, 5, 1, "speak after the greeting"),`.
fn rows(source: &str) -> Result<Vec<(String, String, String, String)>> {
    let mut rows = Vec::new();
    for line in source.lines() {
        let Some((name, row)) = line.trim().strip_prefix("Reason::").and_then(|rest| rest.split_once(" => (")) else {
            continue;
        };
        let (numbers, text) = row.split_once(" \"").with_context(|| format!("{REPLIES}: {line}"))?;
        let numbers: Vec<&str> = numbers.split(',').map(str::trim).filter(|number| !number.is_empty()).collect();
        let [code, subject, detail] = numbers.as_slice() else { bail!("{REPLIES}: {line}") };
        let class = if code.starts_with('4') { 4 } else { 5 };
        let text = text.trim_end_matches("\"),").to_owned();
        rows.push((snake_case(name), (*code).to_owned(), format!("{class}.{subject}.{detail}"), text));
    }
    if rows.is_empty() {
        bail!("{REPLIES} has no table of refusals");
    }
    Ok(rows)
}

// `RelayingDenied` as the journal's `relaying_denied`.
fn snake_case(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_table_is_read() {
        let source =
            "        Reason::TooManyRecipients => (452, 5, 3, \"too many recipients\"),\n        _ => other,\n";
        let expected = ("too_many_recipients", "452", "4.5.3", "too many recipients");
        let rows = rows(source).unwrap();
        let found: Vec<_> = rows.iter().map(|(a, b, c, d)| (a.as_str(), b.as_str(), c.as_str(), d.as_str())).collect();
        assert_eq!(found, [expected]);
        assert!(super::rows("nothing").is_err());
    }
}
