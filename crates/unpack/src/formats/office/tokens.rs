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

/// Operands that are kept; a function takes 255 at most.
const STACK_MAX: usize = 1_024;
/// Text of one formula, bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Bytes that are put together for one formula: what stands in functions within functions is put together for each.
const COPIED_BYTES_MAX: usize = 1024 * 1024;

/// Numbers of functions, with their names.
const FUNCTIONS: &[(u16, &str)] = &[
    (1, "IF"),
    (17, "RUN"),
    (53, "GOTO"),
    (54, "HALT"),
    (55, "RETURN"),
    (60, "SET.NAME"),
    (61, "CALLER"),
    (33, "VALUE"),
    (48, "TEXT"),
    (81, "ABSREF"),
    (88, "SET.NAME"),
    (89, "CALLER"),
    (94, "GET.CELL"),
    (95, "GET.DOCUMENT"),
    (96, "FORMULA"),
    (107, "GET.CELL"),
    (108, "SET.VALUE"),
    (110, "EXEC"),
    (100, "CHOOSE"),
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
    (121, "CODE"),
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
    (480, "IFERROR"),
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

/// Functions that take another fixed number of arguments than one, by that number.
const FIXED: [(usize, &[u16]); 4] = [
    (0, &[10, 19, 34, 35, 54, 63, 74, 221]),
    (
        2,
        &[
            27, 30, 39, 48, 97, 117, 165, 212, 213, 252, 274, 275, 276, 285, 288, 299, 303, 304, 305, 306, 307, 308,
            310, 311, 312, 313, 314, 315, 325, 326, 327, 328, 331, 332, 337, 346, 353, 480,
        ],
    ),
    (
        3,
        &[
            31, 40, 41, 42, 43, 44, 45, 47, 61, 65, 66, 142, 189, 195, 196, 199, 210, 235, 277, 278, 280, 281, 282,
            287, 290, 291, 292, 295, 297, 300, 301, 309, 351, 382,
        ],
    ),
    (4, &[119, 143, 207, 273, 286, 289, 293, 302, 316, 350]),
];

/// An operand: a text or number that is known, or what a person would have typed.
enum Operand {
    Literal(String),
    Typed(String),
}

impl Operand {
    fn typed(self) -> String {
        match self {
            Self::Literal(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            Self::Typed(text) => text,
        }
    }

    /// A number is joined as it is shown.
    fn is_known(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Typed(text) => text.parse::<f64>().is_ok(),
        }
    }

    const fn len(&self) -> usize {
        match self {
            Self::Literal(text) | Self::Typed(text) => text.len(),
        }
    }
}

impl Default for Operand {
    fn default() -> Self {
        Self::Typed(String::new())
    }
}

/// What is put together.
#[derive(Default)]
struct Stack {
    operands: Vec<Operand>,
    copied: usize,
}

impl Stack {
    fn push(&mut self, operand: Operand) {
        self.copied = self.copied.saturating_add(operand.len());
        self.operands.push(operand);
    }

    fn typed(&mut self, text: String) {
        self.push(Operand::Typed(text));
    }

    fn pop(&mut self) -> Operand {
        self.operands.pop().unwrap_or_default()
    }

    const fn is_over(&self) -> bool {
        self.operands.len() > STACK_MAX || self.copied > COPIED_BYTES_MAX
    }
}

/// A formula as text, and whether it is cut: there is more of it, or something in it is not known.
pub(crate) fn text(tokens: &[u8], form: Form) -> (String, bool) {
    let mut stack = Stack::default();
    let mut at = 0_usize;
    let mut is_cut = false;
    while let Some(token) = tokens.get(at).copied() {
        let body = tokens.get(at.saturating_add(1)..).unwrap_or_default();
        let size = step(token, body, form, &mut stack).filter(|_| !stack.is_over());
        let Some(size) = size else {
            is_cut = true;
            break;
        };
        at = at.saturating_add(1).saturating_add(size);
    }
    let texts: Vec<String> = stack.operands.into_iter().map(Operand::typed).collect();
    let mut text = texts.join(" ");
    is_cut |= crate::text::cut(&mut text, TEXT_BYTES_MAX);
    (text, is_cut)
}

/// A formula that only names the cell whose formula it shares, or whose array it is part of: its row, and in the older form its
/// column.
pub(crate) fn shares(tokens: &[u8], form: Form) -> Option<(u32, Option<u32>)> {
    let body = tokens.strip_prefix(&[0x01]).or_else(|| tokens.strip_prefix(&[0x02]))?;
    match form {
        Form::Biff8 => Some((u32::from(u16_at(body, 0)?), u16_at(body, 2).map(u32::from))),
        Form::Biff12 => Some((u32_at(body, 0)?, None)),
    }
}

/// Does one token, and says how many bytes follow it; none where the token is not known.
fn step(token: u8, body: &[u8], form: Form, stack: &mut Stack) -> Option<usize> {
    Some(match token {
        0x01 | 0x02 => 4,
        0x03..=0x11 => {
            combine(token, stack);
            0
        }
        0x12 => 0,
        0x13..=0x15 => {
            let text = stack.pop();
            stack.push(match (token, text) {
                (0x15, literal @ Operand::Literal(_)) => literal,
                (0x13, text) => Operand::Typed(format!("-{}", text.typed())),
                (0x14, text) => Operand::Typed(text.typed() + "%"),
                (_, text) => Operand::Typed(format!("({})", text.typed())),
            });
            0
        }
        // An argument that is left out.
        0x16 => {
            stack.typed(String::new());
            0
        }
        0x17 => string(body, form, stack)?,
        0x18 => {
            if form == Form::Biff12 {
                13
            } else {
                5
            }
        }
        0x19 => attribute(body)?,
        0x1c => {
            stack.typed("NA()".to_owned());
            1
        }
        0x1d => {
            stack.typed(if body.first() == Some(&0) { "FALSE" } else { "TRUE" }.to_owned());
            1
        }
        0x1e => {
            stack.typed(u16_at(body, 0)?.to_string());
            2
        }
        0x1f => {
            stack.typed(f64::from_le_bytes(*body.first_chunk()?).to_string());
            8
        }
        0x20.. => operand((token & 0x1f) | 0x20, body, form, stack)?,
        _ => return None,
    })
}

/// Does a token that is an operand or a call: numbers, references, functions.
fn operand(token: u8, body: &[u8], form: Form, stack: &mut Stack) -> Option<usize> {
    let wide = usize::from(form == Form::Biff12);
    let reference = |bytes: usize| bytes.saturating_add(wide.saturating_mul(2));
    let area = |bytes: usize| bytes.saturating_add(wide.saturating_mul(4));
    Some(match token {
        // An array of constants, which stand elsewhere.
        0x20 => {
            stack.typed("{}".to_owned());
            7_usize.saturating_mul(wide.saturating_add(1))
        }
        0x21 => {
            let number = u16_at(body, 0)?;
            let arguments = FIXED.iter().find(|(_, own)| own.contains(&number)).map_or(1, |(count, _)| *count);
            call(number, arguments, stack);
            2
        }
        0x22 => {
            let arguments = usize::from(body.first()? & 0x7f);
            call(u16_at(body, 1)?, arguments, stack);
            3
        }
        0x23 => {
            stack.typed(format!("name{}", u32_at(body, 0)?));
            4
        }
        0x24 => {
            stack.typed(cell(body, form)?);
            reference(4)
        }
        0x2c => {
            stack.typed(near(body, form)?);
            reference(4)
        }
        0x25 => {
            stack.typed(corners(body, form)?);
            area(8)
        }
        // What is gone, and a range that is moved, is not named.
        0x2a | 0x2b | 0x2d | 0x3c | 0x3d => {
            stack.typed("#REF!".to_owned());
            match token {
                0x2a => reference(4),
                0x3c => reference(6),
                0x3d => area(10),
                _ => area(8),
            }
        }
        0x26..=0x28 => 6,
        0x29 => 2,
        0x39 => {
            stack.typed(format!("name{}", u32_at(body, 2)?));
            6
        }
        0x3a => {
            stack.typed(format!("#{}!{}", u16_at(body, 0)?, cell(body.get(2..)?, form)?));
            reference(6)
        }
        0x3b => {
            stack.typed(format!("#{}!{}", u16_at(body, 0)?, corners(body.get(2..)?, form)?));
            area(10)
        }
        _ => return None,
    })
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
            // Fourteen bits with a sign.
            let columns = i64::from(column & 0x3fff);
            let columns = if columns & 0x2000 == 0 { columns } else { columns.saturating_sub(0x4000) };
            (
                i64::from(row.cast_signed()),
                if column & 0x4000 == 0 { i64::from(column & 0x3fff) } else { columns },
                column,
            )
        }
    };
    let line = |letter: char, by: i64, is_relative: bool| match is_relative {
        true => format!("{letter}[{by}]"),
        false => format!("{letter}{}", by.saturating_add(1)),
    };
    Some(line('R', row, is_far & 0x8000 != 0) + &line('C', column, is_far & 0x4000 != 0))
}

