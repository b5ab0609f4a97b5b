//! With a reader that says what it is told: which pictures are read, how often, and what is said of the others.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use unpack::{Part, Request};
use worker::{FairKey, InProcess, Opened, Opener as _, Wanted};

use super::*;

const WORDS: &[u8] = include_bytes!("../../../worker/tests/data/words.png");
const WORDS_JPEG: &[u8] = include_bytes!("../../../worker/tests/data/words.jpg");
const LONG: Duration = Duration::from_secs(60);

struct Fake {
    says: Result<&'static str, OcrError>,
    asked: AtomicUsize,
}

impl PictureReader for Fake {
    fn read(&self, _: FairKey, _: Bytes, _: Duration) -> BoxFuture<'_, Result<String, OcrError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        std::future::ready(self.says.map(str::to_owned)).boxed()
    }
}

fn reader(says: Result<&'static str, OcrError>) -> (Arc<Fake>, Pictures) {
    let fake = Arc::new(Fake { says, asked: AtomicUsize::new(0) });
    let reader: Arc<dyn PictureReader> = Arc::<Fake>::clone(&fake);
    (fake, Pictures::new(reader, LONG))
}

async fn opened(files: &[&'static [u8]]) -> Opened {
    let part = |(number, bytes): (usize, &&'static [u8])| Part {
        place: number.to_string(),
        declared: "application/octet-stream".to_owned(),
        bytes: Bytes::from_static(bytes),
        ..Part::default()
    };
    let request = Request { parts: files.iter().enumerate().map(part).collect(), ..Request::default() };
    InProcess::default().open(FairKey::default(), request, Wanted::ContentAndFiles).await.unwrap()
}

/// Text and `ocr` mark of each item, and the fact.
async fn seen(files: &[&'static [u8]], pictures: Option<&Pictures>) -> (Vec<(String, bool)>, Fact<u32>) {
    let Opened { mut content, files } = opened(files).await;
    let texts = read((&content, &files), pictures, (FairKey::default(), Duration::ZERO)).await;
    let fact = texts.fact.clone();
    texts.put_into(&mut content);
    let item = |item: &Item| (item.text.clone(), item.marks.iter().any(|mark| mark == MARK));
    (content.items.iter().map(item).collect(), fact)
}

fn with_text(text: &str) -> (String, bool) {
    (text.to_owned(), true)
}

#[tokio::test]
async fn text_of_pictures_stands_where_text_stands_and_is_read_once() {
    let (fake, pictures) = reader(Ok("  Your account\n"));
    let (items, fact) = seen(&[b"A letter.", WORDS, WORDS_JPEG, WORDS], Some(&pictures)).await;
    assert_eq!(items[0], ("A letter.".to_owned(), false));
    assert_eq!(items[1..3], [with_text("Your account"), with_text("Your account")]);
    assert_eq!(items[3], (String::new(), false), "the same picture again says nothing new");
    assert_eq!((fact, fake.asked.load(Ordering::SeqCst)), (Fact::Known(2), 2));
    seen(&[WORDS], Some(&pictures)).await;
    assert_eq!(fake.asked.load(Ordering::SeqCst), 2, "known by its hash");
}

#[tokio::test]
async fn what_was_not_read_is_said_with_its_reason() {
    let not_read = |reason| Fact::Unknown(reason);
    for (error, reason) in [
        (OcrError::TimedOut, UnknownReason::TimedOut),
        (OcrError::Busy, UnknownReason::Refused),
        (OcrError::NoProgram, UnknownReason::Failed),
        (OcrError::Failed, UnknownReason::Failed),
    ] {
        let (fake, pictures) = reader(Err(error));
        assert_eq!(seen(&[WORDS], Some(&pictures)).await, (vec![(String::new(), false)], not_read(reason)));
        seen(&[WORDS], Some(&pictures)).await;
        assert_eq!(fake.asked.load(Ordering::SeqCst), 2, "trouble is not remembered");
    }
    assert_eq!(seen(&[WORDS], None).await.1, not_read(UnknownReason::NotAsked), "nobody reads pictures here");
    assert_eq!(seen(&[b"A letter."], None).await.1, Fact::Known(0), "and nobody needs to");
}

#[tokio::test]
async fn after_the_time_of_a_message_nobody_is_asked() {
    let fake = Arc::new(Fake { says: Ok("x"), asked: AtomicUsize::new(0) });
    let reader: Arc<dyn PictureReader> = Arc::<Fake>::clone(&fake);
    let pictures = Pictures::new(reader, Duration::ZERO);
    assert_eq!(seen(&[WORDS], Some(&pictures)).await.1, Fact::Unknown(UnknownReason::TimedOut));
    assert_eq!(fake.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_time_for_pictures_is_that_of_reading_alone() {
    let (_, pictures) = reader(Ok("x"));
    let Opened { content, files } = opened(&[WORDS]).await;
    let used = read((&content, &files), Some(&pictures), (FairKey::default(), LONG)).await;
    assert_eq!(used.fact, Fact::Unknown(UnknownReason::TimedOut), "all of it was used for the same message before");
    let first = read((&content, &files), Some(&pictures), (FairKey::default(), Duration::ZERO)).await;
    assert_eq!(first.fact, Fact::Known(1));
    assert!(first.used < LONG);
    assert_eq!(Texts::none().used, Duration::ZERO, "opening takes none of it");
}

#[tokio::test]
async fn small_pictures_are_not_read() {
    // The same head, but 100 pixels wide.
    let mut narrow = WORDS.to_vec();
    narrow[16..20].copy_from_slice(&100_u32.to_be_bytes());
    let narrow: &'static [u8] = narrow.leak();
    let (fake, pictures) = reader(Ok("x"));
    assert_eq!(seen(&[narrow], Some(&pictures)).await.1, Fact::Known(0));
    assert_eq!(fake.asked.load(Ordering::SeqCst), 0);
}

/// A picture whose frame nobody reads, one of which nobody can say how large it is, and the kinds of which all is read.
#[tokio::test]
async fn pictures_of_every_kind_are_read_and_what_is_left_of_one_is_said() {
    const KINDS: [&[u8]; 6] = [
        include_bytes!("../../tests/data/words.gif"),
        include_bytes!("../../tests/data/words.webp"),
        include_bytes!("../../tests/data/words.bmp"),
        include_bytes!("../../tests/data/words.tif"),
        include_bytes!("../../tests/data/second-page.tif"),
        WORDS,
    ];
    for bytes in KINDS {
        let (fake, pictures) = reader(Ok("x"));
        assert_eq!(seen(&[bytes], Some(&pictures)).await, (vec![with_text("x")], Fact::Known(1)));
        assert_eq!(fake.asked.load(Ordering::SeqCst), 1);
    }
    let (fake, pictures) = reader(Ok("x"));
    let frames = include_bytes!("../../tests/data/second-frame.gif");
    let left = Fact::Unknown(UnknownReason::Refused);
    assert_eq!(seen(&[frames], Some(&pictures)).await, (vec![with_text("x")], left.clone()), "the first one is read");
    // Without the chunk that says its size.
    let mut headless = WORDS.to_vec();
    headless[12..16].copy_from_slice(b"xHDR");
    let headless: &'static [u8] = headless.leak();
    assert_eq!(seen(&[headless], Some(&pictures)).await, (vec![(String::new(), false)], left));
    assert_eq!(fake.asked.load(Ordering::SeqCst), 1, "nobody was asked about that one");
}

/// The same picture with something behind it: another file with the same text.
fn another(number: u8) -> &'static [u8] {
    [WORDS, &[number]].concat().leak()
}

// The sixth is left, and that is said.
#[tokio::test]
async fn of_more_pictures_than_are_read_it_is_said() {
    let five: Vec<&'static [u8]> = (0..5).map(another).collect();
    let (fake, pictures) = reader(Ok("x"));
    assert_eq!(seen(&five, Some(&pictures)).await.1, Fact::Known(5));
    let six = [five.as_slice(), &[another(5)]].concat();
    let (items, fact) = seen(&six, Some(&pictures)).await;
    assert_eq!((fact, fake.asked.load(Ordering::SeqCst)), (Fact::Unknown(UnknownReason::Refused), 5));
    assert_eq!(items.iter().filter(|(_, is_read)| *is_read).count(), 5, "what was read counts all the same");
}

#[tokio::test]
async fn links_and_passwords_of_pictures_are_those_of_a_text() {
    let said = "Open https://shop.evil.example/offer?url=https%3A%2F%2Fdeep.example%2Fx or \\\\files.evil.example\\share\\a.lnk\n\
                The password is: Zr44kk!";
    let (_, pictures) = reader(Ok(said));
    let Opened { mut content, files } = opened(&[WORDS]).await;
    let texts = read((&content, &files), Some(&pictures), (FairKey::default(), Duration::ZERO)).await;
    let passwords = texts.passwords();
    assert!(passwords.iter().take(5).any(|word| word == "Zr44kk!"), "{passwords:?}");
    texts.put_into(&mut content);
    let links: Vec<&str> = content.items[0].links.iter().map(|link| link.target.as_str()).collect();
    for wanted in ["https://shop.evil.example/offer?url=https%3A%2F%2Fdeep.example%2Fx", "https://deep.example/x"] {
        assert!(links.contains(&wanted), "{links:?}");
    }
    assert!(content.items[0].marks.iter().any(|mark| mark == "unc_path"), "{:?}", content.items[0].marks);
    // A text without any brings none.
    let (_, pictures) = reader(Ok("Dear all, see you on Friday."));
    let Opened { mut content, files } = opened(&[WORDS]).await;
    read((&content, &files), Some(&pictures), (FairKey::default(), Duration::ZERO)).await.put_into(&mut content);
    assert_eq!(content.items[0].links, []);
}

#[test]
fn links_beyond_the_limit_are_told() {
    let seen = |written: usize| {
        let decoy = format!("https://decoy.example/?{}", "url=https%3A%2F%2Finner.example%2F&".repeat(200));
        let links: String = (0..written)
            .map(|number| format!(" https://a{number}.example/?url=https%3A%2F%2Fb.example%2F{number}"))
            .collect();
        let mut item = Item::default();
        words::add_links(&mut item, &format!("{decoy}{links} https://last.example/"));
        let has_last = item.links.iter().any(|link| link.target == "https://last.example/");
        (has_last, item.marks)
    };
    assert_eq!(seen(98), (true, Vec::new()), "what is inside links takes no room of others");
    assert_eq!(seen(99), (false, vec!["links_cut".to_owned()]));
}
