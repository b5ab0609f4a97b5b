//! Outside scanners of files, and the reader of pictures.

use std::path::PathBuf;

use lookup::scanners::detonation::Pointer;
use lookup::scanners::{PeerAddress, icap};
use net::http::Origin;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 32;
/// Connections of one scanner at a time.
const CONNECTIONS_MAX: usize = 256;
/// Longest wait for one answer, milliseconds.
const TIMEOUT_MS_MAX: u64 = 600_000;
/// Longest wait for a sandbox, seconds.
const WAIT_S_MAX: u64 = 3_600;
/// Days that signatures may be old.
const SIGNATURES_AGE_D_MAX: u64 = 3_650;

/// `[[scanner]]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ScannerAsTyped {
    /// Its name in traces, metrics and conditions: letters, digits, `-` and `_`, each name once. Its check is `scanner:NAME`.
    pub(crate) name: String,
    /// What it is: `clamd`, `icap`, `cape` (a sandbox with CAPE's API) or `rest` (a sandbox that `[scanner.rest]` describes).
    pub(crate) kind: Option<ScannerKindAsTyped>,
    /// Where it listens: `/run/clamav/clamd.ctl` or `host:3310` for clamd, `icap://host:1344/service` (or `icaps:`) for icap,
    /// `https://host` (or `http:`) for cape and rest.
    pub(crate) address: String,
    /// Nothing is delivered without its answer: 451 4.7.1, or held. Without it: judged all the same, the trace says "not
    /// checked". Default: true for clamd and icap, false for cape and rest.
    pub(crate) required: Option<bool>,
    /// Lets mail through unscanned while a required scanner does not answer: each time an error in the log, a metric, and "not
    /// checked" in the trace.
    pub(crate) fail_open: bool,
    /// Which files it is asked about: `all`, or `active` (programs, and documents with something that runs). Default: `all`. For
    /// cape and rest they are chosen: at most five active ones of a message.
    pub(crate) files: Option<FilesAsTyped>,
    /// Only files of these true types, for instance `["pdf", "docx"]`, as `has_type` in conditions knows them. Empty: `files` says.
    pub(crate) types: Vec<String>,
    /// Also the message as it came. Default: true for clamd, whose signatures know mails, false for icap.
    pub(crate) message: Option<bool>,
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Milliseconds to connect.
    pub(crate) connect_timeout_ms: u64,
    /// Milliseconds for one answer, connecting included.
    pub(crate) scan_timeout_ms: u64,
    /// Larger files are not sent, and the message is unscannable if the scanner is required. Default: 104857600, for cape and rest
    /// 33554432. The scanner has limits of its own.
    pub(crate) file_bytes_max: Option<u64>,
    /// With signatures older than so many days a scanner is not believed, as if it did not answer. 0: however old, with a metric
    /// from seven days on.
    pub(crate) signatures_age_max_d: u64,
    /// How an ICAP server is given a file: `respmod` or `reqmod`.
    pub(crate) method: IcapMethodAsTyped,
    /// PEM file of the certificates that may sign the scanner's, for `icaps:` and `https:`. Default: those of the machine.
    pub(crate) ca_file: Option<PathBuf>,
    /// File with the token for cape or rest, readable by the user of Postern and nobody else.
    pub(crate) token_file: Option<PathBuf>,
    /// Seconds that a message is held for a sandbox; then what `required` and `fail_open` say.
    pub(crate) wait_max_s: u64,
    /// Score from which a sandbox's report means malware.
    pub(crate) malicious_from: f64,
    /// Score from which it means suspicious.
    pub(crate) suspicious_from: f64,
    /// How a sandbox of kind `rest` is spoken to.
    pub(crate) rest: Option<Rest>,
}

/// `[scanner.rest]`
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rest {
    /// Path that a file is given to by POST.
    pub(crate) submit_path: String,
    /// Field of the form that has the file; empty: the file is the body.
    pub(crate) submit_field: String,
    /// JSON pointer to the id of the task in the answer; `*` stands for every element of a list.
    pub(crate) id: String,
    /// Path of a task's state, with `{id}`.
    pub(crate) state_path: String,
    /// JSON pointer to the state.
    pub(crate) state: String,
    /// States of a task that is done.
    pub(crate) done: Vec<String>,
    /// States of a task that failed.
    pub(crate) failed: Vec<String>,
    /// Path of the report, with `{id}`. Without one, the answer with the state is the report.
    pub(crate) report_path: Option<String>,
    /// JSON pointer to the verdict: a number that is held against `malicious_from` and `suspicious_from`, or, where `malicious` has
    /// words, a word.
    pub(crate) verdict: String,
    /// Words of the verdict for malware.
    pub(crate) malicious: Vec<String>,
    /// Words of the verdict for what is suspicious.
    pub(crate) suspicious: Vec<String>,
    /// Words of the verdict for what is clean.
    pub(crate) clean: Vec<String>,
    /// JSON pointer to names of what was found.
    pub(crate) names: Option<String>,
    /// Header field that has the token.
    pub(crate) token_field: String,
    /// What stands before the token in it.
    pub(crate) token_prefix: String,
}