fn string(body: &[u8], form: Form, stack: &mut Stack) -> Option<usize> {
    let (count, is_wide, head) = match form {
        Form::Biff8 => (usize::from(*body.first()?), body.get(1)? & 1 != 0, 2_usize),
        Form::Biff12 => (usize::from(u16_at(body, 0)?), true, 2),
    };
    let size = if is_wide { count.saturating_mul(2) } else { count };
    let bytes = body.get(head..head.saturating_add(size))?;
    let string = super::bytes::utf16_or_latin(bytes, is_wide);
    stack.push(Operand::Literal(string));
    Some(head.saturating_add(size))
}

/// Hints for the evaluation; a choice brings a table along.
fn attribute(body: &[u8]) -> Option<usize> {
    let is_choice = body.first()? & 0x04 != 0;
    let count = usize::from(u16_at(body, 1)?);
    Some(if is_choice { count.saturating_add(1).saturating_mul(2).saturating_add(3) } else { 3 })
}

fn combine(token: u8, stack: &mut Stack) {
    const SIGNS: [&str; 15] = ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];
    let sign = SIGNS.get(usize::from(token.saturating_sub(3))).copied().unwrap_or("?");
    let right = stack.pop();
    let left = stack.pop();
    stack.copied = stack.copied.saturating_add(right.len());
    stack.operands.push(if sign == "&" && left.is_known() && right.is_known() {
        let (Operand::Literal(mut left) | Operand::Typed(mut left)) = left;
        let (Operand::Literal(right) | Operand::Typed(right)) = right;
        left.push_str(&right);
        Operand::Literal(left)
    } else {
        let mut left = left.typed();
        left.push_str(sign);
        left.push_str(&right.typed());
        Operand::Typed(left)
    });
}

fn call(number: u16, arguments: usize, stack: &mut Stack) {
    let from = stack.operands.len().saturating_sub(arguments);
    let operands = stack.operands.split_off(from);
    // CHAR of a number that is known is the character.
    if let (111, [Operand::Typed(code)]) = (number, operands.as_slice())
        && let Some(character) = code.parse::<f64>().ok().and_then(character)
    {
        return stack.push(Operand::Literal(character.to_string()));
    }
    let mut texts: Vec<String> = operands.into_iter().map(Operand::typed).collect();
    let name = match FUNCTIONS.iter().find(|(own, _)| *own == number) {
        Some((_, name)) => (*name).to_owned(),
        // A function of an add-in, or one newer than the format: its name is the first argument.
        None if number == 255 && !texts.is_empty() => texts.remove(0),
        None => format!("F{number}"),
    };
    stack.typed(format!("{name}({})", texts.join(",")));
}

fn character(code: f64) -> Option<char> {
    (0..=255_u8).find(|byte| (f64::from(*byte) - code).abs() < 0.5).map(char::from)
}
