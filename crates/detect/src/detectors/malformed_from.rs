//! **Finds** a message without a From, one that holds no address, and one written so that readers disagree about the author:
//! a From hidden in the continuation of another field, a blank before its colon, text behind the address, an address inside
//! an encoded word or itself encoded, a route before it, a blank in its host, another one in quotes before its `@`.
//! **Why** what the reader sees is then not what authentication looked at.
//! **Not** odd but unmistakable forms: comments, quoted names, groups, encoded names.
//! **Strength** full; 0.7 for a word beside the address that is none (`Sender, Alice <alice@…>`, sloppy programs write that too)
//! and shows no address of another organisation;
//! low for a missing or unreadable From where the sender is null (old bounces), and for a message without a single byte.

use std::collections::HashSet;

use mail::address::ReversePath;
use mail::header::FieldRef;
use mail::mailbox::Mailbox;
use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, meta};
use crate::knowledge::Knowledge;
use crate::sender;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("malformed_from"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let Some(why) = defect(scan) else { return };
    let strength = match (why, &scan.envelope.sender) {
        ("missing" | "no_address", ReversePath::Null) => Strength::LOW,
        // Nobody is shown anything.
        _ if scan.message.raw().trim_ascii().is_empty() => Strength::LOW,
        ("half_readable", _) => Strength::new(0.7),
        _ => Strength::FULL,
    };
    found.push(DETECTOR.saw(strength, Place::Header("from".into()), vec![meta(why)]));
}

// The worst thing that is wrong with From, a stable word.
fn defect(scan: &Scan) -> Option<&'static str> {
    let message = &scan.message;
    for field in message.root.header.fields(message.raw()) {
        if continuation_is_from(field.raw_value()) {
            return Some("hidden_field");
        }
        let name = field.name();
        if !field.is("from") && name.trim().eq_ignore_ascii_case("from") {
            return Some("blank_in_name");
        }
    }
    let Some(field) = message.first("from") else { return Some("missing") };
    if has_text_behind_address(&field) {
        return Some("text_behind_address");
    }
    let mailboxes = sender::from_mailboxes(scan);
    let encoded = memchr::memmem::find(field.raw_value(), b"=?").is_some();
    if encoded && mailboxes.iter().any(is_encoded_address) {
        return Some("encoded_address");
    }
    if let Some(why) = mailboxes.iter().find_map(other_host) {
        return Some(why);
    }
    let addresses = mailboxes.iter().filter(|mailbox| mailbox.address.is_some()).count();
    match (addresses, mailboxes.len()) {
        (0, _) => Some("no_address"),
        (some, all) if some < all => Some(half_readable(&mailboxes)),
        _ => None,
    }
}

// A folded line that reads as a From field of its own to whoever does not fold (RFC 5322 2.2.3).
fn continuation_is_from(value: &[u8]) -> bool {
    value.split(|b| *b == b'\n').skip(1).any(|line| {
        let line = line.trim_ascii_start();
        let named = line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"from:"));
        named && line.contains(&b'@')
    })
}

// Behind `>` only white space, a comment, or a comma and the next mailbox may stand (RFC 5322 3.4).
fn has_text_behind_address(field: &FieldRef<'_>) -> bool {
    let (mut quoted, mut escaped, mut comments, mut behind) = (false, false, 0_u32, false);
    for b in field.raw_value().iter().copied() {
        if escaped {
            escaped = false;
            continue;
        }
        match b {
            b'\\' if quoted || comments > 0 => escaped = true,
            b'"' if comments == 0 && !behind => quoted = !quoted,
            _ if quoted => {}
            b'(' => comments = comments.saturating_add(1),
            b')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            b'>' if !behind => behind = true,
            b',' | b';' => behind = false,
            _ if behind && !b.is_ascii_whitespace() => return true,
            _ => {}
        }
    }
    false
}

// The address appears only after decoding (RFC 2047 5: an encoded word never is an address), or stands in angle brackets
// inside the decoded name.
fn is_encoded_address(mailbox: &Mailbox) -> bool {
    let address_like = |text: &str| text.contains('<') && sender::address_domain_in(text).is_some();
    // Programs decode it nevertheless, and show the address that the words make up.
    let is_word = mailbox.text.split_once("=?").is_some_and(|(_, word)| {
        let word = word.to_ascii_lowercase();
        word.contains("?b?") || word.contains("?q?")
    });
    address_like(&mailbox.name) || is_word || (mailbox.address.is_none() && mailbox.text.contains("=?"))
}

// Some programs show another host than the one that the address leads to.
fn other_host(mailbox: &Mailbox) -> Option<&'static str> {
    if mailbox.has_route {
        return Some("route");
    }
    if mailbox.is_parted {
        return Some("blank_in_address");
    }
    let address = mailbox.address.as_ref()?;
    let quoted = sender::address_domain_in(address.local())?;
    let is_other = sender::organisation(&quoted) != sender::organisation(address.domain().as_str());
    is_other.then_some("address_in_local_part")
}

// A half that is no address, but shows one of somebody else: `"CEO\" <ceo@corp.example>", <x@evil.example>`.
fn half_readable(mailboxes: &[Mailbox]) -> &'static str {
    let hosts = mailboxes.iter().filter_map(|each| Some(each.address.as_ref()?.domain().as_str()));
    let known: HashSet<&str> = hosts.map(sender::organisation).collect();
    let is_of_another = |shown: &String| !known.contains(sender::organisation(shown));
    let halves = mailboxes.iter().filter(|mailbox| mailbox.address.is_none());
    let mut shown = halves.flat_map(|half| [&half.name, &half.text]).flat_map(|text| sender::address_domains_in(text));
    if shown.any(|shown| is_of_another(&shown)) { "address_beside_address" } else { "half_readable" }
}
