//! Statements with many rows. Each statement of sqlx goes to the connection's thread and back; a batch of the log must not
//! pay that for every row.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

/// Rows of one statement, largest first: few forms, so that all stay prepared.
const ROWS_PER_STATEMENT: [usize; 3] = [128, 16, 1];

/// One bound value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// NULL.
    Null,
    /// INTEGER.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<u16> for Value {
    fn from(value: u16) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

/// SQLite keeps signed numbers; a sequence never comes near the end of them.
pub(super) fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// The way back of [`signed`].
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A statement that takes any number of rows.
pub(super) struct Insert {
    /// Up to and with `VALUES`.
    pub(super) head: &'static str,
    /// `ON CONFLICT ...`, or nothing.
    pub(super) tail: &'static str,
    /// Values of one row.
    pub(super) columns: usize,
}

impl Insert {
    /// Writes all rows; `values` holds them one after another. Returns how many rows were new or changed.
    pub(super) async fn run(&self, conn: &mut SqliteConnection, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        let mut left = values.len() / self.columns;
        let mut values = values.into_iter();
        let mut affected = 0;
        for rows in ROWS_PER_STATEMENT {
            while left >= rows {
                let chunk = values.by_ref().take(rows * self.columns);
                affected += execute(conn, self.text(rows), chunk).await?;
                left -= rows;
            }
        }
        Ok(affected)
    }

    fn text(&self, rows: usize) -> String {
        let row = placeholders(self.columns);
        let mut sql = String::with_capacity(self.head.len() + self.tail.len() + rows * (row.len() + 1) + 2);
        sql.push_str(self.head);
        for index in 0..rows {
            sql.push(if index == 0 { ' ' } else { ',' });
            sql.push_str(&row);
        }
        sql.push(' ');
        sql.push_str(self.tail);
        sql
    }
}

/// `(?,?,?)`.
pub(super) fn placeholders(count: usize) -> String {
    format!("({})", vec!["?"; count].join(","))
}

/// Runs a statement; returns how many rows it changed. The text is always ours, what comes from outside is bound.
pub(super) async fn execute(
    conn: &mut SqliteConnection,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, sqlx::Error> {
    let arguments = bind(values)?;
    Ok(sqlx::query_with(AssertSqlSafe(sql.into()), arguments).execute(conn).await?.rows_affected())
}

/// Runs a statement and takes all its rows.
pub(super) async fn fetch(
    conn: &mut SqliteConnection,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let arguments = bind(values)?;
    sqlx::query_with(AssertSqlSafe(sql.into()), arguments).fetch_all(conn).await
}

fn bind(values: impl IntoIterator<Item = Value>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Blob(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
