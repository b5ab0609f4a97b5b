//! Answers to policy's questions over the content of a message, before judging. What was not found while something could not
//! be opened is not "no".

use mail::{links, names};
use scan::Scan;
use scan::content::Item;
use scan::question::{Answer, Question};

/// Answers one question.
#[must_use]
pub fn answer(question: &Question, scan: &Scan) -> Answer {
    let items = &scan.content.items;
    let found = match question {
        Question::HasType(word) => items.iter().any(|item| item.kind == *word && !is_read_as_text(item)),
        Question::HasExtension(wanted) => items
            .iter()
            .flat_map(|item| &item.names)
            .any(|name| names::endings(name).iter().any(|ending| ending.eq_ignore_ascii_case(wanted))),
        Question::HasMark(word) => items.iter().any(|item| item.marks.contains(word)),
        Question::TextContains(text) => items.iter().flat_map(Item::texts).any(|reading| contains(reading, text)),
        Question::LinksTo(domain) => {
            items.iter().flat_map(|item| &item.links).any(|link| leads_to(&link.target, domain))
        }
        // The header is read whole, whatever became of the content.
        Question::HeaderContains { field, text } => {
            let found = scan.message.all(field).any(|field| contains(&field.decoded(), text));
            return if found { Answer::Yes } else { Answer::No };
        }
    };
    match (found, scan.content.unopened.is_empty()) {
        (true, _) => Answer::Yes,
        (false, true) => Answer::No,
        (false, false) => Answer::Unknown,
    }
}

// A text that is shown is read and not opened, whatever it begins like: settings, keys, a program's listing.
fn is_read_as_text(item: &Item) -> bool {
    item.inline && item.names.is_empty() && item.declared == "text/plain"
}

fn leads_to(target: &str, domain: &str) -> bool {
    let Some(host) = links::host(target) else { return false };
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    host == domain || host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.'))
}

// Without case. ASCII needles, the usual ones, need no lower-case copy of the text.
fn contains(text: &str, needle: &str) -> bool {
    let Some(first) = needle.bytes().next() else { return true };
    if !needle.is_ascii() {
        return text.to_lowercase().contains(&needle.to_lowercase());
    }
    let bytes = text.as_bytes();
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes).any(|at| {
        let end = at.saturating_add(needle.len());
        bytes.get(at..end).is_some_and(|candidate| candidate.eq_ignore_ascii_case(needle.as_bytes()))
    })
}

#[cfg(test)]
mod tests;
