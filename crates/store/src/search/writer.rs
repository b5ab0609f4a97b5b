//! The one writer of the search files: takes batches of the log in, in order, and knows up to where.
//!
//! Order of a batch: the days' files, each with its own cursor, then `quarantine.db`. Whatever a crash cuts off is read again
//! from the last synced place, and each file skips what it has. Only after all files were synced does the log hear of it.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use sqlx::{Row, SqliteConnection};

use super::apply;
use super::copies::{Copies, Copy};
use super::day::Day;
use super::details::Details;
use super::file::{self, Access, Trouble, mark};
use super::files::Files;
use super::places::Places;
use super::schema::{self, Kind};
use super::sql::{self, Value, unsigned};
use super::words;
use super::work::{CopyStep, Id, Place, Work, text_of};
use crate::error::StoreError;
use crate::record::{JudgedRecord, Record};

/// Days' files that stay open for writing: today, yesterday around midnight, and one that old mail asks for.
const OPEN_DAYS_MAX: usize = 3;

/// A day's file, open for writing.
#[derive(Debug)]
pub(super) struct OpenDay {
    day: Day,
    conn: SqliteConnection,
    cursor: u64,
    unworded: u64,
    /// Has commits that are not durable yet.
    dirty: bool,
}

impl OpenDay {
    /// Its connection, for a change that the next sync makes durable.
    pub(super) fn conn_to_change(&mut self) -> &mut SqliteConnection {
        self.dirty = true;
        &mut self.conn
    }
}

/// Writes.
#[derive(Debug)]
pub(super) struct Writer {
    files: Arc<Files>,
    /// The one used last stands last.
    open: Vec<OpenDay>,
    copies: Copies,
    places: Places,
    /// Everything up to here is in the files.
    position: u64,
}

/// What became of a batch.
#[derive(Debug)]
pub(super) enum Absorbed {
    /// It is in the files.
    Done,
    /// A file was damaged and is set aside: read again from [`Writer::position`].
    Again,
}

impl Writer {
    /// Opens `quarantine.db` and finds the place to go on from.
    pub(super) async fn open(files: Arc<Files>) -> Result<Self, StoreError> {
        let path = files.copies_path();
        let copies = match Copies::open(&path).await {
            Err(Trouble::Damaged(why)) => {
                file::set_aside(&path, &why)?;
                Copies::open(&path).await?
            }
            other => other?,
        };
        let fresh = copies.cursor == 0;
        let position = copies.synced;
        let mut writer = Self { files, open: Vec::new(), copies, places: Places::default(), position };
        if fresh {
            writer.list_copies_again().await?;
        }
        Ok(writer)
    }

    /// Everything up to here is in the files.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Takes a batch in.
    pub(super) async fn absorb(&mut self, records: Vec<(u64, Record)>) -> Result<Absorbed, StoreError> {
        let Some(upto) = records.last().map(|(sequence, _)| *sequence) else { return Ok(Absorbed::Done) };
        let mut at = None;
        match self.absorb_in(records, upto, &mut at).await {
            Ok(()) => {
                self.position = upto;
                Ok(Absorbed::Done)
            }
            Err(Trouble::Other(error)) => Err(error),
            Err(Trouble::Damaged(why)) => {
                match at {
                    Some(day) => self.set_day_aside(day, &why).await?,
                    None => self.set_copies_aside(&why).await?,
                }
                Ok(Absorbed::Again)
            }
        }
    }

