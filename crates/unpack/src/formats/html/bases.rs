//! What links that are not whole are read against: the first base of a page, wherever it stands (WHATWG HTML 4.2.3). Programs that
//! show a page within another one, or run no scripts, take other elements for the first: each base counts as well.

use scan::content::{Link, LinkKind};
use url::Url;

/// Bases of one page.
const BASES_MAX: usize = 8;
/// What links that are whole take, bytes of all of a page: a base can be long, and links many.
const WHOLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Those of a page, in its order; and the one that it comes with.
#[derive(Debug, Default)]
pub(super) struct Bases {
    outer: Option<Url>,
    own: Vec<String>,
    /// There were more than are kept.
    pub(super) is_cut: bool,
}

impl Bases {
    pub(super) fn new(outer: &str) -> Self {
        Self { outer: Url::parse(outer).ok(), ..Self::default() }
    }

    pub(super) fn add(&mut self, target: &str) {
        let target = target.trim();
        if target.is_empty() || self.own.iter().any(|own| own == target) {
            return;
        }
        if self.own.len() >= BASES_MAX {
            self.is_cut = true;
        } else {
            self.own.push(target.to_owned());
        }
    }

    /// As they stand in the page, for the page around.
    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.own)
    }

    /// Makes the links whole, as many as fit; false where some did not. What a base leads to is a link itself.
    pub(super) fn resolve(&self, links: &mut Vec<Link>, most: usize) -> bool {
        let own: Vec<Url> = self.own.iter().filter_map(|base| self.whole(base)).collect();
        let Some((first, others)) = own.split_first().or_else(|| Some((self.outer.as_ref()?, &[]))) else {
            return true;
        };
        let longest = own.iter().chain(&self.outer).map(|base| base.as_str().len()).max().unwrap_or(0);
        let has_own = !own.is_empty();
        let mut room = Room { bytes: WHOLE_BYTES_MAX, links: most.saturating_sub(links.len()), longest };
        let mut more: Vec<Link> = Vec::new();
        let mut is_whole = true;
        for link in links.iter_mut() {
            let reading = Reading::of(link, has_own);
            if reading == Reading::Whole {
                continue;
            }
            if !room.takes(link, others.len(), reading) {
                is_whole = false;
                break;
            }
            more.extend(others.iter().filter_map(|base| joined(base, link)));
            let whole = joined(first, link).filter(|whole| whole.target != link.target);
            match (reading, whole) {
                (Reading::Either, whole) => more.extend(whole),
                (_, Some(whole)) => link.target = whole.target,
                (_, None) => {}
            }
        }
        let unknown = own.iter().filter(|base| !links.iter().any(|link| link.target == base.as_str()));
        let links_of_bases =
            unknown.map(|base| Link { target: base.to_string(), text: String::new(), kind: LinkKind::Other });
        more.extend(links_of_bases);
        let room = most.saturating_sub(links.len());
        is_whole &= more.len() <= room;
        links.extend(more.into_iter().take(room));
        is_whole
    }

    fn whole(&self, base: &str) -> Option<Url> {
        let against = |outer: &Url| outer.join(base).ok();
        let own = Url::parse(base).ok().or_else(|| self.outer.as_ref().and_then(against));
        // A page of mail comes from a server of those that show it.
        own.or_else(|| base.starts_with("//").then(|| Url::parse(&format!("https:{base}")).ok()).flatten())
    }
}

/// What is left for links that are made whole.
#[derive(Debug)]
struct Room {
    bytes: usize,
    links: usize,
    /// Bytes of the longest base.
    longest: usize,
}

impl Room {
    /// Takes the room for a link as each base makes it.
    fn takes(&mut self, link: &Link, others: usize, reading: Reading) -> bool {
        let more = others.saturating_add(usize::from(reading == Reading::Either));
        let each = self.longest.saturating_add(link.target.len()).saturating_add(link.text.len());
        let bytes = self.bytes.checked_sub(each.saturating_mul(others.saturating_add(1)));
        let Some((bytes, links)) = bytes.zip(self.links.checked_sub(more)) else { return false };
        (self.bytes, self.links) = (bytes, links);
        true
    }
}

/// How a link is read where there is a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As it is.
    Whole,
    /// Against the base.
    Relative,
    /// A browser that knows a base reads `https:www.bank.example` against it, other programs do not (WHATWG URL 4.4, the state
    /// "special relative or authority").
    Either,
}

impl Reading {
    /// What stands in a running text is a host, if it has no scheme.
    fn of(link: &Link, has_own_base: bool) -> Self {
        let target = link.target.as_str();
        if link.kind == LinkKind::Text || target.is_empty() || target.starts_with('\\') {
            Self::Whole
        } else if target.starts_with('#') {
            // In a page with a base that is no place in the page itself.
            if has_own_base && link.kind == LinkKind::Anchor { Self::Relative } else { Self::Whole }
        } else if Url::parse(target).is_err() {
            Self::Relative
        } else if is_without_slashes(target) {
            Self::Either
        } else {
            Self::Whole
        }
    }
}

/// `https:x`, `http:/x`: of a scheme that the two slashes belong to.
fn is_without_slashes(target: &str) -> bool {
    let Some((scheme, rest)) = target.trim_start().split_once(':') else { return false };
    let is_special = ["http", "https", "ftp"].iter().any(|own| scheme.eq_ignore_ascii_case(own));
    is_special && rest.chars().take(2).filter(|c| matches!(c, '/' | '\\')).count() < 2
}

fn joined(base: &Url, link: &Link) -> Option<Link> {
    base.join(&link.target).ok().map(|whole| Link { target: whole.into(), ..link.clone() })
}
