//! From the configuration to the outside scanners and the reader of pictures.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lookup::scanners::clamd::{Clamd, ClamdSettings};
use lookup::scanners::detonation::{
    Detonation, DetonationService, DetonationSettings, Form, MemoryVerdicts, Pointer, Verdict,
};
use lookup::scanners::icap::{Icap, IcapMethod, IcapSettings};
use lookup::scanners::{FileScanner, FileScanners, FilesWanted, LaneSettings, ScanTrouble, Selection};
use net::clock::Clock;
use net::dns::Dns;
use net::http::header::{HeaderName, HeaderValue};
use net::http::{Client, HttpSettings, Method, Origin, Request, Trust};
use pipeline::pictures::Pictures;
use pipeline::scan_files::{FileChecks, Sandbox, ScanTimes};
use scan::facts::ScannerNeed;
use sha2::{Digest as _, Sha256};
use worker::{OcrError, OcrSettings, Tesseract};

use crate::config::{Config, ConfigError, FilesAsTyped, IcapMethodAsTyped, Rest, ScannerAsTyped, ScannerKindAsTyped};

/// Word of the command line by which this program becomes the reader of pictures.
pub(crate) const OCR_WORD: &str = "ocr-worker";
/// Time for a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds beyond the wait for a sandbox that a failure is told.
const FAILURE_MORE_S: u64 = 300;

/// What needs the network to be asked.
pub(crate) struct Means<'m> {
    pub(crate) dns: &'m Dns,
    pub(crate) clock: &'m Arc<dyn Clock>,
}

/// What looks at files outside of the workers.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) file_checks: Arc<FileChecks>,
    pub(crate) pictures: Option<Arc<Pictures>>,
}

impl Outside {
    /// That of the configuration.
    ///
    /// # Errors
    /// [`ConfigError`]: a file that a scanner names cannot be read, or it cannot work.
    pub(crate) fn of(config: &Config, means: &Means<'_>) -> Result<Self, ConfigError> {
        Ok(Self { file_checks: Arc::new(file_checks(config, means)?), pictures: pictures(config) })
    }

    /// That of a command which asks nobody.
    pub(crate) fn offline(config: &Config, clock: Arc<dyn Clock>) -> Self {
        Self { file_checks: Arc::new(FileChecks::none(clock)), pictures: pictures(config) }
    }

    /// Whether these configurations mean the same, but for what [`NamedFiles`] hold: then what is known and what runs is kept.
    pub(crate) fn is_same(old: &Config, new: &Config) -> bool {
        let (old, new) = (&old.values, &new.values);
        let budgets = |scan: &crate::config::ScanAsTyped| (scan.scanners_budget_ms, scan.session_budget_ms);
        old.scanner == new.scanner && old.ocr == new.ocr && budgets(&old.scan) == budgets(&new.scan)
    }
}

/// What the files hold that scanners name, tokens and certificates: a configuration with the same names may mean another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedFiles(Vec<Option<[u8; 32]>>);

impl NamedFiles {
    /// Those of this configuration, by their hashes; none of one that cannot be read.
    pub(crate) fn of(config: &Config) -> Self {
        let named = config.values.scanner.iter().flat_map(|scanner| [&scanner.ca_file, &scanner.token_file]).flatten();
        Self(named.map(|file| Some(Sha256::digest(std::fs::read(file).ok()?).into())).collect())
    }
}

fn file_checks(config: &Config, means: &Means<'_>) -> Result<FileChecks, ConfigError> {
    let (mut scanners, mut sandboxes) = (Vec::new(), Vec::new());
    for typed in &config.values.scanner {
        if typed.is_sandbox() {
            sandboxes.push(Sandbox { detonation: detonation(typed, means)?, need: need(typed) });
        } else {
            scanners.push((scanner(typed, means)?, lane(typed)));
        }
    }
    let budget = Duration::from_millis(config.values.scan.scanners_budget_ms);
    let session = Duration::from_millis(config.values.scan.session_budget_ms);
    // What is slow is put off with 451, not accepted: the rest of the session's time is for everything else.
    let times = ScanTimes { in_session: budget.min(session * 3 / 4), after_accept: budget };
    let scanners = FileScanners::new(scanners, Arc::clone(means.clock));
    Ok(FileChecks::new(scanners, sandboxes, times, Arc::clone(means.clock)))
}

