//! How the gateway is: what an operator must know before the mail tells. Scanners, the reader of pictures and the disk are looked
//! at when somebody asks, and not more often than every few seconds.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mail::timestamp::Timestamp;
use pipeline::scan_files::{Silent, Standing};
use scan::facts::ScannerNeed;
use serde_json::{Value, json};
use store::Mails as _;
use tokio::time::Instant;
use web::operations::{Health, Trouble};

use super::Gateway;

/// Time for scanners and the reader of pictures to answer.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an answer counts.
const LOOK_LIFE: Duration = Duration::from_secs(5);

/// The last look, and what it found.
#[derive(Default)]
pub(super) struct Looks {
    last: tokio::sync::Mutex<Option<(Instant, Looked)>>,
    ocr_silent: parking_lot::Mutex<Option<Silent>>,
}

/// What a look found.
#[derive(Clone, Default)]
pub(super) struct Looked {
    scanners: Vec<Standing>,
    /// Pictures are to be read, and nobody does.
    ocr: Option<Silent>,
    has_room: bool,
}

impl Gateway {
    /// How scanners, the reader of pictures and the disk are.
    pub(super) async fn looked(&self) -> Looked {
        // One at a time: who comes meanwhile has the same answer.
        let mut last = self.looks.last.lock().await;
        let known = last.as_ref().filter(|(at, _)| at.elapsed() < LOOK_LIFE).map(|(_, looked)| looked.clone());
        let looked = match known {
            Some(looked) => looked,
            None => {
                let file_checks = Arc::clone(&self.line.stations().file_checks);
                let (scanners, ocr) = futures_util::join!(file_checks.standings(LOOK_TIMEOUT), self.ocr_silent());
                let looked = Looked { scanners, ocr, has_room: true };
                *last = Some((Instant::now(), looked.clone()));
                looked
            }
        };
        Looked { has_room: self.has_room(), ..looked }
    }

    async fn ocr_silent(&self) -> Option<Silent> {
        let said = crate::scanners::ocr_answers(&self.config.load(), LOOK_TIMEOUT).await;
        let mut silent = self.looks.ocr_silent.lock();
        let Err(why) = said else {
            *silent = None;
            return None;
        };
        let since = silent.as_ref().map_or_else(|| self.clock.now(), |known| known.since);
        *silent = Some(Silent { since, why });
        silent.clone()
    }
}

impl Looked {
    /// Each thing that is not well, in words.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let disk = Trouble { text: "disk: full, new mail gets 452".to_owned(), stops_mail: true };
        let scanners = self.scanners.iter().filter_map(|one| Some((one, one.silent.as_ref()?)));
        let scanners = scanners.map(|(one, silent)| Trouble {
            text: format!("scanner {}: {}: {}", one.scanner, in_words(silent), then(one.need)),
            stops_mail: one.need == ScannerNeed::Required,
        });
        let ocr = self.ocr.iter().map(|silent| Trouble {
            text: format!("ocr: {}: pictures are not read", in_words(silent)),
            stops_mail: false,
        });
        (!self.has_room).then_some(disk).into_iter().chain(scanners).chain(ocr).collect()
    }

    /// The same for machines; `troubles` are the words.
    pub(super) fn shown(&self) -> Value {
        let silent = |silent: Option<&Silent>| match silent {
            Some(silent) => json!({ "answers": false, "since": silent.since.to_string(), "why": silent.why }),
            None => json!({ "answers": true }),
        };
        let scanner = |one: &Standing| {
            let mut value = silent(one.silent.as_ref());
            value["name"] = one.scanner.as_str().into();
            value["need"] = one.need.word().into();
            value
        };
        let troubles = self.troubles();
        json!({
            "takes_mail": !troubles.iter().any(|trouble| trouble.stops_mail),
            "troubles": troubles.into_iter().map(|trouble| trouble.text).collect::<Vec<_>>(),
            "has_room": self.has_room,
            "scanners": self.scanners.iter().map(scanner).collect::<Vec<_>>(),
            "ocr": silent(self.ocr.as_ref()),
        })
    }
}

fn in_words(silent: &Silent) -> String {
    let since = minute(silent.since);
    match silent.why.strip_prefix("said_error: ") {
        Some(said) => format!("answers with an error since {since} ({said})"),
        None => format!("does not answer since {since} ({})", silent.why),
    }
}

// `2026-11-26 15:54`, UTC as all times here.
fn minute(time: Timestamp) -> String {
    time.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

const fn then(need: ScannerNeed) -> &'static str {
    match need {
        ScannerNeed::Required => "mail gets 451",
        ScannerNeed::FailOpen => "mail is let through unscanned, as fail_open says",
        ScannerNeed::Advisory => "mail is judged without it",
    }
}

impl Health for Gateway {
    fn has_room(&self) -> bool {
        self.data.mails.has_room(self.config.load().values.limits.message_bytes_max)
    }

    fn troubles(&self) -> BoxFuture<'_, Vec<Trouble>> {
        async { self.looked().await.troubles() }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_mail_is_said_with_its_time() {
        let since = Timestamp::parse("2026-11-26T15:54:10Z").unwrap();
        let silent = || Some(Silent { since, why: "timed_out".to_owned() });
        let standing = |scanner: &str, need, silent| Standing { scanner: scanner.to_owned(), need, silent };
        let looked = Looked {
            scanners: vec![
                standing("a", ScannerNeed::Required, None),
                standing("b", ScannerNeed::Required, silent()),
                standing("c", ScannerNeed::Advisory, silent()),
            ],
            ocr: silent(),
            has_room: false,
        };
        let said: Vec<(String, bool)> =
            looked.troubles().into_iter().map(|trouble| (trouble.text, trouble.stops_mail)).collect();
        let since = "does not answer since 2026-11-26 15:54 (timed_out)";
        assert_eq!(
            said,
            [
                ("disk: full, new mail gets 452".to_owned(), true),
                (format!("scanner b: {since}: mail gets 451"), true),
                (format!("scanner c: {since}: mail is judged without it"), false),
                (format!("ocr: {since}: pictures are not read"), false),
            ]
        );
        assert_eq!(looked.shown()["takes_mail"], false);
        let well = Looked { has_room: true, ..Looked::default() };
        assert_eq!((well.shown()["takes_mail"].clone(), well.troubles().len()), (true.into(), 0));
    }
}
