//! Links with a user before the host. A user may hold nearly every sign, also those at which a link in a sentence ends
//! (`https://www.bank.example,http@evil.example/`): programs that take all up to white space, quotes or angle brackets (Thunderbird,
//! K-9) go to the host behind the last `@` (WHATWG URL 4.4, authority state). Here a link is read as those do; the reading of
//! [`find`](crate::links::find) stands beside it.

use std::borrow::Cow;

use memchr::memchr;

use crate::links::find::{GLUED_SCHEMES, link_end};

/// A link with a user.
pub(super) struct UserLink<'t> {
    /// Where it begins in the text.
    pub(super) start: usize,
    /// Where its host ends in the text: who reads on to there reads the same.
    pub(super) host_end: usize,
    /// As written; made where a program writes a scheme before it, and without its user where an address of mail may stand behind
    /// a link (`http://www.firm.example，ann@firm.example`).
    pub(super) link: Cow<'t, str>,
}

/// How words begin that programs make links of without slashes, and the scheme of those links.
const BEGINNINGS: [(&str, &str); 5] =
    [("www.", "http"), ("ftp.", "ftp"), ("http:", "http"), ("https:", "https"), ("ftp:", "ftp")];

/// Those of a text, in order. Each stretch of it that could be an authority is looked at once.
pub(super) fn links(text: &str) -> Vec<UserLink<'_>> {
    let mut found = Vec::new();
    let mut done = 0_usize;
    while let Some(at) = memchr(b'@', text.as_bytes().get(done..).unwrap_or_default()) {
        let authority = Authority::around(text, done, done.saturating_add(at));
        done = authority.end;
        if let Some((link, end)) = authority.link(text) {
            found.push(link);
            done = end;
        }
    }
    found
}

/// A stretch of a text without anything that ends the authority of a link, and with an `@`; places in the text.
struct Authority {
    start: usize,
    /// The last `@`.
    at: usize,
    end: usize,
}

impl Authority {
    fn around(text: &str, from: usize, at: usize) -> Self {
        let user = text.get(from..at).unwrap_or_default().rsplit(ends_authority).next().unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let rest = rest.split(ends_authority).next().unwrap_or_default();
        Self {
            start: at.saturating_sub(user.len()),
            at: at.saturating_add(rest.rfind('@').unwrap_or_default()),
            end: at.saturating_add(rest.len().max(1)),
        }
    }

    /// The link, and where it ends in the text.
    fn link<'t>(&self, text: &'t str) -> Option<(UserLink<'t>, usize)> {
        let Beginning { start, scheme, is_written } = self.beginning(text)?;
        let host = self.at.saturating_add(1);
        let behind = text.get(host..self.end)?;
        let path = text.get(self.end..)?;
        // `http://u@a.example,http://b.example/`: the colon belongs to the next link.
        let next = behind.strip_suffix(':').and_then(before_scheme);
        if next.is_none() && !behind.is_empty() && path.starts_with(['/', '\\', '?', '#']) {
            let end = self.end.saturating_add(link_end(path, 0));
            let written = text.get(start..end)?;
            let link = if is_written { Cow::Borrowed(written) } else { Cow::Owned(format!("{scheme}://{written}")) };
            return Some((UserLink { start, host_end: self.end, link }, end));
        }
        let behind = next.unwrap_or(behind);
        let name = behind.get(..link_end(behind, 0)).filter(|name| !name.is_empty())?;
        let link = Cow::Owned(format!("{scheme}://{name}"));
        Some((UserLink { start, host_end: host.saturating_add(name.len()), link }, self.end))
    }

    fn beginning(&self, text: &str) -> Option<Beginning> {
        let before = text.get(..self.start)?;
        let with_scheme = before.trim_end_matches(['/', '\\']);
        if with_scheme.len() < before.len() {
            let scheme = with_scheme.strip_suffix(':')?;
            let start = before_scheme(scheme)?.len();
            let scheme = GLUED_SCHEMES.into_iter().find(|glued| is_end(scheme, glued))?;
            return Some(Beginning { start, scheme, is_written: true });
        }
        // A value in the address of another link.
        if before.ends_with(['?', '#']) {
            return None;
        }
        let user = text.get(self.start..self.at)?;
        let (start, word, scheme) = user.match_indices(['.', ':']).find_map(|(at, _)| word_at(user.get(..=at)?))?;
        let is_written = word.ends_with(':');
        // `www.ann@firm.example` is an address of mail; before the `@` of a link stands a host.
        if !is_written && !user.get(start.saturating_add(word.len())..)?.contains('.') {
            return None;
        }
        Some(Beginning { start: self.start.saturating_add(start), scheme, is_written })
    }
}

/// How such a link begins.
struct Beginning {
    /// Where, in the text.
    start: usize,
    scheme: &'static str,
    /// The scheme is written there.
    is_written: bool,
}

fn ends_authority(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#' | '<' | '>' | '"')
}

/// What stands before the scheme with which a text ends.
fn before_scheme(text: &str) -> Option<&str> {
    let scheme = GLUED_SCHEMES.into_iter().find(|scheme| is_end(text, scheme))?;
    text.get(..text.len().checked_sub(scheme.len())?)
}

/// Of [`BEGINNINGS`] the one with which a text ends, if it is a word there, and where that begins.
fn word_at(text: &str) -> Option<(usize, &'static str, &'static str)> {
    let (word, scheme) = BEGINNINGS.into_iter().find(|(word, _)| is_end(text, word))?;
    let start = text.len().checked_sub(word.len())?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!text.get(..start)?.ends_with(is_part)).then_some((start, word, scheme))
}

fn is_end(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|last| last.eq_ignore_ascii_case(end))
}
