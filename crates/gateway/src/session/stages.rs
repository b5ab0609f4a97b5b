//! Questions before the data: the machine asks, admission answers.

use std::net::IpAddr;
use std::time::Duration;

use mail::envelope::TenantId;
use mail::visible::visible;
use net::stream::Stream;
use policy::admission::{self, Admit, ForwardPath, Refusal, Refused};
use smtp::command::{ForwardPath as SmtpPath, Mail};
use smtp::replies::{self, Reason};
use smtp::reply::{Enhanced, Reply};
use smtp::server::{Answer, Request};
use store::record::RefusalRecord;

use super::{Conversation, Parties};

impl Conversation {
    pub(super) async fn decide(&mut self, request: Request) -> Answer {
        self.facts.unknown_in_hour = self.front.unknown_in_hour(self.facts.client);
        match request {
            Request::Connect => {
                self.listen_before_greeting();
                self.admit("connect", &admission::Stage::Connect).await
            }
            Request::Helo(helo) => self.admit("helo", &admission::Stage::Helo(&helo.name)).await,
            Request::Mail(mail) => self.decide_mail(mail).await,
            Request::Rcpt(path) => self.decide_recipient(path).await,
            Request::Data => self.decide_data().await,
        }
    }

    // Whoever has spoken by now did not wait for the greeting: the machine refuses early talk.
    fn listen_before_greeting(&mut self) {
        if let Some(Stream::Plain(stream)) = &self.stream {
            // Nothing there yet is the usual case.
            drop(stream.try_read_buf(self.machine.buffer()));
        }
    }

    async fn decide_mail(&mut self, mail: Mail) -> Answer {
        self.begin_transaction();
        // A refusal names its sender.
        self.transaction.sender = mail.sender.clone();
        self.transaction.body = mail.body;
        let stage = admission::Stage::Mail { sender: &mail.sender, size: mail.size_bytes };
        self.admit("mail", &stage).await
    }

    async fn decide_recipient(&mut self, path: SmtpPath) -> Answer {
        let rules = self.front.admission();
        let path = match &path {
            SmtpPath::Postmaster => ForwardPath::Postmaster,
            SmtpPath::Address(address) => ForwardPath::Address(address),
        };
        let mut admit = admission::admit(&admission::Stage::Rcpt(path), &self.facts, &rules);
        if admit == Admit::AskNextHop {
            let ForwardPath::Address(address) = path else {
                return self.refuse_recipient(Reason::LocalTrouble, "postmaster").await;
            };
            let routes = rules.domains.find(address.domain()).map(|domain| &domain.next_hop);
            admit = admission::after_next_hop(self.front.recipients().ask(address, routes).await);
        }
        let recipient = admission::recipient_of(path, self.facts.listener, &rules);
        let refused_address = match path {
            ForwardPath::Postmaster => "postmaster".to_owned(),
            ForwardPath::Address(address) => address.to_string(),
        };
        let closes = matches!(admit, Admit::Close(_));
        match (admit, recipient) {
            (Admit::Go | Admit::Delay(_), Some(recipient)) => {
                self.facts.recipients += 1;
                self.facts.tenant = Some(recipient.tenant);
                // RFC 5321 4.1.1.3: the same recipient twice is one copy.
                if self.transaction.known.insert(recipient.address.key()) {
                    self.transaction.recipients.push(recipient);
                }
                Answer::Accept
            }
            (Admit::Refuse(refused) | Admit::Close(refused), _) => {
                if refused.reason == Refusal::UnknownRecipient {
                    self.facts.unknown_in_session = self.facts.unknown_in_session.saturating_add(1);
                    self.front.count_unknown(self.facts.client);
                }
                self.refuse("rcpt", refused, Some(refused_address), closes).await
            }
            _ => self.refuse_recipient(Reason::LocalTrouble, &refused_address).await,
        }
    }

    async fn refuse_recipient(&mut self, reason: Reason, address: &str) -> Answer {
        let reply = replies::refusal(reason, &self.next_refusal.reference());
        self.count_error(reply.code());
        let parties = Parties { recipients: vec![address.to_owned()], ..self.parties() };
        self.journal_refusal("rcpt", &reply, &super::reason_word(reason), parties).await;
        Answer::Reply(reply)
    }

