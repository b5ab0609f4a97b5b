//! A store on a disk in memory, and mail for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::id::MailId;
use store::StoreError;
use store::backends::embedded::{Embedded, OpenOptions};
use store::disk::Disk;
use store::disk::faulty::FaultyDisk;
use store::log::feed::Feed;
use store::mails::{Body, Change, MailState, Mails, NewBody, NewMail, Rejudged};
use store::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord, VariantRecord};
use store::record::{JudgedRecord, RecipientChange, RefusalRecord};

pub(crate) const SEGMENT: u64 = 64 * 1024;
pub(crate) const ONE: TenantId = TenantId::DEFAULT;

pub(crate) async fn open(disk: &FaultyDisk) -> Arc<Embedded> {
    try_open(disk).await.expect("opens")
}

pub(crate) async fn try_open(disk: &FaultyDisk) -> Result<Arc<Embedded>, StoreError> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    Embedded::open(OpenOptions { disk, segment_bytes: SEGMENT, ..OpenOptions::new("/data") }).await
}

pub(crate) fn id(number: u64) -> MailId {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    MailId::from_bytes(bytes)
}

/// A body that names its mail, so that one mail's bytes are never taken for another's.
pub(crate) fn body(number: u64, length: usize) -> Bytes {
    format!("Subject: {number}\r\n\r\nthis is mail {number}\r\n")
        .into_bytes()
        .into_iter()
        .cycle()
        .take(length)
        .collect()
}

pub(crate) fn queued() -> StateRecord {
    StateRecord::Queued { attempts: 0, next_attempt: 0 }
}

pub(crate) fn mail(number: u64, length: usize) -> NewMail {
    mail_for(number, ONE, vec![queued()], body(number, length))
}

pub(crate) fn mail_for(number: u64, tenant: TenantId, states: Vec<StateRecord>, body: Bytes) -> NewMail {
    let recipients = states.into_iter().enumerate().map(|(number, state)| RecipientRecord {
        address: format!("r{number}@example.org"),
        outbound: false,
        state,
        variant: None,
        groups: Vec::new(),
        added: false,
    });
    NewMail {
        id: id(number),
        tenant,
        received_at: i64::try_from(number).unwrap(),
        sender: "sender@example.net".to_owned(),
        recipients: recipients.collect(),
        body: NewBody::Inline(body),
        variants: Vec::new(),
        judged: None,
        sender_genuine: true,
        envelope: EnvelopeRecord { client_ip: "192.0.2.1".to_owned(), ..EnvelopeRecord::default() },
    }
}

/// A recipient that a rule added.
pub(crate) fn added(address: &str, state: StateRecord) -> RecipientRecord {
    RecipientRecord { address: address.to_owned(), outbound: false, state, variant: None, groups: vec![], added: true }
}

/// A later judgement that adds nobody.
pub(crate) fn again(scan: u32, variants: Vec<VariantRecord>, sender_genuine: bool) -> Rejudged {
    Rejudged { after: 0, judged: judged(scan), variants, sender_genuine, added: Vec::new() }
}

/// The mail with its body in a file of its own.
pub(crate) async fn spooled(store: &Embedded, mut mail: NewMail, body: Bytes) -> Result<NewMail, StoreError> {
    let mut spool = store.spool().await?;
    for chunk in body.chunks(10_000) {
        spool.write(Bytes::copy_from_slice(chunk)).await?;
    }
    mail.body = NewBody::Spooled(spool.finish().await?);
    Ok(mail)
}

pub(crate) fn to(recipient: u16, state: StateRecord) -> RecipientChange {
    let event = state.word().to_owned();
    RecipientChange { recipient, state, event, peer: String::new(), reply: String::new(), variant: None }
}

pub(crate) fn change(expect: &'static [&'static str], durable: bool, recipients: Vec<RecipientChange>) -> Change {
    Change { recipients, expect, at: 1, by: String::new(), durable, judged: None }
}

pub(crate) fn refusal(number: u64) -> RefusalRecord {
    RefusalRecord {
        id: *id(number).as_bytes(),
        tenant: 0,
        at: 1,
        stage: "rcpt".to_owned(),
        code: 550,
        enhanced: "5.1.1".to_owned(),
        reason: "unknown_recipient".to_owned(),
        client_ip: "192.0.2.9".to_owned(),
        helo: "h".to_owned(),
        sender: "s@example.net".to_owned(),
        recipients: vec!["x@example.org".to_owned()],
        judged: None,
        count: 1,
    }
}

pub(crate) fn judged(scan: u32) -> JudgedRecord {
    JudgedRecord {
        scan,
        at: 1,
        personal: Default::default(),
        envelope: Default::default(),
        size: 1,
        ambiguities: Vec::new(),
        auth: Default::default(),
        facts: Default::default(),
        findings: Vec::new(),
        evidence: Vec::new(),
        failed_checks: Vec::new(),
        verdict: Default::default(),
        rulings: Vec::new(),
        versions: Default::default(),
        after_accept: true,
        received_at: None,
        features: None,
    }
}

pub(crate) async fn bytes_of(store: &Embedded, mail: &MailState) -> Result<Bytes, StoreError> {
    match store.load(mail.tenant, mail.id).await?.body {
        Body::Inline(bytes) => Ok(bytes),
        Body::File(file) => file.read(0, usize::try_from(file.length()).unwrap()).await,
    }
}

/// All records from the beginning, in small pages.
pub(crate) async fn feed(store: &Embedded) -> Vec<(u64, store::record::Record)> {
    let mut all: Vec<(u64, store::record::Record)> = Vec::new();
    loop {
        let page = store.log().read_from(all.last().map_or(0, |last| last.0), 7).await.expect("reads");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

pub(crate) fn balanced(store: &Embedded, tenant: TenantId) {
    let account = store.account(tenant);
    let known = account.queued
        + account.held
        + account.quarantined
        + account.delivered
        + account.bounced
        + account.discarded
        + account.deleted
        + account.damaged;
    assert_eq!(account.accepted + account.added, known, "{account:?}");
}

pub(crate) fn files(disk: &FaultyDisk, folder: &str) -> Vec<String> {
    let listed = disk.list(&Path::new("/data").join(folder)).unwrap();
    listed.into_iter().map(|listed| listed.name).collect()
}

/// Segments with something in them.
pub(crate) fn segments(disk: &FaultyDisk) -> Vec<PathBuf> {
    let all = files(disk, "log").into_iter().map(|name| Path::new("/data/log").join(name));
    all.filter(|path| disk.content(path).unwrap().iter().take(8).any(|byte| *byte != 0)).collect()
}

/// Waits until the second thread has prepared the next segment.
pub(crate) async fn spare_is_made(disk: &FaultyDisk) {
    while files(disk, "log").iter().filter(|name| name.ends_with(".seg")).count() < 2 {
        tokio::task::yield_now().await;
    }
}
