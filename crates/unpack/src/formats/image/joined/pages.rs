//! In which order the pages of a message show its pictures, by `cid:` (RFC 2392) or by where a picture says it lies (RFC 2557).

use std::collections::HashMap;

use mail::links::percent_decoded;
use scan::content::{Link, LinkKind};

/// Pictures that pages show which are noted, of one message.
const SHOWN_MAX: usize = 2_000;
/// Orders that are tried, of pages that show pictures of the message.
const PAGES_MAX: usize = 8;
/// Pictures in one of them: a page may show the same one many times.
const ORDER_MAX: usize = 256;
/// Bytes of a name; a longer one is no picture's of this message.
const LABEL_BYTES_MAX: usize = 512;

/// The pictures that each page shows, in its order.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    shown: Vec<Vec<String>>,
    count: usize,
    /// There were more than are noted.
    has_more: bool,
}

impl Pages {
    /// Notes what a page shows.
    pub(crate) fn note(&mut self, links: &[Link]) {
        let is_shown = |link: &&Link| link.kind == LinkKind::Image || content_id(&link.target).is_some();
        let room = SHOWN_MAX.saturating_sub(self.count);
        let mut shown = links.iter().filter(is_shown).filter(|link| link.target.len() <= LABEL_BYTES_MAX);
        let labels: Vec<String> = shown.by_ref().take(room).map(|link| label_of(&link.target)).collect();
        self.has_more |= shown.next().is_some();
        if labels.len() > 1 && !self.shown.contains(&labels) {
            self.count = self.count.saturating_add(labels.len());
            self.shown.push(labels);
        }
    }

    /// May there be orders that are not tried?
    pub(super) fn is_cut(&self) -> bool {
        let is_long = |labels: &Vec<String>| labels.len() > ORDER_MAX;
        self.has_more || self.shown.len() > PAGES_MAX || self.shown.iter().any(is_long)
    }

    /// The numbers of pictures, whose names these are, in the order of each page.
    pub(super) fn orders(&self, labels: &[(&str, usize)]) -> Vec<Vec<usize>> {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (label, number) in labels {
            numbers.entry(label).or_insert(*number);
        }
        // A page and what it shows may say in full or in part where it lies.
        for (label, number) in labels {
            numbers.entry(last_of(label)).or_insert(*number);
        }
        let number = |label: &String| numbers.get(label.as_str()).or_else(|| numbers.get(last_of(label))).copied();
        let mut orders: Vec<Vec<usize>> = Vec::new();
        for shown in &self.shown {
            let order: Vec<usize> = shown.iter().filter_map(number).take(ORDER_MAX).collect();
            if order.len() > 1 && orders.len() < PAGES_MAX && !orders.contains(&order) {
                orders.push(order);
            }
        }
        orders
    }
}

/// A name as it is compared.
pub(super) fn label_of(target: &str) -> String {
    let target = target.trim();
    percent_decoded(content_id(target).unwrap_or(target)).to_lowercase()
}

fn content_id(target: &str) -> Option<&str> {
    let (scheme, id) = target.split_once(':')?;
    scheme.trim().eq_ignore_ascii_case("cid").then_some(id)
}

fn last_of(label: &str) -> &str {
    label.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or(label)
}
