//! Ids as people paste them: a mail's id, its beginning, or the reference of a reply with what stood around it.

/// What is around a pasted id.
const AROUND: [char; 12] = ['(', ')', '<', '>', '[', ']', '"', '\'', '`', '.', ',', ';'];
/// Characters of the shortest reference.
const REFERENCE_CHARS_MIN: usize = 6;

/// The id within a pasted text, in small letters. What names no reference stays as it is: it may be a part of a Message-ID.
pub(super) fn id(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    referenced(&text)
        .unwrap_or_else(|| text.trim_matches(|c: char| AROUND.contains(&c) || c.is_whitespace()).to_owned())
}

// `550 5.7.1 message refused (ref xe7qpfwcge)`, `ref: xe7qpfwcge`, `reference xe7qpfwcge`.
fn referenced(text: &str) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut found = None;
    for (at, _) in text.match_indices("ref") {
        let begins = text.get(..at)?.chars().next_back().is_none_or(|before| before == '(' || before.is_whitespace());
        let rest = text.get(at..)?;
        let rest = rest.strip_prefix("reference").or_else(|| rest.strip_prefix("ref")).unwrap_or(rest);
        let after = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '#'));
        if !begins || after.len() == rest.len() {
            continue;
        }
        let id: String = after.chars().take_while(|c| is_word(*c)).collect();
        let ends = after.get(id.len()..)?.chars().next().is_none_or(|next| {
            next == ')' || !next.is_ascii_graphic() || next.is_ascii_punctuation() && next != '@' && next != '-'
        });
        if ends && id.len() >= REFERENCE_CHARS_MIN {
            found = Some(id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_in_what_was_pasted() {
        for pasted in [
            "xe7qpfwcge",
            " XE7QPFWCGE ",
            "(ref xe7qpfwcge)",
            "ref xe7qpfwcge",
            "Ref: XE7QPFWCGE.",
            "reference xe7qpfwcge",
            "(ref\n xe7qpfwcge)",
            "550 5.7.1 message refused (ref xe7qpfwcge)",
            "<<< 550 5.7.1 We do not relay for that domain (ref xe7qpfwcge)\r\n",
            "\"xe7qpfwcge\"",
            "xe7qpfwcge)",
            "X-Postern-Changed: disarmed; ref=xe7qpfwcge (the original is kept for 30 days: ask your mail administrators)",
        ] {
            assert_eq!(id(pasted), "xe7qpfwcge", "{pasted:?}");
        }
    }

    #[test]
    fn a_message_id_stays_one() {
        for (pasted, expected) in [
            ("<ref-12345678@shop.example>", "ref-12345678@shop.example"),
            ("ref=12345678@shop.example", "ref=12345678@shop.example"),
            ("Prefer-Abc@Mail.Example", "prefer-abc@mail.example"),
            ("ref abc", "ref abc"),
            ("", ""),
        ] {
            assert_eq!(id(pasted), expected, "{pasted:?}");
        }
    }
}
