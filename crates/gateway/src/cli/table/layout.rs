//! How wide each column of a list gets.

use unicode_width::UnicodeWidthStr;

use super::{COLUMNS_ENDLESS, Column, Fit};

/// Columns between two columns.
const GAP: usize = 2;
/// A flowing column needs so much room beside the others, unless it is narrower.
const FLOW_LEAST: usize = 36;
/// Without a width, a value that is wider than this moves its own row alone.
const ALIGNED_MAX: usize = 100;

/// Where the flowing column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// There is none, or it needs no wrapping.
    Not,
    /// Beside the others, so wide.
    Beside(usize),
    /// Below the row, which is so wide.
    Below(usize),
}

/// The columns that are shown with their widths.
#[derive(Debug)]
pub(super) struct Layout {
    /// Place in the row and width.
    pub(super) columns: Vec<(usize, usize)>,
    /// Wider values are cut.
    pub(super) cuts: bool,
    pub(super) flow: Flow,
}

impl Layout {
    /// Fits columns into a width.
    pub(super) fn of(columns: &[Column], rows: &[Vec<String>], width: usize) -> Self {
        let natural = |(at, column): (usize, &Column)| {
            let values = rows.iter().filter_map(|row| row.get(at)).map(|value| value.width());
            values.max().unwrap_or(0).max(column.head.width())
        };
        let natural: Vec<usize> = columns.iter().enumerate().map(natural).collect();
        let gaps = GAP * columns.len().saturating_sub(1);
        if width == COLUMNS_ENDLESS {
            let columns = natural.iter().map(|natural| (*natural).min(ALIGNED_MAX)).enumerate();
            return Self { columns: columns.collect(), cuts: false, flow: Flow::Not };
        }
        if natural.iter().sum::<usize>() + gaps <= width {
            return Self { columns: natural.into_iter().enumerate().collect(), cuts: false, flow: Flow::Not };
        }
        let fits: Vec<(Fit, usize)> = columns.iter().map(|column| column.fit).zip(natural).collect();
        fit(&fits, width)
    }
}

fn fit(fits: &[(Fit, usize)], width: usize) -> Layout {
    let of = |at: &usize| fits.get(*at).copied().unwrap_or((Fit::Whole, 0));
    let least = |at: &usize| match of(at) {
        (Fit::Cut { least, .. }, natural) => natural.min(least),
        (_, natural) => natural,
    };
    let needed = |shown: &[usize]| shown.iter().map(least).sum::<usize>() + GAP * shown.len().saturating_sub(1);
    let mut shown: Vec<usize> = (0..fits.len()).filter(|at| of(at).0 != Fit::Flow).collect();
    let flows = fits.iter().find(|(fit, _)| *fit == Fit::Flow).map(|(_, natural)| (*natural).min(FLOW_LEAST));
    let beside = flows.filter(|flow| needed(&shown) + GAP + flow <= width);
    while needed(&shown) > width {
        let Some(spare) = shown.iter().rposition(|at| of(at).0 == Fit::Spare) else { break };
        shown.remove(spare);
    }
    let room = width.saturating_sub(beside.map_or(0, |flow| flow + GAP));
    let mut widths: Vec<usize> = shown.iter().map(least).collect();
    narrow(&mut widths, &shown.iter().map(of).collect::<Vec<_>>(), room);
    widen(&mut widths, &shown.iter().map(of).collect::<Vec<_>>(), room);
    let used = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let flow = match (flows, beside) {
        (None, _) => Flow::Not,
        (_, Some(_)) => Flow::Beside(width.saturating_sub(used + GAP)),
        (_, None) => Flow::Below(width),
    };
    Layout { columns: shown.into_iter().zip(widths).collect(), cuts: true, flow }
}

// Where even what each needs at least is too much, those that may be cut give way, the widest first.
fn narrow(widths: &mut [usize], fits: &[(Fit, usize)], room: usize) {
    loop {
        let used = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let cuttable =
            widths.iter_mut().zip(fits).filter(|(width, (fit, _))| matches!(fit, Fit::Cut { .. }) && **width > 1);
        let widest = cuttable.map(|(width, _)| width).max_by_key(|width| **width);
        match widest {
            Some(widest) if used > room => *widest -= 1,
            _ => return,
        }
    }
}

// What is left goes to those that need it, by their shares.
fn widen(widths: &mut [usize], fits: &[(Fit, usize)], room: usize) {
    loop {
        let used = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let mut left = room.saturating_sub(used);
        let share = |width: usize, (fit, natural): &(Fit, usize)| match fit {
            Fit::Cut { share, .. } if width < *natural => *share,
            _ => 0,
        };
        let shares: usize = widths.iter().zip(fits).map(|(width, fit)| share(*width, fit)).sum();
        if left == 0 || shares == 0 {
            return;
        }
        let whole = left;
        for (width, fit) in widths.iter_mut().zip(fits) {
            let share = share(*width, fit);
            if share > 0 {
                let given = (whole * share / shares).max(1).min(fit.1 - *width).min(left);
                *width += given;
                left -= given;
            }
        }
    }
}
