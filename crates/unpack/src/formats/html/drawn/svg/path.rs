//! The lines of a path (SVG 2, 9.3), straight to the ends of its curves, and points on these.

use crate::formats::image::canvas::{Line, Point};
use crate::formats::image::curves::{self, Curves};

/// Reads the value of `d`; `left` numbers at most.
pub(super) fn lines(source: &str, left: &mut usize, curves: &mut Curves) -> Vec<Line> {
    let mut pen = Pen { lines: Vec::new(), curves, x: 0.0, y: 0.0, start: (0.0, 0.0), is_closed: false, control: None };
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

struct Pen<'a> {
    lines: Vec<Line>,
    curves: &'a mut Curves,
    x: f64,
    y: f64,
    start: (f64, f64),
    is_closed: bool,
    /// The last point of control, and whether its curve has two.
    control: Option<(Point, bool)>,
}

impl Pen<'_> {
    fn go(&mut self, command: u8, values: &[f64]) {
        let last = values.last().copied().unwrap_or(0.0);
        let before = values.get(values.len().saturating_sub(2)).copied().unwrap_or(0.0);
        let (x, y) = if command.is_ascii_lowercase() { (self.x, self.y) } else { (0.0, 0.0) };
        let to = match command.to_ascii_lowercase() {
            b'h' => (x + last, self.y),
            b'v' => (self.x, y + last),
            _ => (x + before, y + last),
        };
        if command.eq_ignore_ascii_case(&b'm') || self.is_closed {
            // Lines that go nowhere are none: points on curves are counted by lines.
            self.lines.pop_if(|line| line.len() < 2);
        }
        if command.eq_ignore_ascii_case(&b'm') {
            self.lines.push(Vec::new());
            self.start = to;
        } else if self.is_closed {
            self.lines.push(vec![self.start]);
        }
        self.is_closed = false;
        self.curve(command.to_ascii_lowercase(), (values, (x, y)), to);
        (self.x, self.y) = to;
        if let Some(line) = self.lines.last_mut() {
            line.push(to);
        }
    }

    /// Points on the way, from where the pen is; the places among the values are seen from the one beside them.
    fn curve(&mut self, command: u8, (values, (x, y)): (&[f64], Point), to: Point) {
        let from = (self.x, self.y);
        let place = |at: usize| match values.get(at..) {
            Some([own_x, own_y, ..]) => (x + own_x, y + own_y),
            _ => to,
        };
        // A smooth curve goes on as the one before came.
        let smooth = |has_two: bool| match self.control {
            Some(((x, y), kind)) if kind == has_two => (2.0 * from.0 - x, 2.0 * from.1 - y),
            _ => from,
        };
        let (one, two, control) = match command {
            b'c' => (place(0), place(2), Some((place(2), true))),
            b's' => (smooth(true), place(0), Some((place(0), true))),
            b'q' | b't' => {
                let own = if command == b'q' { place(0) } else { smooth(false) };
                let (one, two) = curves::as_cubic(from, own, to);
                (one, two, Some((own, false)))
            }
            _ => (from, to, None),
        };
        self.control = control;
        if control.is_some() {
            self.curves.add(&self.lines, &curves::cubic([from, one, two, to]));
        } else if let (b'a', Some(shape)) = (command, values.first_chunk()) {
            self.curves.add(&self.lines, &curves::arc(from, *shape, to));
        }
    }

    fn close(&mut self) {
        (self.x, self.y) = self.start;
        self.is_closed = true;
        self.control = None;
        if let Some(line) = self.lines.last_mut()
            && line.last() != Some(&self.start)
        {
            line.push(self.start);
        }
    }
}
