//! A whole mail out of the log.

use bytes::Bytes;

use super::entry::Kind;
use super::read::Entry;
use super::{Core, ReadFault, decode_records};
use crate::error::StoreError;
use crate::index::Place;
use crate::record::{JudgedAgain, MailRecord, Record};
use ::mail::id::MailId;

impl Core {
    /// The record of a mail with its later judgement, and its inline body. States in it are those it was written with.
    pub(crate) fn read_mail(&self, place: Place, rejudged: Option<Place>) -> Result<(MailRecord, Bytes), ReadFault> {
        let entry = self.read(place)?;
        let Some(mut record) = mail_record(&entry) else {
            return Err(ReadFault::NotThere("it is no mail".to_owned(), entry.fields));
        };
        if let Some(place) = rejudged {
            let later = self.read(place)?;
            if let Some(again) = judged_again(&later, record.id) {
                if let Some(variants) = again.variants {
                    record.variants = variants;
                }
                record.judged = Some(again.judged);
            }
        }
        Ok((record, entry.body))
    }

    /// Takes a damaged mail out of everybody's way: a copy goes to `corrupt`.
    pub(crate) fn set_mail_aside(&self, mail: MailId, content: &[u8], why: &str) -> StoreError {
        let entry = self.index.lock().set_aside(mail);
        self.settled.notify_waiters();
        self.aside.keep(&format!("mail-{mail}"), content, why);
        if let Some(name) = entry.and_then(|entry| entry.body_file)
            && self.bodies.is_there(&name)
        {
            self.aside.take(&self.bodies.path(&name), &name, why);
        }
        StoreError::Corrupt { what: format!("mail {mail}"), why: why.to_owned() }
    }
}

fn mail_record(entry: &Entry) -> Option<MailRecord> {
    if entry.head.kind == Kind::Copy {
        return minicbor::decode(&entry.fields).ok();
    }
    decode_records(&entry.head, &entry.fields).into_iter().find_map(|(_, record)| match record {
        Record::Mail(mail) => Some(*mail),
        _ => None,
    })
}

fn judged_again(entry: &Entry, mail: [u8; 16]) -> Option<JudgedAgain> {
    decode_records(&entry.head, &entry.fields).into_iter().find_map(|(_, record)| match record {
        Record::Judged(again) if again.mail == mail => Some(*again),
        _ => None,
    })
}
