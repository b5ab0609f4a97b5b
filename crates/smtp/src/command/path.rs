//! Paths: `<user@domain.example>`, `<>`, `<postmaster>` (RFC 5321 4.1.2).

use mail::address::{Address, ReversePath};

use super::ForwardPath;
use crate::replies::Reason;

// `FROM:` or `TO:` in any case, then spaces if there are any.
pub(super) fn after_keyword<'a>(argument: Option<&'a [u8]>, keyword: &str) -> Option<&'a [u8]> {
    let (start, rest) = argument?.split_at_checked(keyword.len())?;
    if !start.eq_ignore_ascii_case(keyword.as_bytes()) {
        return None;
    }
    let spaces = rest.iter().take_while(|b| **b == b' ').count();
    rest.get(spaces..)
}

// What stands in the brackets, and the parameters behind. A `>` within a quoted local part ends nothing.
pub(super) fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"<")?;
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in inner.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => {
                let (path, rest) = inner.split_at_checked(at)?;
                let parameters = rest.get(1..)?;
                let is_apart = parameters.is_empty() || parameters.starts_with(b" ");
                return is_apart.then_some((path, parameters));
            }
            _ => {}
        }
    }
    None
}

pub(super) fn reverse(inner: &[u8]) -> Result<ReversePath, Reason> {
    if inner.is_empty() {
        return Ok(ReversePath::Null);
    }
    address(inner, Reason::SenderSyntax).map(ReversePath::Address)
}

pub(super) fn forward(inner: &[u8]) -> Result<ForwardPath, Reason> {
    if inner.eq_ignore_ascii_case(b"postmaster") {
        return Ok(ForwardPath::Postmaster);
    }
    address(inner, Reason::RecipientSyntax).map(ForwardPath::Address)
}

fn address(inner: &[u8], bad_syntax: Reason) -> Result<Address, Reason> {
    if inner.starts_with(b"@") {
        return Err(Reason::SourceRoute);
    }
    // The domain would be taken with U-labels too; without SMTPUTF8 there are none (RFC 6531 3.2).
    if !inner.is_ascii() {
        return Err(Reason::AddressNotAscii);
    }
    let text = std::str::from_utf8(inner).map_err(|_| bad_syntax)?;
    Address::parse(text).map_err(|_| bad_syntax)
}
