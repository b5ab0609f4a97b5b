//! Tags by their bytes, before a page is read: they may stand in comments or strings as well.

/// Does it begin so there, in either case?
pub(super) fn is_at(html: &str, at: usize, start: &str) -> bool {
    let own = html.as_bytes().get(at..at.saturating_add(start.len()));
    own.is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
}

/// Where the first one is that begins so: `<style`, `</noscript`, `<!--`.
pub(super) fn find(html: &str, start: &str) -> Option<usize> {
    memchr::memchr_iter(b'<', html.as_bytes()).find(|at| is_at(html, *at, start))
}

/// Where the last one is.
pub(super) fn rfind(html: &str, start: &str) -> Option<usize> {
    memchr::memrchr_iter(b'<', html.as_bytes()).find(|at| is_at(html, *at, start))
}
