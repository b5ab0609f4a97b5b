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

#[cfg(test)]
mod tests {
    use super::*;

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
