//! Files that a hash list knows: exactly, or as a near copy.

use scan::content::{Content, RuleMatch};
use signatures::HashList;
use signatures::hashes::hex;

/// A near copy is compared with one entry in about the time in which so many bytes are read.
const COMPARED_BYTES: usize = 32;

/// How long [`mark`] takes at most, as bytes that are read in that time: a small archive may hold thousands of files, and each of
/// them may be compared with all entries of a list.
pub(crate) fn work_bytes(content: &Content, lists: &[HashList]) -> usize {
    let entries = lists.iter().map(|list| list.counts().1).fold(0, usize::saturating_add);
    content.items.len().saturating_mul(entries).saturating_mul(COMPARED_BYTES)
}

/// Notes what the lists know about each file.
pub(crate) fn mark(content: &mut Content, lists: &[HashList]) {
    if lists.is_empty() {
        return;
    }
    for item in content.items.iter_mut().filter(|item| !item.sha256.is_empty()) {
        let tlsh = Some(item.tlsh.as_str()).filter(|hash| !hash.is_empty());
        for known in lists.iter().filter_map(|list| list.find(&item.sha256, tlsh)) {
            // Without a label the hash itself says which entry it was.
            let rule = if known.label.is_empty() { hex(&item.sha256) } else { known.label.to_owned() };
            let (set, severity) = (known.list.to_owned(), known.severity.word().to_owned());
            item.matches.push(RuleMatch { rule, set, severity, reason: String::new(), is_listed: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use scan::content::Item;

    use super::*;

    #[test]
    fn a_known_file_is_named_by_its_label() {
        let (known, other) = (vec![0xab; 32], vec![0xcd; 32]);
        let (list, faults) = HashList::parse("today.txt", &format!("{} Trojan.Example\n", hex(&known))).unwrap();
        assert!(faults.is_empty());
        let item = |sha256: Vec<u8>| Item { sha256, ..Item::default() };
        let mut content = Content { items: vec![item(known), item(other), item(Vec::new())], ..Content::default() };
        mark(&mut content, &[list]);
        let found: Vec<Vec<&str>> =
            content.items.iter().map(|item| item.matches.iter().map(|one| one.rule.as_str()).collect()).collect();
        assert_eq!(found, [vec!["Trojan.Example"], vec![], vec![]]);
        assert_eq!(
            (content.items[0].matches[0].set.as_str(), content.items[0].matches[0].severity.as_str()),
            ("today.txt", "malware")
        );
    }

    /// A list of prices for a customer.
    fn prices(customer: &str, line: impl Fn(u32) -> String) -> Vec<u8> {
        let lines: String = (1..=300).map(line).collect();
        format!("Dear {customer},\nthese are the prices of today:\n{lines}").into_bytes()
    }

    #[test]
    fn a_near_copy_is_named_by_its_label_and_another_text_is_not() {
        let items =
            |number: u32| format!("Item {number}: {} pieces at {} Euro\n", number * 7 % 40, number * number % 900);
        let chairs = |number: u32| format!("Chair {} costs {} Euro each\n", number * 31 % 977, number * number % 900);
        let hash = |text: &[u8]| signatures::tlsh(text).unwrap();
        let text = format!("# severity: suspicious\n{} A list with a trap\n", hash(&prices("Ann", items)));
        let (list, faults) = HashList::parse("near.txt", &text).unwrap();
        assert!(faults.is_empty() && list.wants_tlsh());
        let item = |number: u8, tlsh: String| Item { sha256: vec![number; 32], tlsh, ..Item::default() };
        let near = hash(&prices("Bob", items));
        assert_ne!(near, hash(&prices("Ann", items)), "it is another file");
        let items = vec![item(1, near), item(2, hash(&prices("Bob", chairs))), item(3, String::new())];
        let mut content = Content { items, ..Content::default() };
        assert!(work_bytes(&content, std::slice::from_ref(&list)) > 0);
        mark(&mut content, &[list]);
        let found: Vec<usize> = content.items.iter().map(|item| item.matches.len()).collect();
        assert_eq!(found, [1, 0, 0]);
        let one = &content.items[0].matches[0];
        assert_eq!(
            (one.rule.as_str(), one.set.as_str(), one.severity.as_str(), one.is_listed),
            ("A list with a trap", "near.txt", "suspicious", true)
        );
    }
}
