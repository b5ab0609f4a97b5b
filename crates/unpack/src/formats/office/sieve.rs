//! Lists of thousands of links to the same places: price lists, exports, tables of contents. Beyond [`WHOLE_MAX`] links of a
//! document, one more to a place that a link led to before is left out, and that is marked `links_cut`.

use std::collections::HashSet;

/// Links of one document that are kept each.
const WHOLE_MAX: usize = 2_000;
/// Places that are remembered; a link to one more is kept.
const PLACES_MAX: usize = 20_000;
/// Bytes of a place that count.
const PLACE_BYTES_MAX: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Sieve {
    places: HashSet<String>,
    count: usize,
    pub(super) is_cut: bool,
}

impl Sieve {
    /// Is this link to be kept?
    pub(super) fn takes(&mut self, target: &str) -> bool {
        let place = place(target);
        let is_known = self.places.contains(&place);
        if is_known && self.count >= WHOLE_MAX {
            self.is_cut = true;
            return false;
        }
        self.count = self.count.saturating_add(1);
        if !is_known && self.places.len() < PLACES_MAX {
            self.places.insert(place);
        }
        true
    }
}

/// Host and first folder of an address; the scheme of what has no host; all places within the document are one.
fn place(target: &str) -> String {
    let target = target.trim_start();
    let target = target.get(..target.floor_char_boundary(PLACE_BYTES_MAX)).unwrap_or_default();
    if target.starts_with('#') {
        return "#".to_owned();
    }
    let plain = target.replace('\\', "/").to_ascii_lowercase();
    let Some((scheme, rest)) = plain.split_once("//") else {
        let scheme = plain.split_once(':').map(|(scheme, _)| scheme);
        return match scheme {
            Some("mailto" | "tel" | "sms" | "callto") => scheme.unwrap_or_default().to_owned(),
            // A file beside the document, by its folder.
            _ => plain.rsplit_once('/').map_or(plain.as_str(), |(folder, _)| folder).to_owned(),
        };
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let mut steps = path.split('/');
    let (host, folder) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    let folder = if steps.next().is_some() { folder } else { "" };
    format!("{scheme}//{host}/{folder}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_links() {
        for (target, expected) in [
            ("https://Shop.example/item/1?x=a/b", "https://shop.example/item"),
            ("https://shop.example/item/1/2", "https://shop.example/item"),
            ("https://shop.example/1", "https://shop.example/"),
            ("https://shop.example?q=1", "https://shop.example/"),
            ("\\\\host\\share\\a.xls", "//host/share"),
            ("mailto:a@b.example", "mailto"),
            ("#Sheet2!A1", "#"),
            ("docs/a/1.pdf", "docs/a"),
            ("javascript:a()", "javascript:a()"),
        ] {
            assert_eq!(place(target), expected, "{target}");
        }
    }

    #[test]
    fn known_places_are_cut_beyond_the_limit_and_new_ones_are_not() {
        let mut sieve = Sieve::default();
        let kept = (0..WHOLE_MAX + 5).filter(|number| sieve.takes(&format!("https://a.example/x/{number}"))).count();
        assert_eq!((kept, sieve.is_cut), (WHOLE_MAX, true));
        assert!(sieve.takes("https://evil.example/x/1") && !sieve.takes("https://evil.example/x/2"));
        assert!(sieve.takes("https://a.example/y/1"));
        let all = (0..PLACES_MAX + 5).filter(|number| sieve.takes(&format!("https://{number}.example/"))).count();
        assert_eq!(all, PLACES_MAX + 5);
        assert!(sieve.takes(&format!("https://{}.example/", PLACES_MAX + 4)), "what is not remembered is kept");
    }
}
