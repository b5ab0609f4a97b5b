//! The lines of a path (SVG 2, 9.3); curves go straight to their ends.

use crate::formats::image::canvas::Line;

/// Reads the value of `d`; `left` numbers at most.
pub(super) fn lines(source: &str, left: &mut usize) -> Vec<Line> {
    let mut pen = Pen::default();
    let mut command = b' ';
    let mut values: [f64; 7] = [0.0; 7];
    let mut count = 0_usize;
    let mut rest = source.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if byte.is_ascii_alphabetic() {
            command = *byte;
            count = 0;
            rest = after;
            if command.eq_ignore_ascii_case(&b'z') {
                pen.close();
            }
            continue;
        }
        // Flags of arcs may stand without a space behind them.
        let is_flag = command.eq_ignore_ascii_case(&b'a') && matches!(count, 3 | 4);
        let length = if is_flag && byte.is_ascii_digit() { 1 } else { number_length(rest) };
        if length == 0 {
            rest = after;
            continue;
        }
        let (digits, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        rest = after;
        let Some(fewer) = left.checked_sub(1) else { break };
        *left = fewer;
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<f64>().ok());
        let (Some(number), Some(value)) = (number.filter(|number| number.is_finite()), values.get_mut(count)) else {
            continue;
        };
        *value = number;
        count = count.saturating_add(1);
        let wanted = wanted(command);
        if wanted > 0 && count >= wanted {
            pen.go(command, values.get(..wanted).unwrap_or_default());
            count = 0;
            // Further pairs behind a move are lines.
            command = match command {
                b'm' => b'l',
                b'M' => b'L',
                other => other,
            };
        }
    }
    pen.lines.retain(|line| line.len() > 1);
    pen.lines
}

/// Numbers that a command takes.
fn wanted(command: u8) -> usize {
    match command.to_ascii_lowercase() {
        b'h' | b'v' => 1,
        b'm' | b'l' | b't' => 2,
        b's' | b'q' => 4,
        b'c' => 6,
        b'a' => 7,
        _ => 0,
    }
}

/// How many bytes at the start are one number.
fn number_length(bytes: &[u8]) -> usize {
    let (mut has_dot, mut has_exponent, mut before) = (false, false, b' ');
    let mut length = 0_usize;
    for byte in bytes {
        let is_part = match byte {
            b'0'..=b'9' => true,
            b'-' | b'+' => length == 0 || matches!(before, b'e' | b'E'),
            b'.' if !has_dot && !has_exponent => {
                has_dot = true;
                true
            }
            b'e' | b'E' if !has_exponent && length > 0 => {
                has_exponent = true;
                true
            }
            _ => false,
        };
        if !is_part {
            break;
        }
        before = *byte;
        length = length.saturating_add(1);
    }
    length
}

#[derive(Default)]
struct Pen {
    lines: Vec<Line>,
    x: f64,
    y: f64,
    start: (f64, f64),
    is_closed: bool,
}

impl Pen {
    fn go(&mut self, command: u8, values: &[f64]) {
        let last = values.last().copied().unwrap_or(0.0);
        let before = values.get(values.len().saturating_sub(2)).copied().unwrap_or(0.0);
        let (x, y) = if command.is_ascii_lowercase() { (self.x, self.y) } else { (0.0, 0.0) };
        let to = match command.to_ascii_lowercase() {
            b'h' => (x + last, self.y),
            b'v' => (self.x, y + last),
            _ => (x + before, y + last),
        };
        if command.eq_ignore_ascii_case(&b'm') {
            self.lines.push(Vec::new());
            self.start = to;
        } else if self.is_closed {
            self.lines.push(vec![self.start]);
        }
        self.is_closed = false;
        (self.x, self.y) = to;
        if let Some(line) = self.lines.last_mut() {
            line.push(to);
        }
    }

    fn close(&mut self) {
        (self.x, self.y) = self.start;
        self.is_closed = true;
        if let Some(line) = self.lines.last_mut()
            && line.last() != Some(&self.start)
        {
            line.push(self.start);
        }
    }
}
