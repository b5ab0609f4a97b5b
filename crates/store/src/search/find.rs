//! Finding rows: one page out of the files of the days, newest first.
//!
//! Every text of a query is a bound value that `instr` compares with a folded column; nothing in it is a pattern. The index
//! of words only names candidates, and is left aside when there are so many that going newest first ends sooner.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::day::Day;
use super::file::Trouble;
use super::fold::{TRIGRAM_CHARS, fold, trigrams};
use super::schema::{Kind, state_number, state_word};
use super::sql::{self, Value, unsigned};
use mail::envelope::TenantId;

use crate::error::StoreError;
use crate::journal::{JournalRow, Query};
use crate::limits::PAGE_ROWS_MAX;

/// Rows of a page when nothing is said.
const PAGE_ROWS: u32 = 50;
/// Candidates that are worth looking at one by one.
const CANDIDATES_MAX: i64 = 5_000;
/// Characters of a whole id.
const ID_CHARS: usize = 26;

/// Columns of [`row_of`].
pub(super) const COLUMNS: &str = "m.number, m.id, m.at, m.sender, m.recipients, m.subject, m.verdict, m.decision, m.kind, \
    m.reason, m.client, m.size, (SELECT max(s.state) FROM states s WHERE s.message = m.number)";

/// The place of a row in a list: when it came, and its number among those of the same millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: i64,
    pub(super) number: i64,
}

impl Token {
    /// Reads what a page gave as `next`.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let parts = text.split_once('.');
        let numbers = parts.and_then(|(at, number)| Some((at.parse().ok()?, number.parse().ok()?)));
        let Some((at, number)) = numbers else {
            return Err(StoreError::Search(format!("{text:?} is not the `next` of a page")));
        };
        Ok(Self { at, number })
    }

    /// Its text.
    pub(super) fn text(self) -> String {
        format!("{}.{}", self.at, self.number)
    }
}

/// How many rows a page has.
pub(super) fn page_rows(limit: u32) -> usize {
    let rows = if limit == 0 { PAGE_ROWS } else { limit.min(PAGE_ROWS_MAX) };
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Conditions in SQL with what they bind, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds one; each `?` in it stands for one value.
    pub(super) fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    /// `column` holds the folded text.
    pub(super) fn contains(&mut self, column: &str, text: &str) {
        self.add(format!("instr({column}, ?) > 0"), [text.into()]);
    }

    /// All joined, and the values.
    pub(super) fn into_parts(self) -> (String, Vec<Value>) {
        (self.sql.join(" AND "), self.values)
    }
}

/// A query, made ready once for all days.
#[derive(Debug)]
pub(super) struct Wanted {
    conditions: Conditions,
    /// Selects numbers of candidates, and what it binds.
    candidates: Option<(String, Vec<Value>)>,
    since: Option<i64>,
    until: Option<i64>,
    after: Option<Token>,
}

impl Wanted {
    /// Reads a query of a tenant.
    pub(super) fn of(tenant: u32, query: &Query) -> Result<Self, StoreError> {
        let after = query.after.as_deref().map(Token::parse).transpose()?;
        let mut conditions = Conditions::default();
        if query.with_gateway {
            conditions.add("m.tenant IN (?, ?)", [tenant.into(), TenantId::GATEWAY.0.into()]);
        } else {
            conditions.add("m.tenant = ?", [tenant.into()]);
        }
        let mut texts = Vec::new();
        for (column, text) in [("m.sender_key", &query.sender), ("m.recipients_key", &query.recipient)] {
            if let Some(text) = text.as_deref().map(fold).filter(|text| !text.is_empty()) {
                conditions.contains(column, &text);
                texts.push(text);
            }
        }
        for word in words_of(query.subject.as_deref()) {
            conditions.contains("m.subject_key", &word);
            texts.push(word);
        }
        let mut candidates =
            trigrams(&texts).map(|expression| (format!("{WORDED} UNION {UNWORDED}"), vec![expression.into()]));
        if let Some(id) = query.id.as_deref().map(|id| fold(id.trim())).filter(|id| !id.is_empty()) {
            candidates = add_id(&mut conditions, &id);
        }
        add_plain(&mut conditions, query);
        if let Some(since) = query.since {
            conditions.add("m.at >= ?", [since.into()]);
        }
        if let Some(until) = query.until {
            conditions.add("m.at < ?", [until.into()]);
        }
        if let Some(Token { at, number }) = after {
            conditions.add("(m.at, m.number) < (?, ?)", [at.into(), number.into()]);
        }
        Ok(Self { conditions, candidates, since: query.since, until: query.until, after })
    }

    /// Whether the file of a day can hold rows of the page.
    pub(super) fn may_be_of(&self, day: Day) -> bool {
        let newest = self.after.map(|token| token.at);
        self.since.is_none_or(|since| day.end() > since)
            && self.until.is_none_or(|until| day.start() < until)
            && newest.is_none_or(|newest| day.start() <= newest)
    }

    /// At most `limit` rows of one day, newest first, each with its place.
    pub(super) async fn rows(
        &self,
        conn: &mut SqliteConnection,
        limit: usize,
    ) -> Result<Vec<(Token, JournalRow)>, Trouble> {
        let (conditions, mut values) = self.conditions.clone().into_parts();
        let mut from = "messages m".to_owned();
        if let Some((candidates, bound)) = self.few_candidates(conn).await? {
            // CROSS JOIN keeps SQLite from turning the join around.
            from = format!("({candidates}) c CROSS JOIN messages m ON m.number = c.number");
            values.splice(0..0, bound.iter().cloned());
        }
        values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        let statement =
            format!("SELECT {COLUMNS} FROM {from} WHERE {conditions} ORDER BY m.at DESC, m.number DESC LIMIT ?");
        let mut rows = Vec::new();
        for row in sql::fetch(conn, statement, values).await? {
            rows.push((Token { at: row.try_get(2)?, number: row.try_get(0)? }, row_of(&row)?));
        }
        Ok(rows)
    }

