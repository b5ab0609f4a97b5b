//! `quarantine.db`: the copies that lie in quarantine now, apart from the days, since they may outlive them.

use std::collections::HashMap;
use std::path::Path;

use sqlx::{Connection, Row, SqliteConnection};

use super::details::{Details, names_address};
use super::file::{self, Access, Trouble, mark, set_mark};
use super::fold::fold;
use super::schema;
use super::sql::{self, Insert, Value, signed, unsigned};
use super::work::{Id, text_of};

const COPIES: Insert = Insert {
    head: "INSERT INTO copies (id, recipient, tenant, since, sender, from_text, address, subject, sender_key, address_key, \
           subject_key, verdict, reasons, size) VALUES",
    tail: "ON CONFLICT (id, recipient) DO UPDATE SET since = excluded.since, verdict = excluded.verdict, \
           reasons = excluded.reasons",
    columns: 14,
};

/// The open file.
#[derive(Debug)]
pub(super) struct Copies {
    pub(super) conn: SqliteConnection,
    /// It has everything up to here.
    pub(super) cursor: u64,
    /// All files have everything up to here, durably.
    pub(super) synced: u64,
}

/// A copy to list.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) id: Id,
    pub(super) recipient: u16,
    pub(super) tenant: u32,
    pub(super) since: i64,
    pub(super) details: Details,
}

impl Copies {
    /// Opens or makes the file.
    pub(super) async fn open(path: &Path) -> Result<Self, Trouble> {
        let mut conn = file::open(path, Access::Write, schema::COPIES).await?;
        let cursor = unsigned(mark(&mut conn, "cursor").await?);
        let synced = unsigned(mark(&mut conn, "synced").await?);
        Ok(Self { conn, cursor, synced })
    }

    /// Takes copies in and out, and moves the cursor.
    pub(super) async fn apply(
        &mut self,
        put: &[Copy],
        removed: &[(Id, u16)],
        rejudged: &HashMap<Id, Details>,
        upto: u64,
    ) -> Result<(), Trouble> {
        let mut tx = self.conn.begin_with("BEGIN IMMEDIATE").await?;
        for (id, recipient) in removed {
            let values: [Value; 2] = [text_of(*id).into(), (*recipient).into()];
            sql::execute(&mut tx, "DELETE FROM copies WHERE id = ? AND recipient = ?", values).await?;
        }
        COPIES.run(&mut tx, put.iter().flat_map(values_of).collect()).await?;
        for (id, details) in rejudged {
            let statement = "UPDATE copies SET verdict = ?2, reasons = ?3 WHERE id = ?1";
            let values: [Value; 3] =
                [text_of(*id).into(), details.verdict.as_str().into(), details.reasons.join("\n").into()];
            sql::execute(&mut tx, statement, values).await?;
        }
        set_mark(&mut tx, "cursor", signed(upto)).await?;
        tx.commit().await?;
        self.cursor = upto;
        Ok(())
    }

    /// Durable, and all other files too: reading starts here next time.
    pub(super) async fn sync(&mut self, upto: u64) -> Result<(), Trouble> {
        file::sync(&mut self.conn, upto).await?;
        self.synced = upto;
        Ok(())
    }

    /// Takes what is personal out of the copies of these messages, and of those that the address sent or gets.
    pub(super) async fn erase(&mut self, tenant: u32, address: &str, messages: &[String]) -> Result<(), Trouble> {
        sql::execute(&mut self.conn, "PRAGMA secure_delete = ON", []).await?;
        let key = fold(address);
        let statement = "SELECT DISTINCT id, sender, from_text, address FROM copies \
            WHERE tenant = ? AND (instr(sender_key, ?) > 0 OR instr(address_key, ?) > 0)";
        let values: [Value; 3] = [tenant.into(), key.as_str().into(), key.into()];
        let mut ids = messages.to_vec();
        for row in sql::fetch(&mut self.conn, statement, values).await? {
            let texts: [String; 3] = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
            if texts.iter().any(|text| names_address(text, address)) {
                ids.push(row.try_get(0)?);
            }
        }
        for id in ids {
            let statement = "UPDATE copies SET sender = '', from_text = '', address = '', subject = '', sender_key = '', \
                address_key = '', subject_key = '' WHERE tenant = ? AND id = ?";
            let values: [Value; 2] = [tenant.into(), id.into()];
            sql::execute(&mut self.conn, statement, values).await?;
        }
        file::sync(&mut self.conn, self.synced).await?;
        file::checkpoint(&mut self.conn).await?;
        Ok(())
    }
}

fn values_of(copy: &Copy) -> [Value; 14] {
    let details = &copy.details;
    let address = details.recipients.get(usize::from(copy.recipient)).map(String::as_str).unwrap_or_default();
    [
        text_of(copy.id).into(),
        copy.recipient.into(),
        copy.tenant.into(),
        copy.since.into(),
        details.sender.as_str().into(),
        details.from.as_str().into(),
        address.into(),
        details.subject.as_str().into(),
        details.sender_key().into(),
        fold(address).into(),
        details.subject_key().into(),
        details.verdict.as_str().into(),
        details.reasons.join("\n").into(),
        signed(details.size).into(),
    ]
}
