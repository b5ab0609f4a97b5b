//! Formulas of the binary workbooks, as text: tokens in the order of a stack machine become the formula that a person would
//! have typed, with literal text that is put together already joined. Sources: MS-XLS 2.5.198, MS-XLSB 2.5.97. Documented
//! limit: cells are named by row and column as stored; names of functions that neither fetch nor act are numbers.

use crate::formats::office::bytes::{u16_at, u32_at};

/// The two forms; they differ in the size of references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Biff8,
    Biff12,
}

/// Operands that are kept; no honest formula has more.
const STACK_MAX: usize = 256;
/// Text of one formula, bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Numbers of functions, with their names.
const FUNCTIONS: &[(u16, &str)] = &[
    (1, "IF"),
    (17, "RUN"),
    (53, "GOTO"),
    (54, "HALT"),
    (55, "RETURN"),
    (60, "SET.NAME"),
    (61, "CALLER"),
    (81, "ABSREF"),
    (88, "SET.NAME"),
    (89, "CALLER"),
    (94, "GET.CELL"),
    (95, "GET.DOCUMENT"),
    (96, "FORMULA"),
    (107, "GET.CELL"),
    (108, "SET.VALUE"),
    (110, "EXEC"),
    (111, "CHAR"),
    (115, "LEFT"),
    (116, "RIGHT"),
    (31, "MID"),
    (32, "LEN"),
    (30, "REPT"),
    (112, "LOWER"),
    (113, "UPPER"),
    (118, "TRIM"),
    (119, "REPLACE"),
    (120, "SUBSTITUTE"),
    (130, "T"),
    (162, "CLEAN"),
    (132, "FOPEN"),
    (133, "FCLOSE"),
    (136, "FREADLN"),
    (137, "FWRITELN"),
    (138, "FWRITE"),
    (147, "ON.TIME"),
    (148, "INDIRECT"),
    (149, "REGISTER"),
    (150, "CALL"),
    (185, "GET.DOCUMENT"),
    (186, "GET.WORKSPACE"),
    (219, "ADDRESS"),
    (261, "ERROR"),
    (267, "REGISTER.ID"),
    (336, "CONCATENATE"),
    (359, "HYPERLINK"),
    (379, "RTD"),
    // Commands.
    (0x8003, "CLOSE"),
    (0x8005, "SAVE.AS"),
    (0x8006, "FILE.DELETE"),
    (0x803c, "FORMULA"),
    (0x8060, "FORMULA"),
    (0x806e, "EXEC"),
    (0x8074, "SEND.KEYS"),
    (0x80ab, "WORKBOOK.HIDE"),
];

/// How many arguments functions of a fixed number take; one is the usual number.
const FIXED: &[(u16, usize)] =
    &[(30, 2), (31, 3), (119, 4), (120, 3), (19, 0), (34, 0), (35, 0), (54, 0), (63, 0), (74, 0), (10, 0), (48, 2)];

/// An operand: as typed, and what it is if that is known already.
#[derive(Default)]
struct Operand {
    text: String,
    literal: Option<String>,
}

/// Reads tokens.
pub(crate) fn text(tokens: &[u8], form: Form) -> String {
    let mut stack: Vec<Operand> = Vec::new();
    let mut at = 0_usize;
    let mut spent = 0_usize;
    while let Some(token) = tokens.get(at).copied() {
        let body = tokens.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(size) = step(token, body, form, &mut stack) else { break };
        at = at.saturating_add(1).saturating_add(size);
        spent = spent.saturating_add(stack.last().map_or(0, |operand| operand.text.len()));
        if stack.len() > STACK_MAX || spent > TEXT_BYTES_MAX {
            break;
        }
    }
    let mut text = stack.into_iter().map(|operand| operand.text).collect::<Vec<_>>().join(" ");
    crate::text::cut(&mut text, TEXT_BYTES_MAX);
    text
}

