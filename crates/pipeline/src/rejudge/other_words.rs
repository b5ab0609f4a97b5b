//! Words of the sender's other mail to the same recipient: what is encrypted comes in one mail, its password in the next.

use mail::address::Address;
use mail::envelope::Envelope;
use mail::id::MailId;
use mail::message::Message;
use scan::content::{Content, WhyUnopened};
use store::journal::{JournalRow, Query};
use store::mails::Body;
use store::{Journal, Mails, StoreError};

use crate::open;
use crate::stations::Stations;

/// Other mails of a sender to a recipient that are asked, newest first.
const MAILS_MAX: u32 = 20;
/// Recipients of a mail for whom other mail is looked for.
const RECIPIENTS_MAX: usize = 4;
/// Size of another mail that is read; of a larger one only the subject counts.
const MAIL_BYTES_MAX: u64 = 1024 * 1024;
/// Words of other mail that are tried; the rest of [`unpack::passwords::TRIES_MAX`] is for words of the mail itself.
pub const WORDS_MAX: usize = 150;

/// Places that are encrypted and that nobody has opened.
pub(super) fn encrypted(content: &Content) -> Vec<String> {
    let unopened = content.unopened.iter().filter(|one| one.why == WhyUnopened::Encrypted);
    let mut places: Vec<String> = unopened.map(|one| one.place.clone()).collect();
    places.sort();
    places.dedup();
    places
}

/// One of these encrypted places is open now; a place that nobody got to this time is not.
pub(super) fn is_opened(closed: &[String], content: &Content) -> bool {
    let still = |place: &String| content.unopened.iter().any(|one| one.place == *place);
    let is_there = |place: &String| content.items.iter().any(|item| item.place == *place);
    closed.iter().any(|place| is_there(place) && !still(place))
}

// At most MAIL_BYTES_MAX, and one at a time: no room is taken for it.
async fn small_body(body: &Body) -> Result<bytes::Bytes, StoreError> {
    match body {
        Body::Inline(bytes) => Ok(bytes.clone()),
        Body::File(file) => file.read(0, usize::try_from(file.length()).unwrap_or(usize::MAX)).await,
    }
}

/// Where other mail is found.
#[derive(Clone, Copy)]
pub struct OtherMail<'a> {
    /// Subjects, and which mails there are.
    pub journal: &'a dyn Journal,
    /// Bodies of those that are not finished.
    pub mails: &'a dyn Mails,
}

impl OtherMail<'_> {
    /// The likeliest passwords for a mail, at most [`WORDS_MAX`]. What cannot be read is left out.
    pub async fn words(&self, mail: MailId, envelope: &Envelope, stations: &Stations) -> Vec<String> {
        let sender = envelope.sender.to_string();
        if sender.is_empty() {
            return Vec::new();
        }
        let mut texts = Vec::new();
        let mut seen = vec![mail.to_string()];
        for recipient in envelope.recipients.iter().take(RECIPIENTS_MAX) {
            let rows = match self.rows(envelope, &sender, &recipient.address).await {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::warn!(mail = %mail.reference(), %error, "other mail of the sender is not found");
                    continue;
                }
            };
            for row in rows.iter().filter(|row| is_of(row, &sender, &recipient.address)) {
                if !seen.contains(&row.id) {
                    seen.push(row.id.clone());
                    texts.extend(self.texts(row, envelope, stations).await);
                }
            }
        }
        unpack::passwords::likely(&texts, WORDS_MAX)
    }

    async fn rows(&self, envelope: &Envelope, sender: &str, to: &Address) -> Result<Vec<JournalRow>, StoreError> {
        let tenant = envelope.recipients.first().map_or(mail::envelope::TenantId::DEFAULT, |first| first.tenant);
        let query = Query {
            sender: Some(sender.to_owned()),
            recipient: Some(to.to_string()),
            limit: MAILS_MAX,
            ..Query::default()
        };
        self.journal.settle().await?;
        Ok(self.journal.search(tenant, query).await?.rows)
    }

    // The subject, and the text if the body is still there.
    async fn texts(&self, row: &JournalRow, envelope: &Envelope, stations: &Stations) -> Vec<String> {
        let mut texts = vec![row.subject.clone()];
        let tenant = envelope.recipients.first().map_or(mail::envelope::TenantId::DEFAULT, |first| first.tenant);
        let Ok(id) = row.id.parse::<MailId>() else { return texts };
        let there = self.mails.state(tenant, id).is_some_and(|state| state.size <= MAIL_BYTES_MAX);
        if !there {
            return texts;
        }
        let Ok(stored) = self.mails.load(tenant, id).await else { return texts };
        if let Ok(raw) = small_body(&stored.body).await {
            texts.extend(open::texts(&Message::parse(raw), envelope, stations).await);
        }
        texts
    }
}

// A search finds parts of addresses, too.
fn is_of(row: &JournalRow, sender: &str, recipient: &Address) -> bool {
    let recipient = recipient.to_string();
    row.sender.eq_ignore_ascii_case(sender)
        && row.recipients.iter().any(|address| address.eq_ignore_ascii_case(&recipient))
}