// The reader, if it is wanted.
fn pictures(config: &Config) -> Option<Arc<Pictures>> {
    let typed = &config.values.ocr;
    let time = Duration::from_millis(typed.message_ms);
    typed.enabled.then(|| Arc::new(Pictures::new(Arc::new(tesseract(config)), time)))
}

fn tesseract(config: &Config) -> Tesseract {
    let typed = &config.values.ocr;
    Tesseract::new(OcrSettings {
        command: crate::gateway::worker_program(),
        args: vec![OCR_WORD.to_owned(), crate::sandbox_word(config.values.process.sandbox).to_owned()],
        program: typed.program.clone(),
        languages: typed.languages.clone(),
        at_a_time: if typed.at_a_time == 0 { (crate::cores() / 2).max(1) } else { typed.at_a_time },
    })
}

fn need(typed: &ScannerAsTyped) -> ScannerNeed {
    match (typed.is_required(), typed.fail_open) {
        (true, true) => ScannerNeed::FailOpen,
        (true, false) => ScannerNeed::Required,
        (false, _) => ScannerNeed::Advisory,
    }
}

fn lane(typed: &ScannerAsTyped) -> LaneSettings {
    let files = match (typed.types.as_slice(), typed.files) {
        ([], None | Some(FilesAsTyped::All)) => FilesWanted::All,
        ([], Some(FilesAsTyped::Active)) => FilesWanted::Active,
        (types, _) => FilesWanted::Types(types.to_vec()),
    };
    let message = typed.message.unwrap_or(typed.kind() == ScannerKindAsTyped::Clamd);
    let days = typed.signatures_age_max_d;
    LaneSettings {
        need: need(typed),
        selection: Selection { files, message },
        connections: typed.connections,
        signatures_age_max: (days > 0).then(|| Duration::from_secs(days.saturating_mul(86_400))),
        ..LaneSettings::default()
    }
}

// The address was checked when the file was read.
fn scanner(typed: &ScannerAsTyped, means: &Means<'_>) -> Result<Arc<dyn FileScanner>, ConfigError> {
    let bad = || ConfigError::other(&typed.name, format!("{:?} is no address", typed.address));
    if typed.kind() == ScannerKindAsTyped::Icap {
        let usual = IcapSettings::at(&typed.address).ok_or_else(bad)?;
        let tls = trust(typed)?;
        let settings = IcapSettings {
            name: typed.name.clone(),
            method: match typed.method {
                IcapMethodAsTyped::Respmod => IcapMethod::Respmod,
                IcapMethodAsTyped::Reqmod => IcapMethod::Reqmod,
            },
            connect_timeout_ms: typed.connect_timeout_ms,
            scan_timeout_ms: typed.scan_timeout_ms,
            file_bytes_max: typed.file_bytes_max.unwrap_or(usual.file_bytes_max),
            ..usual
        };
        return Ok(Arc::new(Icap::new(settings, tls, means.dns.clone())));
    }
    let usual = ClamdSettings::at(&typed.address).ok_or_else(bad)?;
    let settings = ClamdSettings {
        name: typed.name.clone(),
        connect_timeout_ms: typed.connect_timeout_ms,
        scan_timeout_ms: typed.scan_timeout_ms,
        file_bytes_max: typed.file_bytes_max.unwrap_or(usual.file_bytes_max),
        ..usual
    };
    Ok(Arc::new(Clamd::new(settings, means.dns.clone())))
}

fn read(path: &Path, name: &str, option: &str) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path).map_err(|error| {
        let mut error =
            ConfigError::unreadable(path, &error).or_hint(&format!("`{option}` of this [[scanner]] names it"));
        error.place = format!("scanner {name}: {option}: {}", error.place);
        error
    })
}

