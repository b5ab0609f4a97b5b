//! Links: what is one in a running text ([`find`]), where one leads ([`normal()`]), and what stands inside one ([`inner`]).
//! Pure functions over text; nothing is resolved or fetched.

pub mod find;
pub mod inner;
pub mod normal;
mod user;
mod wrapped;

pub use crate::links::normal::{Flags, NormalLink, host, normal};
pub use crate::links::wrapped::is_wrapper;

/// Characters that are in a text and not seen: joiners, marks of direction, soft hyphens, selectors of variants.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// The scheme of a target as written, without its colon, and what follows it.
#[must_use]
pub fn split_scheme(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'));
    is_scheme.then_some((scheme, rest))
}

/// `%41` to `A`; what is no such code stays. Bytes that are no UTF-8 become replacement characters.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.first_chunk::<2>()).flatten().and_then(|digits| hex_pair(*digits));
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The value of two hexadecimal digits.
#[must_use]
pub fn hex_pair(digits: [u8; 2]) -> Option<u8> {
    let digits = std::str::from_utf8(&digits).ok()?;
    if digits.starts_with('+') { None } else { u8::from_str_radix(digits, 16).ok() }
}

#[cfg(test)]
mod tests;
