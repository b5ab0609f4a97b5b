//! Parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), AUTH (RFC 4954, checked and ignored).

use mail::envelope::BodyType;

use super::Mail;
use crate::replies::Reason;

/// Digits of SIZE= (RFC 1870 4).
const SIZE_DIGITS_MAX: usize = 20;
/// Different parameters that we know.
const KNOWN: [&[u8]; 3] = [b"SIZE", b"BODY", b"AUTH"];

// `rest` is empty or begins with a space.
pub(super) fn read_mail(rest: &[u8], mail: &mut Mail) -> Result<(), Reason> {
    let mut seen = [false; KNOWN.len()];
    for parameter in rest.split(|b| *b == b' ').filter(|parameter| !parameter.is_empty()) {
        let (keyword, value) = split(parameter);
        let index = KNOWN.iter().position(|known| known.eq_ignore_ascii_case(keyword));
        let index = index.ok_or(Reason::UnknownParameter)?;
        let is_again = seen.get_mut(index).is_none_or(|seen| std::mem::replace(seen, true));
        let value = value.filter(|_| !is_again).ok_or(Reason::ParameterValue)?;
        match index {
            0 => mail.size_bytes = Some(size(value)?),
            1 => mail.body = body(value)?,
            _ if is_xtext(value) => {}
            _ => return Err(Reason::ParameterValue),
        }
    }
    Ok(())
}

fn split(parameter: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b'=', parameter).and_then(|equals| parameter.split_at_checked(equals)) {
        Some((keyword, rest)) => (keyword, rest.get(1..)),
        None => (parameter, None),
    }
}

fn size(value: &[u8]) -> Result<u64, Reason> {
    let is_number = (1..=SIZE_DIGITS_MAX).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    if !is_number {
        return Err(Reason::ParameterValue);
    }
    Ok(value
        .iter()
        .fold(0_u64, |size, digit| size.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))))
}

fn body(value: &[u8]) -> Result<BodyType, Reason> {
    match value.to_ascii_uppercase().as_slice() {
        b"7BIT" => Ok(BodyType::SevenBit),
        b"8BITMIME" => Ok(BodyType::EightBitMime),
        _ => Err(Reason::ParameterValue),
    }
}

// RFC 3461 4: printable ASCII, `+` begins two upper-case hexadecimal digits.
fn is_xtext(value: &[u8]) -> bool {
    let mut bytes = value.iter();
    while let Some(byte) = bytes.next() {
        let is_good = match byte {
            b'+' => (0..2).all(|_| bytes.next().is_some_and(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'))),
            b'=' => false,
            _ => byte.is_ascii_graphic(),
        };
        if !is_good {
            return false;
        }
    }
    !value.is_empty()
}
