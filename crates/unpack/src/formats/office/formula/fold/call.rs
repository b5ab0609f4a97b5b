//! Functions (ECMA-376-1 18.17.7, OpenFormula 6.20): those that come to one of their arguments, and what those of texts make of
//! arguments that are known.

use std::fmt::Write as _;

use crate::formats::office::formula::fold::doubt::Doubt;
use crate::formats::office::formula::fold::scalar::Scalar;
use crate::formats::office::formula::fold::{Operand, Reader, TEXT_BYTES_MAX, Value, is_short, size};

/// Functions that take all cells of a range.
const OF_RANGES: [&str; 2] = ["CONCAT", "TEXTJOIN"];

impl Reader<'_> {
    /// A function, behind its bracket.
    pub(super) fn call(&mut self, name: &str, depth: u32) -> Value {
        let mut arguments = Vec::new();
        while !self.is_over {
            arguments.push(self.expression(depth.saturating_add(1)));
            if !self.separator() {
                break;
            }
        }
        if !self.step(')') {
            return None;
        }
        let name = plain(name);
        let value = match name {
            "INDIRECT" => self.indirect(arguments, depth.saturating_add(1)),
            _ => self.chosen(name, &mut arguments).unwrap_or_else(|| self.made(name, arguments)),
        };
        let bytes = value.as_ref().map_or(0, size);
        value.filter(|value| self.spend(bytes) && is_short(value))
    }

    /// What a function makes of its arguments.
    fn made(&self, name: &str, arguments: Vec<Value>) -> Value {
        match name {
            "TRUE" => return Some(Operand::One(Scalar::Truth(true))),
            "FALSE" => return Some(Operand::One(Scalar::Truth(false))),
            _ => {}
        }
        let made = if OF_RANGES.contains(&name) {
            let known: Option<Vec<Operand>> = arguments.into_iter().collect();
            of_ranges(name, &known?)
        } else {
            let known: Option<Vec<Scalar>> = arguments.into_iter().map(|value| self.one(value)).collect();
            of_scalars(name, &known?)
        };
        made.map(Operand::One)
    }

    /// Functions that come to one of their arguments; none where it is another function.
    fn chosen(&self, name: &str, arguments: &mut [Value]) -> Option<Value> {
        let doubt = Doubt::Call(self.spot());
        let mut take = |at: usize| arguments.get_mut(at).and_then(Option::take);
        Some(match name {
            "IFERROR" | "IFNA" => {
                let (tried, other) = (take(0), take(1));
                let is_guess = tried.is_none() || other.is_none();
                self.notes.is_guess.set(self.notes.is_guess.get() || is_guess);
                if is_guess || self.goes_first(doubt) { tried.or(other) } else { other }
            }
            "IF" => {
                let holds = self.one(take(0)).and_then(|one| one.holds());
                let (then, otherwise) = (take(1), take(2));
                let holds = holds.unwrap_or_else(|| self.either(doubt));
                if holds { then } else { otherwise }
            }
            "CHOOSE" => match self.one(take(0)).and_then(|at| at.count()) {
                Some(at) => take(at).filter(|_| at > 0),
                None => {
                    let at = if self.either(doubt) { 1 } else { 2 };
                    take(at)
                }
            },
            _ => return None,
        })
    }
}

/// The name of a function without what stands in front of later ones.
fn plain(name: &str) -> &str {
    let name = name.strip_prefix("_XLFN.").unwrap_or(name);
    name.strip_prefix("COM.MICROSOFT.").unwrap_or(name)
}

/// What a function makes of ranges.
fn of_ranges(name: &str, arguments: &[Operand]) -> Option<Scalar> {
    let all = |operands: &[Operand]| -> Option<Vec<String>> {
        let scalars = operands.iter().flat_map(|operand| match operand {
            Operand::One(one) => std::slice::from_ref(one),
            Operand::Range(cells, _) => cells.as_slice(),
        });
        scalars.map(Scalar::text).collect()
    };
    if name == "CONCAT" {
        return Some(Scalar::Text(all(arguments)?.concat()));
    }
    let [Operand::One(separator), Operand::One(skips), texts @ ..] = arguments else { return None };
    let (separator, skips, mut texts) = (separator.text()?, skips.holds()?, all(texts)?);
    texts.retain(|text| !skips || !text.is_empty());
    let size = separator.len().saturating_mul(texts.len());
    (size <= TEXT_BYTES_MAX).then(|| Scalar::Text(texts.join(&separator)))
}