fn trust(typed: &ScannerAsTyped) -> Result<Arc<rustls::ClientConfig>, ConfigError> {
    net::tls::install_provider();
    let speaks_tls = typed.address.starts_with("icaps:") || typed.address.starts_with("https:");
    let trust = match &typed.ca_file {
        Some(file) => Trust::Only(read(file, &typed.name, "ca_file")?),
        None if speaks_tls => Trust::System,
        // Nothing will be verified, and the machine may have no certificates.
        None => return plain(),
    };
    trust.client_config().map_err(|error| ConfigError::other(format!("scanner {}", typed.name), error.to_string()))
}

// For addresses without TLS: believes nobody.
fn plain() -> Result<Arc<rustls::ClientConfig>, ConfigError> {
    let failed = |error: &dyn std::fmt::Display| ConfigError::other("TLS", error.to_string());
    let (pem, _) = net::tls::self_made_certificate("scanner.invalid").map_err(|error| failed(&error))?;
    Trust::Only(pem.into_bytes()).client_config().map_err(|error| failed(&error))
}

fn token(file: &Path, scanner: &str) -> Result<String, ConfigError> {
    let token = String::from_utf8_lossy(&read(file, scanner, "token_file")?).trim().to_owned();
    if token.is_empty() {
        let empty = ConfigError::other(file.display().to_string(), "it is empty, and a token is asked of it");
        return Err(empty.or_hint("write the token into it, or leave `token_file` out"));
    }
    Ok(token)
}

fn detonation(typed: &ScannerAsTyped, means: &Means<'_>) -> Result<Detonation, ConfigError> {
    let place = || format!("scanner {}", typed.name);
    let token = match &typed.token_file {
        Some(file) => token(file, &typed.name)?,
        None => String::new(),
    };
    let service = match &typed.rest {
        Some(rest) => described(typed, rest, &token)?,
        None => DetonationService::cape(&token, typed.malicious_from, typed.suspicious_from)
            .map_err(|error| ConfigError::other(place(), error.to_string()))?,
    };
    let service = DetonationService { name: typed.name.clone(), ..service };
    service.check().map_err(|error| ConfigError::other(place(), error.to_string()))?;
    let usual = DetonationSettings::default();
    let file_bytes_max = typed.file_bytes_max.unwrap_or(usual.file_bytes_max);
    let settings = DetonationSettings {
        wait_max_s: typed.wait_max_s,
        failure_life_s: typed.wait_max_s.saturating_add(FAILURE_MORE_S),
        at_a_time: typed.connections,
        file_bytes_max,
        // The largest file that may be given has room by itself.
        waiting_bytes_max: usual.waiting_bytes_max.max(file_bytes_max),
        ..usual
    };
    Ok(Detonation::new(service, client(typed, means)?, Arc::new(MemoryVerdicts::new()), settings))
}

fn client(typed: &ScannerAsTyped, means: &Means<'_>) -> Result<Client, ConfigError> {
    let origin = Origin::parse(&typed.address)
        .map_err(|error| ConfigError::other(format!("scanner {}", typed.name), error.to_string()))?;
    let limits = HttpSettings {
        connect_timeout_ms: typed.connect_timeout_ms,
        exchange_timeout_ms: typed.scan_timeout_ms,
        ..HttpSettings::default()
    };
    Ok(Client::new(origin, trust(typed)?, means.dns.clone(), limits))
}

