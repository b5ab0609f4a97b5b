//! Pieces of text to lines: in the order of the page's stream, and by where they stand.

use super::page::Run;

/// A gap that is a space, in heights of letters.
const SPACE_MIN: f64 = 0.18;
/// Farther back than this on the same line begins another text.
const BACK_MAX: f64 = 1.0;
/// Lines that are nearer are one, in heights of letters.
const LINE_NEAR: f64 = 0.5;
/// Pieces without known widths that are longer than this end somewhere we do not know.
const RECKONED_CHARS_MAX: usize = 4;

/// Joins pieces in their order.
pub(super) fn join<'r>(runs: impl Iterator<Item = &'r Run>) -> String {
    let mut text = String::new();
    let mut before: Option<&Run> = None;
    for run in runs {
        if let Some(before) = before {
            match between(before, run) {
                Gap::None => {}
                Gap::Space if text.ends_with(char::is_whitespace) || run.text.starts_with(char::is_whitespace) => {}
                Gap::Space => text.push(' '),
                Gap::Line => text.push('\n'),
            }
        }
        text.push_str(&run.text);
        before = Some(run);
    }
    text
}

/// Joins pieces by lines from the top, each from the left: what is written in any order reads as it looks.
pub(super) fn join_by_place<'r>(runs: impl Iterator<Item = &'r Run>) -> String {
    let mut runs: Vec<&Run> = runs.filter(|run| run.start.0.is_finite() && run.start.1.is_finite()).collect();
    runs.sort_by(|one, other| other.start.1.total_cmp(&one.start.1));
    let mut lines: Vec<Vec<&Run>> = Vec::new();
    let mut last_y = f64::INFINITY;
    for run in runs {
        let is_near = (last_y - run.start.1).abs() <= LINE_NEAR * run.size.max(1.0) * 0.6;
        match lines.last_mut() {
            Some(line) if is_near => line.push(run),
            _ => {
                last_y = run.start.1;
                lines.push(vec![run]);
            }
        }
    }
    let mut text = String::new();
    for mut line in lines {
        line.sort_by(|one, other| one.start.0.total_cmp(&other.start.0));
        text.push_str(&join(line.into_iter()));
        text.push('\n');
    }
    text
}

enum Gap {
    None,
    Space,
    Line,
}

fn between(before: &Run, run: &Run) -> Gap {
    let size = before.size.max(run.size).max(0.1);
    let (dx, dy) = (before.end.0 - before.start.0, before.end.1 - before.start.1);
    let length = dx.hypot(dy);
    // The way the line runs; to the right where it has no length.
    let (along_x, along_y) = if length > 0.0 { (dx / length, dy / length) } else { (1.0, 0.0) };
    let (x, y) = (run.start.0 - before.end.0, run.start.1 - before.end.1);
    let along = (x * along_x + y * along_y) / size;
    let across = (y * along_x - x * along_y).abs() / size;
    let is_unsure = !before.is_measured && before.text.chars().nth(RECKONED_CHARS_MAX).is_some();
    if across.is_nan() || across > LINE_NEAR || (along < -BACK_MAX && !is_unsure) {
        Gap::Line
    } else if along > SPACE_MIN || (is_unsure && (x, y) != (0.0, 0.0)) {
        Gap::Space
    } else {
        Gap::None
    }
}
