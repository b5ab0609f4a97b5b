//! Rebuild: the message in the one form that every client reads in the same way ([`mail::canonical`]).

use mail::canonical::canonical;
use mail::message::Message;

/// The message written anew; none if even that can be read in two ways.
pub(super) fn message(message: &Message) -> Option<Message> {
    let anew = Message::parse(canonical(message).into());
    (anew.ambiguities.is_empty() && !anew.is_cut()).then_some(anew)
}

/// Why it was, for the journal.
pub(super) fn words(message: &Message) -> String {
    let mut kinds: Vec<&str> = message.ambiguities.iter().map(|ambiguity| ambiguity.kind.word()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        "in one form for all readers".to_owned()
    } else {
        format!("could be read in two ways: {}", kinds.join(", "))
    }
}