    /// The candidates, unless there are too many.
    async fn few_candidates(&self, conn: &mut SqliteConnection) -> Result<Option<&(String, Vec<Value>)>, Trouble> {
        let Some(candidates) = &self.candidates else { return Ok(None) };
        let statement = format!("SELECT count(*) FROM (SELECT 1 FROM ({}) LIMIT ?)", candidates.0);
        let limit = Value::Int(CANDIDATES_MAX + 1);
        let counted = sql::fetch(conn, statement, candidates.1.iter().cloned().chain([limit])).await?;
        let count: i64 = counted.first().map_or(Ok(0), |row| row.try_get(0))?;
        Ok((count <= CANDIDATES_MAX).then_some(candidates))
    }
}

/// Rows that the index of words names.
const WORDED: &str = "SELECT rowid AS number FROM words WHERE words MATCH ?";
/// Rows that it does not know.
const UNWORDED: &str = "SELECT number FROM messages WHERE number > coalesce((SELECT value FROM meta WHERE name = 'worded'), 0) \
    UNION SELECT number FROM loose";

/// The beginning of an id, or a part of the Message-ID; returns the candidates for that.
fn add_id(conditions: &mut Conditions, id: &str) -> Option<(String, Vec<Value>)> {
    let words = (id.chars().count() >= TRIGRAM_CHARS).then(|| trigrams(&[id.to_owned()])).flatten();
    let Some((from, to)) = id_range(id) else {
        conditions.contains("m.message_id_key", id);
        return words.map(|expression| (format!("{WORDED} UNION {UNWORDED}"), vec![expression.into()]));
    };
    let range = [Value::from(from.as_str()), Value::from(to.as_str())];
    conditions.add(
        "(m.id BETWEEN ? AND ? OR instr(m.message_id_key, ?) > 0)",
        range.iter().cloned().chain([Value::from(id)]),
    );
    words.map(|expression| {
        let candidates =
            format!("SELECT number FROM messages WHERE id BETWEEN ? AND ? UNION {WORDED} UNION {UNWORDED}");
        (candidates, range.into_iter().chain([expression.into()]).collect())
    })
}

/// The first and last id that begin so; none if no id does.
pub(super) fn id_range(beginning: &str) -> Option<(String, String)> {
    let is_of_ids = |c: char| c.is_ascii_digit() || (c.is_ascii_lowercase() && !matches!(c, 'i' | 'l' | 'o' | 'u'));
    let fits = !beginning.is_empty() && beginning.len() <= ID_CHARS && beginning.chars().all(is_of_ids);
    fits.then(|| (beginning.to_owned(), format!("{beginning:z<ID_CHARS$}")))
}

fn add_plain(conditions: &mut Conditions, query: &Query) {
    if let Some(verdict) = &query.verdict {
        conditions.add("m.verdict = ?", [verdict.as_str().into()]);
    }
    if let Some(decision) = &query.decision {
        let state = state_number(decision).unwrap_or(-1);
        conditions.add(
            "(m.decision = ? OR EXISTS (SELECT 1 FROM states s WHERE s.message = m.number AND s.state = ?))",
            [decision.as_str().into(), state.into()],
        );
    }
    if let Some(client) = &query.client {
        let client = client.to_ascii_lowercase();
        conditions.add("substr(m.client, 1, length(?)) = ?", [client.as_str().into(), client.as_str().into()]);
    }
    if query.refused {
        let kinds = [Kind::RefusedEarly, Kind::RefusedContent].map(|kind| Value::Int(kind.number()));
        conditions.add("m.kind IN (?, ?)", kinds);
    }
    if let Some(reason) = &query.reason {
        conditions.add("m.reason = ?", [reason.as_str().into()]);
    }
}

/// The folded words of a text.
pub(super) fn words_of(text: Option<&str>) -> Vec<String> {
    fold(text.unwrap_or_default()).split_whitespace().map(str::to_owned).collect()
}

/// A row of the list out of [`COLUMNS`].
pub(super) fn row_of(row: &SqliteRow) -> Result<JournalRow, Trouble> {
    let recipients: String = row.try_get(4)?;
    let reason: String = row.try_get(9)?;
    let state: Option<i64> = row.try_get(12)?;
    Ok(JournalRow {
        id: row.try_get(1)?,
        at: row.try_get(2)?,
        sender: row.try_get(3)?,
        recipients: if recipients.is_empty() {
            Vec::new()
        } else {
            recipients.split('\n').map(str::to_owned).collect()
        },
        subject: row.try_get(5)?,
        verdict: row.try_get(6)?,
        decision: row.try_get(7)?,
        status: if reason.is_empty() { state.map(state_word).unwrap_or_default().to_owned() } else { reason },
        client: row.try_get(10)?,
        size: unsigned(row.try_get(11)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_or_refused() {
        let token = Token { at: -5, number: 7 };
        assert_eq!(Token::parse(&token.text()).ok(), Some(token));
        assert!(Token::parse("1.2; DROP TABLE messages").is_err());
        assert!(Token::parse("").is_err());
    }

    #[test]
    fn a_range_of_ids_covers_a_beginning() {
        let (from, to) = id_range("abc").unwrap_or_default();
        assert_eq!((from.as_str(), to.len()), ("abc", ID_CHARS));
        assert!(to.starts_with("abczzz"));
        assert_eq!(id_range("a%"), None);
        assert_eq!(id_range("hello"), None, "l and o are in no id");
    }
}
