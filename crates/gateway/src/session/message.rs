//! The message itself: taken piece by piece, handed to the line when it is complete.

use bytes::Bytes;
use mail::id::MailId;
use pipeline::line::Taken;
use smtp::replies::{self, Reason};
use smtp::server::Answer;
use store::StoreError;
use store::record::RefusalRecord;

use super::Conversation;

impl Conversation {
    pub(super) async fn take_body(&mut self, chunk: Bytes) {
        let Some(arriving) = &mut self.transaction.arriving else { return };
        if let Err(error) = arriving.push(chunk, self.front.mails()).await {
            tracing::error!(%error, "a body could not be written");
            self.transaction.arriving = None;
            self.transaction.trouble = Some(reason_of(&error));
        }
    }

    /// The reply to the end of data comes after the disk has said that it has the message.
    pub(super) async fn end_of_data(&mut self) -> Answer {
        let Some(arriving) = self.transaction.arriving.take() else {
            let reason = self.transaction.trouble.take().unwrap_or(Reason::LocalTrouble);
            return self.refuse_reason("message", reason, false).await;
        };
        let arrived = match arriving.finish().await {
            Ok(arrived) => arrived,
            Err(error) => {
                tracing::error!(%error, "a body could not be synced");
                return self.refuse_reason("message", reason_of(&error), false).await;
            }
        };
        let id = self.transaction.id;
        let envelope = self.envelope();
        let taken = self.front.line().take(id, envelope, arrived).await;
        match taken {
            Taken::Accepted => Answer::Reply(replies::message_accepted(&id.reference())),
            Taken::Rejected(record) => self.refuse_content(Reason::ContentRefused, *record).await,
            Taken::Deferred(record) => self.refuse_content(Reason::CheckDown, *record).await,
            Taken::Overloaded(record) => self.refuse_content(Reason::Overloaded, *record).await,
            Taken::Panicked => self.refuse_reason("message", Reason::LocalTrouble, false).await,
            Taken::Loop => self.refuse_reason("message", Reason::Loop, false).await,
            Taken::Failed(error) => {
                let close = matches!(error, StoreError::Failed(_) | StoreError::Closed);
                self.refuse_reason("message", reason_of(&error), close).await
            }
        }
    }

    // A refusal like any other, but under the id of its mail: the cap of the client's network holds for it, too.
    async fn refuse_content(&mut self, reason: Reason, record: RefusalRecord) -> Answer {
        let reply = replies::refusal(reason, &MailId::from_bytes(record.id).reference());
        self.count_error(reply.code());
        self.front.journal(self.facts.client, record).await;
        Answer::Reply(reply)
    }
}

const fn reason_of(error: &StoreError) -> Reason {
    match error {
        StoreError::Full => Reason::StorageFull,
        _ => Reason::LocalTrouble,
    }
}
