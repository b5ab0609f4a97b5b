//! Whether a message arrived as it was sent: byte for byte, but for header fields on top.

/// The names of the fields that stand before the message as it was sent, lower case.
///
/// # Errors
/// Where the two part, if the message is not the end of what arrived or what stands before it is no header field.
pub fn added_on_top(sent: &[u8], arrived: &[u8]) -> Result<Vec<String>, String> {
    let Some(top) = arrived.strip_suffix(sent) else { return Err(difference(sent, arrived)) };
    let mut names = Vec::new();
    let text = String::from_utf8_lossy(top);
    if !text.is_empty() && !text.ends_with("\r\n") {
        return Err(format!("what was added does not end with a line: {text:?}"));
    }
    for line in text.split_terminator("\r\n") {
        if line.contains(['\r', '\n']) {
            return Err(format!("a bare line end in {line:?}"));
        }
        if line.starts_with([' ', '\t']) && !names.is_empty() {
            continue;
        }
        match line.split_once(':') {
            Some((name, _)) if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()) => {
                names.push(name.to_ascii_lowercase());
            }
            _ => return Err(format!("no header field: {line:?}")),
        }
    }
    Ok(names)
}

/// The same, and only these names may be there.
///
/// # Panics
/// If the message differs or another field was added.
pub fn assert_same(what: &str, sent: &[u8], arrived: &[u8], allowed: &[&str]) {
    match added_on_top(sent, arrived) {
        Err(error) => assert!(error.is_empty(), "{what}: {error}"),
        Ok(names) => {
            let odd: Vec<_> = names.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
            assert!(odd.is_empty(), "{what}: fields that nobody may add: {odd:?}");
        }
    }
}

// Both are read from their ends, since something may stand on top.
fn difference(sent: &[u8], arrived: &[u8]) -> String {
    let same = sent.iter().rev().zip(arrived.iter().rev()).take_while(|(one, other)| one == other).count();
    let shown = |bytes: &[u8]| {
        let end = bytes.len().saturating_sub(same);
        let start = end.saturating_sub(80);
        bytes.get(start..(end + 40).min(bytes.len())).unwrap_or_default().escape_ascii().to_string()
    };
    format!(
        "{} bytes were sent, {} arrived, the last {same} are the same\n sent:    ...{}\n arrived: ...{}",
        sent.len(),
        arrived.len(),
        shown(sent),
        shown(arrived)
    )
}