    /// `at` tells which file the trouble is in; none: the quarantine list.
    async fn absorb_in(&mut self, records: Vec<(u64, Record)>, upto: u64, at: &mut Option<Day>) -> Result<(), Trouble> {
        let known = self.find_places(&records, at).await?;
        let Work { days, copies, rejudged, mut places } = Work::of(records, known);
        for (day, mut work) in days {
            *at = Some(day);
            let open = self.open_day(day).await?;
            work.skip_to(open.cursor);
            if work.is_empty() {
                continue;
            }
            open.dirty = true;
            let renumbered = apply::apply(&mut open.conn, work, upto, &mut open.unworded).await?;
            open.cursor = upto;
            for place in places.values_mut().filter(|place| place.day == day) {
                place.number = renumbered.get(&place.number).copied().unwrap_or(place.number);
            }
        }
        self.absorb_copies(copies, rejudged, &places, (upto, at)).await?;
        for (id, place) in places {
            self.places.put(id, place);
        }
        Ok(())
    }

    /// Brings the quarantine list to where the batch ends: of several steps of one copy the last counts.
    async fn absorb_copies(
        &mut self,
        steps: Vec<(Id, u16, u64, CopyStep)>,
        rejudged: Vec<(Id, u64, Details)>,
        places: &HashMap<Id, Place>,
        (upto, at): (u64, &mut Option<Day>),
    ) -> Result<(), Trouble> {
        let cursor = self.copies.cursor;
        if upto <= cursor {
            return Ok(());
        }
        let mut last = HashMap::new();
        for (id, recipient, sequence, step) in steps.into_iter().filter(|(_, _, sequence, _)| *sequence > cursor) {
            if let (Some((_, CopyStep::Put { details: Some(_), .. })), CopyStep::Put { details: None, .. }) =
                (last.get(&(id, recipient)), &step)
            {
                continue;
            }
            last.insert((id, recipient), (sequence, step));
        }
        let mut in_order: Vec<_> = last.into_iter().collect();
        in_order.sort_by_key(|((_, recipient), (sequence, _))| (*sequence, *recipient));
        let (mut put, mut removed) = (Vec::new(), Vec::new());
        for ((id, recipient), (_, step)) in in_order {
            let CopyStep::Put { since, tenant, details } = step else {
                removed.push((id, recipient));
                continue;
            };
            let details = match (details, places.get(&id)) {
                (Some(details), _) => *details,
                (None, Some(place)) => {
                    *at = Some(place.day);
                    details_of(&mut self.open_day(place.day).await?.conn, place.number).await?
                }
                (None, None) => Details::default(),
            };
            put.push(Copy { id, recipient, tenant, since, details });
        }
        let rejudged = rejudged.into_iter().filter(|(_, sequence, _)| *sequence > cursor);
        let rejudged = rejudged.map(|(id, _, details)| (id, details)).collect();
        *at = None;
        self.copies.apply(&put, &removed, &rejudged, upto).await
    }

    /// Where the messages stand that the batch names without their beginning.
    async fn find_places(
        &mut self,
        records: &[(u64, Record)],
        at: &mut Option<Day>,
    ) -> Result<HashMap<Id, Place>, Trouble> {
        let begun: BTreeSet<Id> = records
            .iter()
            .filter_map(|(_, record)| match record {
                Record::Mail(mail) => Some(mail.id),
                Record::Refusal(refusal) => Some(refusal.id),
                Record::Change(_) | Record::Judged(_) => None,
            })
            .collect();
        let mut places = HashMap::new();
        let mut unknown = BTreeSet::new();
        for (_, record) in records {
            let id = match record {
                Record::Change(change) => change.mail,
                Record::Judged(again) => again.mail,
                Record::Mail(_) | Record::Refusal(_) => continue,
            };
            if begun.contains(&id) || places.contains_key(&id) {
                continue;
            }
            if let Some(place) = self.places.find(&id) {
                places.insert(id, place);
            } else {
                unknown.insert(id);
            }
        }
        for day in self.files.newest_first() {
            if unknown.is_empty() {
                break;
            }
            *at = Some(day);
            let ids: Vec<Id> = unknown.iter().copied().collect();
            let found = match self.open.iter_mut().find(|open| open.day == day) {
                Some(open) => apply::find(&mut open.conn, &ids).await?,
                None => {
                    let Some(mut conn) = self.files.reader(day).await? else { continue };
                    let found = apply::find(&mut conn, &ids).await;
                    file::close(conn).await;
                    found?
                }
            };
            for id in ids {
                if let Some((number, _)) = found.get(&text_of(id)) {
                    unknown.remove(&id);
                    places.insert(id, Place { day, number: *number });
                }
            }
        }
        Ok(places)
    }

