//! Whose message it says it is: the domain of From, as mail programs display it. Where two programs could show two
//! authors, there is no single one, and DMARC cannot pass (RFC 9989 11.5; espoofer A8-A19).

use mail::address::Domain;
use mail::mailbox;
use mail::message::Message;

/// The author's domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// One domain.
    One(Domain),
    /// None, several, or a field that does not parse cleanly.
    Unclear,
}

/// Reads From.
pub(crate) fn author(message: &Message) -> Author {
    let mut fields = message.fields().filter(|field| field.name().trim().eq_ignore_ascii_case("from"));
    let (Some(field), None) = (fields.next(), fields.next()) else { return Author::Unclear };
    let list = mailbox::parse(field.raw_value(), field.value_range().start);
    if list.is_bad || list.is_cut {
        return Author::Unclear;
    }
    let mut domains = list.mailboxes.iter().map(|mailbox| mailbox.address.as_ref().map(mail::address::Address::domain));
    let Some(Some(first)) = domains.next() else { return Author::Unclear };
    let is_one = domains.all(|domain| domain == Some(first));
    if is_one && !first.is_literal() { Author::One(first.clone()) } else { Author::Unclear }
}
