//! The one file name of a part in canonical form.

use crate::names::{endings, is_run_by_opening};

/// Endings besides those of [`is_run_by_opening`] that hold or start something; a name that has one stays before all others.
const DANGEROUS: [&str; 22] = [
    "ade", "adp", "apk", "bas", "cab", "deb", "dex", "docm", "elf", "img", "iso", "ksh", "mde", "sh", "shb", "vhd",
    "vhdx", "vxd", "ws", "xlsm", "xz", "z",
];
/// A part whose name has nothing left.
const UNNAMED: &str = "unnamed";

/// The candidate whose ending is the most dangerous, or else the first one, made safe.
pub(super) fn of(names: &[String]) -> Option<String> {
    let safe = |name: &String| safe(name);
    let is_run = |name: &String| {
        endings(name).iter().any(|ending| is_run_by_opening(ending) || DANGEROUS.contains(&ending.as_str()))
    };
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