// A sandbox of the operator's description.
fn described(typed: &ScannerAsTyped, rest: &Rest, token: &str) -> Result<DetonationService, ConfigError> {
    let bad = |reason: String| ConfigError::other(format!("scanner {}", typed.name), reason);
    let pointer = |text: &str| Pointer::parse(text).map_err(|error| bad(format!("{text:?}: {error}")));
    let mut headers = Vec::new();
    if !token.is_empty() {
        let field = HeaderName::try_from(rest.token_field.as_str());
        let field = field.map_err(|_| bad(format!("{:?} is no name of a field", rest.token_field)))?;
        let value = HeaderValue::try_from(format!("{}{token}", rest.token_prefix));
        let mut value = value.map_err(|_| bad("the token cannot stand in a header field".to_owned()))?;
        value.set_sensitive(true);
        headers.push((field, value));
    }
    let verdict = if rest.malicious.is_empty() {
        Verdict::Score {
            pointer: pointer(&rest.verdict)?,
            malicious_from: typed.malicious_from,
            suspicious_from: typed.suspicious_from,
        }
    } else {
        Verdict::Word {
            pointer: pointer(&rest.verdict)?,
            malicious: rest.malicious.clone(),
            suspicious: rest.suspicious.clone(),
            clean: rest.clean.clone(),
        }
    };
    let form = match rest.submit_field.as_str() {
        "" => Form::Raw,
        field => Form::Multipart { field: field.to_owned(), others: Vec::new() },
    };
    Ok(DetonationService {
        name: typed.name.clone(),
        headers,
        submit_method: Method::Post,
        submit_path: rest.submit_path.clone(),
        form,
        id: pointer(&rest.id)?,
        state_path: rest.state_path.clone(),
        state: pointer(&rest.state)?,
        done: rest.done.clone(),
        failed: rest.failed.clone(),
        report_path: rest.report_path.clone(),
        verdict,
        names: rest.names.as_deref().map(pointer).transpose()?,
        refused: None,
    })
}

/// Whether pictures are read now, where they are to be; else why not.
pub(crate) async fn ocr_answers(config: &Config, limit: Duration) -> Result<(), String> {
    if !config.values.ocr.enabled {
        return Ok(());
    }
    tesseract(config).probe(limit).await.map_err(|(language, error)| format!("{language}: {error}"))
}

/// What each scanner, and the reader of pictures, says when it is asked: a line for people, or what is wrong.
///
/// # Errors
/// As [`Outside::of`].
pub(crate) async fn probe(config: &Config, means: &Means<'_>) -> Result<Vec<Result<String, String>>, ConfigError> {
    let mut said = Vec::new();
    for typed in &config.values.scanner {
        let name = &typed.name;
        let answer = if typed.is_sandbox() {
            detonation(typed, means)?;
            let target = format!("{}/", client(typed, means)?.origin().prefix());
            let request = Request { method: Method::Get, target, headers: Vec::new(), body: Vec::new() };
            let answer = client(typed, means)?.send(request).await;
            let answer = answer.map(|answer| format!("answers with status {}", answer.status));
            answer.map_err(|error| format!("does not answer ({error})"))
        } else {
            let scanner = scanner(typed, means)?;
            let identity = tokio::time::timeout(PROBE_TIMEOUT, scanner.identity()).await;
            match identity {
                Ok(Ok(identity)) if identity.text.is_empty() => Ok("answers".to_owned()),
                Ok(Ok(identity)) => Ok(identity.text),
                Ok(Err(ScanTrouble::Said(text))) => Err(format!("answers with an error ({text})")),
                Ok(Err(trouble)) => Err(format!("does not answer ({trouble})")),
                Err(_) => Err("does not answer (timed_out)".to_owned()),
            }
        };
        let then = match need(typed) {
            ScannerNeed::Required => "mail would get 451",
            ScannerNeed::FailOpen => "mail would be let through unscanned, as fail_open says",
            ScannerNeed::Advisory => "mail would be judged without it",
        };
        said.push(match answer {
            Ok(text) => Ok(format!("scanner {name}: {text}")),
            Err(why) => Err(format!("scanner {name} {why}: {then}")),
        });
    }
    if config.values.ocr.enabled {
        let (program, languages) = (config.values.ocr.program.display(), &config.values.ocr.languages);
        said.push(match tesseract(config).probe(PROBE_TIMEOUT).await {
            Ok(()) => Ok(format!("ocr: {program} reads {languages}")),
            Err((_, error @ (OcrError::NoProgram | OcrError::TimedOut | OcrError::Busy))) => {
                Err(format!("ocr: {program} does not read: {error}; pictures would not be read"))
            }
            Err((language, error)) => Err(format!(
                "ocr: {program} does not read {language:?}: {error}; pictures would be read without it \
                 (apt install tesseract-ocr-{language})"
            )),
        });
    }
    Ok(said)
}
