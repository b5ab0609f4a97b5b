//! Messages with what their content is found again by, one page out of the files of the days, newest first.

use sqlx::{Row, SqliteConnection};

use super::file::Trouble;
use super::find::{COLUMNS, Token, row_of};
use super::schema::state_number;
use super::sql::{self, Value};
use crate::error::StoreError;
use crate::journal::FeaturesRow;

/// Messages of one page.
pub(super) const PAGE_MESSAGES: usize = 500;
/// State of a copy that was delivered.
const DELIVERED: &str = "delivered";

/// Reads at most so many rows of one day.
pub(super) async fn rows(
    conn: &mut SqliteConnection,
    tenant: u32,
    (since, after): (i64, Option<Token>),
    limit: usize,
) -> Result<Vec<(Token, FeaturesRow)>, Trouble> {
    let before = after.unwrap_or(Token { at: i64::MAX, number: i64::MAX });
    let statement = format!(
        "SELECT {COLUMNS}, f.record FROM messages m JOIN features f ON f.message = m.number \
         WHERE m.tenant = ? AND m.at >= ? AND (m.at, m.number) < (?, ?) ORDER BY m.at DESC, m.number DESC LIMIT ?"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 5] = [tenant.into(), since.into(), before.at.into(), before.number.into(), limit.into()];
    let mut rows = Vec::new();
    for found in sql::fetch(conn, statement, values).await? {
        let number: i64 = found.try_get(0)?;
        let record: Vec<u8> = found.try_get(13)?;
        let row = row_of(&found)?;
        let features = minicbor::decode(&record).map_err(|error| StoreError::Corrupt {
            what: format!("features of mail {}", row.id),
            why: error.to_string(),
        })?;
        let delivered = delivered(conn, number, &row.recipients).await?;
        rows.push((Token { at: row.at, number }, FeaturesRow { row, delivered, features }));
    }
    Ok(rows)
}

async fn delivered(conn: &mut SqliteConnection, number: i64, recipients: &[String]) -> Result<Vec<String>, Trouble> {
    let statement = "SELECT recipient FROM states WHERE message = ? AND state = ? ORDER BY recipient";
    let values: [Value; 2] = [number.into(), state_number(DELIVERED).unwrap_or_default().into()];
    let mut delivered = Vec::new();
    for row in sql::fetch(conn, statement, values).await? {
        let index: i64 = row.try_get(0)?;
        delivered.extend(usize::try_from(index).ok().and_then(|index| recipients.get(index)).cloned());
    }
    Ok(delivered)
}