/// Does one token, and says how many bytes follow it; none where the token is not known.
fn step(token: u8, body: &[u8], form: Form, stack: &mut Vec<Operand>) -> Option<usize> {
    Some(match token {
        0x01 | 0x02 => 4,
        0x03..=0x11 => {
            combine(token, stack);
            0
        }
        0x12..=0x16 => 0,
        0x17 => string(body, form, stack)?,
        0x18 => {
            if form == Form::Biff12 {
                13
            } else {
                5
            }
        }
        0x19 => attribute(body)?,
        0x1c | 0x1d => 1,
        0x1e => {
            let number = u16_at(body, 0)?;
            let literal = Some(number.to_string());
            stack.push(Operand { text: number.to_string(), literal });
            2
        }
        0x1f => {
            let number = f64::from_le_bytes(*body.first_chunk()?).to_string();
            stack.push(Operand { text: number.clone(), literal: Some(number) });
            8
        }
        0x20.. => operand((token & 0x1f) | 0x20, body, form, stack)?,
        _ => return None,
    })
}

/// Does a token that is an operand or a call: numbers, references, functions.
fn operand(token: u8, body: &[u8], form: Form, stack: &mut Vec<Operand>) -> Option<usize> {
    let wide = usize::from(form == Form::Biff12);
    let reference = |bytes: usize| bytes.saturating_add(wide.saturating_mul(2));
    let area = |bytes: usize| bytes.saturating_add(wide.saturating_mul(4));
    Some(match token {
        0x20 => 7_usize.saturating_mul(wide.saturating_add(1)),
        0x21 => {
            let number = u16_at(body, 0)?;
            let arguments = FIXED.iter().find(|(own, _)| *own == number).map_or(1, |(_, count)| *count);
            call(number, arguments, stack);
            2
        }
        0x22 => {
            let arguments = usize::from(body.first()? & 0x7f);
            call(u16_at(body, 1)?, arguments, stack);
            3
        }
        0x23 => {
            push(stack, format!("name{}", u32_at(body, 0)?));
            4
        }
        0x24 => {
            push(stack, cell(body, form)?);
            reference(4)
        }
        0x2c => {
            push(stack, near(body, form)?);
            reference(4)
        }
        0x25 => {
            push(stack, corners(body, form)?);
            area(8)
        }
        0x2a => {
            push(stack, "#REF!".to_owned());
            reference(4)
        }
        // A range that is moved is not named.
        0x2b | 0x2d => {
            push(stack, "#REF!".to_owned());
            area(8)
        }
        0x26..=0x28 => 6,
        0x29 => 2,
        0x39 => {
            push(stack, format!("name{}", u32_at(body, 2)?));
            6
        }
        0x3a => {
            push(stack, format!("#{}!{}", u16_at(body, 0)?, cell(body.get(2..)?, form)?));
            reference(6)
        }
        0x3b => {
            push(stack, format!("#{}!{}", u16_at(body, 0)?, corners(body.get(2..)?, form)?));
            area(10)
        }
        0x3c => {
            push(stack, "#REF!".to_owned());
            reference(6)
        }
        0x3d => {
            push(stack, "#REF!".to_owned());
            area(10)
        }
        _ => return None,
    })
}

fn push(stack: &mut Vec<Operand>, text: String) {
    stack.push(Operand { text, literal: None });
}

fn cell(body: &[u8], form: Form) -> Option<String> {
    let (row, column) = match form {
        Form::Biff8 => (u32::from(u16_at(body, 0)?), u16_at(body, 2)?),
        Form::Biff12 => (u32_at(body, 0)?, u16_at(body, 4)?),
    };
    Some(format!("R{}C{}", row.saturating_add(1), (column & 0x3fff).saturating_add(1)))
}

/// A range: both rows stand before both columns.
fn corners(body: &[u8], form: Form) -> Option<String> {
    let (rows, columns) = match form {
        Form::Biff8 => ([u16_at(body, 0)?, u16_at(body, 2)?].map(u32::from), [u16_at(body, 4)?, u16_at(body, 6)?]),
        Form::Biff12 => ([u32_at(body, 0)?, u32_at(body, 4)?], [u16_at(body, 8)?, u16_at(body, 10)?]),
    };
    let cell =
        |(row, column): (u32, u16)| format!("R{}C{}", row.saturating_add(1), (column & 0x3fff).saturating_add(1));
    let [first, last] = [0, 1].map(|at| rows.get(at).copied().zip(columns.get(at).copied()).unwrap_or_default());
    Some(format!("{}:{}", cell(first), cell(last)))
}

