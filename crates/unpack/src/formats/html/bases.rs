//! What links that are not whole are read against: the first base of a page, wherever it stands (WHATWG HTML 4.2.3). Programs that
//! show a page within another one, or run no scripts, take other elements for the first: each base counts as well.

use scan::content::{Link, LinkKind};
use url::Url;

/// Bases of one page.
const BASES_MAX: usize = 8;
/// What links are longer for being whole, bytes of all of a page: a base can be long, and links many.
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
        let mut bytes_left = WHOLE_BYTES_MAX;
        let mut more: Vec<Link> = Vec::new();
        for link in links.iter_mut().filter(|link| is_relative(link)) {
            let cost = longest.saturating_add(link.target.len()).saturating_mul(others.len().saturating_add(1));
            let Some(left) = bytes_left.checked_sub(cost) else { return false };
            bytes_left = left;
            more.extend(others.iter().filter_map(|base| joined(base, link)));
            if let Some(whole) = joined(first, link) {
                link.target = whole.target;
            }
        }
        let unknown = own.iter().filter(|base| !links.iter().any(|link| link.target == base.as_str()));
        let links_of_bases =
            unknown.map(|base| Link { target: base.to_string(), text: String::new(), kind: LinkKind::Other });
        more.extend(links_of_bases);
        let room = most.saturating_sub(links.len());
        let is_whole = more.len() <= room;
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

/// What stands in a running text is a host, if it has no scheme.
fn is_relative(link: &Link) -> bool {
    let target = link.target.as_str();
    link.kind != LinkKind::Text && !target.is_empty() && !target.starts_with(['#', '\\']) && Url::parse(target).is_err()
}

fn joined(base: &Url, link: &Link) -> Option<Link> {
    base.join(&link.target).ok().map(|whole| Link { target: whole.into(), ..link.clone() })
}
