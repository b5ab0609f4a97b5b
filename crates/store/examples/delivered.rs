//! Makes a data folder with so many delivered messages that have features, for measuring `postern rescan` and searches:
//! `cargo run --release -p store --example delivered -- FOLDER COUNT`. Each has two files and six links; one in 10,000 holds the
//! file whose SHA-256 is `ee` 32 times, one in 5,000 a link to `evil.example`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool says what it does and stops where it cannot go on"
)]

use std::path::PathBuf;

use bytes::Bytes;
use mail::envelope::TenantId;
use mail::id::MailId;
use store::backends::embedded::{Embedded, OpenOptions};
use store::mails::{NewBody, NewMail};
use store::record::JudgedRecord;
use store::record::features::{FeaturesRecord, FileFeature};
use store::record::judged::{PersonalRecord, RecipientNote};
use store::record::mail::{EnvelopeRecord, RecipientRecord, StateRecord};
use store::search::{Search, SearchOptions};
use store::{Journal as _, Mails as _};

/// Mails that are accepted at a time: one flush for all of them.
const AT_A_TIME: u64 = 1_000;
/// Between two messages, milliseconds: 100,000 fill three weeks.
const STEP_MS: i64 = 18_000;
/// When the first came: 2026-11-05 00:00:00 UTC.
const FIRST_AT: i64 = 1_793_836_800_000;

fn features(number: u64) -> FeaturesRecord {
    let file = |at: u64| FileFeature {
        place: format!("2/zip:{at}"),
        kind: "pdf".to_owned(),
        name: format!("invoice-{number}-{at}.pdf"),
        size: 40_000 + number,
        sha256: if number % 10_000 == 7 { vec![0xee; 32] } else { (number * 2 + at).to_be_bytes().repeat(4) },
        tlsh: format!("T1{:070X}", u128::from(number) * 7_919 + u128::from(at)),
    };
    let link = |at: u64| match number % 5_000 {
        9 if at == 3 => format!("https://www.evil.example/{number}"),
        _ => format!("https://host{}.example/path/{number}/{at}", number % 3_000),
    };
    FeaturesRecord { files: (0..2).map(file).collect(), links: (0..6).map(link).collect(), is_cut: false }
}

fn judged(number: u64, at: i64) -> JudgedRecord {
    JudgedRecord {
        at,
        personal: PersonalRecord {
            sender: format!("alice{}@sender.example", number % 977),
            recipients: vec![RecipientNote { address: "bob@corp.example".to_owned(), ..RecipientNote::default() }],
            subject: format!("Invoice {number} of this month"),
            ..PersonalRecord::default()
        },
        size: 60_000,
        features: Some(features(number)),
        ..JudgedRecord::default()
    }
}

fn mail(number: u64, at: i64) -> NewMail {
    let id = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(number);
    NewMail {
        id: MailId::from_bytes(id.to_be_bytes()),
        tenant: TenantId::DEFAULT,
        received_at: at,
        sender: format!("alice{}@sender.example", number % 977),
        recipients: vec![RecipientRecord {
            address: "bob@corp.example".to_owned(),
            outbound: false,
            state: StateRecord::Delivered,
            variant: None,
            groups: Vec::new(),
            added: false,
        }],
        body: NewBody::Inline(Bytes::from_static(b"Subject: x\r\n\r\nx\r\n")),
        variants: Vec::new(),
        judged: Some(judged(number, at)),
        sender_genuine: true,
        envelope: EnvelopeRecord::default(),
    }
}

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().unwrap());
    let count: u64 = words.next().unwrap().parse().unwrap();
    let mails = Embedded::open(OpenOptions::new(&folder)).await.unwrap();
    let search = Search::open(SearchOptions { folder: folder.clone() }, mails.feed()).await.unwrap();
    let mut from = 0;
    while from < count {
        let numbers = from..count.min(from + AT_A_TIME);
        let at = |number: u64| FIRST_AT + i64::try_from(number).unwrap() * STEP_MS;
        let accepts = numbers.map(|number| mails.accept(mail(number, at(number))));
        for accepted in futures_util::future::join_all(accepts).await {
            accepted.unwrap();
        }
        from += AT_A_TIME;
    }
    search.settle().await.unwrap();
    println!("{count} messages in {}", folder.display());
    mails.close().await;
    search.close().await;
}