    /// A day's file, open for writing; made if there is none.
    pub(super) async fn open_day(&mut self, day: Day) -> Result<&mut OpenDay, Trouble> {
        let opened = match self.open.iter().position(|open| open.day == day) {
            Some(place) => self.open.remove(place),
            None => {
                if self.open.len() >= OPEN_DAYS_MAX {
                    self.close_day(0).await?;
                }
                let mut conn = file::open(&self.files.path(day), Access::Write, schema::DAY).await?;
                let cursor = unsigned(mark(&mut conn, "cursor").await?);
                let unworded = words::missing(&mut conn).await?;
                self.files.add(day);
                OpenDay { day, conn, cursor, unworded, dirty: false }
            }
        };
        Ok(self.open.push_mut(opened))
    }

    /// Closes an open file with all its words, durable.
    async fn close_day(&mut self, place: usize) -> Result<(), Trouble> {
        let Some(open) = self.open.get_mut(place) else { return Ok(()) };
        if open.unworded > 0 {
            open.unworded = words::index(&mut open.conn).await?;
            open.dirty = true;
        }
        if open.dirty {
            file::sync(&mut open.conn, open.cursor).await?;
        }
        let open = self.open.remove(place);
        file::close(open.conn).await;
        Ok(())
    }

    /// Makes all files durable; returns up to where the log is not needed any more.
    pub(super) async fn sync(&mut self) -> Result<u64, StoreError> {
        for open in self.open.iter_mut().filter(|open| open.dirty) {
            file::sync(&mut open.conn, open.cursor).await.map_err(Trouble::from)?;
            open.dirty = false;
        }
        if self.copies.synced != self.position {
            self.copies.sync(self.position).await?;
        }
        Ok(self.position)
    }

    /// Closes everything, durable; returns up to where the log is not needed any more.
    pub(super) async fn close(mut self) -> Result<u64, StoreError> {
        while !self.open.is_empty() {
            self.close_day(0).await?;
        }
        let position = self.sync().await?;
        file::close(self.copies.conn).await;
        Ok(position)
    }

    /// The files, for whoever goes through all of them.
    pub(super) fn files(&self) -> Arc<Files> {
        Arc::clone(&self.files)
    }

    /// The quarantine list.
    pub(super) fn copies(&mut self) -> &mut Copies {
        &mut self.copies
    }

    /// Removes a day's file.
    pub(super) async fn remove_day(&mut self, day: Day) -> Result<(), StoreError> {
        let files = self.files();
        let _alone = files.alone().await;
        self.forget_day(day).await;
        self.files.forget(day);
        file::remove(&self.files.path(day))
    }

    /// Puts a damaged file aside; what the log still has of its day is read again.
    pub(super) async fn set_day_aside(&mut self, day: Day, why: &str) -> Result<(), StoreError> {
        let path = self.files.path(day);
        let files = self.files();
        let _alone = files.alone().await;
        self.forget_day(day).await;
        self.files.forget(day);
        self.position = 0;
        if path.exists() {
            file::set_aside(&path, why)?;
        }
        Ok(())
    }

    /// Puts a damaged quarantine list aside and makes it anew from the days' files and the log.
    pub(super) async fn set_copies_aside(&mut self, why: &str) -> Result<(), StoreError> {
        let path = self.files.copies_path();
        {
            let _alone = self.files.alone().await;
            // The connection must be gone before the name is used again: the last one to close removes the write-ahead log.
            let spare = Copies { conn: scratch().await?, cursor: 0, synced: 0 };
            file::close(std::mem::replace(&mut self.copies, spare).conn).await;
            file::set_aside(&path, why)?;
            let copies = Copies::open(&path).await?;
            file::close(std::mem::replace(&mut self.copies, copies).conn).await;
        }
        self.position = 0;
        self.list_copies_again().await
    }

