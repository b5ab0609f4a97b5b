//! Disarm: each part without what it could do, made by the worker. A part that cannot be disarmed stops the copy.

use mail::edit::Edit;
use mail::message::Message;
use mail::part::{Part, PartPath};
use mail::visible::visible;
use unpack::Request;
use unpack::disarm::{Disarmed, Outcome, renamed};

use super::changed::Work;
use super::part::{Replacement, fields, replace};

/// What came of it.
pub(super) enum Disarming {
    /// Edits against the message, and a line for each part that was changed.
    Done { edits: Vec<Edit>, words: Vec<String> },
    /// A part cannot be disarmed.
    Impossible(String),
    /// No worker could try.
    NotNow,
}

/// Disarms the leaf parts, but for those that are skipped.
pub(super) async fn parts(message: &Message, skipped: &[PartPath], work: Work<'_>) -> Disarming {
    let leaves: Vec<(PartPath, &Part)> = message
        .parts()
        .filter(|(path, part)| part.is_leaf() && path.0.first() != Some(&0) && !skipped.contains(path))
        .collect();
    let request = work.run(message, || request(message, &leaves)).await;
    let outcomes = match work.opener.disarm(work.key, request).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::warn!(%error, "a message was not disarmed and waits");
            return Disarming::NotNow;
        }
    };
    let (mut edits, mut words) = (Vec::new(), Vec::new());
    if outcomes.len() != leaves.len() {
        return Disarming::NotNow;
    }
    for ((path, part), outcome) in leaves.iter().zip(outcomes) {
        let name = name_of(path, part);
        match outcome {
            Outcome::Clean => {}
            Outcome::Impossible(why) => return Disarming::Impossible(format!("{name} cannot be disarmed: {why}")),
            Outcome::Disarmed(disarmed) => {
                words.push(format!("{name}: {}", disarmed.removed.join(", ")));
                edits.extend(replace(message, part, &replacement(part, &disarmed)));
            }
        }
    }
    Disarming::Done { edits, words }
}

fn request(message: &Message, leaves: &[(PartPath, &Part)]) -> Request {
    let parts = leaves.iter().map(|(path, part)| {
        let place = if path.0.is_empty() { "0".to_owned() } else { path.to_string() };
        unpack::Part::of(place, part, part.content(message.raw()).into_owned().into())
    });
    Request { parts: parts.collect(), subject: message.subject(), ..Request::default() }
}

fn replacement<'d>(part: &Part, disarmed: &'d Disarmed) -> Replacement<'d> {
    // Another kind has another type, and its name another ending.
    let kind = disarmed.kind.map(|kind| {
        let name = part.names.first().map(|name| renamed(name, Some(kind))).unwrap_or_default();
        let disposition = if part.disposition == "inline" { "inline" } else { "attachment" };
        fields(kind.media_type, disposition, &name)
    });
    Replacement { content: &disarmed.bytes, kind }
}

fn name_of(path: &PartPath, part: &Part) -> String {
    match part.names.first() {
        Some(name) => visible(name).into_owned(),
        None if path.0.is_empty() => "the text".to_owned(),
        None => format!("part {path} ({})", visible(&part.media_type.essence())),
    }
}
