//! The rule sets that come with the program. They are files like any other, printable and a good start for one's own.

/// Delivers all mail and judges all of it.
const OBSERVE: &str = include_str!("builtin/observe.toml");
/// The table of `docs`: reject, quarantine, junk and tag by class and threshold.
const STANDARD: &str = include_str!("builtin/standard.toml");

/// Names of the built-in rule sets.
pub const NAMES: [&str; 2] = ["observe", "standard"];

/// The text of a built-in rule set.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    match name {
        "observe" => Some(OBSERVE),
        "standard" => Some(STANDARD),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
