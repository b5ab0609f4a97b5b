//! Empty elements of pages in XML (`<script src="a"/>`): who reads them as HTML takes them for open ones, and all that follows for a
//! script or a title. With an end tag of its own each is the same for both. Source: XML 1.0 3.1, WHATWG HTML 13.1.2.

use scan::content::Item;

/// Elements whose content is no text of the page for somebody, or is taken out with them.
const HIDING: [&str; 43] = [
    "script",
    "style",
    "title",
    "textarea",
    "iframe",
    "noscript",
    "noembed",
    "noframes",
    "xmp",
    "listing",
    "plaintext",
    "template",
    "slot",
    "select",
    "option",
    "optgroup",
    "datalist",
    "output",
    "isindex",
    "object",
    "applet",
    "canvas",
    "video",
    "audio",
    "frameset",
    "portal",
    "fencedframe",
    "layer",
    "ilayer",
    "foreignobject",
    "handler",
    "listener",
    "xml",
    "comment",
    "form",
    "button",
    "fieldset",
    "marquee",
    "animate",
    "set",
    "animatetransform",
    "animatemotion",
    "dialog",
];
/// Bytes at the start in which a page says that it is XML.
const HEAD_BYTES: usize = 4096;

/// Does some program read this page as XML: by its kind, type, name, declaration or vocabulary?
pub(crate) fn is_xml_page(item: Option<&Item>, page: &str) -> bool {
    let head = page.get(..page.floor_char_boundary(HEAD_BYTES)).unwrap_or(page);
    let by_item = |item: &Item| {
        let names = item.names.iter().flat_map(|name| mail::names::endings(name));
        matches!(item.kind.as_str(), "xhtml" | "svg" | "xml")
            || item.declared.ends_with("xml")
            || names.into_iter().any(|ending| matches!(ending.as_str(), "xhtml" | "xht" | "svg" | "xml"))
    };
    head.trim_start().starts_with("<?xml") || head.contains("xmlns") || item.is_some_and(by_item)
}

/// The page with an end tag for every empty element that hides or takes with it what follows; none where there is no such element.
pub(crate) fn with_end_tags(page: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0_usize;
    let mut at = 0_usize;
    while let Some(begin) = page.get(at..).and_then(|rest| memchr::memchr(b'<', rest.as_bytes())) {
        let begin = at.saturating_add(begin);
        let rest = page.get(begin..).unwrap_or_default();
        let Some((length, empty)) = markup(rest) else { break };
        at = begin.saturating_add(length);
        if let Some(name) = empty {
            out.push_str(page.get(copied..at.saturating_sub(2)).unwrap_or_default());
            out.push_str("></");
            out.push_str(name);
            out.push('>');
            copied = at;
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(page.get(copied..).unwrap_or_default());
    Some(out)
}

/// Length of the markup that begins here, and its name if it is such an empty element. None where it does not
/// end.
fn markup(rest: &str) -> Option<(usize, Option<&str>)> {
    for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if rest.starts_with(start) {
            let length = rest.get(start.len()..)?.find(end)?;
            return Some((length.saturating_add(start.len()).saturating_add(end.len()), None));
        }
    }
    let name = rest.get(1..)?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some((1, None));
    }
    let name = name.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<')).next()?;
    let (mut quote, mut is_unquoted, mut before) = (None, false, b' ');
    for (at, byte) in rest.bytes().enumerate().skip(name.len().saturating_add(1)) {
        match (quote, byte) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != byte),
            (None, b'"' | b'\'') if !is_unquoted => quote = Some(byte),
            (None, b'>') => {
                let is_empty = before == b'/' && !is_unquoted && is_hiding(name);
                return Some((at.saturating_add(1), is_empty.then_some(name)));
            }
            // `href=a/>` of HTML: the slash is of the value.
            (None, _) if before == b'=' && !byte.is_ascii_whitespace() => is_unquoted = true,
            (None, _) if byte.is_ascii_whitespace() => is_unquoted = false,
            _ => {}
        }
        if !byte.is_ascii_whitespace() || before != b'=' {
            before = byte;
        }
    }
    None
}

fn is_hiding(name: &str) -> bool {
    let local = name.rsplit(':').next().unwrap_or(name);
    HIDING.iter().any(|hiding| local.eq_ignore_ascii_case(hiding))
}

/// The same for bytes of a charset like ASCII.
pub(crate) fn with_end_tags_of(page: &[u8]) -> Option<Vec<u8>> {
    // Each byte is a character there and back.
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(page);
    with_end_tags(&text).map(|page| encoding_rs::WINDOWS_1252.encode(&page).0.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_get_an_end() {
        for (page, expected) in [
            ("<script src='a'/>b<p/>", Some("<script src='a'></script>b<p/>")),
            ("<x:form a=\"/>\" />b<br/>", Some("<x:form a=\"/>\" ></x:form>b<br/>")),
            ("<TITLE/><p/>", Some("<TITLE></TITLE><p/>")),
            ("<!-- <title/> --><![CDATA[<title/>]]><?a <title/>?>", None),
            ("<a href=http://a.example/>b</a>", None),
            ("<a href= x/>b</a>", None),
            ("<p>a</p><img src='a'/><INPUT/>", None),
            ("a < b <title/", None),
        ] {
            assert_eq!(with_end_tags(page).as_deref(), expected, "{page}");
        }
        let latin = b"<title/>\xe4\x81\xff";
        assert_eq!(with_end_tags_of(latin).unwrap(), b"<title></title>\xe4\x81\xff");
    }
}
