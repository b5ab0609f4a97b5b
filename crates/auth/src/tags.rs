//! Tag lists, `a=1; b=2` (RFC 6376 3.2), as DKIM keys and DMARC records use them.

/// Tags of a list that is read to the letter.
const TAGS_MAX: usize = 64;

/// The tags in order, names and values without white space around them.
pub(crate) fn tags(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        Some((name.trim(), value.trim()))
    })
}

/// The value of the first tag of that name.
pub(crate) fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    tags(text).find(|(tag, _)| *tag == name).map(|(_, value)| value)
}

/// The text is a tag list to the letter (RFC 6376 3.2): names of letters, digits and `_`, each once, nothing between
/// semicolons but tags; and all of `required` are there.
pub(crate) fn is_strict_list(text: &str, required: &[&str]) -> bool {
    let text = text.trim();
    let text = text.strip_suffix(';').unwrap_or(text);
    let mut names = Vec::new();
    for part in text.split(';') {
        let Some((name, _)) = part.split_once('=') else { return false };
        let name = name.trim();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_name || names.contains(&name) || names.len() >= TAGS_MAX {
            return false;
        }
        names.push(name);
    }
    required.iter().all(|name| names.contains(name))
}