/// Kind of an outside scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScannerKindAsTyped {
    /// ClamAV's daemon.
    Clamd,
    /// An ICAP server.
    Icap,
    /// A sandbox with CAPE's API.
    Cape,
    /// Another sandbox by HTTP.
    Rest,
}

/// Which files a scanner is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FilesAsTyped {
    /// Every one.
    All,
    /// What may do something when it is opened.
    Active,
}

/// How an ICAP server is given a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IcapMethodAsTyped {
    /// As an answer of a web server.
    Respmod,
    /// As an upload to one.
    Reqmod,
}

impl Default for ScannerAsTyped {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: None,
            address: String::new(),
            required: None,
            fail_open: false,
            files: None,
            types: Vec::new(),
            message: None,
            connections: 4,
            connect_timeout_ms: 2_000,
            scan_timeout_ms: 15_000,
            file_bytes_max: None,
            signatures_age_max_d: 0,
            method: IcapMethodAsTyped::Respmod,
            ca_file: None,
            token_file: None,
            wait_max_s: 600,
            malicious_from: 6.0,
            suspicious_from: 3.0,
            rest: None,
        }
    }
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            submit_path: String::new(),
            submit_field: "file".into(),
            id: "/id".into(),
            state_path: String::new(),
            state: "/state".into(),
            done: Vec::new(),
            failed: Vec::new(),
            report_path: None,
            verdict: "/score".into(),
            malicious: Vec::new(),
            suspicious: Vec::new(),
            clean: Vec::new(),
            names: None,
            token_field: "Authorization".into(),
            token_prefix: "Bearer ".into(),
        }
    }
}

/// What is wrong with an option: its name, why, and what to do.
type Wrong = (&'static str, String, &'static str);

impl ScannerAsTyped {
    /// Its kind; a checked one has one.
    pub(crate) fn kind(&self) -> ScannerKindAsTyped {
        self.kind.unwrap_or(ScannerKindAsTyped::Clamd)
    }

    /// It is required, by its own word or its kind.
    pub(crate) fn is_required(&self) -> bool {
        let usual = matches!(self.kind(), ScannerKindAsTyped::Clamd | ScannerKindAsTyped::Icap);
        self.required.unwrap_or(usual)
    }

    /// It runs files.
    pub(crate) fn is_sandbox(&self) -> bool {
        matches!(self.kind(), ScannerKindAsTyped::Cape | ScannerKindAsTyped::Rest)
    }