/// A cell by its distance from the one that has the formula, as shared formulas name it.
fn near(body: &[u8], form: Form) -> Option<String> {
    let (row, column, is_far) = match form {
        Form::Biff8 => {
            let (row, column) = (u16_at(body, 0)?, u16_at(body, 2)?);
            (i64::from(row.cast_signed()), i64::from((column.to_le_bytes()[0]).cast_signed()), column)
        }
        Form::Biff12 => {
            let (row, column) = (u32_at(body, 0)?, u16_at(body, 4)?);
            (i64::from(row.cast_signed()), i64::from(column & 0x3fff), column)
        }
    };
    let line = |letter: char, by: i64, is_relative: bool| match is_relative {
        true => format!("{letter}[{by}]"),
        false => format!("{letter}{}", by.saturating_add(1)),
    };
    Some(line('R', row, is_far & 0x8000 != 0) + &line('C', column, is_far & 0x4000 != 0))
}

fn string(body: &[u8], form: Form, stack: &mut Vec<Operand>) -> Option<usize> {
    let (count, is_wide, head) = match form {
        Form::Biff8 => (usize::from(*body.first()?), body.get(1)? & 1 != 0, 2_usize),
        Form::Biff12 => (usize::from(u16_at(body, 0)?), true, 2),
    };
    let size = if is_wide { count.saturating_mul(2) } else { count };
    let bytes = body.get(head..head.saturating_add(size))?;
    let string = super::bytes::utf16_or_latin(bytes, is_wide);
    stack.push(Operand { text: format!("\"{}\"", string.replace('"', "\"\"")), literal: Some(string) });
    Some(head.saturating_add(size))
}

/// Hints for the evaluation; a choice brings a table along.
fn attribute(body: &[u8]) -> Option<usize> {
    let is_choice = body.first()? & 0x04 != 0;
    let count = usize::from(u16_at(body, 1)?);
    Some(if is_choice { count.saturating_add(1).saturating_mul(2).saturating_add(3) } else { 3 })
}

fn combine(token: u8, stack: &mut Vec<Operand>) {
    const SIGNS: [&str; 15] = ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];
    let sign = SIGNS.get(usize::from(token.saturating_sub(3))).copied().unwrap_or("?");
    let right = stack.pop().unwrap_or_default();
    let left = stack.pop().unwrap_or_default();
    let joined = match (sign, left.literal, right.literal) {
        ("&", Some(left), Some(right)) => Some(format!("{left}{right}")),
        _ => None,
    };
    let text = match &joined {
        Some(joined) => format!("\"{}\"", joined.replace('"', "\"\"")),
        None => format!("{}{sign}{}", left.text, right.text),
    };
    stack.push(Operand { text, literal: joined });
}

fn call(number: u16, arguments: usize, stack: &mut Vec<Operand>) {
    let from = stack.len().saturating_sub(arguments);
    let operands = stack.split_off(from);
    // CHAR of a number that is known is the character.
    if let (111, [Operand { literal: Some(code), .. }]) = (number, operands.as_slice())
        && let Some(character) = code.parse::<f64>().ok().and_then(character)
    {
        return stack.push(Operand { text: format!("\"{character}\""), literal: Some(character.to_string()) });
    }
    let mut texts: Vec<String> = operands.into_iter().map(|operand| operand.text).collect();
    let name = match FUNCTIONS.iter().find(|(own, _)| *own == number) {
        Some((_, name)) => (*name).to_owned(),
        // A function of an add-in, or one newer than the format: its name is the first argument.
        None if number == 255 && !texts.is_empty() => texts.remove(0),
        None => format!("F{number}"),
    };
    push(stack, format!("{name}({})", texts.join(",")));
}

fn character(code: f64) -> Option<char> {
    (0..=255_u8).find(|byte| (f64::from(*byte) - code).abs() < 0.5).map(char::from)
}