    async fn decide_data(&mut self) -> Answer {
        let answer = self.admit("data", &admission::Stage::Data).await;
        if answer != Answer::Accept {
            return answer;
        }
        let rules = self.front.admission();
        if !self.front.mails().is_healthy() {
            return self.refuse_reason("data", Reason::LocalTrouble, true).await;
        }
        if !self.front.mails().has_room(rules.limits.message_bytes_max) {
            return self.refuse_reason("data", Reason::StorageFull, false).await;
        }
        self.transaction.arriving = Some(pipeline::arrive::Arriving::new(self.front.memory(self.facts.client)));
        Answer::Accept
    }

    async fn admit(&mut self, stage_word: &str, stage: &admission::Stage<'_>) -> Answer {
        let rules = self.front.admission();
        match admission::admit(stage, &self.facts, &rules) {
            Admit::Go | Admit::AskNextHop => Answer::Accept,
            Admit::Delay(millis) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                Answer::Accept
            }
            Admit::Refuse(refused) => self.refuse(stage_word, refused, None, false).await,
            Admit::Close(refused) => self.refuse(stage_word, refused, None, true).await,
        }
    }

    async fn refuse(&mut self, stage: &str, refused: Refused, recipient: Option<String>, close: bool) -> Answer {
        let reply = refused_reply(&refused, &self.next_refusal.reference());
        self.count_error(refused.code);
        let mut parties = self.parties();
        if let Some(recipient) = recipient {
            parties.recipients = vec![recipient];
        }
        self.journal_refusal(stage, &reply, refused.reason.word(), parties).await;
        if close { Answer::Close(reply) } else { Answer::Reply(reply) }
    }

    pub(super) fn count_error(&mut self, code: u16) {
        if code >= 500 {
            self.facts.errors = self.facts.errors.saturating_add(1);
        }
    }

    pub(super) async fn refuse_reason(&mut self, stage: &str, reason: Reason, close: bool) -> Answer {
        let reply = replies::refusal(reason, &self.next_refusal.reference());
        self.count_error(reply.code());
        let parties = self.parties();
        self.journal_refusal(stage, &reply, &super::reason_word(reason), parties).await;
        if close { Answer::Close(reply) } else { Answer::Reply(reply) }
    }

    /// Notes a refusal before judging, under the id whose reference its reply shows; the next one gets another.
    pub(super) async fn journal_refusal(&mut self, stage: &str, reply: &Reply, reason: &str, parties: Parties) {
        let id = std::mem::replace(&mut self.next_refusal, net::random::mail_id());
        self.machine.set_reference(self.next_refusal.reference());
        let record = RefusalRecord {
            id: *id.as_bytes(),
            tenant: self.facts.tenant.unwrap_or(TenantId::GATEWAY).0,
            at: self.front.clock().now().unix_millis(),
            stage: stage.to_owned(),
            code: reply.code(),
            enhanced: reply
                .enhanced()
                .map(|enhanced| format!("{}.{}.{}", enhanced.class, enhanced.subject, enhanced.detail))
                .unwrap_or_default(),
            reason: reason.to_owned(),
            client_ip: self.facts.client.to_string(),
            helo: self.helo().name,
            sender: parties.sender,
            recipients: parties.recipients,
            judged: None,
            count: 1,
        };
        log_refusal(&record, self.facts.client);
        self.front.journal(self.facts.client, record).await;
    }
}

fn refused_reply(refused: &Refused, reference: &str) -> Reply {
    Reply::new(refused.code, Enhanced::parse(refused.enhanced), &format!("{} (ref {reference})", refused.text))
}

fn log_refusal(record: &RefusalRecord, client: IpAddr) {
    tracing::info!(
        stage = record.stage,
        event = "refused",
        reason = record.reason,
        code = record.code,
        client = %client,
        helo = &*visible(&record.helo),
        sender = &*visible(&record.sender),
        recipient = record.recipients.first().map(|text| visible(text).into_owned()),
    );
}
