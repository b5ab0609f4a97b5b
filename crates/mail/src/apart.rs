//! Pages behind the text of a message, in a multipart that is a list (RFC 2046 5.1.3): shown by some programs, and a file to open
//! for others, which call it `ATT00001.htm`.

use crate::part::Part;

/// Multiparts whose parts are one thing together (RFC 2046 5.1.4, RFC 2387).
const ONE_THING: [&str; 2] = ["alternative", "related"];
/// Types of pages.
const PAGES: [(&str, &str); 3] = [("text", "html"), ("application", "xhtml+xml"), ("image", "svg+xml")];

/// Notes it at every such page. As deep as the tree, which has a limit.
pub(crate) fn note(part: &mut Part) {
    let mut has_text = false;
    look(part, &mut has_text);
}

// `has_text`: a text stands before it, of the same message.
fn look(part: &mut Part, has_text: &mut bool) {
    if part.is_leaf() {
        let is_shown = part.disposition != "attachment" && part.names.is_empty();
        let is_page = PAGES.iter().any(|(top, sub)| part.media_type.is(top, sub));
        part.follows_text = is_page && is_shown && *has_text;
        *has_text |= is_shown && (is_page || part.media_type.top == "text");
        return;
    }
    let is_list = part.is_multipart() && !ONE_THING.contains(&part.media_type.sub.as_str());
    for child in &mut part.children {
        let mut has_own = false;
        look(child, if is_list { has_text } else { &mut has_own });
    }
    // A message in the message has a text of its own.
    *has_text |= part.is_multipart() && !is_list;
}

#[cfg(test)]
mod tests;
