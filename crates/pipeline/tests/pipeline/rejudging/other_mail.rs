//! What is held and encrypted is tried with words of the sender's other mail when it is judged again.

use data_encoding::BASE64;

use super::held;
use crate::world::{Open, id};

/// Opens with `Secret-42` and holds a text.
const LOCKED: &[u8] = include_bytes!("../../../../unpack/testdata/archives/aes128.zip");

fn message() -> String {
    let file = BASE64.encode(LOCKED);
    let lines: Vec<&str> =
        (0..file.len().div_ceil(76)).map(|at| &file[at * 76..file.len().min(at * 76 + 76)]).collect();
    format!(
        "From: Ann <ann@sender.example>\r\nTo: bob@corp.example\r\nSubject: offer\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/zip; name=offer.zip\r\nContent-Disposition: attachment; filename=offer.zip\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    )
}

async fn judged_after(rows: &[(&str, &str, &str, &str)]) -> (String, u64) {
    let mut world = held("standard", Open::Hangs, message().as_bytes()).await;
    for (number, sender, recipient, subject) in rows {
        world.journal.came(number, sender, recipient, subject);
    }
    world.judge_again();
    world.until("a judgement", |world| world.check_account().held == 0).await;
    let class = world.judgements().await.last().unwrap().verdict.class.clone();
    let quarantined = world.check_account().quarantined;
    world.stop().await;
    (class, quarantined)
}

#[tokio::test]
async fn a_word_of_the_next_mail_opens_what_is_held() {
    let other = id(9).to_string();
    let closed = ("unscannable".to_owned(), 2);
    assert_eq!(judged_after(&[]).await, closed);
    let says = "the password is Secret-42";
    let of_others = [
        (other.as_str(), "mallory@sender.example", "bob@corp.example", says),
        (other.as_str(), "ann@sender.example", "robob@corp.example", says),
        (other.as_str(), "joann@sender.example", "bob@corp.example", says),
    ];
    assert_eq!(judged_after(&of_others).await, closed);
    let (class, quarantined) = judged_after(&[(other.as_str(), "ANN@sender.example", "bob@corp.example", says)]).await;
    assert_eq!((class.as_str(), quarantined), ("clean", 0));
}
