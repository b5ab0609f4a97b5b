//! The blocks of a sheet (CSS Syntax 3, 5; CSS Nesting 1): which declarations stand behind which selectors, and when they hold.

/// Blocks within blocks.
const LEVELS_MAX: usize = 32;

/// When does it hold what stands in a block?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats::html) enum Holds {
    Always,
    /// As well as always for text; what is drawn may be drawn without it (`@supports`, `@layer`).
    Mostly,
    /// Nobody here knows.
    Maybe,
    /// While something moves: a step of an animation.
    Step,
}

/// Declarations, and the selectors in front of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block<'c> {
    pub(super) head: &'c str,
    pub(super) declared: &'c str,
    pub(super) holds: Holds,
}

#[derive(Clone, Copy, Debug)]
struct Level<'c> {
    /// None within what is not about elements, such as `@font-face`.
    head: Option<&'c str>,
    holds: Holds,
}

/// Blocks of a sheet without comments and strings.
#[derive(Debug)]
pub(super) struct Blocks<'c> {
    rest: &'c str,
    levels: Vec<Level<'c>>,
    holds: Holds,
    /// A bracket that closes nothing makes the next selector none.
    is_spoilt: bool,
    /// They are within each other more often than is followed.
    pub(super) is_cut: bool,
}

impl<'c> Blocks<'c> {
    pub(super) fn of(css: &'c str, holds: Holds) -> Self {
        Self { rest: css, levels: Vec::new(), holds, is_spoilt: false, is_cut: false }
    }

    fn open(&mut self, head: &'c str) {
        let outer = self.levels.last().copied();
        let around = outer.map_or(self.holds, |outer| outer.holds);
        let level = if head.starts_with('@') {
            let head_around = outer.and_then(|outer| outer.head);
            Level { head: head_around, holds: of_at_rule(head, around) }
        } else {
            let is_sure = !std::mem::take(&mut self.is_spoilt) && outer.is_none_or(|outer| outer.head.is_none());
            Level { head: Some(head), holds: if is_sure || around == Holds::Step { around } else { Holds::Maybe } }
        };
        if self.levels.len() >= LEVELS_MAX {
            self.is_cut = true;
            self.rest = "";
        } else {
            self.levels.push(level);
        }
    }
}

impl<'c> Iterator for Blocks<'c> {
    type Item = Block<'c>;

    fn next(&mut self) -> Option<Block<'c>> {
        while !self.rest.is_empty() {
            // What is not closed ends with the sheet.
            let at = bracket(self.rest).unwrap_or(self.rest.len());
            let (text, from) = self.rest.split_at_checked(at)?;
            self.rest = from.get(1..).unwrap_or_default();
            let level = self.levels.last().copied();
            let (declared, head) = match from.as_bytes().first() {
                Some(b'{') => text.rsplit_once(';').map_or(("", text), |(before, head)| (before, head)),
                _ => (text, ""),
            };
            match from.as_bytes().first() {
                Some(b'{') => self.open(head.trim().trim_start_matches("<!--").trim_start_matches("-->").trim()),
                Some(_) if self.levels.pop().is_none() => self.is_spoilt = true,
                _ => {}
            }
            let block = level.and_then(|level| Some(Block { head: level.head?, declared, holds: level.holds }));
            if let Some(block) = block.filter(|block| block.declared.contains(':')) {
                return Some(block);
            }
        }
        None
    }
}

/// The next bracket that no sign in front of it makes a plain one.
fn bracket(css: &str) -> Option<usize> {
    let mut from = 0_usize;
    loop {
        let at = from.saturating_add(css.get(from..)?.find(['{', '}'])?);
        let signs = css.get(from..at)?.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if signs % 2 == 0 {
            return Some(at);
        }
        from = at.saturating_add(1);
    }
}

/// When it holds what stands in an at-rule. `@media screen`, `@media all`, `@media only screen`: for everybody.
fn of_at_rule(head: &str, around: Holds) -> Holds {
    let head = head.to_ascii_lowercase();
    if head.contains("keyframes") {
        return Holds::Step;
    }
    match (head.split_ascii_whitespace().next(), around) {
        (_, Holds::Maybe | Holds::Step) => around,
        (Some("@media"), _) if is_for_all(head.get("@media".len()..).unwrap_or_default()) => around,
        (Some("@supports" | "@layer"), _) => Holds::Mostly,
        _ => Holds::Maybe,
    }
}

/// Is it a list of media that nobody leaves out?
pub(in crate::formats::html) fn is_for_all(media: &str) -> bool {
    let mut words = media.split(|c: char| c == ',' || c.is_ascii_whitespace());
    words.all(|word| matches!(word.to_ascii_lowercase().as_str(), "" | "all" | "screen" | "only"))
}

#[cfg(test)]
mod tests;