/// What a function makes of single values.
fn of_scalars(name: &str, arguments: &[Scalar]) -> Option<Scalar> {
    let first = arguments.first()?;
    let number = |number: usize| i64::try_from(number).ok().map(Scalar::Number);
    match name {
        "LEN" => return number(letters(&first.text()?)?.len()),
        "CODE" => {
            return first.text()?.chars().next().filter(char::is_ascii).map(|c| Scalar::Number(u32::from(c).into()));
        }
        "UNICODE" => return first.text()?.chars().next().map(|c| Scalar::Number(u32::from(c).into())),
        "VALUE" => {
            return first
                .number()
                .filter(|_| !first.text().is_some_and(|text| text.trim().is_empty()))
                .map(Scalar::Number);
        }
        _ => {}
    }
    of_text(name, arguments).map(Scalar::Text)
}

/// Letters as functions count them: beyond the first plane programs do so in more than one way.
fn letters(text: &str) -> Option<Vec<char>> {
    text.chars().map(|letter| Some(letter).filter(|letter| letter.len_utf16() == 1)).collect()
}

fn of_text(name: &str, arguments: &[Scalar]) -> Option<String> {
    let text = |at: usize| arguments.get(at).and_then(Scalar::text);
    let count = |at: usize| arguments.get(at).map_or(Some(1), Scalar::count);
    match name {
        // The page of the machine: nearly everywhere Windows-1252, or one with the same ASCII.
        "CHAR" => {
            let code = u8::try_from(count(0)?).ok().filter(|code| *code > 0)?;
            return Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code]).0.into_owned());
        }
        "UNICHAR" => {
            let code = u32::try_from(count(0)?).ok().filter(|code| *code > 0);
            return code.and_then(char::from_u32).map(String::from);
        }
        "CONCATENATE" => return arguments.iter().map(Scalar::text).collect(),
        _ => {}
    }
    let first = text(0)?;
    match name {
        "LOWER" => first.is_ascii().then(|| first.to_ascii_lowercase()),
        "UPPER" => first.is_ascii().then(|| first.to_ascii_uppercase()),
        "TRIM" => Some(first.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")),
        // Of those beyond ASCII, and of the last one of ASCII, programs keep some.
        "CLEAN" => {
            let is_doubtful = |letter: char| letter.is_control() && letter >= '\x7f';
            (!first.contains(is_doubtful)).then(|| first.chars().filter(|letter| !letter.is_control()).collect())
        }
        // Of a number it is nothing, and a number is not always told from its text here.
        "T" => Some(first).filter(|text| text.is_empty() || arguments.first().and_then(Scalar::about).is_none()),
        "TEXT" => Some(first).filter(|_| text(1).is_some_and(|format| format == "@")),
        // Wide forms become narrow in some languages.
        "ASC" => Some(first).filter(|text| text.is_ascii()),
        "ENCODEURL" => Some(encoded(&first)),
        // What letters have more than one byte depends on the language.
        "LEFTB" | "RIGHTB" | "MIDB" | "REPLACEB" if !first.is_ascii() => None,
        "LEFT" | "LEFTB" => Some(letters(&first)?.into_iter().take(count(1)?).collect()),
        "RIGHT" | "RIGHTB" => {
            let letters = letters(&first)?;
            let passed = letters.len().saturating_sub(count(1)?);
            Some(letters.into_iter().skip(passed).collect())
        }
        "MID" | "MIDB" => {
            let from = count(1)?.checked_sub(1)?;
            Some(letters(&first)?.into_iter().skip(from).take(count(2)?).collect())
        }
        "REPLACE" | "REPLACEB" => {
            let (from, size) = (count(1)?.checked_sub(1)?, count(2)?);
            let letters = letters(&first)?;
            let start = letters.iter().take(from);
            let rest = letters.iter().skip(from.saturating_add(size));
            Some(start.copied().chain(text(3)?.chars()).chain(rest.copied()).collect())
        }
        "REPT" => {
            let times = arguments.get(1)?.count()?;
            (first.len().saturating_mul(times) <= TEXT_BYTES_MAX).then(|| first.repeat(times))
        }
        "SUBSTITUTE" => substitute(&first, (&text(1)?, &text(2)?), arguments.get(3)),
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
fn substitute(text: &str, (from, to): (&str, &str), which: Option<&Scalar>) -> Option<String> {
    if from.is_empty() {
        return Some(text.to_owned());
    }
    if let Some(which) = which {
        let at = which.count()?.checked_sub(1)?;
        let Some((at, _)) = text.match_indices(from).nth(at) else { return Some(text.to_owned()) };
        let (before, behind) = (text.get(..at)?, text.get(at.saturating_add(from.len())..)?);
        return Some(format!("{before}{to}{behind}"));
    }
    let size = text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len());
    (size <= TEXT_BYTES_MAX.saturating_mul(2)).then(|| text.replace(from, to))
}
