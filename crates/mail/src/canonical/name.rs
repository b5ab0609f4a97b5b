//! The one file name of a part in canonical form.

use crate::names::ending;

/// Endings of files that a double click runs, on one system or another; a name that has one stays before all others.
const RUN: [&str; 62] = [
    "ade", "adp", "apk", "app", "appx", "bas", "bat", "cab", "chm", "cmd", "com", "cpl", "deb", "dex", "dll", "docm",
    "elf", "exe", "gadget", "hlp", "hta", "img", "inf", "iso", "jar", "jnlp", "js", "jse", "ksh", "lnk", "mde", "msc",
    "msi", "msix", "msp", "mst", "pif", "ps1", "psm1", "reg", "scf", "scr", "sct", "sh", "shb", "sys", "url", "vb",
    "vbe", "vbs", "vhd", "vhdx", "vxd", "ws", "wsc", "wsf", "wsh", "xlam", "xll", "xlsm", "xz", "z",
];
/// A part whose name has nothing left.
const UNNAMED: &str = "unnamed";

/// The candidate whose ending is the most dangerous, or else the first one, made safe.
pub(super) fn of(names: &[String]) -> Option<String> {
    let safe = |name: &String| safe(name);
    let is_run = |name: &String| ending(name).is_some_and(|ending| RUN.contains(&ending.as_str()));
    let mut all = names.iter().map(safe);
    let first = all.next()?;
    if is_run(&first) {
        return Some(first);
    }
    Some(all.find(is_run).unwrap_or(first))
}

// Without what does not show or turns text around, so that the name is what people see; what leads to another folder or has
// to be quoted becomes an underscore. Windows drops blanks and dots at the end.
fn safe(name: &str) -> String {
    let shown = name.chars().filter(|c| !is_hidden(*c));
    let replaced: String = shown.map(|c| if is_harmless(c) { c } else { '_' }).collect();
    let replaced = replaced.replace("=?", "=_");
    let trimmed = replaced.trim_matches([' ', '.']);
    if trimmed.is_empty() { UNNAMED.to_owned() } else { trimmed.to_owned() }
}

fn is_hidden(c: char) -> bool {
    let is_mark = matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    is_mark || c.is_control()
}

const fn is_harmless(c: char) -> bool {
    !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | ';' | '`' | '$' | '\'' | '\u{fffd}')
}
