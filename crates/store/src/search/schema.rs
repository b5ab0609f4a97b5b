//! The tables of a day's file, and the numbers that stand in them.
//!
//! A message's `number` is the sequence of its first record in the log: known before the row is written, and rising, so that
//! new rows go to the end of every table. The `*_key` columns hold folded text (see `fold`); `words` is an index of their
//! trigrams that only narrows what is then compared with the columns. It lags: rows above the mark `worded`, and those in
//! `loose` (their text changed later), are compared without it.

use crate::record::mail::StateRecord;

/// Tables of `journal/YYYY-MM-DD.db`.
pub(super) const DAY: &str = "
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    sender TEXT NOT NULL,
    from_text TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    sender_key TEXT NOT NULL,
    recipients_key TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    message_id_key TEXT NOT NULL,
    verdict TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    client TEXT NOT NULL,
    size INTEGER NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_time ON messages (tenant, at);
CREATE INDEX IF NOT EXISTS messages_erased ON messages (number) WHERE erased = 1;
CREATE TABLE IF NOT EXISTS states (
    message INTEGER NOT NULL,
    recipient INTEGER NOT NULL,
    state INTEGER NOT NULL,
    since INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (message, recipient)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    message INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    part INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    recipient INTEGER,
    detail TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    PRIMARY KEY (message, sequence, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged (
    sequence INTEGER PRIMARY KEY,
    message INTEGER NOT NULL,
    record BLOB NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS judged_by_message ON judged (message);
CREATE TABLE IF NOT EXISTS features (message INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS loose (number INTEGER PRIMARY KEY) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    text, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1'
);
";

/// Table of `quarantine.db`: each row one recipient's copy that lies in quarantine now. Its mark `synced` is where reading
/// of the log starts again: every file has all before it, durably.
pub(super) const COPIES: &str = "
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copies (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    recipient INTEGER NOT NULL,
    tenant INTEGER NOT NULL,
    since INTEGER NOT NULL,
    sender TEXT NOT NULL,
    from_text TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    sender_key TEXT NOT NULL,
    address_key TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    size INTEGER NOT NULL,
    UNIQUE (id, recipient)
) STRICT;
CREATE INDEX IF NOT EXISTS copies_by_time ON copies (tenant, since);
";

/// What a row of `messages` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A mail that was taken.
    Mail,
    /// Refused before its data.
    RefusedEarly,
    /// Refused after its data.
    RefusedContent,
    /// Only later events are known: the file with its beginning is gone.
    Beginningless,
}

impl Kind {
    /// The number in the file; never used again for something else.
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Mail => 0,
            Self::RefusedEarly => 1,
            Self::RefusedContent => 2,
            Self::Beginningless => 3,
        }
    }
}

/// Words of the states, lightest first; the place in this list is the number in the file. What waits outweighs what is
/// over, and what needs somebody outweighs what went well.
const STATES: [&str; 8] = ["delivered", "discarded", "deleted", "expired", "bounced", "quarantined", "held", "queued"];

/// The number of a state's word.
pub(super) fn state_number(word: &str) -> Option<i64> {
    STATES.iter().position(|w| *w == word).and_then(|n| i64::try_from(n).ok())
}

/// The word of a state's number.
pub(super) fn state_word(number: i64) -> &'static str {
    usize::try_from(number).ok().and_then(|n| STATES.get(n)).copied().unwrap_or_default()
}

/// The weightiest of states, as [`crate::journal::JournalRow::status`] says it.
pub(crate) fn weightiest_state<'a>(states: impl IntoIterator<Item = &'a StateRecord>) -> &'static str {
    states.into_iter().map(number_of).max().map(state_word).unwrap_or_default()
}

/// The number of a state.
pub(super) fn number_of(state: &StateRecord) -> i64 {
    state_number(state.word()).unwrap_or_default()
}

/// Action words, weightiest first: one word stands for several.
const ACTIONS: [&str; 11] =
    ["reject", "defer", "quarantine", "hold", "discard", "junk", "remove", "disarm", "rebuild", "tag", "deliver"];

/// The weightiest of action words; what has no known one is delivered.
pub(super) fn weightiest<'a>(words: impl IntoIterator<Item = &'a str>) -> &'static str {
    let place = |word: &str| ACTIONS.iter().position(|a| *a == word);
    words.into_iter().filter_map(place).min().and_then(|n| ACTIONS.get(n)).copied().unwrap_or("deliver")
}
