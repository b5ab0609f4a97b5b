//! Functions of texts (ECMA-376-1 18.17.7, OpenFormula 6.20): what comes out of arguments that are known.

use std::fmt::Write as _;

use crate::formats::office::formula::fold::{TEXT_BYTES_MAX, Value, number};

/// What a function makes of its arguments.
pub(super) fn value(name: &str, arguments: Vec<Value>) -> Value {
    let name = name.strip_prefix("_XLFN.").unwrap_or(name);
    let name = name.strip_prefix("COM.MICROSOFT.").unwrap_or(name);
    match name {
        "TRUE" => return Some(vec!["1".to_owned()]),
        "FALSE" => return Some(vec!["0".to_owned()]),
        _ => {}
    }
    let known: Option<Vec<Vec<String>>> = arguments.into_iter().collect();
    let known = known?;
    match name {
        "CONCAT" | "CONCATENATE" => Some(vec![known.concat().concat()]),
        "TEXTJOIN" => {
            let texts: Vec<String> = known.get(2..)?.concat();
            let skips = number(known.get(1)?).is_none_or(|skips| skips != 0.0);
            let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !skips || !text.is_empty()).collect();
            let separator = known.first()?.concat();
            let size = separator.len().saturating_mul(texts.len());
            (size <= TEXT_BYTES_MAX).then(|| vec![texts.join(&separator)])
        }
        _ => {
            let texts: Vec<String> = known.iter().map(|texts| texts.concat()).collect();
            of_text(name, &texts).map(|text| vec![text])
        }
    }
}

fn of_text(name: &str, texts: &[String]) -> Option<String> {
    let first = texts.first()?;
    let count = |at: usize| texts.get(at).map_or(Some(1), |text| whole(std::slice::from_ref(text)));
    match name {
        // The page of the machine: nearly everywhere Windows-1252, or one with the same ASCII.
        "CHAR" => {
            let code = u8::try_from(whole(std::slice::from_ref(first))?).ok().filter(|code| *code > 0)?;
            Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code]).0.into_owned())
        }
        "UNICHAR" => {
            let code = u32::try_from(whole(std::slice::from_ref(first))?).ok().filter(|code| *code > 0);
            code.and_then(char::from_u32).map(String::from)
        }
        "CODE" => first.chars().next().filter(char::is_ascii).map(|first| u32::from(first).to_string()),
        "UNICODE" => Some(u32::from(first.chars().next()?).to_string()),
        "LEN" => Some(first.encode_utf16().count().to_string()),
        "LOWER" => Some(first.to_lowercase()),
        "UPPER" => Some(first.to_uppercase()),
        "TRIM" => Some(first.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")),
        "CLEAN" => Some(first.chars().filter(|character| !character.is_control()).collect()),
        // Of a number it is nothing, and a number is not told from its text here.
        "T" => Some(first.clone()).filter(|text| text.is_empty() || number(std::slice::from_ref(text)).is_none()),
        "VALUE" => number(std::slice::from_ref(first)).filter(|_| !first.trim().is_empty()).map(|_| first.clone()),
        "TEXT" => {
            let format = texts.get(1)?;
            (format == "@" || format.eq_ignore_ascii_case("general")).then(|| first.clone())
        }
        "PHONETIC" => Some(first.clone()),
        // Wide forms become narrow in some languages.
        "ASC" => first.is_ascii().then(|| first.clone()),
        "ENCODEURL" => Some(encoded(first)),
        "LEFT" | "LEFTB" => Some(first.chars().take(count(1)?).collect()),
        "RIGHT" | "RIGHTB" => {
            let passed = first.chars().count().saturating_sub(count(1)?);
            Some(first.chars().skip(passed).collect())
        }
        "MID" | "MIDB" => Some(first.chars().skip(count(1)?.checked_sub(1)?).take(count(2)?).collect()),
        "REPLACE" | "REPLACEB" => {
            let (from, size) = (count(1)?.checked_sub(1)?, count(2)?);
            let start = first.chars().take(from);
            let rest = first.chars().skip(from.saturating_add(size));
            Some(start.chain(texts.get(3)?.chars()).chain(rest).collect())
        }
        "REPT" => {
            let times = whole(texts.get(1..2)?)?;
            (first.len().saturating_mul(times) <= TEXT_BYTES_MAX).then(|| first.repeat(times))
        }
        "SUBSTITUTE" => substitute(first, (texts.get(1)?.as_str(), texts.get(2)?.as_str()), texts.get(3)),
        _ => None,
    }
}

/// All but letters, figures, and `-._~` as `%41`.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match char::from(byte) {
            plain if plain.is_ascii_alphanumeric() || matches!(plain, '-' | '.' | '_' | '~') => encoded.push(plain),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// Every occurrence, or the one of this number.
fn substitute(text: &str, (from, to): (&str, &str), which: Option<&String>) -> Option<String> {
    if from.is_empty() {
        return Some(text.to_owned());
    }
    if let Some(which) = which {
        let at = whole(std::slice::from_ref(which))?.checked_sub(1)?;
        let Some((at, _)) = text.match_indices(from).nth(at) else { return Some(text.to_owned()) };
        let (before, behind) = (text.get(..at)?, text.get(at.saturating_add(from.len())..)?);
        return Some(format!("{before}{to}{behind}"));
    }
    let size = text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len());
    (size <= TEXT_BYTES_MAX.saturating_mul(2)).then(|| text.replace(from, to))
}

/// A count: what is behind the point does not matter.
pub(super) fn whole(texts: &[String]) -> Option<usize> {
    let number = number(texts).filter(|number| (0.0..1e9).contains(number))?;
    format!("{:.0}", number.trunc()).parse().ok()
}