    fn wrong(&self) -> Option<Wrong> {
        let name = self.name.as_str();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
            return Some(("name", format!("{name:?} is no name"), "letters, digits, - and _, for instance \"clamav\""));
        }
        if self.kind.is_none() {
            return Some(("kind", "what is it?".to_owned(), "clamd, icap, cape or rest"));
        }
        self.wrong_address().or_else(|| self.wrong_need()).or_else(|| self.wrong_number()).or_else(|| self.wrong_rest())
    }

    fn wrong_address(&self) -> Option<Wrong> {
        let text = self.address.as_str();
        let (is_good, hint) = match self.kind() {
            ScannerKindAsTyped::Clamd => {
                (PeerAddress::parse(text).is_some(), "for instance \"/run/clamav/clamd.ctl\" or \"127.0.0.1:3310\"")
            }
            ScannerKindAsTyped::Icap => {
                (icap::IcapSettings::at(text).is_some(), "for instance \"icap://127.0.0.1:1344/avscan\"")
            }
            ScannerKindAsTyped::Cape | ScannerKindAsTyped::Rest => {
                (Origin::parse(text).is_ok(), "for instance \"https://cape.example.com\"")
            }
        };
        (!is_good).then(|| ("address", format!("{text:?} is no address of such a scanner"), hint))
    }

    fn wrong_need(&self) -> Option<Wrong> {
        if self.fail_open && !self.is_required() {
            let hint = "leave it out: mail is judged without a scanner that is not required";
            return Some(("fail_open", "only a required scanner can fail open".to_owned(), hint));
        }
        let chosen = self.files.map(|_| "files").or(self.message.map(|_| "message"));
        let chosen = chosen.or((!self.types.is_empty()).then_some("types"));
        if let Some(unknown) = self.types.iter().find(|own| !scan::types::is_known(own)) {
            let hint = "the types are listed in docs/reference/conditions.md";
            return Some(("types", format!("no true type is called {unknown:?}"), hint));
        }
        if self.is_sandbox() {
            let hint = "leave it out: at most five active files of a message are run";
            return chosen.map(|option| (option, "files for a sandbox are chosen".to_owned(), hint));
        }
        if self.token_file.is_some() || self.rest.is_some() {
            let option = if self.rest.is_some() { "rest" } else { "token_file" };
            return Some((option, "only a sandbox has it".to_owned(), "leave it out"));
        }
        None
    }

    fn wrong_number(&self) -> Option<Wrong> {
        let ranges = [
            ("connections", u64::try_from(self.connections).unwrap_or(u64::MAX), 1, "1 to 256; default: 4"),
            ("connect_timeout_ms", self.connect_timeout_ms, 1, "1 to 600000; default: 2000"),
            ("scan_timeout_ms", self.scan_timeout_ms, 1, "1 to 600000; default: 15000"),
            ("wait_max_s", self.wait_max_s, 1, "1 to 3600; default: 600"),
            ("signatures_age_max_d", self.signatures_age_max_d, 0, "0 to 3650; default: 0"),
            ("file_bytes_max", self.file_bytes_max.unwrap_or(1), 1, "1 or more; leave it out for the default"),
        ];
        let most = |option: &str| match option {
            "connections" => u64::try_from(CONNECTIONS_MAX).unwrap_or(u64::MAX),
            "wait_max_s" => WAIT_S_MAX,
            "signatures_age_max_d" => SIGNATURES_AGE_D_MAX,
            "file_bytes_max" => u64::MAX,
            _ => TIMEOUT_MS_MAX,
        };
        let wrong = ranges.into_iter().find(|(option, value, least, _)| !(*least..=most(option)).contains(value));
        if let Some((option, value, _, hint)) = wrong {
            return Some((option, format!("{value} makes no sense"), hint));
        }
        let (suspicious, malicious) = (self.suspicious_from, self.malicious_from);
        let ordered = suspicious.is_finite() && malicious.is_finite() && suspicious <= malicious;
        let hint = "suspicious_from is the lower one; defaults: 3.0 and 6.0";
        (!ordered).then(|| ("malicious_from", format!("{malicious} is below {suspicious}"), hint))
    }

    fn wrong_rest(&self) -> Option<Wrong> {
        if self.kind() != ScannerKindAsTyped::Rest {
            let hint = "kind = \"rest\" is described there, the others are known";
            return self.rest.as_ref().map(|_| ("rest", "it is not of kind rest".to_owned(), hint));
        }
        let Some(rest) = &self.rest else {
            return Some(("rest", "nobody knows how to speak to it".to_owned(), "describe it in [scanner.rest]"));
        };
        let pointers = [Some(&rest.id), Some(&rest.state), Some(&rest.verdict), rest.names.as_ref()];
        let bad = pointers.into_iter().flatten().find(|text| Pointer::parse(text).is_err());
        if let Some(text) = bad {
            let hint = "it begins with /, for instance \"/data/id\"";
            return Some(("rest", format!("{text:?} is no JSON pointer"), hint));
        }
        let hint = "set `done` in [scanner.rest], for instance done = [\"finished\"]";
        rest.done.is_empty().then(|| ("rest", "no state means that a task is done".to_owned(), hint))
    }
}

/// Checks all scanners.
pub(super) fn check(scanners: &[ScannerAsTyped]) -> Result<(), ConfigError> {
    for (number, scanner) in scanners.iter().enumerate() {
        let twice = scanners.iter().take(number).any(|before| before.name == scanner.name);
        let twice = twice.then(|| ("name", format!("{:?} is there already", scanner.name), "each name once"));
        if let Some((option, reason, hint)) = scanner.wrong().or(twice) {
            return Err(ConfigError::value(&format!("scanner[{number}].{option}"), &reason, hint));
        }
    }
    Ok(())
}

/// `[ocr]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OcrAsTyped {
    /// Read the text of pictures, each in a process of its own that can reach nothing. It costs some 0.2 s of CPU a picture.
    pub(crate) enabled: bool,
    /// The program, of Debian's package tesseract-ocr.
    pub(crate) program: PathBuf,
    /// Its languages, joined by `+`: `eng+deu`. Each is a package, tesseract-ocr-deu.
    pub(crate) languages: String,
    /// Time for all pictures of a message, milliseconds; what is not read by then is "not checked: ocr" in the trace.
    pub(crate) message_ms: u64,
    /// Pictures that are read at a time. 0: one for each two cores, at least one.
    pub(crate) at_a_time: usize,
}

impl Default for OcrAsTyped {
    fn default() -> Self {
        Self {
            enabled: false,
            program: "/usr/bin/tesseract".into(),
            languages: "eng".into(),
            message_ms: 2_000,
            at_a_time: 0,
        }
    }
}

impl OcrAsTyped {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !self.program.is_absolute() {
            let hint = "for instance \"/usr/bin/tesseract\"";
            return Err(ConfigError::value("ocr.program", "it is no absolute path", hint));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+');
        if self.languages.is_empty() || !self.languages.bytes().all(plain) {
            let reason = format!("{:?} are no languages", self.languages);
            return Err(ConfigError::value("ocr.languages", &reason, "for instance \"eng+deu\""));
        }
        if self.message_ms == 0 || self.message_ms > 60_000 {
            return Err(ConfigError::value("ocr.message_ms", "1 to 60000", "default: 2000"));
        }
        Ok(())
    }
}
