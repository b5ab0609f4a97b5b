//! Archives, packed streams and images of disks: what they have in common. A member's name is data, never a path; a member
//! that is a link or a device is noted and not followed; declared sizes are believed by nobody.

use scan::content::{Link, LinkKind, WhyUnopened};

use crate::bounded::{End, Taken};
use crate::budget::NAME_BYTES_MAX;
use crate::formats::share;
use crate::text;
use crate::unpack::{File, Leaf, Walk};

pub(crate) mod ar;
pub(crate) mod bytes;
pub(crate) mod cab;
pub(crate) mod cpio;
pub(crate) mod disk;
mod fat;
pub(crate) mod iso;
mod lzw;
mod lzx;
pub(crate) mod path;
pub(crate) mod rar;
pub(crate) mod sevenz;
pub(crate) mod streams;
pub(crate) mod tar;
mod udf;

/// Memory that the window of one decompressor may take, KiB: what `xz -9` asks for, and a little.
pub(crate) const WINDOW_KIB_MAX: u32 = 96 * 1024;

/// A member of a container.
#[derive(Debug, Default)]
pub(crate) struct Member {
    /// `tar:3`.
    pub(crate) step: String,
    pub(crate) names: Vec<String>,
    /// Its container's reader takes its text itself.
    pub(crate) is_part: bool,
}

impl Member {
    /// A member of one name, as its bytes stand.
    pub(crate) fn named(step: String, name: &[u8]) -> Self {
        let name = shown(name);
        let names = if name.is_empty() { Vec::new() } else { vec![name] };
        Self { step, names, is_part: false }
    }
}

/// A name as text: by its looks, bounded.
pub(crate) fn shown(name: &[u8]) -> String {
    let end = name.len().min(NAME_BYTES_MAX.saturating_mul(2));
    let mut name = text::decode(name.get(..end).unwrap_or_default(), "").into_owned();
    text::cut(&mut name, NAME_BYTES_MAX);
    name
}

impl Walk<'_> {
    /// Looks at what was taken out of a container. False: the budget is used up, which is noted; the reader stops.
    pub(crate) fn member(&mut self, of: File<'_>, member: Member, taken: &Taken) -> bool {
        self.note_names(of.at, &member.names);
        let (why, names) = (why(taken.end), path::as_all_read(member.names));
        if taken.bytes.is_empty() && taken.end == End::Unsupported {
            return self.closed_child(of, &member.step, (names, 0), WhyUnopened::Unsupported);
        }
        let at = self.content.items.len();
        let leaf = Leaf { names, is_read: !member.is_part, ..Leaf::default() };
        let has_room = self.child(of, &member.step, leaf, &taken.bytes);
        if let Some(why) = why {
            self.not_opened(at, why);
        }
        let goes_on = has_room && !matches!(taken.end, End::OverBudget | End::OverTime);
        if !goes_on {
            self.stopped(of.at);
        }
        goes_on
    }

    /// As [`Walk::member`], for bytes that stand in the container as they are.
    pub(crate) fn stored_member(&mut self, of: File<'_>, member: Member, bytes: &[u8], end: End) -> bool {
        let left = usize::try_from(self.budget.unpacked_bytes_left()).unwrap_or(usize::MAX);
        let kept = bytes.get(..bytes.len().min(left)).unwrap_or(bytes);
        let end = if kept.len() < bytes.len() { End::OverBudget } else { end };
        self.budget.spend_unpacked(kept.len());
        self.note_names(of.at, &member.names);
        let at = self.content.items.len();
        let names = path::as_all_read(member.names);
        let leaf = Leaf { names, is_read: !member.is_part, ..Leaf::default() };
        let has_room = self.child(of, &member.step, leaf, kept);
        if let Some(why) = why(end) {
            self.not_opened(at, why);
        }
        let goes_on = has_room && end != End::OverBudget;
        if !goes_on {
            self.stopped(of.at);
        }
        goes_on
    }

    /// A member that cannot be had: it is named, and why is said. False when there is no room for it.
    pub(crate) fn closed_member(&mut self, of: File<'_>, member: Member, (size, why): (u64, WhyUnopened)) -> bool {
        self.note_names(of.at, &member.names);
        if why == WhyUnopened::Encrypted {
            self.mark(of.at, "encrypted");
        }
        let names = path::as_all_read(member.names);
        let goes_on = self.closed_child(of, &member.step, (names, size), why);
        if !goes_on {
            self.stopped(of.at);
        }
        goes_on
    }

    /// Notes that a container was left before its end.
    pub(crate) fn stopped(&mut self, at: usize) {
        if self.budget.is_late() {
            return self.not_opened(at, WhyUnopened::OverTime);
        }
        self.mark(at, "bomb");
        self.not_opened(at, WhyUnopened::OverBudget);
    }

    /// Adds where a link of an archive leads, to the item that it is: if that is another machine, it is asked as soon as somebody looks.
    pub(crate) fn add_link_target(&mut self, at: usize, target: &[u8]) {
        let target = path::link_target(&shown(target));
        if share::is_share(&target) || target.contains("://") {
            self.add_text(at, &target);
            self.add_link(at, Link { target, text: String::new(), kind: LinkKind::Field });
        }
    }

    /// Notes names that are more than names.
    pub(crate) fn note_names(&mut self, at: usize, names: &[String]) {
        if names.iter().any(|name| path::is_no_plain_name(name)) {
            self.mark(at, "path_name");
        }
    }
}

fn why(end: End) -> Option<WhyUnopened> {
    match end {
        End::Whole => None,
        End::Broken => Some(WhyUnopened::Broken),
        End::Unsupported => Some(WhyUnopened::Unsupported),
        End::OverBudget => Some(WhyUnopened::OverBudget),
        End::OverTime => Some(WhyUnopened::OverTime),
    }
}

#[cfg(test)]
pub(crate) mod tests;
