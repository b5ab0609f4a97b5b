//! **Finds** two From fields, or several mailboxes in one.
//! **Why** one mail program shows the first, another the last, and authentication looks at one of them (RFC 9989 leaves such
//! mail outside): the reader may see a domain that nobody checked.
//! **Not** one From with one mailbox, whatever Sender or Reply-To say.
//! **Strength** full for two fields or for two organisations; half for several authors of one organisation, which RFC 5322 3.6.2
//! allows and hardly anybody uses.

use scan::Scan;
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content};
use crate::knowledge::Knowledge;
use crate::sender;

/// Authors that are named to people.
const NAMED_MAX: usize = 4;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("multiple_from"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let fields = scan.message.all("from").count();
    let mailboxes = sender::from_mailboxes(scan);
    let mut organisations: Vec<&str> = mailboxes
        .iter()
        .filter_map(|mailbox| mailbox.address.as_ref())
        .map(|address| sender::organisation(address.domain().as_str()))
        .collect();
    let addresses = organisations.len();
    organisations.dedup();
    let strength = match (fields, organisations.len(), addresses) {
        (2.., _, _) | (_, 2.., _) => Strength::FULL,
        (_, _, 2..) => Strength::HALF,
        _ => return,
    };
    let named: Vec<&str> = mailboxes.iter().take(NAMED_MAX).map(|mailbox| mailbox.text.as_str()).collect();
    found.push(DETECTOR.saw(strength, Place::Header("from".into()), vec![content(named.join(", "))]));
}
