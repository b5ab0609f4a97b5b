//! Flowed text whose soft line ends part no words (RFC 3676, `DelSp=yes`), as the programs show it that know it.

/// What stands before a signature: no line goes on into it, or out of it (4.3).
const SIGNATURE: &str = "-- ";

/// The text with each paragraph in one piece: a line that ends with a blank goes on in the next one of the same depth of quotation,
/// without the blank. Marks of quotation are left out, and an empty line stands where a line ends, so that nobody joins any more.
pub(crate) fn joined(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut goes_on: Option<usize> = None;
    for line in text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')) {
        let (depth, line) = unquoted(line);
        if goes_on != Some(depth) || line == SIGNATURE {
            whole.push_str("\n\n");
        }
        let soft = line.strip_suffix(' ').filter(|_| line != SIGNATURE);
        whole.push_str(soft.unwrap_or(line));
        goes_on = soft.map(|_| depth);
    }
    whole
}

/// How deep a line is quoted (4.5), and the line without its marks and the blank that was put in front (4.4).
fn unquoted(line: &str) -> (usize, &str) {
    let bare = line.trim_start_matches('>');
    (line.len().saturating_sub(bare.len()), bare.strip_prefix(' ').unwrap_or(bare))
}
