//! Empty elements of pages in XML (`<script src="a"/>`): who reads them as HTML takes them for open ones, and all that follows for a
//! script, a title, or text in a block that is not shown. With an end tag of its own each is the same for both. Source: XML 1.0 3.1,
//! WHATWG HTML 13.1.2, 13.2.6.5.

use scan::content::Item;

/// Elements that are never open, so that an end tag would be one too many.
const VOID: [&str; 17] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta",
    "param", "source", "track", "wbr",
];
/// Elements in which an empty one is empty for who reads HTML too.
const DRAWINGS: [&str; 2] = ["svg", "math"];
/// Those within them that hold a page again.
const PAGES_IN_DRAWINGS: [&str; 9] =
    ["foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"];
/// Those by which HTML leaves a drawing, whatever closes it.
const LEAVING: [&str; 45] = [
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];
/// Bytes at the start in which a page says that it is XML.
const HEAD_BYTES: usize = 4096;

/// Does some program read this page as XML: by its kind, type, names, declaration or vocabulary?
pub(crate) fn is_read_as_xml((kind, declared, names): (&str, &str, &[String]), page: &[u8]) -> bool {
    let head = page.get(..HEAD_BYTES).unwrap_or(page);
    let mut endings = names.iter().flat_map(|name| mail::names::endings(name));
    matches!(kind, "xhtml" | "svg" | "xml")
        || declared.ends_with("xml")
        || endings.any(|ending| matches!(ending.as_str(), "xhtml" | "xht" | "svg" | "xml"))
        || head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().starts_with(b"<?xml")
        || memchr::memmem::find(head, b"xmlns").is_some()
}

/// As [`is_read_as_xml`], of the text of an item.
pub(crate) fn is_xml_page(item: Option<&Item>, page: &str) -> bool {
    let labels = item.map(|item| (item.kind.as_str(), item.declared.as_str(), item.names.as_slice()));
    is_read_as_xml(labels.unwrap_or_default(), page.as_bytes())
}

/// The page with an end tag for every empty element that stays open for who reads HTML; none where there is no such element.
pub(crate) fn with_end_tags(page: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0_usize;
    let mut at = 0_usize;
    let mut around = Around::default();
    while let Some(begin) = page.get(at..).and_then(|rest| memchr::memchr(b'<', rest.as_bytes())) {
        let begin = at.saturating_add(begin);
        let rest = page.get(begin..).unwrap_or_default();
        let Some((length, tag)) = markup(rest) else { break };
        at = begin.saturating_add(length);
        if let Some((name, sort)) = tag
            && around.see(name, sort)
        {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Start,
    Empty,
    End,
}

/// The drawings, and the pages in them, that are open; the innermost last.
#[derive(Debug, Default)]
struct Around<'p> {
    open: Vec<(&'p str, bool)>,
}

impl<'p> Around<'p> {
    fn is_drawing(&self) -> bool {
        self.open.last().is_some_and(|(_, is_drawing)| *is_drawing)
    }

    /// Goes on behind a tag. Is it of an empty element that stays open for who reads HTML?
    fn see(&mut self, name: &'p str, sort: Sort) -> bool {
        let is_of = |names: &[&str]| names.iter().any(|own| name.eq_ignore_ascii_case(own));
        if sort == Sort::End {
            self.open.pop_if(|(own, _)| own.eq_ignore_ascii_case(name));
            return false;
        }
        if is_of(&LEAVING) {
            while self.is_drawing() {
                self.open.pop();
            }
        }
        let is_drawing = self.is_drawing();
        if sort == Sort::Empty {
            return !is_drawing && !is_of(&VOID) && !is_of(&DRAWINGS);
        }
        if is_of(&DRAWINGS) {
            self.open.push((name, true));
        } else if is_drawing && is_of(&PAGES_IN_DRAWINGS) {
            self.open.push((name, false));
        }
        false
    }
}

/// Length of the markup that begins here, and name and sort if it is a tag. None where it does not end.
fn markup(rest: &str) -> Option<(usize, Option<(&str, Sort)>)> {
    for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if rest.starts_with(start) {
            let length = rest.get(start.len()..)?.find(end)?;
            return Some((length.saturating_add(start.len()).saturating_add(end.len()), None));
        }
    }
    let name = rest.get(1..)?;
    if let Some(name) = name.strip_prefix('/') {
        let name = name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '<')).next()?;
        return Some((1, Some((name, Sort::End))));
    }
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
                let sort = if before == b'/' && !is_unquoted { Sort::Empty } else { Sort::Start };
                return Some((at.saturating_add(1), Some((name, sort))));
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
            ("<script src='a'/>b<p/>", Some("<script src='a'></script>b<p></p>")),
            ("<x:form a=\"/>\" />b<br/>", Some("<x:form a=\"/>\" ></x:form>b<br/>")),
            ("<TITLE/><x:br/>", Some("<TITLE></TITLE><x:br></x:br>")),
            ("<!-- <title/> --><![CDATA[<title/>]]><?a <title/>?>", None),
            ("<a href=http://a.example/>b</a>", None),
            ("<a href= x/>b</a>", None),
            ("<p>a</p><img src='a'/><INPUT/>", None),
            ("a < b <title/", None),
            // In drawings they are empty for both, but for what is no part of one.
            ("<svg><g/><title><b/></title><a/></svg><a/>", Some("<svg><g/><title><b></b></title><a/></svg><a></a>")),
            (
                "<svg><foreignObject><div/></foreignObject><math/></svg><svg/>",
                Some("<svg><foreignObject><div></div></foreignObject><math/></svg><svg/>"),
            ),
            ("<svg><g/><p/><g/></svg>", Some("<svg><g/><p></p><g></g></svg>")),
            ("<x:svg><g/></x:svg>", Some("<x:svg><g></g></x:svg>")),
        ] {
            assert_eq!(with_end_tags(page).as_deref(), expected, "{page}");
        }
        let latin = b"<title/>\xe4\x81\xff";
        assert_eq!(with_end_tags_of(latin).unwrap(), b"<title></title>\xe4\x81\xff");
    }
}
