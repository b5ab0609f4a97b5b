//! Tags by their bytes, before a page is read: they may stand in comments or strings as well.

/// Does it begin so there, in either case?
pub(super) fn is_at(html: &str, at: usize, start: &str) -> bool {
    let own = html.as_bytes().get(at..at.saturating_add(start.len()));
    own.is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
}

/// Where the first one is that begins so, in either case: `<style`, `</noscript`, `<!--`, `-->`.
pub(super) fn find(html: &str, start: &str) -> Option<usize> {
    let first = *start.as_bytes().first()?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, html.as_bytes()).find(|at| is_at(html, *at, start))
}

/// Where the last one is.
pub(super) fn rfind(html: &str, start: &str) -> Option<usize> {
    let first = *start.as_bytes().first()?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memrchr2_iter(lower, upper, html.as_bytes()).find(|at| is_at(html, *at, start))
}

/// Has a tag an attribute of that name, or does something look so (`href =`)?
pub(super) fn has_attribute(html: &str, name: &str) -> bool {
    let mut rest = html;
    while let Some(at) = find(rest, name) {
        rest = rest.get(at.saturating_add(name.len())..).unwrap_or_default();
        if rest.trim_start().starts_with('=') {
            return true;
        }
    }
    false
}

/// What stands in a comment behind the words by which one program reads it, whatever their case and the blanks between (`[if mso]>`,
/// `[ IF gte mso 9 ] >`); none of any other comment.
pub(crate) fn behind_condition(comment: &str) -> Option<&str> {
    let words = comment.trim_start().strip_prefix('[')?.trim_start();
    let condition = words.get(..2).filter(|word| word.eq_ignore_ascii_case("if")).and(words.get(2..))?;
    if condition.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let end = condition.find([']', '>']).unwrap_or(0);
    let behind = condition.get(end..)?;
    let behind = behind.strip_prefix(']').unwrap_or(behind).trim_start();
    Some(behind.strip_prefix('>').unwrap_or(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_comments() {
        for (comment, behind) in [
            ("[if mso]>a", Some("a")),
            (" [ IF gte mso 9 ] > a", Some(" a")),
            ("[If !mso]><!", Some("<!")),
            ("[if(mso)|(IE)]>a]>b", Some("a]>b")),
            ("[if !supportLists]", Some("")),
            ("[if mso", Some("mso")),
            ("[if mso><p>a]", Some("<p>a]")),
            ("[iframe]>a", None),
            ("if mso]>a", None),
            ("[CDATA[if]>a", None),
            ("[i", None),
            ("", None),
        ] {
            assert_eq!(behind_condition(comment), behind, "{comment:?}");
        }
    }

    #[test]
    fn attributes_by_their_names() {
        for (html, is_there) in [
            ("<a href=b>", true),
            ("the href is <A HREF\n = b>", true),
            ("href and <hrefs=b", false),
            ("href", false),
            ("", false),
        ] {
            assert_eq!(has_attribute(html, "href"), is_there, "{html:?}");
        }
    }

    #[test]
    fn first_and_last_in_either_case() {
        let html = "a -- > <STYLE>b</style> <!-- c --> <style>ä --> <sty";
        assert_eq!(find(html, "<style").map(|at| &html[at..at + 8]), Some("<STYLE>b"));
        assert_eq!(rfind(html, "<style").map(|at| &html[at..at + 7]), Some("<style>"));
        assert_eq!(find(html, "-->").map(|at| &html[at..at + 5]), Some("--> <"));
        assert_eq!(rfind(html, "-->").map(|at| &html[at..]), Some("--> <sty"));
        assert_eq!(find(html, "B</STYLE").map(|at| &html[at..at + 3]), Some("b</"));
        assert_eq!([find(html, "<script"), rfind(html, "</noscript"), find(html, ""), find("", "<a")], [None; 4]);
    }
}
