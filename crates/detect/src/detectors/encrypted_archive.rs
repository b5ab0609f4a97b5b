//! **Finds** an archive or document that needs a password.
//! **Why** malware is sent so, with the password in the text, to pass scanners.
//! **Not** encrypted mail (S/MIME, OpenPGP): it is no archive.
//! **Strength** full when the text speaks of a password, half otherwise. It is unscannable besides.

use scan::Scan;
use scan::content::{Item, WhyUnopened};
use scan::evidence::{Evidence, EvidenceId, Place, Strength, TextId};

use crate::detector::{Detector, content, name};
use crate::knowledge::Knowledge;

/// Text in which a password is looked for, bytes an item.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Encrypted places that items are compared with; the first is enough.
const PLACES_MAX: usize = 8;
/// The word in the languages of our texts and a few more.
const PASSWORD_WORDS: [&str; 9] =
    ["password", "passwort", "kennwort", "mot de passe", "contraseña", "senha", "wachtwoord", "passcode", "pwd"];

/// Text of an archive that a password opened.
const OPENED: &str = "encrypted_archive_opened";

/// True types of encrypted mail: words of `unpack::sniff`.
const ENCRYPTED_MAIL: [&str; 2] = ["pgp", "p7m"];

pub(super) const DETECTOR: Detector = Detector { id: EvidenceId::new("encrypted_archive"), inspect };

fn inspect(scan: &Scan, _: &Knowledge, found: &mut Vec<Evidence>) {
    let items = &scan.content.items;
    let unopened = scan.content.unopened.iter().filter(|one| one.why == WhyUnopened::Encrypted);
    let places: Vec<&str> = unopened.map(|one| one.place.as_str()).take(PLACES_MAX).collect();
    let is_mail = |item: &Item| ENCRYPTED_MAIL.contains(&item.kind.as_str());
    let encrypted = |item: &&Item| {
        !is_mail(item)
            && (item.marks.iter().any(|mark| mark == "encrypted")
                || places.iter().any(|place| is_at_or_below(place, &item.place)))
    };
    let Some(item) = items.iter().find(encrypted) else { return };
    let strength = if items.iter().any(speaks_of_password) { Strength::FULL } else { Strength::HALF };
    let mut evidence = DETECTOR.saw(strength, Place::Part(item.place.clone()), vec![content(name(item))]);
    // It was looked into: that is another thing to read.
    if item.marks.iter().any(|mark| mark == "password_found") {
        evidence.detail.text = TextId(OPENED.into());
    }
    found.push(evidence);
}

fn is_at_or_below(place: &str, top: &str) -> bool {
    place.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn speaks_of_password(item: &Item) -> bool {
    let end = item.text.floor_char_boundary(TEXT_BYTES_MAX);
    let text = item.text.get(..end).unwrap_or("").to_lowercase();
    PASSWORD_WORDS.iter().any(|word| text.contains(word))
}