    async fn forget_day(&mut self, day: Day) {
        self.places.clear();
        if let Some(place) = self.open.iter().position(|open| open.day == day) {
            file::close(self.open.remove(place).conn).await;
        }
    }

    /// Fills an empty quarantine list from the states in the days' files; the log then says what changed since.
    async fn list_copies_again(&mut self) -> Result<(), StoreError> {
        for day in self.files.newest_first().into_iter().rev() {
            let copies = match self.files.reader(day).await {
                Ok(None) => continue,
                Ok(Some(mut conn)) => {
                    let copies = quarantined_of(&mut conn).await;
                    file::close(conn).await;
                    copies
                }
                Err(trouble) => Err(trouble),
            };
            match copies {
                Ok(copies) => self.copies.apply(&copies, &[], &HashMap::new(), 0).await?,
                Err(Trouble::Damaged(why)) => self.set_day_aside(day, &why).await?,
                Err(Trouble::Other(error)) => return Err(error),
            }
        }
        Ok(())
    }
}

async fn scratch() -> Result<SqliteConnection, Trouble> {
    file::open(Path::new(":memory:"), Access::Write, schema::COPIES).await
}

/// What a day's file knows of a message.
async fn details_of(conn: &mut SqliteConnection, number: i64) -> Result<Details, Trouble> {
    let statement = "SELECT sender, from_text, recipients, subject, verdict, size FROM messages WHERE number = ?";
    let rows = sql::fetch(conn, statement, [number.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Details::default()) };
    let recipients: String = row.try_get(2)?;
    let mut details = Details {
        sender: row.try_get(0)?,
        from: row.try_get(1)?,
        recipients: recipients.split('\n').map(str::to_owned).collect(),
        subject: row.try_get(3)?,
        message_id: String::new(),
        verdict: row.try_get(4)?,
        reasons: Vec::new(),
        size: unsigned(row.try_get(5)?),
    };
    let statement = "SELECT record FROM judged WHERE message = ? ORDER BY sequence DESC LIMIT 1";
    for row in sql::fetch(conn, statement, [number.into()]).await? {
        let blob: Vec<u8> = row.try_get(0)?;
        // A judgement that cannot be read is told of where it is shown; the list goes without its reasons.
        if let Ok(judged) = minicbor::decode::<JudgedRecord>(&blob) {
            details.reasons = Details::of_judged(&judged).reasons;
        }
    }
    Ok(details)
}

/// The copies of a day that lie in quarantine.
async fn quarantined_of(conn: &mut SqliteConnection) -> Result<Vec<Copy>, Trouble> {
    let statement = "SELECT m.id, s.recipient, m.tenant, s.since, m.number FROM states s \
        JOIN messages m ON m.number = s.message WHERE s.state = ? AND m.kind <> ? ORDER BY s.since";
    let state = schema::state_number("quarantined").unwrap_or_default();
    let values = [Value::Int(state), Value::Int(Kind::Beginningless.number())];
    let mut copies = Vec::new();
    for row in sql::fetch(conn, statement, values).await? {
        let id: String = row.try_get(0)?;
        let Ok(id) = id.parse::<mail::id::MailId>() else {
            return Err(Trouble::Damaged(format!("{id:?} is not a mail id")));
        };
        let details = details_of(conn, row.try_get(4)?).await?;
        copies.push(Copy {
            id: *id.as_bytes(),
            recipient: u16::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default(),
            tenant: u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or_default(),
            since: row.try_get(3)?,
            details,
        });
    }
    Ok(copies)
}
