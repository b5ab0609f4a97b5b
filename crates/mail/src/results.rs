//! Who speaks in a field of results (Authentication-Results, RFC 8601 2.2), in whatever dress the name comes.

/// What stands before the first `;`, without comments, quotes and escapes (RFC 5322 3.2), white space kept: the name of the
/// service, and perhaps a version. None if a comment or a quote does not end.
#[must_use]
pub fn authserv_id(value: &str) -> Option<String> {
    let mut name = String::new();
    let mut depth = 0_u32;
    let mut is_quoted = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().filter(|_| depth == 0)),
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth = depth.saturating_add(1),
            ')' if depth > 0 => depth = depth.saturating_sub(1),
            ';' if depth == 0 && !is_quoted => break,
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    (depth == 0 && !is_quoted).then_some(name)
}
