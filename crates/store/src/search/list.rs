//! One page of the quarantine list.

use sqlx::{Row, SqliteConnection};

use super::file::Trouble;
use super::find::{Conditions, Token, page_rows, words_of};
use super::fold::fold;
use super::sql::{self, unsigned};
use crate::journal::Page;
use crate::quarantine::{QuarantineQuery, QuarantineRow};

/// Reads a page.
pub(super) async fn page(
    conn: &mut SqliteConnection,
    tenant: u32,
    query: &QuarantineQuery,
) -> Result<Page<QuarantineRow>, Trouble> {
    let mut conditions = Conditions::default();
    conditions.add("tenant = ?", [tenant.into()]);
    for (column, text) in [("sender_key", &query.sender), ("address_key", &query.recipient)] {
        if let Some(text) = text {
            conditions.contains(column, &fold(text));
        }
    }
    for word in words_of(query.subject.as_deref()) {
        conditions.contains("subject_key", &word);
    }
    if let Some(verdict) = &query.verdict {
        conditions.add("verdict = ?", [verdict.as_str().into()]);
    }
    if let Some(after) = &query.after {
        let Token { at, number } = Token::parse(after)?;
        conditions.add("(since, number) < (?, ?)", [at.into(), number.into()]);
    }
    let limit = page_rows(query.limit);
    let (conditions, mut values) = conditions.into_parts();
    values.push(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX).into());
    let statement = format!(
        "SELECT number, id, since, sender, address, subject, verdict, reasons, size FROM copies \
         WHERE {conditions} ORDER BY since DESC, number DESC LIMIT ?"
    );
    let mut rows = Vec::new();
    for row in sql::fetch(conn, statement, values).await? {
        let reasons: String = row.try_get(7)?;
        let token = Token { at: row.try_get(2)?, number: row.try_get(0)? };
        rows.push((
            token,
            QuarantineRow {
                id: row.try_get(1)?,
                since: token.at,
                sender: row.try_get(3)?,
                recipient: row.try_get(4)?,
                subject: row.try_get(5)?,
                verdict: row.try_get(6)?,
                reasons: reasons.lines().map(str::to_owned).collect(),
                size: unsigned(row.try_get(8)?),
            },
        ));
    }
    Ok(cut(rows, limit))
}

/// A page out of one row more than it holds: whether that came tells whether there is another page.
pub(super) fn cut<T>(mut rows: Vec<(Token, T)>, limit: usize) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(token, _)| token.text());
    Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next }
}
