//! `text/enriched` (RFC 1896) and `text/richtext` (RFC 1341 7.1.3): the text without its commands.

use std::collections::HashSet;

use scan::content::LinkKind;

use crate::text;
use crate::unpack::{File, Walk};

/// Reads such a text; a reader that knows HTML but not this is served as well.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    let source = text::decode(file.bytes, file.charset);
    let is_rich = walk.content.items.get(file.at).is_some_and(|item| item.declared == "text/richtext");
    let plain = without_commands(&source, is_rich);
    walk.add_links_of_text(file.at, &plain, LinkKind::Text);
    walk.add_text(file.at, &plain);
    if source.contains("href") || source.contains("HREF") {
        walk.add_other_page(file.at, &source, "");
    }
}

/// `<bold>x</bold>` to `x`, `<<` to `<`, the content of `<param>` to nothing; in richtext `<lt>` is `<` and `<nl>` a line end.
fn without_commands(source: &str, is_rich: bool) -> String {
    let hidden: HashSet<&str> = HashSet::from(["param", "comment"]);
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    let mut in_hidden = 0_usize;
    while let Some((before, after)) = rest.split_once('<') {
        if in_hidden == 0 {
            plain.push_str(before);
        }
        if let Some(after) = after.strip_prefix('<').filter(|_| !is_rich) {
            plain.push('<');
            rest = after;
            continue;
        }
        let Some((command, after)) = after.split_once('>') else {
            rest = after;
            break;
        };
        let command = command.trim().to_ascii_lowercase();
        match command.strip_prefix('/') {
            Some(end) if hidden.contains(end) => in_hidden = in_hidden.saturating_sub(1),
            None if hidden.contains(command.as_str()) => in_hidden = in_hidden.saturating_add(1),
            None if command == "lt" && is_rich => plain.push('<'),
            None if matches!(command.as_str(), "nl" | "np" | "paragraph") => plain.push('\n'),
            _ => {}
        }
        rest = after;
    }
    // A command that does not end takes nothing away.
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    //! Source in, text out.

    use super::without_commands;

    #[test]
    fn commands_go_and_text_stays() {
        let check = |source, is_rich, expected| assert_eq!(without_commands(source, is_rich), expected, "{source}");
        check("<bold>Pay</bold>Pal <<x <color><param>red</param>now</color>", false, "PayPal <x now");
        check("a<lt>b<nl>c<comment>hidden</comment>d", true, "a<b\ncd");
        check("a <unclosed http://evil.example", false, "a unclosed http://evil.example");
    }
}
