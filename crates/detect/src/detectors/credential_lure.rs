//! **Finds** words that ask to sign in, to confirm an account or to pay a fee at once, beside a link that does not lead to the
//! sender's organisation.
//! **Why** it is the plainest form of credential theft, in any language.
//! **Not** such words without a link, and links to the sender's own organisation when the sender is authenticated.
//! **Strength** by the number of different phrases: one low, two half, three 0.75, five and more full; one phrase less counts where
//! all links of an authenticated sender go through a company that counts clicks.

use mail::links;
use scan::Scan;
use scan::content::{Link, LinkKind};
use scan::evidence::{Evidence, EvidenceId, Place, Strength};

use crate::detector::{Detector, content, meta};
use crate::knowledge::Knowledge;
use crate::phrases::List;
use crate::sender;

/// Links of the message that are looked at.
const LINKS_MAX: usize = 10_000;
/// Phrases that are named to people.
const NAMED_MAX: usize = 4;

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("credential_lure"), inspect };

fn inspect(scan: &Scan, knowledge: &Knowledge, found: &mut Vec<Evidence>) {
    let own = sender::from_organisation(scan).filter(|_| sender::is_authenticated(scan));
    let is_own = |host: &str| own.as_deref() == Some(sender::organisation(host));
    let links = scan.content.items.iter().flat_map(|item| &item.links).filter(|link| is_clicked(link)).take(LINKS_MAX);
    let mut foreign = links.filter_map(|link| links::host(&link.target)).filter(|host| !is_own(host)).peekable();
    if foreign.peek().is_none() {
        return;
    }
    let phrases = knowledge.phrases_in(scan, List::CredentialLures);
    if phrases.is_empty() {
        return;
    }
    let counted = |host: &str| knowledge.is_sending_service(sender::organisation(host));
    let mut first = None;
    let mut softened = own.is_some();
    for host in foreign {
        softened = softened && counted(&host);
        first.get_or_insert_with(|| host.into_owned());
    }
    let strength = match phrases.len().saturating_sub(usize::from(softened)) {
        0 => return,
        1 => Strength::LOW,
        2 => Strength::HALF,
        3 | 4 => Strength::new(0.75),
        _ => Strength::FULL,
    };
    let named = phrases.get(..phrases.len().min(NAMED_MAX)).unwrap_or_default().join(", ");
    let args = vec![meta(named), content(first.unwrap_or_default())];
    found.push(DETECTOR.saw(strength, Place::Message, args));
}

const fn is_clicked(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Anchor | LinkKind::Text | LinkKind::Form)
}
